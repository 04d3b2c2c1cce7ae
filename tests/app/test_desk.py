"""The desk: who may do what there, and what it remembers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from houvast.app import desk
from houvast.app.recording import recording
from houvast.database import Connection, DatabaseError, connect, run
from houvast.errors import DatabaseRefusal, UsageError

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TEXT = {"nl": "Kolom geboortedatum is nieuw.", "en": "Column geboortedatum is new."}
DIFFERENCE = {"change": "new", "kind": "grant", "identity": "public.contact", "detail": "SELECT to x", "promise": "C01"}


@pytest.fixture
def url(fresh_database: Callable[[], str]) -> str:
    made = fresh_database()
    desk.prepare(made)
    return made


def _web(url: str) -> Connection:
    return connect(f"{url}&user=houvast_web")


def test_making_the_desk_twice_changes_nothing(url: str) -> None:
    with connect(url) as admin:
        desk.record(admin, "scan", NOW, "good", {})
        desk.prepare(url)
        assert desk.exists(admin)
        assert len(desk.recent(admin)) == 1


def test_the_pages_read_results_and_cannot_forge_them(url: str) -> None:
    with connect(url) as admin:
        desk.record(admin, "prove", NOW, "finding", {"promises": []})
        run(admin, "CREATE TABLE public.customer (id int)")
        run(admin, "CREATE TABLE houvast_desk.session (id int)")
    desk.prepare(url)
    with _web(url) as web:
        found = desk.last(web, "prove")
        assert found
        assert found.outcome == "finding"
        run(web, "INSERT INTO houvast_desk.session VALUES (1)")
        for forged in (
            "INSERT INTO houvast_desk.run (kind, started, outcome, result) VALUES ('prove', now(), 'good', '{}')",
            "UPDATE houvast_desk.run SET outcome = 'good'",
            "DELETE FROM houvast_desk.alarm",
            "DELETE FROM houvast_desk.mail",
            "SELECT * FROM public.customer",
            "CREATE TABLE houvast_desk.mine (id int)",
            "CREATE SCHEMA mine",
        ):
            with pytest.raises(DatabaseError, match="permission denied"):
                run(web, forged)


def test_a_login_of_the_pages_that_may_more_is_refused(fresh_database: Callable[[], str]) -> None:
    made = fresh_database()
    with connect(made) as admin:
        run(admin, "CREATE ROLE houvast_web LOGIN; GRANT pg_read_all_data TO houvast_web")
    with pytest.raises(DatabaseRefusal, match="may do more than the pages need"):
        desk.prepare(made)
    with connect(made) as admin:
        assert not desk.exists(admin)


def test_only_an_administrator_makes_the_desk(fresh_database: Callable[[], str]) -> None:
    made = fresh_database()
    with connect(made) as admin:
        run(admin, "CREATE ROLE clerk LOGIN")
    with pytest.raises(DatabaseRefusal, match="may not make the schema"):
        desk.prepare(f"{made}&user=clerk")


def test_the_last_run_is_one_that_looked_at_everything(url: str) -> None:
    with connect(url) as admin:
        assert desk.last(admin, "prove") is None
        whole = desk.record(admin, "prove", NOW, "good", {"promises": []})
        desk.record(admin, "prove", NOW, "finding", {"promises": []}, partial=True)
        desk.record(admin, "drift", NOW, "good", {"drift": []})
        found = desk.last(admin, "prove")
        assert found
        assert found.id == whole
        assert [one.kind for one in desk.recent(admin, 2)] == ["drift", "prove"]


def test_a_later_proof_of_one_promise_counts_for_that_one(url: str) -> None:
    def proof(promise: str, outcome: str) -> dict[str, object]:
        return {"id": promise, "outcome": outcome, "attempts": []}

    with connect(url) as admin:
        desk.record(admin, "prove", NOW, "good", {"promises": [proof("C01", "held"), proof("C02", "held")]})
        desk.record(admin, "prove", NOW, "finding", {"promises": [proof("C02", "broken")]}, partial=True)
        desk.record(admin, "prove", NOW, "failed", {"error": "No policy was applied to this database."})
        found = desk.proofs(admin)
    assert {name: one.outcome for name, one in found.items()} == {"C01": "held", "C02": "broken"}
    assert found["C01"].ended < found["C02"].ended


def test_attempts_of_old_proofs_are_let_go_and_their_outcomes_stay(url: str) -> None:
    attempts = [
        {"sql": "SELECT 1", "passed": True, "sort": "no use"},
        {"sql": "SELECT 2", "passed": False, "sort": "no use"},
    ]
    result: dict[str, object] = {
        "promises": [
            {"id": "C02", "outcome": "held", "attempts": attempts},
            {"id": "C01", "outcome": "held", "attempts": []},
        ]
    }
    with connect(url) as admin:
        for _ in range(12):
            desk.record(admin, "prove", NOW, "good", result)
        newest = desk.last(admin, "prove")
        oldest = admin.execute("SELECT proof, tried, passed FROM houvast_desk.proof ORDER BY run, place").fetchone()
        assert newest
        assert newest.result == result
        assert oldest == ({"id": "C02", "outcome": "held"}, 2, 1)
        found = desk.proof(admin, "C02")
        assert found
        assert found[1]["attempts"] == attempts
        assert desk.proof(admin, "C99") is None
        assert desk.proofs(admin)["C02"].sorts == {"no use": 2}


def test_an_alarm_is_raised_once_and_settled_when_it_is_not_found_any_more(url: str) -> None:
    with connect(url) as admin:
        assert desk.raise_alarm(admin, "scan", "person.geboortedatum", TEXT, "C03")
        assert desk.raise_alarm(admin, "scan", "person.geboortedatum", TEXT, "C03") is None
        (alarm,) = desk.alarms(admin, "nl")
        assert (alarm.kind, alarm.text, alarm.promise) == ("scan", TEXT["nl"], "C03")
        assert desk.alarms(admin, "de")[0].text == TEXT["en"]
        assert desk.settle(admin, "scan", ["person.geboortedatum"]) == 0
        assert desk.settle(admin, "drift", []) == 0
        assert desk.settle(admin, "scan", []) == 1
        assert desk.alarms(admin) == ()
        assert desk.raise_alarm(admin, "scan", "person.geboortedatum", TEXT, "C03")


def test_a_removed_desk_leaves_nothing_behind(url: str) -> None:
    desk.remove(url)
    with connect(url) as admin:
        found = admin.execute("SELECT to_regnamespace('houvast_desk'), to_regrole('houvast_web')").fetchone()
    assert found == (None, None)


def test_the_login_of_the_pages_stays_while_another_database_has_a_desk(
    url: str, fresh_database: Callable[[], str]
) -> None:
    other = fresh_database()
    desk.prepare(other)
    desk.remove(url)
    with _web(other) as web:
        assert desk.recent(web) == ()


def test_what_a_run_found_is_stored_and_also_that_it_failed(url: str) -> None:
    with recording(url, "drift") as found:
        found.finding({"drift": [DIFFERENCE]})
    with pytest.raises(DatabaseRefusal), recording(url, "scan"):
        raise DatabaseRefusal("Somebody else is at it.", todo="wait.")
    with pytest.raises(UsageError), recording(url, "prove"):
        raise UsageError("No such promise.", todo="name another.")
    with connect(url) as admin:
        failed, drift = desk.recent(admin)
    assert (drift.outcome, drift.result) == ("finding", {"drift": [DIFFERENCE]})
    assert (failed.kind, failed.outcome, failed.result) == ("scan", "failed", {"error": "Somebody else is at it."})


def test_a_result_that_cannot_be_stored_is_said_and_stops_nothing(url: str, caplog: pytest.LogCaptureFixture) -> None:
    with connect(url) as admin:
        run(admin, "CREATE ROLE clerk LOGIN")
    with recording(f"{url}&user=clerk", "drift") as found:
        found.good({})
    assert "could not be stored: PostgreSQL: InsufficientPrivilege (42501)" in caplog.text
