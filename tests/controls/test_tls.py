"""A server as others run it: PostgreSQL 15 of Debian, reached by TLS and scram alone; what weakens it is named."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from houvast.app import Target, backing_up, keep, load_project
from houvast.backups.age import Identity
from houvast.controls import Found, Ground
from houvast.controls.measures import passwords, transport
from houvast.database import DatabaseError, connect, embedded, run
from houvast.database.server import quick_place
from houvast.sample import create
from tests.backups.test_life import quiet
from tests.proof.scene import PROJECT

BIN = Path(os.environ.get("HOUVAST_POSTGRES_15", "/usr/lib/postgresql/15/bin"))
MISSING = f"PostgreSQL 15 is not in {BIN}. Install it (Debian 12: apt install postgresql-15)."
PASSWORD = "a made-up password"
RULES = "local all all scram-sha-256\nhostssl all all 0.0.0.0/0 scram-sha-256\nhost all all 0.0.0.0/0 reject\n"
pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Elsewhere:
    """A server on another port, with its certificate."""

    folder: Path
    port: int
    account: embedded.Account

    def url(self, database: str, *, mode: str = "verify-full", password: str = PASSWORD) -> str:
        """By TLS, whose certificate is checked."""
        safe = password.replace(" ", "%20")
        certificate = self.folder / "server.crt"
        return f"postgresql://postgres:{safe}@localhost:{self.port}/{database}?sslmode={mode}&sslrootcert={certificate}"

    def rules(self, text: str) -> None:
        """Who may come in how, from now on."""
        file = self.folder / "cluster" / "pg_hba.conf"
        file.write_text(text)
        with connect(self.url("postgres")) as admin:
            admin.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="module")
def elsewhere() -> Generator[Elsewhere]:
    if not (BIN / "postgres").exists():
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="houvast-tls-", dir=quick_place()))
    account = embedded.account_for(None)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "server.key",
         "-out", folder / "server.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "password").write_text(PASSWORD)
    for file in (folder, *folder.iterdir()):
        mode = 0o700 if file.is_dir() else 0o600
        account.own(file)
        file.chmod(mode)
    (folder / "server.crt").chmod(0o644)
    folder.chmod(0o711)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    cluster = folder / "cluster"

    def do(program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [BIN / program, *arguments], check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
            user=None if account.is_us else account.uid, group=None if account.is_us else account.gid,
            extra_groups=None if account.is_us else (), env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
        )  # fmt: skip

    do("initdb", "-D", cluster, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", folder / "password", "--no-sync",
       "-E", "UTF8", "--locale=C")  # fmt: skip
    (cluster / "pg_hba.conf").write_text(RULES)
    settings = (f"-c listen_addresses=* -c port={port} -c unix_socket_directories={folder} -c fsync=off -c ssl=on"
                f" -c ssl_cert_file={folder}/server.crt -c ssl_key_file={folder}/server.key")  # fmt: skip
    do("pg_ctl", "-D", cluster, "-w", "-l", folder / "log", "-o", settings, "start")
    try:
        found = Elsewhere(folder, port, account)
        with connect(found.url("postgres")) as admin:
            run(admin, "ALTER ROLE postgres VALID UNTIL 'tomorrow'")
        yield found
    finally:
        do("pg_ctl", "-D", cluster, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def test_by_tls_and_scram_it_passes_and_nobody_comes_in_another_way(elsewhere: Elsewhere) -> None:
    with connect(elsewhere.url("postgres")) as admin:
        assert admin.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone() == (True,)
        assert Ground(admin).reached
        assert transport(Ground(admin)) == ()
        assert passwords(Ground(admin)) == ()
    with pytest.raises(DatabaseError):
        connect(elsewhere.url("postgres", mode="disable"))
    with pytest.raises(DatabaseError):
        connect(elsewhere.url("postgres", password="another"))


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        (RULES + "host all all 10.0.0.0/8 scram-sha-256\n", {Found("plain_allowed", "10.0.0.0")}),
        (RULES + "hostssl all all 10.0.0.0/8 trust\n", {Found("no_password", "10.0.0.0")}),
        (RULES + "hostssl all all 10.0.0.0/8 password\n", {Found("weak_method", "password 10.0.0.0")}),
        ("local all all trust\n" + RULES, {Found("no_password", "local")}),
    ],
)  # fmt: skip
def test_each_rule_that_lets_more_in_is_named(elsewhere: Elsewhere, rules: str, wanted: set[Found]) -> None:
    elsewhere.rules(rules)
    try:
        with connect(elsewhere.url("postgres")) as admin:
            assert set(transport(Ground(admin)) or ()) == wanted
    finally:
        elsewhere.rules(RULES)


def test_an_old_tls_is_named(elsewhere: Elsewhere) -> None:
    with connect(elsewhere.url("postgres")) as admin:
        run(admin, "ALTER SYSTEM SET ssl_min_protocol_version = 'TLSv1.1'")
        admin.execute("SELECT pg_reload_conf(), pg_sleep(0.3)")
        try:
            assert transport(Ground(admin)) == (Found("old_tls", "TLSv1.1"),)
        finally:
            run(admin, "ALTER SYSTEM RESET ssl_min_protocol_version")
            admin.execute("SELECT pg_reload_conf(), pg_sleep(0.3)")
        assert transport(Ground(admin)) == ()


def test_a_backup_is_made_and_restored_over_tls(
    elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOUVAST_HOME", str(tmp_path))
    with connect(elsewhere.url("postgres")) as admin:
        run(admin, "CREATE DATABASE lakana")
    create(elsewhere.url("lakana"), people=20)
    target = Target(load_project(PROJECT), elsewhere.url("lakana"))
    keep.apply(target)
    key, file = Identity.generate(), str(tmp_path / "monday.age")
    made = backing_up.make(target, file, [key.recipient], quiet)
    done = backing_up.restore(elsewhere.url("tuesday"), file, made.sha256, key, None, quiet, "tuesday")
    assert done.tables > 50
    count = "SELECT (SELECT count(*) FROM contact), (SELECT count(*) FROM houvast.object)"
    with connect(elsewhere.url("lakana")) as before, connect(elsewhere.url("tuesday")) as after:
        assert before.execute(count.encode()).fetchall() == after.execute(count.encode()).fetchall()
