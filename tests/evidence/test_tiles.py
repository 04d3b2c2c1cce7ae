"""A log in files: what is written is what C2SP says, grows only from what was signed, and comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from houvast.evidence.problems import EvidenceError, MissingTile
from houvast.evidence.store import open_store
from houvast.evidence.tiles import LONGEST, Tiles, bundle, entries_path, grow, split, tile_path
from houvast.evidence.tree import EMPTY, inclusion, leaf_hash, root, verify_inclusion
from houvast.evidence.verify import Hashes, Invalid, edge
from tests.evidence import naive
from tests.evidence.making import Memory


def leaves(start: int, stop: int) -> list[bytes]:
    return [b"entry %d" % i for i in range(start, stop)]


def grown(*sizes: int) -> tuple[Memory, bytes]:
    """A log grown to these sizes one after another, and its root."""
    store, size, top = Memory(), 0, EMPTY
    for stop in sizes:
        size, top = grow(store, size, leaves(size, stop), old_root=top)
    return store, top


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (tile_path(0, 0), "tile/0/000"),
        (tile_path(0, 273, 112), "tile/0/273.p/112"),
        (tile_path(5, 1234067), "tile/5/x001/x234/067"),
        (entries_path(1234067, 1), "tile/entries/x001/x234/067.p/1"),
    ],
)
def test_files_are_named_as_c2sp_says(path: str, expected: str) -> None:
    assert path == expected


def test_a_log_of_seventy_thousand_has_the_tiles_that_c2sp_says() -> None:
    files = {path: len(data) // 32 for path, data in grown(70_000)[0].files.items() if "entries" not in path}
    expected = {tile_path(0, i): 256 for i in range(273)} | {
        "tile/0/273.p/112": 112,
        "tile/1/000": 256,
        "tile/1/001.p/17": 17,
        "tile/2/000.p/1": 1,
    }
    assert files == expected


def test_a_full_tile_of_leaves_begins_one_above() -> None:
    assert set(grown(256)[0].files) == {"tile/0/000", "tile/1/000.p/1", "tile/entries/000"}


@given(st.lists(st.integers(0, 1500), min_size=1, max_size=5).map(sorted))
@settings(max_examples=25, deadline=None)
def test_a_log_has_the_root_of_its_entries_however_it_grew(sizes: list[int]) -> None:
    store, top = grown(*sizes)
    assert top == root([leaf_hash(leaf) for leaf in leaves(0, sizes[-1])])
    assert list(Tiles(store, sizes[-1]).entries(0, sizes[-1])) == leaves(0, sizes[-1])


@given(st.integers(1, 1500), st.integers(0, 1499))
@settings(max_examples=25, deadline=None)
def test_every_entry_is_proven_from_the_tiles(size: int, index: int) -> None:
    store, top = grown(size)
    index %= size
    proof = inclusion(index, size, Tiles(store, size).read)
    assert verify_inclusion(leaf_hash(b"entry %d" % index), index, size, proof, top)


def test_an_older_size_is_read_from_a_log_that_grew() -> None:
    store, _ = grown(100, 300, 700)
    for size in (100, 300, 700):
        tiles = Tiles(store, size)
        assert inclusion(5, size, tiles.read) == naive.path(5, leaves(0, size))
        assert list(tiles.entries(size - 3, size)) == leaves(size - 3, size)


def test_partial_tiles_go_when_the_tile_is_full() -> None:
    store, _ = grown(100, 200, 256, 300)
    assert not [path for path in store.files if path.startswith(("tile/0/000.p", "tile/entries/000.p"))]
    assert "tile/0/001.p/44" in store.files


def test_writing_the_same_round_twice_changes_nothing() -> None:
    store, top = grown(300)
    first = grow(store, 300, leaves(300, 900), old_root=top)
    files = dict(store.files)
    assert grow(store, 300, leaves(300, 900), old_root=top) == first
    assert store.files == files


@pytest.mark.parametrize("path", ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"])
def test_a_log_does_not_grow_from_a_changed_edge(path: str) -> None:
    store, top = grown(300)
    for place in range(0, 8 * len(store.files[path]), 7):
        changed = bytearray(store.files[path])
        changed[place // 8] ^= 1 << place % 8
        damaged = Memory()
        damaged.files = store.files | {path: bytes(changed)}
        with pytest.raises(EvidenceError):
            grow(damaged, 300, leaves(300, 400), old_root=top)
        assert damaged.files == store.files | {path: bytes(changed)}


def test_a_log_does_not_grow_from_another_root() -> None:
    store, _ = grown(300)
    with pytest.raises(EvidenceError, match="not what was signed"):
        grow(store, 300, leaves(300, 400), old_root=EMPTY)


@pytest.mark.parametrize("path", ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"])
def test_a_missing_tile_is_named(path: str) -> None:
    store, top = grown(300)
    del store.files[path]
    with pytest.raises(MissingTile, match=path.partition(".p")[0]):
        grow(store, 300, leaves(300, 400), old_root=top)


def test_a_full_tile_is_not_written_over_with_other_entries() -> None:
    store, top = grown(300)
    grow(store, 300, leaves(300, 900), old_root=top)
    with pytest.raises(EvidenceError, match="other content"):
        grow(store, 300, leaves(1300, 1900), old_root=top)


def test_a_damaged_bundle_is_not_read_as_entries() -> None:
    store, _ = grown(300)
    store.files["tile/entries/000"] = store.files["tile/entries/000"].replace(b"entry 7", b"entry 8", 1)
    with pytest.raises(EvidenceError, match="tile/entries/000"):
        list(Tiles(store, 300).entries(0, 300))


def test_an_entry_longer_than_its_length_can_say_is_refused() -> None:
    assert split(bundle([b"", b"x" * LONGEST])) == [b"", b"x" * LONGEST]
    with pytest.raises(ValueError, match="65535"):
        bundle([b"x" * (LONGEST + 1)])


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a", b"\x00\x00\x00"])
def test_a_bundle_that_is_cut_off_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid, match="cut off"):
        split(data)


def test_a_subtree_beyond_the_log_is_not_read() -> None:
    with pytest.raises(ValueError, match="no subtree"):
        Tiles(grown(300)[0], 300).read(2, 75)


@pytest.mark.parametrize("size", [1, 255, 256, 300, 65_536, 70_000])
def test_the_edge_gives_the_root(size: int) -> None:
    store, top = grown(size)
    assert edge(size)
    assert Hashes(store.get, size, top).subtree(0, size - 1) == leaf_hash(b"entry %d" % (size - 1))


def test_a_log_lies_in_a_folder(tmp_path: Path) -> None:
    store = open_store(tmp_path / "log")
    size, top = grow(store, 0, leaves(0, 300), old_root=EMPTY)
    assert list(Tiles(open_store(f"file://{tmp_path}/log"), size).entries(0, size)) == leaves(0, 300)
    assert grow(store, size, [], old_root=top) == (size, top)
