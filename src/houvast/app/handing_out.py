"""What leaves the log for somebody to check: exports for a regulator, receipts for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Receipt:
    """A receipt: its entry's index, its text (JSON), and what it opens, by field."""

    index: int
    text: str
    opened: Mapping[str, Any]


def _say_nothing(_done: int, _total: int) -> None:
    """Progress of work that nobody watches."""


def export(
    target: Target, out: Path, start: int = 0, stop: int | None = None, progress: Progress = _say_nothing
) -> int:
    """Write the log, or the entries start <= index < stop, to a file; how many entries. Raises EvidenceError."""
    log = Log.of(target)
    return write(log.store, log.note(), log.verifier(), out, start=start, stop=stop, progress=progress)


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
    """Salt and value of each sealed field of an entry that the person may see: all of them."""
    entry = parse(leaf)
    return {name: (opening(secret, entry.nonce, name), values[name]) for name in entry.sealed if name in values}
