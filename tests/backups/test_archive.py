"""What is in a backup: it comes out as it went in, a piece at a time, and nothing that is not whole passes."""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

import pytest

from houvast.backups import BackupDamaged
from houvast.backups.age import Identity, Reader, Writer
from houvast.backups.archive import PIECE, Manifest, Unpacker, pack
from houvast.backups.files import new_key, put, read_key, writing
from houvast.errors import UsageError

KEY = Identity.generate()
MANIFEST = Manifest("lakana", datetime(2026, 11, 26, tzinfo=UTC), "18.6", "lakana_owner", ("",), 7)


def packed(database: bytes, files: dict[str, Path], pieces: list[int] | None = None) -> bytes:
    out = io.BytesIO()
    writer = Writer(out, [KEY.recipient])
    pack(
        writer,
        MANIFEST,
        [("a", "CREATE ROLE a")],
        io.BytesIO(database),
        files,
        pieces.append if pieces is not None else lambda _gone: None,
    )
    return out.getvalue()


def sealed(build: Callable[[tarfile.TarFile], None]) -> Reader:
    """A tar of one's own."""
    out = io.BytesIO()
    writer = Writer(out, [KEY.recipient])
    with tarfile.open(fileobj=cast("IO[bytes]", writer), mode="w|") as tar:
        build(tar)
    writer.finish()
    return Reader(io.BytesIO(out.getvalue()), KEY)


def add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    tar.addfile(entry, io.BytesIO(data))


def test_everything_comes_out_as_it_went_in(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_bytes(b"policy: yes\n")
    database, told = os.urandom(PIECE + 1000), list[int]()
    data = packed(database, {"project/policy.yaml": file}, told)
    assert told == [PIECE, PIECE + 1000]
    backup, found = Unpacker(Reader(io.BytesIO(data), KEY)), io.BytesIO()
    assert (backup.manifest, backup.roles) == (MANIFEST, [("a", "CREATE ROLE a")])
    assert backup.database(found, lambda _gone: None) == 2
    assert found.getvalue() == database
    assert list(backup.files()) == [("project/policy.yaml", b"policy: yes\n")]
    backup.whole(2)


def test_other_programs_open_it() -> None:
    plain = Reader(io.BytesIO(packed(b"a dump", {})), KEY).read()
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        assert tar.getnames() == ["manifest.json", "roles.json", "database/000000", "whole.json"]


def test_a_file_has_no_way_out_of_its_folder() -> None:
    def build(tar: tarfile.TarFile) -> None:
        add(tar, "manifest.json", json.dumps(MANIFEST.to_json()).encode())
        add(tar, "roles.json", b"[]")
        add(tar, "files/../../outside", b"x")

    backup = Unpacker(sealed(build))
    assert backup.database(io.BytesIO(), lambda _gone: None) == 0
    with pytest.raises(BackupDamaged):
        list(backup.files())


@pytest.mark.parametrize("missing", ["manifest.json", "roles.json", "whole.json", "pieces"])
def test_a_backup_of_which_something_is_missing_is_not_whole(missing: str) -> None:
    def build(tar: tarfile.TarFile) -> None:
        for name, data in (
            ("manifest.json", json.dumps(MANIFEST.to_json()).encode()),
            ("roles.json", b"[]"),
            ("database/000000", b"a dump"),
            ("whole.json", json.dumps({"pieces": 2 if missing == "pieces" else 1}).encode()),
        ):
            if name != missing:
                add(tar, name, data)

    with pytest.raises(BackupDamaged):  # noqa: PT012 - which step notices depends on what is missing
        backup = Unpacker(sealed(build))
        backup.whole(backup.database(io.BytesIO(), lambda _gone: None))


def test_what_is_no_tar_is_refused() -> None:
    out = io.BytesIO()
    writer = Writer(out, [KEY.recipient])
    writer.write(b"something else")
    writer.finish()
    with pytest.raises(BackupDamaged):
        Unpacker(Reader(io.BytesIO(out.getvalue()), KEY))


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "monday.age"
    with pytest.raises(KeyError), writing(str(path)) as out:  # noqa: PT012 - the file is looked at inside
        out.write(b"half")
        out.flush()
        assert [file.name for file in tmp_path.iterdir()] == [".monday.age.part"]
        with pytest.raises(UsageError, match="Another backup"), writing(str(path)):
            pass
        raise KeyError
    assert list(tmp_path.iterdir()) == []
    (tmp_path / ".monday.age.part").write_bytes(b"of one that was killed")
    with writing(str(path)) as out:
        out.write(b"whole")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("monday.age", b"whole")]
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(UsageError, match="there already"), writing(str(path)):
        pass


def test_a_private_key_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "backup.key"
    made = new_key(file)
    assert read_key(file) == made
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError):
        new_key(file)
    file.chmod(0o644)
    with pytest.raises(UsageError, match="Others may read"):
        read_key(file)


def test_a_file_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    assert put(tmp_path, "keys/evidence.key", b"old")
    assert not put(tmp_path, "keys/evidence.key", b"new")
    assert (tmp_path / "keys/evidence.key").read_bytes() == b"old"
