"""How far each log was read: known by what it holds, not by its name, which rotation changes.

A log is known by the keyed digest of its beginning. Beside it stands the digest of what was read last, so that one that
was emptied and filled again, or written over, is told apart. The key lies with the keys of days: without it a digest
says nothing about the lines that it is of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final, cast

from houvast.errors import UsageError
from houvast.visits.reading.streams import Block, Stream

HEAD: Final = 4096
"""Bytes at the beginning by which a log is known; fewer of one that was shorter when it was first read."""


@dataclass(frozen=True)
class Position:
    """How far a log was read. `name`: the digest of its first `head` bytes; `tail`: of the last that were read."""

    name: str
    head: int
    read: int
    tail: str

    def to_json(self) -> dict[str, object]:
        """What a commit says of it."""
        return {"head": self.head, "read": self.read, "tail": self.tail}


@dataclass(frozen=True)
class Positions:
    """The positions that commits tell of. `key`: what digests are made with."""

    known: dict[str, Position]
    key: bytes

    @classmethod
    def of(cls, commits: Iterable[Mapping[str, Any]], key: bytes) -> Positions:
        """By all commits in their order: the last word about a log counts. What is no log is passed over."""
        found: dict[str, Position] = {}
        for commit in commits:
            for name, said in commit["sources"].items():
                one = cast("dict[str, Any]", said if isinstance(said, dict) else {})
                if {"head", "read", "tail"} <= one.keys():
                    found[name] = Position(name, one["head"], one["read"], one["tail"])
        return cls(found, key)

    def find(self, stream: Stream) -> Position | None:
        """Where a log was left, by its beginning; None for a new one. Of two that it could be, the longer counts."""
        head = stream.head(HEAD)
        for one in sorted(self.known.values(), key=lambda known: -known.head):
            if one.head <= len(head) and self.digest(head[: one.head]) == one.name:
                return one
        return None

    def resume(self, stream: Stream) -> Position | None:
        """Pass over what was read of a log; where that was.

        Raises UsageError for one that is not as it was: then nobody knows what of it was counted.
        """
        found = self.find(stream)
        if found is None:
            return None
        last = stream.skip(found.read)
        if stream.place < found.read:
            raise UsageError(
                f"{stream.name} is shorter than what was read of it before: nothing was read.",
                todo="Give the whole log, or nothing when all of it was counted.",
            )
        if self.digest(last) != found.tail:
            raise UsageError(
                f"{stream.name} begins as a log that was read before, and goes on otherwise: nothing was read.",
                todo="Give only the lines that were not counted yet, as a file of their own.",
            )
        return found

    def after(self, name: str, head: int, block: Block) -> Position:
        """The position after a block of a log."""
        self.known[name] = Position(name, head, block.place, self.digest(block.tail))
        return self.known[name]

    def digest(self, text: bytes) -> str:
        """Keyed, of 128 bits."""
        return blake2b(text, digest_size=16, key=self.key).hexdigest()
