"""What a worker does by itself, once each, also when it or the mail server dies in the middle."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from houvast.app import desk, keep
from houvast.app.mailing import Letter, MailFailed, send
from houvast.database import Connection, connect, run
from houvast.errors import FileErrors
from tests.worker.conftest import Office, without_mail

GRANT = ("GRANT SELECT ON contact TO analytics", "REVOKE SELECT ON contact FROM analytics")
Change = Callable[[str, str], None]


def _runs(admin: Connection) -> list[str]:
    return [f"{one.kind} {one.outcome}" for one in reversed(desk.recent(admin))]


def _wait(until: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def _jobs(admin: Connection) -> list[tuple[str, str]]:
    rows = admin.execute("SELECT task_name, status::text FROM houvast_desk.procrastinate_jobs ORDER BY id").fetchall()
    return [(row[0], row[1]) for row in rows]


def hourly() -> str:
    """Due once an hour, and not at any moment of this test: half an hour from now."""
    return f"{(datetime.now(UTC) + timedelta(minutes=30)).minute} * * * *"


def _now(admin: Connection, attempts: int = 1) -> None:
    """Let the time pass after which jobs are tried again."""
    with admin.transaction():
        run(admin, "SET LOCAL search_path = houvast_desk")
        admin.execute("UPDATE procrastinate_jobs SET scheduled_at = now(), attempts = %s", (attempts,))


def test_what_is_due_is_done_once(office: Office, admin: Connection) -> None:
    worker = office.worker(drift=hourly(), scan=hourly())
    assert worker.once() == (0, 0)
    assert sorted(_runs(admin)) == ["drift good", "scan good"]
    assert office.worker(drift=hourly(), scan=hourly()).once() == (0, 0)
    assert len(_runs(admin)) == 2
    assert desk.mails(admin) == ()


@pytest.mark.long
def test_the_whole_proof_is_made_by_a_worker_too(office: Office, admin: Connection) -> None:
    assert office.worker(prove=hourly()).once() == (0, 0)
    assert _runs(admin) == ["prove good"]
    assert len(desk.proofs(admin)) > 50


def test_a_new_finding_is_one_alarm_and_one_letter_and_settled_when_it_is_gone(
    office: Office, admin: Connection, changed: Change
) -> None:
    changed(*GRANT)
    for _ in range(3):
        office.worker(drift=hourly()).once()
        run(admin, "UPDATE houvast_desk.run SET started = started - interval '2 hours'")
    (alarm,) = desk.alarms(admin)
    (letter,) = desk.mails(admin)
    assert "SELECT to analytics" in alarm.text
    assert alarm.text in letter.body
    assert letter.recipients == ("privacy@lakana.example",)
    assert letter.subject == "Houvast: an alarm about lakana-privacy"
    run(admin, GRANT[1])
    office.worker(drift=hourly()).once()
    assert desk.alarms(admin) == ()
    assert len(desk.mails(admin)) == 1


def test_a_phone_number_in_a_note_is_found_and_not_repeated_in_letter_or_job(
    office: Office, admin: Connection, changed: Change
) -> None:
    changed(
        "UPDATE engagement SET notes = 'bel 06-12345678' WHERE id = 1", "UPDATE engagement SET notes = '' WHERE id = 1"
    )
    office.worker(scan=hourly()).once()
    (letter,) = desk.mails(admin)
    assert "phone numbers in engagement.notes" in letter.body
    assert "12345678" not in letter.body
    assert admin.execute("SELECT count(*) FROM houvast_desk.procrastinate_jobs WHERE args <> '{}'").fetchone() == (0,)


def test_a_killed_workers_job_is_done_by_the_next_and_no_letter_is_doubled(
    office: Office, admin: Connection, changed: Change, tmp_path: Path
) -> None:
    changed(*GRANT)
    here = tmp_path / "here"
    script = (
        "import dataclasses, pathlib, time\n"
        f"stop = lambda kind: (pathlib.Path({str(here)!r}).touch(), time.sleep(60))\n"
        "worker.work = dataclasses.replace(worker.work, pause=stop)\n"
        "worker.once()\n"
    )
    with office.start(script, drift=hourly()) as program:
        _wait(here.exists)
        program.send_signal(signal.SIGKILL)
    assert _jobs(admin) == [("drift", "doing")]
    assert office.worker(drift=hourly()).once() == (0, 0)
    assert _runs(admin) == ["drift finding"]
    assert len(desk.alarms(admin)) == 1
    assert [one.subject for one in desk.mails(admin)] == ["Houvast: an alarm about lakana-privacy"]
    assert _jobs(admin) == []


def test_a_letter_that_was_sent_and_not_written_down_arrives_once(
    office: Office, admin: Connection, changed: Change
) -> None:
    """Between the mail server's yes and our commit a letter is sent at least once: SMTP knows no more. The second has
    the same Message-ID, by which this mail server, as others do, keeps one."""
    changed(*GRANT)
    script = (
        "import os, signal\n"
        "from houvast.app import letters\n"
        "send = letters.send\n"
        "letters.send = lambda mail, some: (send(mail, some), os.kill(os.getpid(), signal.SIGKILL))\n"
        "worker.once()\n"
    )
    with office.start(script, drift=hourly()) as program:
        assert program.wait(60) == -signal.SIGKILL
    assert len(desk.mails(admin)) == 1
    assert office.worker().once() == (0, 0)
    assert len(desk.mails(admin)) == 1
    assert admin.execute("SELECT count(*) FROM houvast_desk.alarm WHERE mailed IS NULL").fetchone() == (0,)


def test_a_mail_server_that_is_gone_costs_no_letter(office: Office, admin: Connection, changed: Change) -> None:
    changed(*GRANT)
    waiting, failed = without_mail(office).worker(drift=hourly()).once()
    assert (waiting, failed) == (1, 0)
    assert desk.mails(admin) == ()
    _now(admin)
    assert office.worker().once() == (0, 0)
    assert len(desk.mails(admin)) == 1


def test_a_job_that_fails_for_good_is_an_alarm_without_the_words_of_the_database(
    office: Office, admin: Connection, changed: Change
) -> None:
    changed(
        "ALTER TABLE houvast.snapshot RENAME TO snapshot_away", "ALTER TABLE houvast.snapshot_away RENAME TO snapshot"
    )
    office.worker(drift=hourly()).once()
    assert desk.alarms(admin) == ()
    _now(admin, attempts=4)
    assert office.worker().once()[1] == 1
    (alarm,) = desk.alarms(admin)
    assert alarm.text == "The scheduled `drift` fails: PostgreSQL: UndefinedTable (42P01)"


def test_a_worker_stops_when_it_is_asked_to_and_ends_nothing_half_way(
    office: Office, admin: Connection, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    script = (
        "import dataclasses, pathlib, time\n"
        f"stop = lambda kind: (pathlib.Path({str(here)!r}).touch(), time.sleep(1))\n"
        "worker.work = dataclasses.replace(worker.work, pause=stop)\n"
        "worker.forever()\n"
    )
    with office.start(script, drift=hourly()) as program:
        _wait(here.exists)
        program.send_signal(signal.SIGTERM)
        assert program.wait(30) == 0
    assert _runs(admin) == ["drift good"]
    assert _jobs(admin) == []


def test_a_worker_survives_that_its_connections_are_ended(office: Office, admin: Connection, tmp_path: Path) -> None:
    with office.start("queue.HEARTBEAT = 0.2\nworker.forever()\n", drift=hourly()) as program:
        try:
            _wait(lambda: _runs(admin) == ["drift good"])
            run(
                admin,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name LIKE 'houvast%' AND pid <> pg_backend_pid()",
            )
            with connect(office.target.url, application_name="test") as other:
                run(other, "UPDATE houvast_desk.run SET started = started - interval '2 hours'")
                _wait(lambda: len(desk.recent(other)) == 2)
        finally:
            program.send_signal(signal.SIGTERM)
            assert program.wait(30) == 0


def test_the_pages_cannot_touch_the_queue(office: Office) -> None:
    office.worker().once()
    with connect(f"{office.target.url}&user=houvast_web") as web, pytest.raises(Exception, match="permission denied"):
        run(web, "SELECT * FROM houvast_desk.procrastinate_jobs")


def test_the_queue_is_no_drift(office: Office) -> None:
    office.worker().once()
    assert keep.drift(office.target) == ()


def test_a_time_that_is_none_is_refused(office: Office) -> None:
    with pytest.raises(FileErrors, match="`each morning` is not a time"):
        office.worker(drift="each morning")


def test_a_refused_letter_says_so_without_an_address(office: Office) -> None:
    with pytest.raises(MailFailed) as error:
        send(without_mail(office).mail, [Letter("1", "s", "b")])
    assert "@" not in str(error.value)
