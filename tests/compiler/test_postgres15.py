"""The thin thread on PostgreSQL 15, as Debian ships it: apply, open a use, prove, take it back."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from houvast import sample
from houvast.compiler.apply import apply, unapply
from houvast.compiler.drift import drift
from houvast.database import connect, embedded
from houvast.database.server import quick_place
from houvast.datamap import load_datamap
from houvast.policy import load_versions
from houvast.proof import Door, Outcome, prove
from tests.compiler.asking import Refused, column, open_use, rows, snapshot, value

BIN = Path(os.environ.get("HOUVAST_POSTGRES_15", "/usr/lib/postgresql/15/bin"))
POLICIES = Path(__file__).parents[2] / "policies" / "lakana"
MISSING = f"PostgreSQL 15 is not in {BIN}. Install it (Debian 12: apt install postgresql-15), or set HOUVAST_POSTGRES_15 to its folder with programs."
pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Fifteen:
    """A server of PostgreSQL 15 with a socket and no port."""

    sockets: Path

    def url(self, database: str, user: str = "postgres") -> str:
        """Where to reach one of its databases."""
        return f"postgresql://{user}@/{database}?host={self.sockets}&port=5415"

    def dump(self, database: str) -> str:
        """The schema with owners and grants."""
        said = subprocess.run(
            [BIN / "pg_dump", "--schema-only", "--create", self.url(database)],
            capture_output=True,
            text=True,
            check=True,
        )
        return "\n".join(line for line in said.stdout.splitlines() if not line.startswith("\\"))


@pytest.fixture(scope="module")
def fifteen() -> Generator[Fifteen]:
    """A new server, stopped and deleted at the end; its programs run as another user when we are root."""
    if not (BIN / "postgres").exists():
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="houvast-15-", dir=quick_place()))
    account = embedded.account_for(None)
    account.own(folder)
    cluster = folder / "cluster"
    settings = f"-c listen_addresses='' -c port=5415 -c unix_socket_directories={folder} -c fsync=off -c timezone=UTC"

    def run(program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [BIN / program, *arguments], check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
            user=None if account.is_us else account.uid, group=None if account.is_us else account.gid,
            extra_groups=None if account.is_us else (), env={"LC_ALL": "C", "PATH": os.environ.get("PATH", "")},
        )  # fmt: skip

    run("initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    run("pg_ctl", "-D", cluster, "-w", "-l", folder / "log", "-o", settings, "start")
    try:
        yield Fifteen(folder)
    finally:
        run("pg_ctl", "-D", cluster, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def test_the_thin_thread_holds_on_postgresql_15(fifteen: Fifteen) -> None:
    with connect(fifteen.url("postgres")) as admin:
        assert str(value(admin, "SHOW server_version_num")).startswith("15")
        rows(admin, "CREATE DATABASE lakana")
    sample.create(fifteen.url("lakana"), people=200, now=datetime.now(UTC))
    versions, datamap = load_versions(POLICIES), load_datamap(POLICIES / "datamap.yaml")
    with connect(fifteen.url("lakana")) as admin:
        before, text = snapshot(admin), fifteen.dump("lakana")
        assert len(apply(admin, versions, datamap, now=datetime.now(UTC)).steps) > 500
        assert apply(admin, versions, datamap, now=datetime.now(UTC)).steps == ()
        assert drift(admin) == ()
        tickets = set(
            column(
                admin,
                "SELECT id FROM ticket WHERE closed_at IS NULL AND account_id IN (SELECT id FROM account WHERE closed_at IS NULL)",
            )
        )
        with connect(fifteen.url("lakana", "support")) as support:
            with pytest.raises(Refused):
                rows(support, "SELECT id FROM ticket")
            with pytest.raises(Refused, match="may not use data for purpose"):
                open_use(support, "billing")
            open_use(support, "answer")
            seen = set(column(support, "SELECT id FROM ticket"))
            assert seen
            assert seen <= tickets
            one = min(seen)
            rows(support, "UPDATE ticket SET closed_at = now() WHERE id = %s", one)
            assert one not in column(support, "SELECT id FROM ticket")
        with connect(fifteen.url("lakana", "office")) as office:
            open_use(office, "billing")
            assert column(office, "SELECT 1 FROM contact LIMIT 1") == [1]
            with pytest.raises(Refused):
                rows(office, "SELECT id FROM ticket")
        report = prove(Door(fifteen.url("lakana"), lambda login: fifteen.url("lakana", login)), versions, datamap)
        broken = [p.id for p in report.promises if p.outcome is Outcome.BROKEN]
        assert broken == []
        assert unapply(admin, losing_events=True) > 500
        assert set(snapshot(admin)) ^ set(before) == set()
        assert fifteen.dump("lakana") == text
