"""From what runs find to alarms: each once, in two languages, settled when it is gone."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest

from houvast.app import alarms, desk
from houvast.database import Connection, connect

GRANT = {"change": "new", "kind": "grant", "identity": "public.contact", "detail": "SELECT to clerk", "promise": "C02"}


@pytest.fixture
def admin(fresh_database: Callable[[], str]) -> Generator[Connection]:
    url = fresh_database()
    desk.prepare(url)
    with connect(url) as connection:
        yield connection


def _proof(name: str, outcome: str) -> dict[str, Any]:
    return {"id": name, "outcome": outcome, "attempts": [{"passed": outcome == "held"}, {"passed": True}]}


def _scan(**parts: Any) -> dict[str, Any]:
    return {"undeclared": [], "found": [], "read": [], "unread": [], **parts}


def _found(count: int = 1) -> dict[str, Any]:
    return {"table": "note", "column": "body", "kind": "phone", "by": "content", "count": count}


def _texts(admin: Connection, lang: str = "en") -> list[str]:
    return [alarm.text for alarm in desk.alarms(admin, lang)]


def test_a_broken_promise_is_an_alarm_until_it_is_held_again(admin: Connection) -> None:
    broken = {"promises": [_proof("C01", "held"), _proof("C10", "broken"), _proof("C20", "not_yet_kept")]}
    assert len(alarms.follow(admin, "prove", broken, partial=False)) == 1
    assert alarms.follow(admin, "prove", broken, partial=False) == ()
    assert _texts(admin) == ["Promise C10 is broken: 1 of 2 attempts went otherwise than promised."]
    assert desk.alarms(admin)[0].promise == "C10"
    alarms.follow(admin, "prove", {"promises": [_proof("C01", "held")]}, partial=True)
    assert len(desk.alarms(admin)) == 1
    alarms.follow(admin, "prove", {"promises": [_proof("C10", "held")]}, partial=True)
    assert desk.alarms(admin) == ()


def test_each_difference_is_an_alarm_of_its_own(admin: Connection) -> None:
    other = GRANT | {"change": "gone", "detail": "owner boss", "kind": "relation"}
    assert len(alarms.follow(admin, "drift", {"drift": [GRANT, other]}, partial=False)) == 2
    alarms.follow(admin, "drift", {"drift": [other]}, partial=False)
    assert _texts(admin, "nl") == ["Weg uit de database: relation public.contact: owner boss"]


def test_what_nobody_declared_is_an_alarm_with_the_number_of_now(admin: Connection) -> None:
    column = {"table": "person", "column": "geboortedatum", "type": "date"}
    alarms.follow(admin, "scan", _scan(undeclared=[column], found=[_found()]), partial=False)
    alarms.follow(admin, "scan", _scan(undeclared=[column], found=[_found(3)]), partial=False)
    assert _texts(admin, "nl") == [
        "Kolom person.geboortedatum staat niet in de gegevenskaart, dus niemand kan erbij.",
        "Er staan telefoonnummers in note.body, waar de gegevenskaart ze niet noemt (3 keer).",
    ]
    assert {alarm.promise for alarm in desk.alarms(admin)} == {"C03"}


def test_what_tells_of_somebodys_health_or_faith_is_an_alarm_of_its_own_promise(admin: Connection) -> None:
    alarms.follow(admin, "scan", _scan(found=[_found() | {"kind": "special"}]), partial=False)
    assert [alarm.promise for alarm in desk.alarms(admin)] == ["G16"]
    assert _texts(admin) == [
        "There are special categories of data in note.body, where the data map has none (1 times)."
    ]


@pytest.mark.parametrize(
    "part", [{"read": [{"table": "note", "sampled": True}]}, {"unread": [{"table": "note", "why": "42501"}]}]
)
def test_a_scan_that_did_not_read_a_whole_table_does_not_settle_what_was_found_there(
    admin: Connection, part: dict[str, Any]
) -> None:
    alarms.follow(admin, "scan", _scan(found=[_found()]), partial=False)
    alarms.follow(admin, "scan", _scan(**part), partial=False)
    assert len(desk.alarms(admin)) == 1
    alarms.follow(admin, "scan", _scan(read=[{"table": "note", "sampled": False}]), partial=False)
    assert desk.alarms(admin) == ()


def test_a_run_that_fails_is_an_alarm_until_one_ends(admin: Connection) -> None:
    assert alarms.fail(admin, "drift", "PostgreSQL: OperationalError (no connection)")
    assert alarms.fail(admin, "drift", "again") is None
    alarms.follow(admin, "scan", _scan(), partial=False)
    assert len(desk.alarms(admin)) == 1
    alarms.follow(admin, "drift", {"drift": []}, partial=False)
    assert desk.alarms(admin) == ()
