"""A log as files (C2SP tlog-tiles): writing what is new, reading hashes and entries back.

Full tiles never change. What is partial lies beside them under its width, and is taken away when the tile is full.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from houvast.evidence.problems import EvidenceError, MissingTile
from houvast.evidence.store import Store
from houvast.evidence.tree import EMPTY, leaf_hash, root, root_of
from houvast.evidence.verify import WIDTH, Hashes, Invalid, edge, entries_path, split, tile_path, width_of

__all__ = ["LONGEST", "Tiles", "bundle", "entries_path", "grow", "split", "tile_path"]

LONGEST = 65_535
"""Bytes of an entry: its length is written in two bytes."""
_MEND = "houvast evidence mend; or put an undamaged copy of the store back."


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries one after another, each after its length. Raises ValueError for one longer than LONGEST."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > LONGEST:
            raise ValueError(f"An entry of {len(entry)} bytes; at most {LONGEST} are possible.")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


class Tiles:
    """A log of `size` entries in a store, which may have grown since."""

    def __init__(self, store: Store, size: int) -> None:
        self._store, self.size = store, size
        self._last: dict[int, tuple[int, list[bytes]]] = {}

    def read(self, level: int, index: int) -> bytes:
        """The hash of the leaves index*2^level up to (index+1)*2^level, all of them in this log (a `tree.Read`).

        It is what the store says: whether it leads to the root is for who asks to check.
        Raises MissingTile, EvidenceError for a damaged tile, ValueError when the log has no such subtree.
        """
        if (index + 1) << level > self.size:
            raise ValueError(f"A log of {self.size} entries has no subtree {index} of {1 << level}.")
        first = index << level % 8
        return root(self.tile(level // 8, first // WIDTH)[first % WIDTH :][: 1 << level % 8])

    def tile(self, level: int, number: int) -> list[bytes]:
        """The hashes in a tile, as many as this log has. Raises MissingTile, EvidenceError."""
        before, hashes = self._last.get(level, (-1, []))
        if before != number:
            hashes = _hashes(self._store, level, number, width_of(self.size, level, number))
            self._last[level] = number, hashes
        return hashes

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """The entries start <= index < stop, checked against the hashes beside them.

        Raises MissingTile, EvidenceError for a damaged bundle.
        """
        for number in range(start // WIDTH, -(-stop // WIDTH)):
            found = _bundle(self._store, number, self.tile(0, number))
            yield from found[max(start - number * WIDTH, 0) : stop - number * WIDTH]


def grow(store: Store, old_size: int, new_entries: Iterable[bytes], *, old_root: bytes) -> tuple[int, bytes]:
    """Write the tiles of what comes after `old_size` entries; the new size and root, for the next checkpoint.

    Writing the same again changes nothing, so that a round that was broken off is simply done again.
    The checkpoint is not touched: until it is, the log is what it was.

    Raises:
        MissingTile: the right edge of the old log is not there.
        EvidenceError: it does not give `old_root` (EMPTY for an empty log), or a full tile has other content.
    """
    growing = _Growing(store, old_size, old_root)
    for entry in new_entries:
        growing.add(entry)
    return growing.finish()


class _Growing:
    """The partial tiles at the right edge, in memory, and the files that come of them."""

    def __init__(self, store: Store, size: int, expected: bytes) -> None:
        self._store, self._size = store, size
        try:
            Hashes(lambda path: part(store, path), size, expected)
        except Invalid as found:
            raise EvidenceError(f"The evidence store is not what was signed: {found}.", todo=_MEND) from found
        tiles = Tiles(store, size)
        self._tiles = {level: tiles.tile(level, size >> 8 * (level + 1)) for level in edge(size)}
        self._entries = list(tiles.entries(size - size % WIDTH, size))

    def add(self, entry: bytes) -> None:
        self._entries.append(entry)
        self._size += 1
        self._add_hash(0, leaf_hash(entry))

    def _add_hash(self, level: int, value: bytes) -> None:
        hashes = self._tiles.setdefault(level, [])
        hashes.append(value)
        if len(hashes) < WIDTH:
            return
        number = (self._size >> 8 * (level + 1)) - 1
        if level == 0:
            self._write_full(entries_path(number), bundle(self._entries))
            self._entries = []
        self._write_full(tile_path(level, number), b"".join(hashes))
        self._tiles[level] = []
        self._add_hash(level + 1, root(hashes))

    def finish(self) -> tuple[int, bytes]:
        if self._entries:
            self._store.put(entries_path(self._size // WIDTH, len(self._entries)), bundle(self._entries))
        for level in edge(self._size):
            path = tile_path(level, self._size >> 8 * (level + 1), len(self._tiles[level]))
            self._store.put(path, b"".join(self._tiles[level]))
        return self._size, root_of(self._size, self._hash) if self._size else EMPTY

    def _hash(self, level: int, index: int) -> bytes:
        first = index << level % 8
        return root(self._tiles[level // 8][first % WIDTH :][: 1 << level % 8])

    def _write_full(self, path: str, data: bytes) -> None:
        """A full tile, once; then those that led to it are not needed any more."""
        try:
            if self._store.get(path) != data:
                raise EvidenceError(
                    f"`{path}` is in the evidence store already, with other content: two logs, or a changed one.",
                    todo="Find out which is true before anything is signed: houvast evidence verify.",
                )
        except MissingTile:
            self._store.put(path, data)
        self._store.drop(f"{path}.p")


def _hashes(store: Store, level: int, number: int, width: int) -> list[bytes]:
    path = tile_path(level, number, width)
    data = part(store, path)
    if len(data) != 32 * width:
        raise EvidenceError(f"`{path}` in the evidence store is damaged: {len(data)} bytes.", todo=_MEND)
    return [data[i : i + 32] for i in range(0, len(data), 32)]


def _bundle(store: Store, number: int, hashes: list[bytes]) -> list[bytes]:
    path = entries_path(number, len(hashes))
    try:
        entries = split(part(store, path))
    except Invalid as found:
        raise EvidenceError(f"`{path}` in the evidence store is damaged: {found}.", todo=_MEND) from found
    if [leaf_hash(entry) for entry in entries] != hashes:
        raise EvidenceError(f"`{path}` in the evidence store is damaged: its hashes are others.", todo=_MEND)
    return entries


def part(store: Store, path: str) -> bytes:
    """A tile or bundle; of one that has become full since, what was in it at this width."""
    full, _, width = path.partition(".p/")
    try:
        return store.get(path)
    except MissingTile:
        if not width:
            raise
        return _first(store.get(full), int(width), entries=full.startswith("tile/entries/"))


def _first(data: bytes, width: int, *, entries: bool) -> bytes:
    return bundle(split(data)[:width]) if entries else data[: 32 * width]
