"""For `prove`: forged backups, keys of bundles in backups, restored databases and whoever was erased since (C38)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from houvast.app import backing_up, remembering, restoring
from houvast.app.settings import SETTINGS_FILE
from houvast.app.target import Target
from houvast.backups import store
from houvast.backups.age import Identity, Reader, Writer
from houvast.compiler.drift import drift
from houvast.database import Connection, DatabaseError
from houvast.errors import HouvastError

if TYPE_CHECKING:
    from houvast.proof import Attempt, Extra

SORT = "backup"
_WHO, _REFUSED, _READ = "administrator", "refused", "read"
_SAID = b"INSERT INTO anything VALUES ('made up by a proof')"
_SO, _OTHERWISE = "it is so", "it is otherwise"


def backup_attempts(target: Target) -> Extra:
    """Every such attempt; none where no backup is written down."""
    from houvast.proof import Extra
    from houvast.proof.words import tried

    return Extra(tried(SORT), lambda: list(_attempts(target)))


def _attempts(target: Target) -> Iterator[Attempt]:
    with target.connect() as connection:
        if not store.there(connection):
            return
        with TemporaryDirectory(prefix="houvast-proof-") as folder:
            yield from _forged(target, Path(folder))
            yield from _keys(target, Path(folder))
        if remembering.yes(connection, "there"):
            yield from _restored(target, connection)


def _attempt(name: str, said: str, expected: str, seen: str, *, control: bool = False) -> Attempt:
    from houvast.proof import Attempt

    return Attempt(name, _WHO, said, control, expected, seen, SORT)


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def _forged(target: Target, folder: Path) -> Iterator[Attempt]:
    """Anybody can encrypt for a public key; nothing of it is restored."""
    mine, stranger = Identity.generate(), Identity.generate()
    file = folder / "forged.age"
    with file.open("wb") as out, Writer(out, [mine.recipient]) as writer:
        writer.write(_SAID)
        writer.finish()
    name = "hv_made_up_by_a_proof"
    said = "houvast restore forged.age"
    tried: tuple[tuple[str, str, Callable[[], object], str], ...] = (
        ("a file is restored that has not the hash of a backup", said,
         lambda: backing_up.restore(target.url, str(file), "0" * 64, mine, None, _quiet, name),
         "not the backup of that hash"),
        ("a file is tried that this database did not make", "houvast backup try forged.age",
         lambda: backing_up.try_(target, str(file), mine, _quiet), "made no such backup"),
    )  # fmt: skip
    for what, command, go, words in tried:
        yield _attempt(what, command, _REFUSED, _refusal(go, words))
    for what, key, expected in (
        ("whoever has the key reads what was encrypted for it", mine, _READ),
        ("somebody else reads it", stranger, _REFUSED),
    ):
        try:
            found = Reader(io.BytesIO(file.read_bytes()), key).read()
            seen = _READ if found == _SAID else "something else"
        except HouvastError:
            seen = _REFUSED
        yield _attempt(what, "age", expected, seen, control=expected == _READ)


def _refusal(go: Callable[[], object], words: str) -> str:
    try:
        go()
    except HouvastError as error:
        return _REFUSED if words in error.message else f"went on: {type(error).__name__}"
    return "done"


def _keys(target: Target, folder: Path) -> Iterator[Attempt]:
    """Keys of bundles that lie in the folder of a project do not go along with it."""
    project = folder / "project"
    (project / "vault" / "keys").mkdir(parents=True)
    (project / SETTINGS_FILE).write_text("diagnostics: {keys: vault/keys, store: vault/store}\n")
    for name in ("vault/keys/made-up", "vault/keys/made-up.old", "letter.md"):
        (project / name).write_bytes(b"made up by a proof")
    link = project / "linked"
    link.symlink_to(project / "vault" / "keys" / "made-up")
    made = replace(target, project=replace(target.project, folder=project))
    gone = backing_up.files_of(made)
    for what, name, along in (
        ("a file of the project goes along in a backup", "letter.md", True),
        ("a key of bundles goes along in a backup", "vault/keys/made-up", False),
        ("an older key of bundles goes along in a backup", "vault/keys/made-up.old", False),
        ("a key of bundles goes along by a link", "linked", False),
    ):
        seen = "goes along" if f"project/{name}" in gone else "stays"
        yield _attempt(what, "houvast backup make", "goes along" if along else "stays", seen, control=along)


def _restored(target: Target, connection: Connection) -> Iterator[Attempt]:
    """Whoever was erased since is found; until then it is closed, and nobody comes in by what it knows."""
    known = set(remembering.read(remembering.store_of(target)))
    written = connection.execute("SELECT digest FROM houvast.erased WHERE mirrored_at IS NOT NULL").fetchall()
    left = sum(digest not in known for (digest,) in written)
    yield _attempt("who was erased is written down where no backup takes it away", "the list beside the key of the log",
                   "everybody", "everybody" if not left else f"{left} are not there")  # fmt: skip
    hashed = "encode(houvast.address_hash('person', kind || ':' || key), 'hex')"
    row = connection.execute(f"SELECT kind, key, {hashed} FROM houvast.person LIMIT 1".encode()).fetchone()  # noqa: S608 (fixed)
    if row:
        kind, key, digest = row
        for what, digests, erased, wanted in (
            ("somebody who was erased since the backup is found in it", [digest], False, True),
            ("somebody who was never erased is taken for one", [], False, False),
            ("somebody who came again after the erasure is taken for one", [digest], True, False),
        ):
            with connection.transaction(force_rollback=True):
                if erased:
                    connection.execute(
                        "INSERT INTO houvast.erased (digest) VALUES (%s) ON CONFLICT DO NOTHING", (digest,)
                    )
                seen = (kind, key) in restoring.brought_back(connection, digests)
            yield _attempt(what, "houvast restored", _SO, _SO if seen is wanted else _OTHERWISE, control=wanted)
    with connection.transaction(force_rollback=True):
        store.close(connection, "{}")
        named = any(one.identity == "setting restored" for one in drift(connection, rows=False))
    yield _attempt(
        "a restored database is named until it was looked at", "houvast drift", _SO, _SO if named else _OTHERWISE
    )
    yield _attempt("staff of a restored database come in again", "houvast restored", "ended", _ended(connection))


def _ended(connection: Connection) -> str:
    """Whether nobody of the staff is left after what ends every way in."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("INSERT INTO houvast.staff (name) VALUES ('madeupbyaproof') ON CONFLICT DO NOTHING")
            restoring.take_back(connection)
            row = connection.execute("SELECT count(*) FROM houvast.staff WHERE ended_at IS NULL").fetchone()
    except DatabaseError as error:
        return f"error: {error.sqlstate}"
    return "ended" if row == (0,) else "not ended"
