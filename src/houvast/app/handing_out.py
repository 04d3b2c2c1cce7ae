"""What leaves the log for somebody to check: exports for a regulator, receipts for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from houvast.app.evidence import Log
from houvast.app.target import Target
from houvast.database import Connection
from houvast.errors import UsageError
from houvast.evidence import Tiles, rows
from houvast.evidence.checkpoint import opened
from houvast.evidence.entry import opening, parse
from houvast.evidence.export import write
from houvast.evidence.kinds import SUBJECT
from houvast.evidence.receipt import make
from houvast.reading import did_you_mean

Progress = Callable[[int, int], None]
OTHERS = frozenset({"client"})
"""Sealed fields about somebody else: the address at which one of the staff worked. They stay closed in a receipt."""
_EVER, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Receipt:
    """A receipt: its entry's index, its text (JSON), and what it opens, by field."""

    index: int
    text: str
    opened: Mapping[str, Any]


def _say_nothing(_done: int, _total: int) -> None:
    """Progress of work that nobody watches."""


def export(
    target: Target, out: Path, start: str = "", stop: str = "", progress: Progress = _say_nothing
) -> tuple[int, int]:
    """Write the log, or a part of it rounded outwards to 256 entries, to a file; which entries (from, up to).

    `start`, `stop`: the number of an entry, or a date or instant; "" is the beginning or the end.

    Raises:
        UsageError: a date that is none.
        EvidenceError: there is no such range, or the file cannot be written.
    """
    log = Log.of(target)
    note, verifier = log.note(), log.verifier()
    size = opened(note, verifier).size
    first, last = _range(target, start, stop, size)
    return write(log.store, note, verifier, out, start=first, stop=last, progress=progress)


def _range(target: Target, start: str, stop: str, size: int) -> tuple[int, int]:
    """The entries that are meant, of those that are published."""
    if all(not text or text.isdigit() for text in (start, stop)):
        return int(start or 0), int(stop or size)
    ends = [target.project.instant(text) if text and not text.isdigit() else None for text in (start, stop)]
    with target.connect() as connection:
        first, last = rows.between(connection, ends[0] or _EVER, ends[1] or _NEVER)
    first = int(start) if start.isdigit() else min(first, size)
    last = int(stop) if stop.isdigit() else min(last, size)
    return first, max(first, last)


def receipts(target: Target, person: str, indexes: frozenset[int] = frozenset()) -> tuple[tuple[Receipt, ...], int]:
    """A receipt for each published entry about a person, or those of `indexes`; and how many are not published yet.

    `person`: `kind:key`, or the key alone where the data map has one kind of people.

    Raises:
        UsageError: there is no such kind of people.
        EvidenceError: the store does not hold what was published.
    """
    whom = person_of(target, person)
    log = Log.of(target)
    with target.connect() as connection:
        if not rows.there(connection):
            return (), 0
        found = rows.of_person(connection, whom)
        secret = rows.secret_of(connection, whom)
    if not found or secret is None:
        return (), 0
    note, verifier = log.note(), log.verifier()
    size = opened(note, verifier).size
    read = Tiles(log.store, size).read
    made: list[Receipt] = []
    for index, leaf, values in found:
        if index < size and (not indexes or index in indexes):
            open_ = _openings(leaf, {**(values or {}), SUBJECT: ":".join(whom)}, secret)
            text = make(leaf, index, note, verifier, read, open_)
            made.append(Receipt(index, text, {name: value for name, (_, value) in open_.items()}))
    return tuple(made), sum(index >= size for index, _, _ in found)


def person_of(target: Target, text: str) -> rows.Person:
    """(kind, key) of a person as a user writes it. Raises UsageError."""
    kinds = list(target.project.datamap.subjects)
    kind, colon, key = text.partition(":")
    if not colon and len(kinds) == 1:
        return kinds[0], text
    if not colon or kind not in kinds or not key:
        raise UsageError(
            "That names no person by kind and key.",
            todo=f"Write KIND:KEY, such as {kinds[0]}:4711. {did_you_mean(kind, kinds)}".strip(),
        )
    return kind, key


def standing(target: Target) -> tuple[Log, rows.Standing | None]:
    """Where the log lies, and how it stands; None where no policy was applied."""
    with target.connect() as connection:
        return Log.of(target), _standing(connection)


def _standing(connection: Connection) -> rows.Standing | None:
    return rows.standing(connection) if rows.there(connection) else None


def _openings(leaf: bytes, values: Mapping[str, Any], secret: bytes) -> dict[str, tuple[bytes, object]]:
    """Salt and value of each sealed field of an entry that the person may see."""
    entry = parse(leaf)
    shown = [name for name in entry.sealed if name in values and name not in OTHERS]
    return {name: (opening(secret, entry.nonce, name), values[name]) for name in shown}
