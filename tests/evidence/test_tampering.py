"""Nothing of a log can be changed, taken out, moved, cut off, rolled back or forked without being seen: one by one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from zipfile import ZipFile

import pytest

from houvast.evidence import verify
from houvast.evidence.tiles import bundle, grow
from houvast.evidence.tree import EMPTY
from houvast.evidence.verify import Invalid, Source, Verified, check_export, head_of, verify_file
from tests.evidence import making
from tests.evidence.making import KEY, WITNESS_KEY

Files = dict[str, bytes]
SMALL, HUNDREDS = 8, 300
SIGNED = ("checkpoint", "key", "range.json")
TILES = ("tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44")


class Archive:
    """The files of an export in memory, read as a zip file is."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.NameToInfo = files

    def namelist(self) -> list[str]:
        return list(self.NameToInfo)

    def getinfo(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(file_size=len(self.NameToInfo[name]), compress_type=0)

    def read(self, name: str) -> bytes:
        return self.NameToInfo[name]


@lru_cache(4)
def head(checkpoint: bytes, key: bytes) -> Verified:
    """The checkpoint; signatures are not worked out again for every bit of something else."""
    return head_of(Source("export", checkpoint.decode(), key.decode()), KEY, [WITNESS_KEY])


def verified(files: Files) -> Verified:
    """The verifier on files in memory."""
    if not {"checkpoint", "key"} <= set(files):
        raise Invalid("missing")
    try:
        return check_export(cast("ZipFile", Archive(files)), head(files["checkpoint"], files["key"]))
    except ValueError as error:
        raise Invalid("damaged") from error


def accepted(files: Files) -> bool:
    try:
        verified(files)
    except Invalid:
        return False
    return True


def files_of(size: int, folder: Path) -> Files:
    log = making.log(size)
    return making.unzipped(log.export(folder / "x.zip", note=log.note(cosigned=True)))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return files_of(SMALL, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def hundreds(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return files_of(HUNDREDS, tmp_path_factory.mktemp("hundreds"))


def flips(data: bytes, step: int = 1, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """(bit, data with this bit changed) for every `step`th bit."""
    changed = bytearray(data)
    for bit in range(start, 8 * len(data), step):
        changed[bit // 8] ^= 1 << bit % 8
        yield bit, bytes(changed)
        changed[bit // 8] ^= 1 << bit % 8


def unseen(files: Files, name: str, step: int = 1, start: int = 0) -> list[int]:
    """The bits of a file that can be changed without the verifier seeing it."""
    return [bit for bit, data in flips(files[name], step, start) if accepted(files | {name: data})]


def evidence(files: Files) -> list[str]:
    """All but what is there for people: the README and the copy of the verifier, which the zip file's sums guard."""
    return [name for name in files if name.startswith("tile/") or name in SIGNED]


@pytest.fixture(autouse=True)
def _entries_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that is not changed is not read anew for each bit of another."""
    monkeypatch.setattr(verify, "read_entry", lru_cache(2 * HUNDREDS)(verify.read_entry))


def test_the_log_verifies_before_it_is_changed(small: Files, hundreds: Files) -> None:
    assert verified(small).stop == SMALL
    assert verified(hundreds).stop == HUNDREDS


def test_every_changed_bit_of_every_file_is_seen(small: Files) -> None:
    assert {name: unseen(small, name) for name in evidence(small)} == {name: [] for name in evidence(small)}


@pytest.mark.parametrize("name", SIGNED)
def test_every_changed_bit_of_what_was_signed_is_seen(hundreds: Files, name: str) -> None:
    assert unseen(hundreds, name) == []


def test_changed_bits_all_over_a_log_of_hundreds_are_seen(hundreds: Files) -> None:
    for name in hundreds:
        if name.startswith("tile/"):
            assert unseen(hundreds, name, 499, 3) == []


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", TILES)
def test_every_changed_bit_of_every_tile_of_a_log_of_hundreds_is_seen(hundreds: Files, name: str) -> None:
    """Some 700,000 of them."""
    assert unseen(hundreds, name) == []


def test_these_are_all_tiles(hundreds: Files) -> None:
    assert {name for name in hundreds if name.startswith("tile/")} == set(TILES)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_sample_of_changed_bits_of_a_large_log_is_seen(tmp_path: Path) -> None:
    files, chance = files_of(20_000, tmp_path), random.Random(5)  # a sample, not a secret
    assert verified(files).stop == 20_000
    for _ in range(300):
        name = chance.choice(evidence(files))
        bit = chance.randrange(8 * len(files[name]))
        _, data = next(flips(files[name], 1, bit))
        assert not accepted(files | {name: data})


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.long)])
def test_every_changed_bit_of_a_receipt_is_seen(tmp_path: Path, every: int) -> None:
    log = making.log(SMALL)
    receipt = log.receipt(7, note=log.note(cosigned=True)).encode()
    path = tmp_path / "receipt"
    seen = 0
    for _, data in flips(receipt, every):
        path.write_bytes(data)
        with pytest.raises(Invalid):
            verify_file(path, KEY, witnesses=[WITNESS_KEY])
        seen += 1
    assert seen == -(-8 * len(receipt) // every)


def test_every_file_that_is_missing_or_emptied_or_cut_off_is_missed(hundreds: Files) -> None:
    for name in hundreds:
        assert not accepted({other: data for other, data in hundreds.items() if other != name})
        assert not accepted(hundreds | {name: b""})
        assert name in ("README.txt", "verify.py") or not accepted(hundreds | {name: hundreds[name][:-2]})


def test_every_two_files_that_are_swapped_are_seen(hundreds: Files) -> None:
    names = evidence(hundreds)
    for one in names:
        for other in names:
            if one != other:
                assert not accepted(hundreds | {one: hundreds[other], other: hundreds[one]})


CHANGES: dict[str, Callable[[list[bytes], int], list[bytes]]] = {
    "taken out": lambda entries, i: entries[:i] + entries[i + 1 :],
    "put in twice": lambda entries, i: [*entries[:i], entries[i], *entries[i:]],
    "swapped with the next": lambda entries, i: [
        *entries[:i],
        *reversed(entries[i : i + 2]),
        *entries[i + 2 :],
    ],
    "cut off": lambda entries, i: [*entries[:i], entries[i][:-1], *entries[i + 1 :]],
    "emptied": lambda entries, i: [*entries[:i], b"", *entries[i + 1 :]],
    "replaced by another": lambda entries, i: [*entries[:i], making.entry(999), *entries[i + 1 :]],
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_entry_that_is_changed_so_is_seen(hundreds: Files, change: str) -> None:
    """The bundles are written anew from the changed entries, the hashes left as they were."""
    entries = list(map(making.entry, range(HUNDREDS)))
    for index in range(HUNDREDS - (change == "swapped with the next")):
        changed = CHANGES[change](entries, index)
        parts = {"tile/entries/000": bundle(changed[:256]), "tile/entries/001.p/44": bundle(changed[256:])}
        assert not accepted(hundreds | parts), index


@pytest.mark.parametrize("change", CHANGES)
def test_every_entry_that_is_changed_with_its_hashes_is_seen(small: Files, change: str) -> None:
    """All hashes are worked out anew, as a forger would; only signing is what a forger cannot."""
    entries = list(map(making.entry, range(SMALL)))
    for index in range(SMALL - (change == "swapped with the next")):
        changed = CHANGES[change](entries, index)
        store = making.Memory()
        size, _ = grow(store, 0, changed, old_root=EMPTY)
        kept = {name: data for name, data in small.items() if not name.startswith("tile/")}
        span = b'{"from":0,"size":%d,"to":%d}\n' % (size, size)
        assert not accepted(kept | store.files), index
        assert not accepted(kept | store.files | {"range.json": span}), index
        note = kept["checkpoint"].replace(b"\n8\n", b"\n%d\n" % size, 1)
        assert size == SMALL or not accepted(kept | store.files | {"range.json": span, "checkpoint": note}), index


def test_every_older_copy_is_seen_as_rolled_back(tmp_path: Path) -> None:
    log = making.log(*range(1, 41))
    now = tmp_path / "now"
    now.write_text(log.note(cosigned=True))
    for size in range(1, 40):
        older = log.export(tmp_path / "older.zip", note=log.note(size))
        assert verify_file(older, KEY).size == size
        with pytest.raises(Invalid, match="rolled back"):
            verify_file(older, KEY, now)


@pytest.mark.parametrize("near", [1, pytest.param(30, marks=pytest.mark.long)])
def test_every_fork_is_seen(tmp_path: Path, near: int) -> None:
    """Forks at every entry, against the oldest checkpoint, the newest and those about this entry, or all; both were
    signed by the log's key."""
    log = making.log(*range(1, 31))
    for index in range(30):
        fork = making.Log().grow(*map(making.entry, [*range(index), 99, *range(index + 1, 40)]))
        forked = fork.export(tmp_path / "fork.zip")
        for size in (size for size in range(1, 31) if size in (1, 30) or abs(size - index) <= near):
            (older := tmp_path / "older").write_text(log.note(size))
            if size <= index:
                assert verify_file(forked, KEY, older).since == size
            else:
                with pytest.raises(Invalid, match="forked"):
                    verify_file(forked, KEY, older)


def changed_zip(tmp_path: Path, step: int, *, lists_only: bool) -> int:
    """Each changed bit of the file itself is refused, or changes nothing of what is in it (a date, an attribute).

    How many were tried.
    """
    whole = making.log(5).export(tmp_path / "whole.zip")
    before, files, raw = verify_file(whole, KEY), making.unzipped(whole), whole.read_bytes()
    with ZipFile(whole) as archive:
        lists = [(one.header_offset, one.header_offset + 30 + len(one.filename)) for one in archive.infolist()]
        lists.append((archive.start_dir, len(raw)))
    path, seen = tmp_path / "changed.zip", 0
    for start, stop in lists if lists_only else [(0, len(raw))]:
        for bit, part in flips(raw[start:stop], step):
            path.write_bytes(raw[:start] + part + raw[stop:])
            seen += 1
            try:
                found = verify_file(path, KEY)
            except Invalid:
                continue
            assert (found, making.unzipped(path)) == (before, files), (start, bit)
    return seen


def test_changed_bits_of_the_lists_in_the_zip_file_are_refused_or_change_nothing(tmp_path: Path) -> None:
    assert changed_zip(tmp_path, 5, lists_only=True) > 1000


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_every_changed_bit_of_the_zip_file_is_refused_or_changes_nothing(tmp_path: Path) -> None:
    assert changed_zip(tmp_path, 1, lists_only=False) > 1000
