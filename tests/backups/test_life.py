"""A backup of the sample company, from making it to using what was restored on another server; and what breaks one."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Generator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest

from houvast.app import Target, backing_up, desk, emergencies, keep, load_project, restoring, staffing, tokens
from houvast.app.erasing import erase
from houvast.app.exchange import Exchange
from houvast.app.remembering import mirror
from houvast.backups import BackupDamaged, store
from houvast.backups.age import Identity, Reader, Writer
from houvast.backups.archive import Unpacker, pack
from houvast.compiler.exchanging import helping
from houvast.controls import Ground, measured
from houvast.database import DatabaseError, connect, run
from houvast.database.server import Server, temporary
from houvast.errors import HouvastError, ServerError, UsageError
from tests.company import company
from tests.compiler.staffing import code_of, enrolled
from tests.proof.scene import PROJECT

CANARY = "canary-4711@voorbeeld.example"
KEY = Identity.generate()


def quiet(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody reads."""


@dataclass(frozen=True)
class Life:
    """A company with its policy, another server that has nothing, and a backup of the first."""

    target: Target
    other: Server
    file: Path
    made: backing_up.Backup


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Generator[Life]:
    folder = tmp_path_factory.mktemp("backups")
    with company() as server, temporary() as other:
        target = Target(load_project(PROJECT), server.url("lakana"))
        with connect(target.url) as admin:
            admin.execute("UPDATE contact SET email = %s WHERE id = (SELECT min(id) FROM contact)", (CANARY,))
        keep.apply(target)
        _let_in(target)
        with connect(target.url) as admin:
            assert measured("backup", Ground(admin)) is None
        file = folder / "monday.age"
        made = backing_up.make(target, str(file), [KEY.recipient], quiet)
        with connect(target.url) as admin:
            assert measured("backup", Ground(admin)) == ()
        yield Life(target, other, file, made)


def _let_in(target: Target) -> None:
    """Every way in that may be taken back later: an account, a session, a token, a grant and an emergency."""
    add = ("staff", "add", "noor", "--role", "officer", "--project", str(PROJECT), "--database", target.url)
    subprocess.run([sys.executable, "-m", "houvast.cli", *add], check=True, capture_output=True, timeout=60)
    tokens.add(target, "of a program", ["proof:read"], staff="noor")
    purpose = helping(target.project.versions[-1])[0]
    with connect(target.url) as admin:
        for name, role in (("noor", "officer"), ("vera", "officer"), ("vik", "support")):
            enrolled(admin, name, role)
        run(admin, "SELECT houvast.exchange_ask('4711', 'the log', 'it stops', now() + interval '7 days',"
                   f" '{purpose}', 'en', true, 'vik');"
                   " SELECT houvast.exchange_grant((SELECT max(id) FROM houvast.exchange), 'vik', true, 'noor');"
                   " INSERT INTO houvast.person_session (secret, \"check\", live, level, method)"
                   " VALUES ('made up', gen_random_uuid(), true, 1, 'code')")  # fmt: skip
        emergencies.enter(target, "billing", "support", by="noor", code=code_of(admin, "noor"),
                          reason="the billing desk burnt down", minutes=240)  # fmt: skip


WAYS_IN = (
    "SELECT (SELECT count(*) FROM houvast.api_token WHERE revoked_at IS NULL),"
    " (SELECT count(*) FROM houvast.person_session WHERE ended_at IS NULL),"
    " (SELECT count(*) FROM houvast.exchange_grant WHERE ended_at IS NULL),"
    " (SELECT count(*) FROM houvast.emergency WHERE ended_at IS NULL),"
    " (SELECT count(*) FROM pg_auth_members WHERE member = 'support'::regrole AND roleid = 'hv_billing'::regrole),"
    " (SELECT count(*) > 0 FROM houvast.staff WHERE ended_at IS NULL OR secret IS NOT NULL)::int,"
    " (SELECT count(*) FROM houvast_desk.auth_user WHERE is_active), (SELECT count(*) FROM houvast_desk.invitation)"
)
"""How many there are of each."""


@pytest.fixture(autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of this database lies apart from that of others of the same name."""
    monkeypatch.setenv("HOUVAST_HOME", str(tmp_path_factory.getbasetemp() / "home-of-backups"))


def databases(server: Server) -> set[str]:
    with connect(server.url()) as admin:
        return {row[0] for row in admin.execute("SELECT datname FROM pg_database").fetchall()}


def test_a_stolen_backup_is_unreadable(life: Life) -> None:
    stolen = life.file.read_bytes()
    assert len(stolen) == life.made.bytes > 100_000
    for text in (CANARY.encode(), b"lakana", b"PGDMP", b"houvast", b"ustar", b"policy"):
        assert text not in stolen
        assert zlib.compress(text)[2:-4] not in stolen
    for start in range(2000):
        if stolen[start : start + 2] in (b"\x1f\x8b", b"x\x9c"):  # what would begin as gzip or zlib
            with pytest.raises((zlib.error, EOFError, OSError)):
                gzip.decompress(stolen[start:])
    with connect(life.target.url) as admin:
        told = "SELECT body FROM houvast.event WHERE kind = 'backup_made'"
        bodies = admin.execute(f"{told} UNION ALL {told.replace('event', 'entry')}".encode()).fetchall()
        assert ({"bytes": life.made.bytes, "backup_sha256": life.made.sha256},) in bodies


def test_what_was_changed_cut_off_or_is_for_another_key_leaves_no_database(life: Life, tmp_path: Path) -> None:
    whole, bad = life.file.read_bytes(), tmp_path / "bad.age"
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    before = databases(life.other)
    for data, key, said in (
        (flipped, KEY, "changed or cut off"),
        (whole[:middle], KEY, "changed or cut off"),
        (whole[:-1], KEY, "changed or cut off"),
        (whole, Identity.generate(), "another key"),
        (b"", KEY, "beginning"),
        (b"something else\n" * 99, KEY, "no backup"),
    ):
        bad.write_bytes(data)
        with pytest.raises(BackupDamaged, match=said):
            backing_up.restore(
                life.other.url("lakana"), str(bad), sha256(data).hexdigest(), key, tmp_path / "files", quiet, "lakana"
            )
        assert databases(life.other) == before
        assert not (tmp_path / "files").exists()


def test_whoever_knows_the_public_key_alone_makes_nothing_that_is_restored(life: Life, tmp_path: Path) -> None:
    """They encrypt for it a backup that would make them a superuser; the machine that tries it does not run it."""
    forged = tmp_path / "forged.age"
    with life.file.open("rb") as source:
        manifest = Unpacker(Reader(source, KEY)).manifest
    roles = [("mallory", "CREATE ROLE mallory SUPERUSER LOGIN")]
    with forged.open("wb") as out:
        pack(Writer(out, [KEY.recipient]), manifest, roles, io.BytesIO(b""), {}, lambda _gone: None)
    there = "SELECT count(*) FROM pg_roles WHERE rolname = 'mallory'"
    for server, tried in (
        (life.target.url, lambda: backing_up.try_(life.target, str(forged), KEY, quiet)),
        (life.other.url(), lambda: backing_up.restore(
            life.other.url(), str(forged), life.made.sha256, KEY, None, quiet, "forged")),
    ):  # fmt: skip
        with pytest.raises(HouvastError, match="nothing of it was restored"):
            tried()
        with connect(server) as admin:
            assert admin.execute(there.encode()).fetchone() == (0,)
    assert "forged" not in databases(life.other)


def test_keys_of_bundles_do_not_go_along(life: Life, tmp_path: Path) -> None:
    """What is destroyed stays so, also for who has a backup of before and its key."""
    folder, file = tmp_path / "project", tmp_path / "before.age"
    shutil.copytree(PROJECT, folder)
    (folder / "settings.yaml").write_text("diagnostics: {store: bundles, keys: bundle-keys}\n")
    project, bundle = replace(life.target.project, folder=folder), uuid4()
    vault = Exchange.of_project(project).vault
    vault.keys.make(bundle)
    vault.put(bundle, 0, CANARY.encode(), is_last=True)
    apart = [
        one.read_bytes() for name in ("bundles", "bundle-keys") for one in (folder / name).rglob("*") if one.is_file()
    ]
    assert len(apart) == 3  # a piece, its key, the master key
    backing_up.make(replace(life.target, project=project), str(file), [KEY.recipient], quiet)
    vault.destroy(bundle)
    with file.open("rb") as source:
        opened = Reader(source, KEY).read()
    assert (folder / "policy.yaml").read_bytes() in opened
    assert not [one for one in apart if one in opened]


def test_a_database_that_is_there_is_never_touched(life: Life) -> None:
    with pytest.raises(UsageError, match="`lakana` already"):
        backing_up.restore(life.target.url, str(life.file), life.made.sha256, KEY, None, quiet)


def test_two_restores_into_one_database_do_not_disturb_each_other(life: Life) -> None:
    def again(_what: str, _done: int, _total: int) -> None:
        with pytest.raises(UsageError, match="being restored already"):
            backing_up.restore(life.other.url(), str(life.file), life.made.sha256, KEY, None, quiet, "thursday")

    backing_up.restore(life.other.url(), str(life.file), life.made.sha256, KEY, None, again, "thursday")
    assert "thursday" in databases(life.other)


def test_a_backup_that_nobody_could_open_is_not_made(life: Life, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Nobody could open"):
        backing_up.make(life.target, str(tmp_path / "x.age"), [], quiet)
    with pytest.raises(UsageError, match="cannot be written"):
        backing_up.make(life.target, str(tmp_path / "nowhere" / "x.age"), [KEY.recipient], quiet)
    assert list(tmp_path.iterdir()) == []


def test_what_is_tried_goes_again_and_is_told(life: Life) -> None:
    before = databases(life.other), databases_of(life.target)
    tried = backing_up.try_(life.target, str(life.file), KEY, quiet)
    assert tried.tables > 50
    assert (databases(life.other), databases_of(life.target)) == before
    with connect(life.target.url) as admin:
        assert store.last(admin, "tried") is not None
        assert measured("restore", Ground(admin)) == ()
        run(admin, "ALTER TABLE houvast.backup DISABLE TRIGGER ALL")
        run(admin, "UPDATE houvast.backup SET at = at - interval '101 days'")
        run(admin, "ALTER TABLE houvast.backup ENABLE TRIGGER ALL")
        assert [one.code for name in ("backup", "restore") for one in measured(name, Ground(admin)) or ()] == [
            "old_backup",
            "old_trial",
        ]
        with pytest.raises(DatabaseError, match="stays as it was"):
            run(admin, "UPDATE houvast.backup SET at = now()")


def databases_of(target: Target) -> set[str]:
    with connect(target.url) as admin:
        return {row[0] for row in admin.execute("SELECT datname FROM pg_database").fetchall()}


def test_what_is_restored_stays_closed_until_erasures_since_are_made_again(life: Life, tmp_path: Path) -> None:
    with connect(life.target.url) as admin:
        ((person, email),) = admin.execute(
            "SELECT a.id, c.email FROM account a JOIN contact c ON c.account_id = a.id ORDER BY a.id DESC LIMIT 1"
        ).fetchall()
    erase(life.target, f"customer:{person}", verified_by="code")
    with connect(life.target.url) as admin:
        mirror(life.target, admin)
    done = backing_up.restore(life.other.url(), str(life.file), life.made.sha256, KEY, tmp_path, quiet, "lakana")
    assert done.files == len([file for file in tmp_path.rglob("*") if file.is_file()]) > 4
    assert (tmp_path / "project/policy.yaml").read_bytes() == (PROJECT / "policy.yaml").read_bytes()
    restored = Target(life.target.project, life.other.url("lakana"))
    try:
        _opened_again(life, restored, email)
    finally:
        with connect(life.other.url()) as admin:
            run(admin, "DROP DATABASE lakana WITH (FORCE)")


def _opened_again(life: Life, restored: Target, email: str) -> None:
    with connect(restored.url) as admin:
        assert admin.execute("SELECT count(*) FROM contact WHERE email = %s", (email,)).fetchone() == (1,)
    desk.prepare(restored.url)
    for login in ("support", "houvast_web", "lakana_owner"):
        with pytest.raises(DatabaseError, match="permission denied for database"):
            connect(life.other.url("lakana", login))
    assert any("restored" in one.identity for one in keep.drift(restored))
    with connect(restored.url) as admin:
        assert admin.execute(WAYS_IN.encode()).fetchone() == (1,) * 8
    again = restoring.erase_again(restored)
    assert (again.people, again.opened) == (1, True)
    for login in ("support", "houvast_web"):
        connect(life.other.url("lakana", login)).close()
    with connect(restored.url) as admin:
        assert admin.execute("SELECT count(*) FROM contact WHERE email = %s", (email,)).fetchone() == (0,)
        assert admin.execute("SELECT count(*) FROM contact WHERE email = %s", (CANARY,)).fetchone() == (1,)
        assert admin.execute(WAYS_IN.encode()).fetchone() == (0,) * 8
        kinds = {row[0] for row in admin.execute("SELECT kind FROM houvast.event").fetchall()}
        assert {"token_revoked", "emergency_ended"} <= kinds
        staffing.enrol(admin, "noor")
        who = "SELECT name, secret FROM houvast.staff WHERE ended_at IS NULL"
        assert admin.execute(who).fetchall() == [("noor", None)]
    assert [str(one) for one in keep.drift(restored)] == []


def test_killed_in_the_middle_leaves_nothing_that_looks_whole(life: Life, tmp_path: Path) -> None:
    """The first step that is told kills the program; the next try works."""
    text = (
        "import os, signal, sys; from pathlib import Path; from houvast.app import Target, backing_up, load_project\n"
        "from houvast.backups.age import Identity\n"
        "kill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"key = Identity.from_text({KEY.to_text()!r})\n"
    )
    path = tmp_path / "tuesday.age"
    target = f"Target(load_project(Path({str(PROJECT)!r})), {life.target.url!r})"
    make = f"backing_up.make({target}, {str(path)!r}, [key.recipient], kill)"
    values = f"{life.other.url()!r}, {str(life.file)!r}, {life.made.sha256!r}, key, None, kill, 'wednesday'"
    restore = f"backing_up.restore({values})"
    for script in (make, restore):
        done = subprocess.run([sys.executable, "-c", text + script], env={**os.environ}, check=False, timeout=60)
        assert done.returncode == -9
    assert [file.name for file in tmp_path.iterdir()] == [".tuesday.age.part"]
    assert "wednesday" not in databases(life.other)
    backing_up.restore(life.other.url(), str(life.file), life.made.sha256, KEY, None, quiet, "wednesday")
    assert {"wednesday"} <= databases(life.other)
    assert not {name for name in databases(life.other) if name.endswith("_restoring")}
    assert backing_up.make(life.target, str(path), [KEY.recipient], quiet).bytes == path.stat().st_size


def test_a_server_that_goes_away_leaves_no_file(life: Life, tmp_path: Path) -> None:
    def end(_what: str, _done: int, _total: int) -> None:
        with connect(life.target.url) as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pg_dump'")

    large = (
        "CREATE TABLE large AS SELECT n, (SELECT string_agg(md5(n::text || m), '') FROM generate_series(1, 40) m)"
        " FROM generate_series(1, 20000) n"
    )
    with connect(life.target.url) as admin:
        run(admin, large)
        try:
            with pytest.raises(ServerError, match="did not come to its end"):
                backing_up.make(life.target, str(tmp_path / "x.age"), [KEY.recipient], end)
        finally:
            run(admin, "DROP TABLE large")
    assert list(tmp_path.iterdir()) == []
