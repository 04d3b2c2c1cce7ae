"""What lies in the store opens with its own key alone, whole and in its place; the keys lie apart."""

# pyright: reportUnusedImport=false
from __future__ import annotations

import errno
import resource
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from houvast.diagnostics import Keyring, Vault
from houvast.diagnostics.keyring import KeyTrouble
from houvast.diagnostics.model import Content, Part
from houvast.diagnostics.sealing import FRAME, PIECE, SALT, TAG, Damaged, seal, sealed_size, unseal
from houvast.diagnostics.vault import StoreTrouble
from houvast.evidence import open_store
from houvast.evidence.problems import MissingTile
from houvast.evidence.store import PieceStore
from tests.evidence.test_object_store import served  # noqa: F401 (a fixture)

KEY, CODE = bytes(range(32)), UUID(int=1)
DATA = bytes(n % 251 for n in range(FRAME * 2 + 10))


def opened(
    piece: bytes, *, key: bytes = KEY, code: UUID = CODE, begins: int = 0, size: int = len(DATA), last: bool = True
) -> bytes:
    """What a piece says."""
    return b"".join(unseal(key, code, begins, size, piece, is_last=last))


def sealed(data: bytes) -> bytes:
    """A piece that says this."""
    return bytes(seal(KEY, CODE, 0, data, bytearray(sealed_size(len(data))), is_last=True))


@pytest.mark.parametrize("size", [1, 16, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, len(DATA)])
def test_a_piece_opens_as_it_was_sealed(size: int) -> None:
    assert opened(sealed(DATA[:size]), size=size) == DATA[:size]


def test_a_piece_that_is_sealed_twice_shares_nothing() -> None:
    one, other = (sealed(DATA) for _ in range(2))
    assert one[:SALT] != other[:SALT]
    assert sum(a == b for a, b in zip(one, other, strict=True)) < len(one) / 100


def test_what_is_cut_changed_moved_or_anothers_does_not_open() -> None:
    piece, frame = sealed(DATA), FRAME + TAG
    swapped = (
        piece[:SALT] + piece[SALT + frame : SALT + 2 * frame] + piece[SALT : SALT + frame] + piece[SALT + 2 * frame :]
    )
    flipped = bytes([*piece[:500], piece[500] ^ 1, *piece[501:]])
    for wrong in (
        piece[:-1],
        piece[: SALT + frame],
        piece[: SALT + 2 * frame],
        piece[:SALT],
        b"",
        swapped,
        flipped,
        piece + b"x",
    ):
        with pytest.raises(Damaged):
            opened(wrong)
    for how in ({"key": bytes(32)}, {"code": UUID(int=2)}, {"begins": 8}, {"last": False}, {"size": 5}):
        with pytest.raises(Damaged):
            opened(piece, **how)  # pyright: ignore[reportArgumentType]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(open_store(tmp_path / "store"), Keyring(tmp_path / "keys"))


def stored(vault: Vault) -> Content:
    """A bundle of three pieces."""
    code = uuid4()
    vault.keys.make(code)
    parts = tuple(vault.put_all(code, [DATA * 20, DATA * 20]))
    assert [part.size for part in parts[:-1]] == [PIECE] * (len(parts) - 1)
    return Content(code, "log", len(DATA) * 40, parts)


def test_a_stream_goes_in_and_comes_out_and_a_piece_less_is_noticed(vault: Vault) -> None:
    content = stored(vault)
    assert b"".join(vault.read(content)) == DATA * 40
    first, *others = content.parts
    for parts in (
        (first, *others[:-1]),
        tuple(others),
        (first, *reversed(others)),
        (first, *others, Part(content.size, 1, first.place)),
    ):
        with pytest.raises((Damaged, StoreTrouble)):
            list(vault.read(Content(content.code, "log", content.size, parts)))
    cut = Content(content.code, "log", PIECE, (first,))  # a register that calls it shorter than it was sent
    with pytest.raises(Damaged):
        list(vault.read(cut))


def test_it_lies_in_an_object_store_too(tmp_path: Path) -> None:
    content = stored(vault := Vault(open_store("memory://bundles"), Keyring(tmp_path)))
    assert b"".join(vault.read(content)) == DATA * 40
    vault.destroy(content.code)
    vault.destroy(content.code)
    with pytest.raises(KeyTrouble, match="destroyed"):
        list(vault.read(content))


def test_it_lies_in_a_bucket_of_a_real_object_store(served: str, tmp_path: Path) -> None:  # noqa: F811
    where = open_store(f"s3://{served}/bundles")
    content = stored(Vault(where, Keyring(tmp_path)))
    assert b"".join(Vault(where, Keyring(tmp_path)).read(content)) == DATA * 40
    Vault(where, Keyring(tmp_path)).destroy(content.code)
    with pytest.raises(MissingTile):
        where.get(f"{content.code}/{content.parts[0].place}")


def test_keys_are_for_their_owner_alone_and_wrapped(tmp_path: Path) -> None:
    keys = Keyring(tmp_path / "keys")
    key = keys.make(CODE)
    assert keys.make(CODE) == key == Keyring(tmp_path / "keys").key(CODE)
    for file in (tmp_path / "keys").iterdir():
        assert file.stat().st_mode & 0o077 == 0
        assert key not in file.read_bytes()
    (tmp_path / "keys" / "master").chmod(0o644)
    with pytest.raises(KeyTrouble, match="Others can read"):
        keys.key(CODE)


def test_without_its_master_key_no_key_opens_and_none_is_made_over_it(tmp_path: Path) -> None:
    keys = Keyring(tmp_path)
    keys.make(CODE)
    (tmp_path / "master").unlink()
    with pytest.raises(KeyTrouble, match="gone"):
        keys.key(CODE)
    with pytest.raises(KeyTrouble, match="another one"):
        Keyring(tmp_path, "A" * 43 + "=").key(CODE)
    with pytest.raises(KeyTrouble, match="32 bytes"):
        Keyring(tmp_path, "AAAA").make(UUID(int=3))


class FullStore:
    """A store on a full disk."""

    def __init__(self, store: PieceStore) -> None:
        self.get, self.drop = store.get, store.drop

    def put(self, path: str, data: bytes) -> None:
        self.add(path, data)

    def add(self, path: str, data: bytes | memoryview) -> None:
        from houvast.evidence.problems import EvidenceError

        raise EvidenceError(path) from OSError(errno.ENOSPC, "No space left on device")


def test_a_piece_that_the_disk_takes_half_of_is_nowhere(vault: Vault, tmp_path: Path) -> None:
    vault.keys.make(CODE)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (PIECE // 2, limits[1]))
    try:
        with pytest.raises(StoreTrouble, match="File too large"):
            vault.put(CODE, 0, bytes(PIECE), is_last=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list((tmp_path / "store" / str(CODE)).iterdir())
    part = vault.put(CODE, 0, bytes(PIECE), is_last=True)
    assert b"".join(vault.read(Content(CODE, "log", PIECE, (part,)))) == bytes(PIECE)


def test_a_full_disk_is_said_and_nothing_is_left(vault: Vault, tmp_path: Path) -> None:
    vault.keys.make(CODE)
    with pytest.raises(StoreTrouble, match="No space left on device"):
        Vault(FullStore(vault.store), vault.keys).put(CODE, 0, b"x", is_last=True)
    assert not (tmp_path / "store").exists()
