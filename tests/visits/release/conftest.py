"""The sample company with three days of visits, an officer with codes, and a ledger in which nothing stands."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime, timedelta

import pytest

from houvast.app import Target, desk, keep, load_project
from houvast.app.visits import counting
from houvast.database import Connection, connect, run
from tests.company import company
from tests.compiler.staffing import enrolled
from tests.proof.scene import PROJECT
from tests.visits.trends.making import put, visits

YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
FIRST = YESTERDAY - timedelta(days=2)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Generator[Target]:
    """The sample company, with three days of visits to one of its sites."""
    with company() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOUVAST_HOME", str(tmp_path_factory.mktemp("home")))
        found = Target(load_project(PROJECT), server.url("lakana"))
        keep.apply(found)
        desk.prepare(found.url)
        folder = counting(found.project).folder
        for number in range(3):
            day = FIRST + timedelta(days=number)
            put(folder, day, visits(day, 400, site=_site(found)), f"0000000{number}")
        yield found


@pytest.fixture
def admin(target: Target) -> Generator[Connection]:
    """An officer with codes, and a ledger in which nothing stands."""
    with connect(target.url) as found:
        _empty(found)
        enrolled(found, "noor")
        yield found


def _site(target: Target) -> str:
    return counting(target.project).declared.sites[0].name


def _empty(admin: Connection) -> None:
    for table in ("houvast.visit_report", "houvast.visit_release"):
        run(
            admin,
            f"ALTER TABLE {table} DISABLE TRIGGER ALL; DELETE FROM {table}; ALTER TABLE {table} ENABLE TRIGGER ALL",
        )
