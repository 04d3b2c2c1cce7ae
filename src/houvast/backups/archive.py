"""What is in a backup: a tar inside an age file, so that both can be opened without Houvast.

    age -d -i KEY FILE | tar -x        # manifest.json, roles.json, database/000000 ..., files/..., whole.json
    cat database/* | pg_restore ...

It is written and read as a stream. `whole.json` comes last: where it is missing, something is.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from houvast.backups.age import Reader, Writer
from houvast.backups.problems import BackupDamaged

PIECE = 4 << 20
"""Bytes of the database that are in one file of the tar: so much is in memory."""
FORMAT = 1
_MANIFEST, _ROLES, _WHOLE, _DATABASE, _FILES = "manifest.json", "roles.json", "whole.json", "database/", "files/"
Tell = Callable[[int], None]
"""How many bytes of the database went by so far."""


@dataclass(frozen=True)
class Manifest:
    """What a backup is of. `owner`: whose the database was; `connects`: who could enter it; `entries`: of its log."""

    database: str
    made_at: datetime
    server: str
    owner: str
    connects: tuple[str, ...]
    entries: int

    def to_json(self) -> dict[str, object]:
        """As it stands in the backup."""
        return {"format": FORMAT, "database": self.database, "made_at": self.made_at.isoformat(), "server": self.server,
                "owner": self.owner, "connects": list(self.connects), "entries": self.entries}  # fmt: skip


def pack(
    out: Writer,
    manifest: Manifest,
    roles: list[tuple[str, str]],
    database: IO[bytes],
    files: Mapping[str, Path],
    tell: Tell,
) -> None:
    """Write a whole backup. `files`: name in the backup -> where it lies."""
    with tarfile.open(fileobj=cast("IO[bytes]", out), mode="w|", format=tarfile.PAX_FORMAT) as tar:
        _put(tar, _MANIFEST, json.dumps(manifest.to_json()).encode())
        _put(tar, _ROLES, json.dumps(roles).encode())
        number, gone = 0, 0
        while piece := database.read(PIECE):
            _put(tar, f"{_DATABASE}{number:06}", piece)
            number, gone = number + 1, gone + len(piece)
            tell(gone)
        for name, file in sorted(files.items()):
            _put(tar, f"{_FILES}{name}", file.read_bytes())
        _put(tar, _WHOLE, json.dumps({"pieces": number, "bytes": gone}).encode())
    out.finish()


def _put(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    tar.addfile(entry, io.BytesIO(data))


class Unpacker:
    """A backup that is being read, from its beginning to its end, once."""

    def __init__(self, source: Reader) -> None:
        """Raises BackupDamaged."""
        self._source = source
        with _damage():
            self._tar = tarfile.open(fileobj=cast("IO[bytes]", source), mode="r|")  # noqa: SIM115 - it lives as long
        found = json.loads(self._only(_MANIFEST))
        if found.get("format") != FORMAT:
            raise BackupDamaged("This backup was made by another release.", todo="Restore it with that one.")
        self.manifest = Manifest(
            found["database"],
            datetime.fromisoformat(found["made_at"]),
            found["server"],
            found["owner"],
            tuple(found["connects"]),
            int(found["entries"]),
        )
        self.roles = [(str(role), str(statement)) for role, statement in json.loads(self._only(_ROLES))]
        self._next: tarfile.TarInfo | None = None

    def database(self, into: IO[bytes], tell: Tell) -> int:
        """Write the dump of the database on; how many pieces it has."""
        number, gone = 0, 0
        while (entry := self._entry()) is not None and entry.name == f"{_DATABASE}{number:06}":
            into.write(self._content(entry))
            number, gone = number + 1, gone + entry.size
            tell(gone)
        self._next = entry
        return number

    def files(self) -> Iterator[tuple[str, bytes]]:
        """(name, content) of each file; names have no way out of a folder. Raises BackupDamaged for one that has."""
        while (entry := self._next or self._entry()) is not None and entry.name.startswith(_FILES):
            self._next = None
            name = Path(entry.name.removeprefix(_FILES))
            if name.is_absolute() or ".." in name.parts or not entry.isfile():
                raise _broken()
            yield str(name), self._content(entry)
        self._next = entry

    def whole(self, pieces: int) -> None:
        """Read to the end. Raises BackupDamaged when something is missing."""
        for _ in self.files():
            pass
        entry = self._next
        if entry is None or entry.name != _WHOLE or json.loads(self._content(entry))["pieces"] != pieces:
            raise _broken()
        with _damage():
            while self._source.read(PIECE):
                pass

    def _only(self, name: str) -> bytes:
        entry = self._entry()
        if entry is None or entry.name != name:
            raise _broken()
        return self._content(entry)

    def _entry(self) -> tarfile.TarInfo | None:
        with _damage():
            return self._tar.next()

    def _content(self, entry: tarfile.TarInfo) -> bytes:
        with _damage():
            file = self._tar.extractfile(entry)
            found = file.read() if file else b""
        if len(found) != entry.size:
            raise _broken()
        return found


def _broken() -> BackupDamaged:
    return BackupDamaged("This backup is not whole.", todo="Take another copy of it, or another backup.")


@contextmanager
def _damage() -> Generator[Any]:
    """What tar cannot read is damaged."""
    try:
        yield
    except (tarfile.TarError, EOFError, OSError) as error:
        raise _broken() from error
