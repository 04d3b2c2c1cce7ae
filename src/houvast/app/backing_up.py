"""Backups of one target: the database, its roles, the project and the keys of the log, encrypted; and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

from houvast.app.evidence import Log
from houvast.app.exchange import places
from houvast.app.people import there
from houvast.app.project import Project
from houvast.app.remembering import FILE as ERASED
from houvast.app.target import Target
from houvast.backups import BackupDamaged, store
from houvast.backups.age import Identity, Reader, Recipient, Writer
from houvast.backups.archive import Manifest, Unpacker, pack
from houvast.backups.files import Counted, digest, put, reading, writing
from houvast.database import Connection, connect, dumping
from houvast.errors import DatabaseRefusal, UsageError

LARGEST = 16 << 20
"""Bytes of a file of the project that still goes along."""
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Backup:
    """One that was made, tried or restored. `sha256` and `bytes`: of the encrypted file."""

    sha256: str
    bytes: int
    database: str
    made_at: datetime
    tables: int = 0
    files: int = 0

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {**asdict(self), "made_at": self.made_at.isoformat(timespec="seconds")}


def make(target: Target, where: str, recipients: Sequence[Recipient], tell: Tell) -> Backup:
    """Write an encrypted backup into a file that has its name only when it is whole.

    Raises UsageError when nobody could open it, or the file cannot be written; DatabaseRefusal, ServerError.
    """
    if not recipients:
        raise UsageError("Nobody could open this backup.", todo="Give a public key: --for age1... (houvast backup key)")
    with there(target) as connection:
        _written_down(connection)
        manifest = Manifest(
            connection.info.dbname,
            datetime.now(UTC),
            store.server(connection),
            dumping.owner_of(connection),
            tuple(dumping.who_connects(connection)),
            store.entries(connection),
        )
        roles, whole, files = dumping.roles(connection), dumping.size(connection), files_of(target)
        with writing(where) as out:
            counted = Counted(out)
            with dumping.dumping(target.url) as database:
                pack(Writer(cast("IO[bytes]", counted), recipients), manifest, roles, database, files,
                     lambda gone: tell("reading the database", gone, whole))  # fmt: skip
        store.record(connection, "made", counted.sha256, counted.bytes)
    return Backup(counted.sha256, counted.bytes, manifest.database, manifest.made_at, files=len(files))


def restore(
    url: str, where: str, sha256: str, identity: Identity, folder: Path | None, tell: Tell, name: str = ""
) -> Backup:
    """Restore a backup into a new database, called as it was or `name`, that stays closed until `houvast restored`.

    `sha256`: of the file, as the log has it; a backup runs statements as a superuser, and anybody can encrypt one for
    a public key. `folder`: where its files go; what is there already stays. `url`: of the server, as a superuser.

    Raises BackupDamaged, UsageError, ServerError: no database is left then.
    """
    with reading(where) as source:
        if digest(source) != sha256.strip().lower():
            raise BackupDamaged(
                "This file is not the backup of that hash; nothing of it was restored.",
                todo="Take another copy of it, and the hash from entry backup_made of the log.",
            )
        counted, backup = _opened(source, identity)
        database = name or backup.manifest.database
        with dumping.fresh(url, database) as passing:
            with connect(passing) as connection:
                dumping.make_roles(connection, backup.roles)
            pieces = _database(backup, passing, tell)
            files = list(backup.files())
            backup.whole(pieces)
            with connect(passing) as connection, connection.transaction():
                reopens = {"owner": backup.manifest.owner, "connects": backup.manifest.connects}
                store.close(connection, json.dumps(reopens))
                store.record(connection, "restored", counted.sha256, counted.bytes)
                tables = store.tables(connection)
    written = sum(put(folder, file, data) for file, data in files) if folder else 0
    return Backup(counted.sha256, counted.bytes, database, backup.manifest.made_at, tables, written)


def try_(target: Target, where: str, identity: Identity, tell: Tell) -> Backup:
    """Restore a backup of this database into one that goes again, to see whether it is whole; then the log is told.

    Raises as `restore` does; DatabaseRefusal for one of which this database does not know that it was made.
    """
    trial = f"{target.project.datamap.database[:40]}_trial"
    with there(target) as connection:
        _written_down(connection)
        with reading(where) as source:
            if not store.made(connection, digest(source)):
                raise DatabaseRefusal(
                    "This database made no such backup; nothing of it was restored.",
                    todo="Try one as houvast backup make wrote it; every change makes it another file.",
                )
            counted, backup = _opened(source, identity)
            with dumping.fresh(target.url, trial, keep=False) as passing:
                backup.whole(_database(backup, passing, tell))
                with connect(passing) as restored:
                    tables = store.tables(restored)
        if tables == 0:
            raise DatabaseRefusal("This backup holds no table.", todo="Make another one: houvast backup make")
        store.record(connection, "tried", counted.sha256, counted.bytes)
    return Backup(counted.sha256, counted.bytes, backup.manifest.database, backup.manifest.made_at, tables)


def _opened(source: IO[bytes], identity: Identity) -> tuple[Counted, Unpacker]:
    counted = Counted(source)
    return counted, Unpacker(Reader(cast("IO[bytes]", counted), identity))


def _database(backup: Unpacker, url: str, tell: Tell) -> int:
    with dumping.restoring(url) as into:
        return backup.database(into, lambda gone: tell("restoring the database", gone, gone + 1))


def _written_down(connection: Connection) -> None:
    if not store.there(connection):
        raise DatabaseRefusal(
            "This database does not write down its backups.", todo="Apply this release: houvast apply"
        )


def files_of(target: Target) -> dict[str, Path]:
    """The files of the project, and those without which the log cannot go on."""
    key = Log.of(target).key
    keys = (key, *key.parent.glob(f"{key.name}.*"), key.parent / ERASED)
    return {**_of(target.project), **{f"keys/{file.name}": file for file in keys if file.is_file()}}


def _of(project: Project) -> dict[str, Path]:
    """Never the keys of bundles: a copy of one would open what was destroyed since. Nor bundles, no use without."""
    local = (str(place).removeprefix("file://") for place in places(project))
    apart = [Path(place).resolve() for place in local if "://" not in place]
    found = (file for file in project.folder.rglob("*") if file.is_file() and not file.is_symlink())
    return {
        f"project/{file.relative_to(project.folder)}": file
        for file in found
        if file.stat().st_size <= LARGEST
        and not any(part.startswith(".") for part in file.relative_to(project.folder).parts)
        and not any(file.resolve().is_relative_to(place) for place in apart)
    }
