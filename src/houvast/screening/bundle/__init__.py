"""Files and archives of files: what personal data is in them, and the same files without it.

In: an open file, read once from its beginning. Out: where which kinds stand in which file of it, and why something
could not be looked into; with pseudonyms the same bundle with stand-ins. Never a value.

Pure: it opens no file by a name, extracts nothing to disk and asks nobody. Memory does not grow with the bundle. Needs
the extra `diagnostics`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import IO

from houvast.screening.bundle.limits import Hostile, Limits
from houvast.screening.bundle.members import Member, Report
from houvast.screening.bundle.stand_ins import Pseudonyms
from houvast.screening.bundle.tap import Readable, Tap
from houvast.screening.bundle.texts import Excerpt
from houvast.screening.bundle.walking import Walk
from houvast.screening.screener import Screener

__all__ = ["Excerpt", "Limits", "Member", "Pseudonyms", "Report", "lines_of", "redact", "walk"]

Told = Callable[[int, str], object]
"""(bytes read of the bundle, the file in it)"""


def walk(
    source: Readable, name: str, screener: Screener, limits: Limits | None = None, *, shown: int = 0
) -> Iterator[Member]:
    """Each file of a bundle, with what was found in it. A bundle that is made to exhaust its reader ends with a member
    that says so. `shown`: lines with findings to keep of each file, for its owner."""
    walk = Walk(screener, limits or Limits(), shown=shown)
    yield from _gone_through(walk, source, name)


def lines_of(
    source: Readable, name: str, screener: Screener, place: int, most: int, limits: Limits | None = None
) -> tuple[Excerpt, ...]:
    """The first lines with findings of one file of a bundle, for its owner: without what was found, and `most` at most.

    `place`: of the file among those that `walk` tells of the same bundle, from 0. No more of the bundle is read than up
    to there; none when that file has no lines to show.
    """
    walk = Walk(screener, limits or Limits(), shown=most, only=place)
    told = islice(_gone_through(walk, source, name), place, place + 1)
    return next((member.excerpts for member in told), ())


def redact(
    source: Readable,
    target: IO[bytes],
    name: str,
    screener: Screener,
    pseudonyms: Pseudonyms,
    limits: Limits | None = None,
    *,
    shown: int = 0,
    told: Told | None = None,
) -> Report:
    """Write a bundle again, with stand-ins. `fit` in what is returned says whether what was written may be used.

    What cannot be screened is left out, and named in a file in it.
    """
    walk = Walk(screener, limits or Limits(), pseudonyms, shown=shown)
    report = Report()
    for member in _gone_through(walk, source, name, target):
        report.members.append(member)
        if told:
            told(walk.budget.taken, member.path)
    report.left_out, report.fit = walk.left_out, walk.fit
    return report


def _gone_through(walk: Walk, source: Readable, name: str, target: IO[bytes] | None = None) -> Iterator[Member]:
    def read(size: int) -> bytes:
        data = source.read(size)
        walk.budget.taken += len(data)
        return data

    try:
        walk.fit = yield from walk.file(
            Tap(read), name.encode("utf-8", "surrogateescape"), 0, target.write if target else None
        )
    except Hostile as why:
        walk.fit = False
        yield Member(
            walk.shown_path(name.encode("utf-8", "surrogateescape"))[0], walk.budget.taken, not_screened=str(why)
        )
