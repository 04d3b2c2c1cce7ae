"""What keeps the register of controls is taken away, or it is made to say what is not so: attempts fail (C36, C38)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import chain

import pytest

from houvast.controls import Found, access, load_controls, store
from houvast.database import Connection, run
from houvast.proof import Attempt, Door, Outcome, Report
from houvast.proof.handling import Handling
from houvast.proof.safeguards import ACCESS, SORT, backups, emergencies, reviews, safeguards
from tests.compiler.staffing import code_of, enrolled
from tests.proof.conftest import Sabotage
from tests.proof.scene import PROJECT, Scene

QUIET = "ALTER TABLE houvast.control_result DISABLE TRIGGER ALL"
LOUD = "ALTER TABLE houvast.control_result ENABLE TRIGGER ALL"
Make = Callable[[Handling], Iterator[Attempt]]


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


def failed(scene: Scene, *makes: Make) -> list[Attempt]:
    """The attempts that failed: on the register, or these."""
    login = next(one.name for one in scene.datamap.logins.values() if one.purposes)
    door = Door(scene.door.administrator, scene.door.login)
    with door.administer() as connection, ExitStack() as after:
        after.callback(door.end)
        connection.execute("SET houvast.filling = 'yes'")
        ours = Handling(connection, scene.versions[-1], datetime.now(UTC), ("customer", "none"), "hv-made-up")
        made = [make(ours) for make in makes] or [safeguards(connection, door, ours, login)]
        return [one for one in chain.from_iterable(made) if not one.passed]


def said(attempts: Iterable[Attempt]) -> list[str]:
    """What was tried and seen."""
    return [f"{one.name}: {one.seen}" for one in attempts]


def test_the_register_is_held_by_attempts_of_every_kind(report: Report) -> None:
    proof = report.of("C36")
    assert (proof.outcome, proof.missing) == (Outcome.HELD, "")
    tried = [one for one in proof.attempts if one.sort == SORT]
    assert len(tried) > 30
    assert sum(one.control for one in tried) >= 2


def test_a_control_that_nobody_tested_in_time_is_found_out(scene: Scene, sabotaged: Sabotage) -> None:
    late = "UPDATE houvast.control SET since = clock_timestamp() - interval '{}' WHERE name = 'locked_room'"
    with sabotaged(late.format("88 days"), late.format("0 days")):
        assert failed(scene) == []
    with sabotaged(late.format("90 days"), late.format("0 days")):
        assert said(failed(scene)) == ["control locked_room stands: not tested in time"]


def test_a_control_that_failed_is_found_out_until_it_passes(scene: Scene, administrator: Connection) -> None:
    store.record(administrator, "clock", (Found("clock_off", "9"),))
    assert said(failed(scene)) == ["control clock stands: failed"]
    store.record(administrator, "clock", ())
    assert failed(scene) == []


def test_a_result_that_the_log_does_not_know_is_found_out(scene: Scene, administrator: Connection) -> None:
    forged = (
        "INSERT INTO houvast.control_result (control, passed, how, who, note)"
        " VALUES ('locked_room', true, 'attested', 'officer 1', 'all fine')"
    )
    run(administrator, f"{QUIET}; {forged}; {LOUD}")
    assert said(failed(scene)) == ["what was found of every control: not in the log"]


@pytest.mark.long
def test_a_result_that_was_turned_round_is_found_out(scene: Scene, administrator: Connection) -> None:
    store.record(administrator, "clock", (Found("clock_off", "9"),))
    run(administrator, f"{QUIET}; UPDATE houvast.control_result SET passed = true; {LOUD}")
    assert said(failed(scene)) == ["what was found of every control: not in the log"]


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


@pytest.mark.parametrize("way", KEEPS)
def test_without_what_keeps_the_register_an_attempt_fails(scene: Scene, sabotaged: Sabotage, way: str) -> None:
    with sabotaged(*KEEPS[way]):
        assert any(way in one.name for one in failed(scene))


def test_reviews_of_access_and_backups_are_tried(report: Report) -> None:
    tried = [one for one in report.of("C38").attempts if one.sort == ACCESS]
    assert len(tried) > 12
    assert [one.name for one in tried if not one.passed] == []
    assert any(one.control for one in tried)


def test_an_access_review_that_changed_since_is_found_out(scene: Scene, administrator: Connection) -> None:
    enrolled(administrator, "vera")
    access.sign(administrator, access.access(administrator).sha256, by="vera", code=code_of(administrator, "vera"))
    assert failed(scene, reviews) == []
    run(administrator, "INSERT INTO houvast.staff (name) VALUES ('newcomer')")
    assert said(failed(scene, reviews)) == ["who can do what is as it was signed: not as signed"]


TABLES: dict[str, tuple[str, Callable[[Scene], Make]]] = {
    "access_review": ("a review of access is written past the function that asks a code", lambda _: reviews),
    "backup": ("what was written down of a backup is changed", lambda _: backups),
    "emergency": (
        "an emergency is opened past the function that asks a code",
        lambda scene: lambda h: emergencies(h, scene.datamap),
    ),
}


@pytest.mark.parametrize("table", TABLES)
def test_without_what_keeps_reviews_backups_and_emergencies_an_attempt_fails(
    scene: Scene, sabotaged: Sabotage, table: str
) -> None:
    name, make = TABLES[table]
    with sabotaged(*(one.format(table, f"hv_keep_{table}") for one in OFF)):
        assert name in {one.name for one in failed(scene, make(scene))}
