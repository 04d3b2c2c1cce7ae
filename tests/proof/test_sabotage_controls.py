"""What keeps the register of controls is taken away, or it is made to say what is not so: C36 is reported broken."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack

import pytest

from houvast.controls import Found, access, load_controls, store
from houvast.database import Connection, run
from houvast.proof import Outcome, Report
from houvast.proof.safeguards import ACCESS, SORT
from tests.compiler.staffing import code_of, enrolled
from tests.proof.conftest import Sabotage
from tests.proof.scene import PROJECT, Scene, together_and_alone

QUIET = "ALTER TABLE houvast.control_result DISABLE TRIGGER ALL"
LOUD = "ALTER TABLE houvast.control_result ENABLE TRIGGER ALL"


@pytest.fixture(autouse=True)
def _as_before(scene: Scene, administrator: Connection) -> Generator[None]:
    """The register as the sample declares it, and no result of another test."""
    yield
    run(administrator, f"{QUIET}; DELETE FROM houvast.control_result; {LOUD}")
    run(
        administrator,
        "ALTER TABLE houvast.access_review DISABLE TRIGGER ALL; DELETE FROM houvast.access_review;"
        " ALTER TABLE houvast.access_review ENABLE TRIGGER ALL;"
        " DELETE FROM houvast.staff WHERE name IN ('vera', 'newcomer')",
    )
    run(administrator, "UPDATE houvast.control SET since = clock_timestamp(), ended_at = NULL")
    store.register(administrator, load_controls(PROJECT))


def failed(scene: Scene) -> list[str]:
    """The attempts on the register that failed; C36 is broken when there are any."""
    proof = scene.prove("C36").of("C36")
    found = [f"{one.name}: {one.seen}" for one in proof.failed if one.sort == SORT]
    assert (proof.outcome is Outcome.BROKEN) >= bool(found)
    return found


def test_the_register_is_held_by_attempts_of_every_kind(report: Report) -> None:
    proof = report.of("C36")
    assert (proof.outcome, proof.missing) == (Outcome.HELD, "")
    tried = [one for one in proof.attempts if one.sort == SORT]
    assert len(tried) > 30
    assert sum(one.control for one in tried) >= 2


def test_a_control_that_nobody_tested_in_time_breaks_the_promise(scene: Scene, sabotaged: Sabotage) -> None:
    late = "UPDATE houvast.control SET since = clock_timestamp() - interval '{}' WHERE name = 'locked_room'"
    with sabotaged(late.format("88 days"), late.format("0 days")):
        assert failed(scene) == []
    with sabotaged(late.format("90 days"), late.format("0 days")):
        assert failed(scene) == ["control locked_room stands: not tested in time"]


def test_a_control_that_failed_breaks_the_promise_until_it_passes(scene: Scene, administrator: Connection) -> None:
    store.record(administrator, "clock", (Found("clock_off", "9"),))
    assert failed(scene) == ["control clock stands: failed"]
    store.record(administrator, "clock", ())
    assert failed(scene) == []


def test_a_result_that_the_log_does_not_know_breaks_the_promise(scene: Scene, administrator: Connection) -> None:
    forged = (
        "INSERT INTO houvast.control_result (control, passed, how, who, note)"
        " VALUES ('locked_room', true, 'attested', 'officer 1', 'all fine')"
    )
    run(administrator, f"{QUIET}; {forged}; {LOUD}")
    assert failed(scene) == ["what was found of every control: not in the log"]


@pytest.mark.long
def test_a_result_that_was_turned_round_breaks_the_promise(scene: Scene, administrator: Connection) -> None:
    store.record(administrator, "clock", (Found("clock_off", "9"),))
    run(administrator, f"{QUIET}; UPDATE houvast.control_result SET passed = true; {LOUD}")
    assert failed(scene) == ["what was found of every control: not in the log"]


OFF = ("ALTER TABLE houvast.{} DISABLE TRIGGER {}", "ALTER TABLE houvast.{} ENABLE TRIGGER {}")
KEEPS = {
    "an attestation is written past the function that asks a code": tuple(
        one.format("control_result", "hv_keep_control_result") for one in OFF
    ),
    "what is measured is told in the same transaction": tuple(
        one.format("control_result", "hv_tell_control") for one in OFF
    ),
    "gives every control two years": (
        "GRANT UPDATE ON houvast.control TO PUBLIC",
        "REVOKE UPDATE ON houvast.control FROM PUBLIC",
    ),
}


@pytest.mark.parametrize("ways", together_and_alone([[*KEEPS]]))
def test_without_what_keeps_the_register_the_promise_is_broken(
    scene: Scene, sabotaged: Sabotage, ways: tuple[str, ...]
) -> None:
    with ExitStack() as weakened:
        for way in ways:
            weakened.enter_context(sabotaged(*KEEPS[way]))
        found = failed(scene)
    for way in ways:
        assert any(way in one for one in found), way


def test_reviews_of_access_and_backups_are_tried(report: Report) -> None:
    tried = [one for one in report.of("C38").attempts if one.sort == ACCESS]
    assert len(tried) > 12
    assert [one.name for one in tried if not one.passed] == []
    assert any(one.control for one in tried)


def test_an_access_review_that_changed_since_breaks_the_promise(scene: Scene, administrator: Connection) -> None:
    enrolled(administrator, "vera")
    access.sign(administrator, access.access(administrator).sha256, by="vera", code=code_of(administrator, "vera"))
    assert scene.prove("C38").of("C38").outcome is not Outcome.BROKEN
    run(administrator, "INSERT INTO houvast.staff (name) VALUES ('newcomer')")
    proof = scene.prove("C38").of("C38")
    assert [(one.name, one.seen) for one in proof.failed] == [("who can do what is as it was signed", "not as signed")]


TABLES = {
    "access_review": "a review of access is written past the function that asks a code",
    "backup": "what was written down of a backup is changed",
    "emergency": "an emergency is opened past the function that asks a code",
}


@pytest.mark.parametrize("tables", together_and_alone([[*TABLES]]))
def test_without_what_keeps_reviews_backups_and_emergencies_the_promise_is_broken(
    scene: Scene, sabotaged: Sabotage, tables: tuple[str, ...]
) -> None:
    with ExitStack() as weakened:
        for table in tables:
            weakened.enter_context(sabotaged(*(one.format(table, f"hv_keep_{table}") for one in OFF)))
        found = [one.name for one in scene.prove("C38").of("C38").failed]
    for table in tables:
        assert TABLES[table] in found, table
