"""Logs are read from the command line, keys of days go in time, and the evidence says so."""

from __future__ import annotations

import json
from collections.abc import Generator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from houvast.app import Target, keep, load_project, visits
from houvast.app.settings import Settings
from houvast.database import connect
from houvast.visits.keys_of_day import Keys
from houvast.visits.reading.holding import alone
from houvast.worker.sweeper import Sweeper
from tests.cli.calling import Shell
from tests.company import company
from tests.proof.scene import PROJECT
from tests.visits.reading.making import line

NOW = datetime.now(UTC)
AT = f"{NOW - timedelta(minutes=5):%d/%b/%Y:%H:%M:%S} +0000"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOUVAST_HOME", str(tmp_path / "home"))
    log = tmp_path / "access.log"
    log.write_text("".join(line(number, at=AT, path="/pricing") for number in range(5)) + "rubbish\n")
    return log


@pytest.fixture
def houvast(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Generator[Target]:
    with company() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOUVAST_HOME", str(tmp_path_factory.mktemp("home")))
        found = Target(load_project(PROJECT), server.url("lakana"))
        keep.apply(found)
        yield found


def told(target: Target) -> list[tuple[str, str]]:
    with connect(target.url) as admin:
        rows = admin.execute(
            "SELECT body ->> 'day', promise FROM houvast.event WHERE kind = 'visit_key_destroyed' ORDER BY id"
        )
        return [(str(day), str(promise)) for day, promise in rows.fetchall()]


def test_a_log_is_read_from_the_command_line(houvast: Shell, place: Path) -> None:
    said = json.loads(houvast("visits", "ingest", str(place), "--project", str(PROJECT), "--json").out)
    assert (said["lines"], said["stored"], said["skipped"]) == (6, 5, {"shape": 1})
    assert said["silent"] == [str(place)]
    again = houvast("visits", "ingest", str(place), "--project", str(PROJECT))
    assert "0 lines: 0 visits" in again.out
    stands = houvast("visits", "status", "--project", str(PROJECT))
    assert stands.code == 0
    assert "1 log read" in stands.out


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--format", "combind"], "Did you mean `combined`?"),
        (["--site", "nowhere"], "is no site"),
        (["--follow", "-"], "follows one log"),
        (["nothing.log"], "cannot be read"),
        (["--project", str(PROJECT.parent / "club")], "counts no visits"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_what_to_do(houvast: Shell, place: Path, more: list[str], why: str) -> None:
    found = houvast("visits", "ingest", str(place), "--project", str(PROJECT), *more)
    assert found.code == 2
    assert why in found.err
    assert "What to do" in found.err or "Did you mean" in found.err


def test_a_key_that_was_not_destroyed_in_time_is_an_error_of_status(houvast: Shell) -> None:
    found = visits.counting(load_project(PROJECT))
    day = NOW.date() - timedelta(days=4)
    Keys(found.keys.folder, lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC)).of(day)
    stands = houvast("visits", "status", "--project", str(PROJECT))
    assert stands.code == 1
    assert str(day) in stands.err
    assert houvast("visits", "sweep", "--project", str(PROJECT)).code == 0
    stands = houvast("visits", "status", "--project", str(PROJECT))
    assert stands.code == 0
    assert "not in the evidence yet" in stands.out


def test_the_worker_destroys_keys_and_the_evidence_says_so_once(target: Target) -> None:
    found = visits.counting(target.project)
    days = [NOW.date() - timedelta(days=number) for number in (3, 5)]
    for day in days:
        Keys(found.keys.folder, lambda day=day: _noon(day)).of(day)
    with alone(found.folder):  # keys go, though a log is being followed
        assert Sweeper(target, Settings()).once()
    assert not found.keys.there()
    assert told(target) == [(str(day), "C20") for day in sorted(days)]
    assert Sweeper(target, Settings()).once()
    assert len(told(target)) == 2


def test_whole_addresses_go_to_the_store_apart_and_nowhere_else(target: Target, place: Path) -> None:
    found = visits.counting(target.project)
    whole = visits.whole_of(target)
    assert whole is not None
    for _ in range(2):
        visits.ingest(found, [str(place)], whole=whole)
    with connect(target.url) as admin:
        (number,) = admin.execute("SELECT count(*) FROM houvast.visit_address").fetchone() or (0,)
    assert number == 5
    assert not [one for one in found.folder.rglob("*") if one.is_file() and b"192.0.2." in one.read_bytes()]


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
