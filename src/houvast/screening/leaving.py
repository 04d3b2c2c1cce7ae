"""Whether a text that is about to leave has something in it that stands in a bundle: what is pasted, or sent along.

Pure: the text and the bundle are given, and neither is kept. A line of a log is known by its parts that hold a digit
(a moment, a number, an address), for words alone stand in the logs of everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from houvast.screening.bundle import walk
from houvast.screening.bundle.tap import Readable
from houvast.screening.kinds import Kind
from houvast.screening.screener import Screener

SHORTEST, LONGEST = 24, 40
"""Characters of a line by which it is known: fewer say little, more are cut when somebody pastes a part."""
MOST = 5000
"""Parts of a text that are looked for: more than that is no text that somebody pastes, and the first ones tell."""
_WORD = re.compile(r"\S+")


def traces(text: str) -> tuple[str, ...]:
    """By what a text is known again: parts of its lines, in order, MOST at most. Nothing when it has none."""
    return tuple(dict.fromkeys(part for _, part in zip(range(MOST), _parts(text), strict=False)))


def _parts(text: str) -> Iterator[str]:
    for line in text.splitlines():
        begins = [found.start() for found in _WORD.finditer(line)]
        for begin in begins:
            part = line[begin : begin + LONGEST].rstrip()
            part = part[: part.rfind(" ")] if len(line) > begin + LONGEST and part.rfind(" ") >= SHORTEST else part
            if len(part) >= SHORTEST and any(letter.isdigit() for letter in part):
                yield part


def holds(source: Readable, name: str, known: Sequence[str]) -> bool:
    """Whether one of these parts stands in a bundle, also in what is packed in it. Raises UsageError when the extra
    `diagnostics` is not installed."""
    screener = Screener(known, kinds=frozenset({Kind.KEYWORD}))
    return any(member.counts.get(Kind.KEYWORD) for member in walk(source, name, screener))
