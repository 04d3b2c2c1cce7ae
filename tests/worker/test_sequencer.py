"""The worker publishes the log by itself, says when it cannot, and goes on when it can."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from houvast.app import desk, handing_out
from houvast.app.evidence import Log
from houvast.app.settings import Evidence
from houvast.database import Connection, run
from houvast.evidence import rows
from houvast.evidence.checkpoint import opened
from houvast.evidence.cosigning import cosigned
from houvast.evidence.problems import EvidenceError
from houvast.worker.sequencer import Sequencer
from tests.evidence.witnessing import serving
from tests.worker.conftest import Office


def _wait(until: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def _published(office: Office) -> bool:
    log, found = handing_out.standing(office.target)
    assert found
    try:
        note = log.note()
    except EvidenceError:  # nothing yet, or only the key
        return False
    return found.waiting == 0 and opened(note, log.verifier()).size == found.size == found.entries > 0


def test_a_worker_that_ends_has_published_what_its_jobs_told(office: Office, admin: Connection) -> None:
    rows.tell(admin, "drift_found", {"differences": 1})
    assert office.worker().once() == (0, 0)
    assert _published(office)


def test_a_worker_publishes_within_seconds_and_survives_what_goes_wrong(office: Office, admin: Connection) -> None:
    with office.start("from houvast.worker import beside\nbeside.LONGEST_WAIT = 1.0\nworker.forever()\n") as program:
        try:
            rows.tell(admin, "drift_mended", {})
            _wait(lambda: _published(office))
            key = Log.of(office.target).key
            away = key.rename(key.with_suffix(".away"))
            rows.tell(admin, "drift_found", {"differences": 2})
            _wait(lambda: [one.kind for one in desk.alarms(admin)] == ["evidence"])
            (alarm,) = desk.alarms(admin)
            assert "was begun with it" in alarm.text
            assert rows.standing(admin).waiting == 1
            run(admin, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                       " WHERE application_name LIKE 'houvast%' AND pid <> pg_backend_pid()")  # fmt: skip
            away.rename(key)
            _wait(lambda: _published(office) and desk.alarms(admin) == ())
        finally:
            program.send_signal(signal.SIGTERM)
            assert program.wait(30) == 0


def test_where_another_one_publishes_a_sequencer_raises_no_alarm(office: Office, admin: Connection) -> None:
    assert rows.try_lock(admin)
    try:
        assert Sequencer(office.target, office.settings()).once()
    finally:
        rows.unlock(admin)
    assert desk.alarms(admin) == ()


def test_a_witness_that_is_away_stops_nothing_and_is_said_once_and_back_it_cosigns(
    office: Office, admin: Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = Log.of(office.target)
    with serving(tmp_path, [log.begin(admin)]) as witness:
        pass
    settings = replace(office.settings(), evidence=Evidence(witnesses=(witness,)))
    sequencer = Sequencer(office.target, settings)
    for _ in range(2):
        rows.tell(admin, "drift_mended", {})
        assert sequencer.once()
    assert _published(office)
    assert [line for line in caplog.messages if "witness" in line] == [
        f"evidence: witness {witness.key.name} has not cosigned: Connection refused"
    ]
    with serving(tmp_path, [log.begin(admin)]) as back:
        assert Sequencer(office.target, replace(settings, evidence=Evidence(witnesses=(back,)))).once()
        assert cosigned(log.note(), back.key)
