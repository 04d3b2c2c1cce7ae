"""Whether store and database hold the same history, and what to do where one is ahead of the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from houvast.database import Connection
from houvast.evidence import rows
from houvast.evidence.checkpoint import opened
from houvast.evidence.entry import parse
from houvast.evidence.note import Verifier
from houvast.evidence.problems import EvidenceError, MissingTile
from houvast.evidence.rows import Event, Row
from houvast.evidence.store import Store
from houvast.evidence.tiles import Tiles
from houvast.evidence.tree import EMPTY, leaf_hash, node_hash, root, root_of

CHECKPOINT, KEY = "checkpoint", "key"
"""Where they lie in a store."""


class KeyChanged(EvidenceError):
    """What lies in the store was signed with another key, or is another log."""

    code = "key"


class StoreBehind(EvidenceError):
    """The store has lost what was published in it."""

    code = "store-behind"


class StoreForked(EvidenceError):
    """Store and database hold different histories."""

    code = "store-forked"


@dataclass(frozen=True)
class Published:
    """The checkpoint that lies in the store; size 0 and no note when there is none."""

    size: int
    root: bytes
    note: str


def published(store: Store, verifier: Verifier) -> Published:
    """What was published last. Raises KeyChanged when it is not signed by this key, or of another log."""
    try:
        note = store.get(CHECKPOINT).decode(errors="replace")
    except MissingTile:
        return Published(0, EMPTY, "")
    try:
        found = opened(note, verifier)
    except EvidenceError as error:
        raise KeyChanged(
            f"What lies in the store is not signed by the key of {verifier.name}: {error.message}",
            todo="Put back the evidence.key with which this log began, or the store's file `checkpoint` if that is"
            " damaged; or give this log a store, a key and an origin of its own (settings.yaml, `evidence:`)."
            " Events wait in the database meanwhile.",
        ) from None
    return Published(found.size, found.root, note)


def still_in_use(store: Store, verifier: Verifier) -> None:
    """Raise KeyChanged where the public key in the store is another: this one was replaced while somebody held it."""
    try:
        text = store.get(KEY).decode(errors="replace").strip()
    except MissingTile:
        return
    if text != verifier.to_text():
        raise KeyChanged(
            "The public key in the store is another than that of the key in use.",
            todo="If a change of key was broken off: houvast evidence rotate --now. If the store's file `key` is"
            " damaged: houvast evidence mend",
        )


def compare(connection: Connection, store: Store, there: Published) -> None:
    """Raise StoreForked where the store does not continue, or is not continued by, the database; StoreBehind where it
    has lost more than a killed round can have left."""
    signed = rows.last_checkpoints(connection)
    size = rows.size(connection)
    if there.size > size:
        ours = signed[0] if signed else None
        if ours and root_of(ours.size, Tiles(store, there.size).read) != ours.root:
            raise _forked(ours.size)
        return
    sizes = [one.size for one in signed]
    if len(sizes) > 1 and there.size < min(sizes):
        raise StoreBehind(
            f"The store holds {there.size:,} entries, and {max(sizes):,} were published.",
            todo="If it is the right store, write it anew from the database: houvast evidence mend",
        )
    if _root_at(connection, there.size) != there.root:
        raise _forked(there.size)


def adopt(connection: Connection, store: Store, there: Published) -> int:
    """Take the entries that the store has and the database has not into the database, without openings; how many.

    In the transaction that is open. Events that are in the log already are dropped. Raises StoreForked when they do not
    give the store's checkpoint.
    """
    signed, size = rows.last_checkpoints(connection), rows.size(connection)
    base = signed[0].size if signed else 0
    tiles = Tiles(store, there.size)
    edge = Edge.at(base, tiles)
    for leaf in rows.leaves(connection, base, size):
        edge.add(leaf)
    rows.add(connection, _as_rows(edge.watch(tiles.entries(size, there.size)), size))
    if edge.root() != there.root:
        raise _forked(there.size)
    rows.drop_known(connection)
    rows.checkpoint(connection, there.size, there.root, there.note)
    return there.size - size


class Edge:
    """The right edge of a growing tree: the roots of the complete subtrees that it consists of, largest first."""

    def __init__(self, parts: Iterable[tuple[int, bytes]]) -> None:
        self._parts = list(parts)

    @classmethod
    def at(cls, size: int, tiles: Tiles) -> Edge:
        """Of the first `size` entries of these tiles."""
        parts: list[tuple[int, bytes]] = []
        start = 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                parts.append((level, tiles.read(level, start >> level)))
                start += 1 << level
        return cls(parts)

    def add(self, leaf: bytes) -> None:
        """One entry more."""
        level, hashed = 0, leaf_hash(leaf)
        while self._parts and self._parts[-1][0] == level:
            hashed = node_hash(self._parts.pop()[1], hashed)
            level += 1
        self._parts.append((level, hashed))

    def watch(self, leaves: Iterable[bytes]) -> Iterator[bytes]:
        """These leaves, each of which is added."""
        for leaf in leaves:
            self.add(leaf)
            yield leaf

    def root(self) -> bytes:
        """The root of the whole."""
        if not self._parts:
            return EMPTY
        *rest, (_, found) = self._parts
        for _, part in reversed(rest):
            found = node_hash(part, found)
        return found


def _as_rows(leaves: Iterable[bytes], first: int) -> Iterator[Row]:
    for index, leaf in enumerate(leaves, first):
        one = parse(leaf)
        yield Row(index, Event(UUID(one.nonce), one.time, one.kind, one.promise, one.body, {}), leaf, opened=False)


def _root_at(connection: Connection, size: int) -> bytes:
    known = rows.root_at(connection, size)
    return known or root([leaf_hash(leaf) for leaf in rows.leaves(connection, 0, size)])


def _forked(size: int) -> StoreForked:
    return StoreForked(
        f"The store and the database hold different histories of the first {size:,} entries.",
        todo="Nothing was changed. Find out which is right, for somebody changed entries, or two databases write to one"
        " store; then put a backup of the other in its place.",
    )
