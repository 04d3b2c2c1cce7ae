"""What keeps the register of controls is taken away, or it is made to say what is not so: C36 is reported broken."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from houvast.controls import Found, access, load_controls, store
from houvast.database import Connection, run
from houvast.proof import Outcome, Report
from houvast.proof.safeguards import ACCESS, SORT
from tests.compiler.staffing import code_of, enrolled
from tests.proof.conftest import Sabotage
from tests.proof.scene import PROJECT, Scene

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


def test_a_result_that_was_turned_round_breaks_the_promise(scene: Scene, administrator: Connection) -> None:
    store.record(administrator, "clock", (Found("clock_off", "9"),))
    run(administrator, f"{QUIET}; UPDATE houvast.control_result SET passed = true; {LOUD}")
    assert failed(scene) == ["what was found of every control: not in the log"]


@pytest.mark.parametrize(
    ("weaken", "undo", "wanted"),
    [
        (
            "ALTER TABLE houvast.control_result DISABLE TRIGGER hv_keep_control_result",
            "ALTER TABLE houvast.control_result ENABLE TRIGGER hv_keep_control_result",
            "an attestation is written past the function that asks a code",
        ),
        (
            "ALTER TABLE houvast.control_result DISABLE TRIGGER hv_tell_control",
            "ALTER TABLE houvast.control_result ENABLE TRIGGER hv_tell_control",
            "what is measured is told in the same transaction",
        ),
        (
            "GRANT UPDATE ON houvast.control TO PUBLIC",
            "REVOKE UPDATE ON houvast.control FROM PUBLIC",
            "gives every control two years",
        ),
    ],
)
def test_without_what_keeps_the_register_the_promise_is_broken(
    scene: Scene, sabotaged: Sabotage, weaken: str, undo: str, wanted: str
) -> None:
    with sabotaged(weaken, undo):
        assert any(wanted in one for one in failed(scene))


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


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        ("access_review", "a review of access is written past the function that asks a code"),
        ("backup", "what was written down of a backup is changed"),
        ("emergency", "an emergency is opened past the function that asks a code"),
    ],
)
def test_without_what_keeps_reviews_backups_and_emergencies_the_promise_is_broken(
    scene: Scene, sabotaged: Sabotage, table: str, wanted: str
) -> None:
    change = f"ALTER TABLE houvast.{table} {{}} TRIGGER hv_keep_{table}"
    with sabotaged(change.format("DISABLE"), change.format("ENABLE")):
        assert wanted in [one.name for one in scene.prove("C38").of("C38").failed]
