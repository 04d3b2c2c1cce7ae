"""Controls are measured when they are due, red ones are alarms, and the register is what the file declares."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from houvast.app import Target, controlling, desk, keep, load_project, staffing, tokens
from houvast.app.settings import Settings
from houvast.controls import Found, Standing, measured, store
from houvast.controls.model import Control
from houvast.database import Connection, connect, run
from houvast.errors import DatabaseRefusal, UsageError
from houvast.worker.controller import Controller
from tests.company import company
from tests.compiler.staffing import code_of, enrolled
from tests.proof.scene import PROJECT

NOW = datetime(2026, 11, 26, tzinfo=UTC)
NONE = frozenset({"backup", "restore", "access_review"})
"""Of what there is nothing yet."""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Generator[Target]:
    home = tmp_path_factory.mktemp("home")
    with company() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOUVAST_HOME", str(home))
        found = Target(load_project(PROJECT), server.url("lakana"))
        keep.apply(found)
        yield found


@pytest.fixture
def admin(target: Target) -> Generator[Connection]:
    with connect(target.url) as found:
        yield found
        run(found, "ALTER TABLE houvast.control_result DISABLE TRIGGER ALL; DELETE FROM houvast.control_result;"
                   " ALTER TABLE houvast.control_result ENABLE TRIGGER ALL;"
                   " UPDATE houvast.control SET since = clock_timestamp()")  # fmt: skip
        store.register(found, target.project.controls)


def standing(*, tested: timedelta | None, stands: str = "good", days: int = 8, test: str = "clock") -> Standing:
    control = Control("one", "technical", "officer", test, days, "C38", {"nl": "een", "en": "one"})
    at = None if tested is None else NOW - tested
    due = (at or NOW) + timedelta(days=days)
    return Standing(control, NOW, at, "measured", "", (), "", due, stands)


@pytest.mark.parametrize(
    ("one", "due"),
    [
        (standing(tested=None, stands="waiting"), True),
        (standing(tested=timedelta(days=5)), False),
        (standing(tested=timedelta(days=6)), True),  # a quarter of its period is left
        (standing(tested=timedelta(minutes=59), stands="failed"), False),
        (standing(tested=timedelta(minutes=60), stands="failed"), True),
        (standing(tested=timedelta(days=99), stands="overdue"), True),
        (standing(tested=None, stands="overdue", test="attested"), False),
    ],
)
def test_a_control_is_measured_before_its_period_is_over_and_each_hour_while_it_fails(one: Standing, due: bool) -> None:
    assert controlling.is_due(one, NOW) is due


def test_the_worker_measures_what_is_due_once(target: Target, admin: Connection) -> None:
    assert Controller(target, Settings()).once()
    known = {one.control.name: one for one in store.standings(admin)}
    can = {name for name, one in known.items() if one.control.measured and name not in NONE}
    assert {name for name, one in known.items() if one.stands == "good"} == can
    assert {one.stands for name, one in known.items() if name not in can} == {"waiting"}
    assert controlling.keep_up(target, admin) == len(NONE & known.keys())  # and of these there is nothing still


def test_what_is_red_is_an_alarm_until_it_is_not(target: Target, admin: Connection) -> None:
    desk.prepare(target.url)
    store.record(admin, "clock", (Found("clock_off", "9"),))
    run(admin, "UPDATE houvast.control SET since = clock_timestamp() - interval '366 days' WHERE name = 'training'")
    controlling.follow(admin)
    ours = [one for one in desk.alarms(admin, "nl") if one.kind == controlling.ALARM]
    assert {(one.text, one.promise) for one in ours} == {
        ("De klokken lopen gelijk: niet in orde. De klokken van de database en van deze machine verschillen"
         " 9 seconden.", "C38"),
        ("Medewerkers kennen de regels: niet op tijd getoetst.", "C36"),
    }  # fmt: skip
    controlling.measure(target, ["clock"])
    enrolled(admin, "vera")
    controlling.attest(target, "training", by="vera", code=code_of(admin, "vera"), note="Read the list of courses.")
    controlling.follow(admin)
    assert not [one for one in desk.alarms(admin) if one.kind == controlling.ALARM]


def test_what_cannot_be_measured_or_attested_is_said(target: Target, admin: Connection) -> None:
    with pytest.raises(UsageError, match="no control `clok`"):
        controlling.measure(target, ["clok"])
    with pytest.raises(UsageError, match="people attest it"):
        controlling.measure(target, ["training"])
    with pytest.raises(DatabaseRefusal, match="has no codes"):
        controlling.attest(target, "training", by="nobody", code="123456", note="Read it.")
    assert {one.stands for one in controlling.standings(target)} == {"waiting"}


def test_what_changes_in_the_file_is_told_and_what_it_names_no_more_ends(target: Target, admin: Connection) -> None:
    ours = target.project.controls
    count = "SELECT count(*) FROM houvast.event WHERE kind = 'controls_registered'"
    ((before,),) = admin.execute(count.encode()).fetchall()
    assert not store.register(admin, ours)
    assert store.register(admin, [replace(one, days=one.days + 1) for one in ours[1:]])
    known = {one.control.name: one.control.days for one in store.standings(admin)}
    assert known == {one.name: one.days + 1 for one in ours[1:]}
    assert store.register(admin, ours)
    assert admin.execute(count.encode()).fetchall() == [(before + 2,)]


def attempts(target: Target) -> list[tuple[str, bool]]:
    return [(one.name, one.passed) for one in controlling.register_attempts(target).make()]


def test_prove_holds_the_register_to_the_file(target: Target, admin: Connection) -> None:
    assert all(passed for _, passed in attempts(target))
    assert len(attempts(target)) == len(target.project.controls)
    run(admin, "UPDATE houvast.control SET days = 800 WHERE name = 'locked_room'")
    assert [name for name, passed in attempts(target) if not passed] == [
        "locked_room stands in the register as controls.yaml declares it"
    ]
    run(admin, "UPDATE houvast.control SET ended_at = now() WHERE name = 'locked_room'")
    assert len([name for name, passed in attempts(target) if not passed]) == 1
    columns = "sort, owner, test, days, promise, label_nl, label_en"
    run(admin, f"INSERT INTO houvast.control (name, {columns}) SELECT 'more', {columns} FROM houvast.control LIMIT 1")
    assert len([name for name, passed in attempts(target) if not passed]) == 2
    run(admin, "DELETE FROM houvast.control WHERE name = 'more'")


def test_prove_measures_again_what_passed(target: Target, admin: Connection, changed: Callable[[], Path]) -> None:
    controlling.measure(target, ["key_files"])
    assert all(passed for _, passed in attempts(target))
    changed().chmod(0o644)
    assert [name for name, passed in attempts(target) if not passed] == ["key_files passed, and is measured again"]


@pytest.fixture
def changed(target: Target, admin: Connection) -> Generator[Callable[[], Path]]:
    """The key of the log, which is its owner's alone again afterwards."""
    from houvast.app.evidence import Log

    log = Log.of(target)
    log.integrate(admin)
    yield lambda: log.key
    log.key.chmod(0o600)


def test_whoever_is_dismissed_reaches_nothing_any_more(target: Target, admin: Connection) -> None:
    staffing.enrol(admin, "leaver", "officer")
    tokens.add(target, "of a leaver", ["proof:read"], staff="leaver")
    run(admin, "UPDATE houvast.staff SET ended_at = clock_timestamp() WHERE name = 'leaver'")
    run(admin, "CREATE ROLE leaver LOGIN")
    found = measured("leavers", controlling.ground(target, admin)) or ()
    assert {one.code for one in found} == {"left_token", "left_login"}
    assert not any("leaver" in one.about for one in found)
    run(admin, "DROP ROLE leaver")
    staffing.enrol(admin, "leaver", "officer")
    staffing.dismiss(admin, "leaver")
    assert measured("leavers", controlling.ground(target, admin)) == ()
    assert [one.counts for one in tokens.known(target)] == [False]
