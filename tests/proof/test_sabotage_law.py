"""What keeps the duties of the law is taken away, and the promise is reported broken."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from datetime import date

import pytest

from houvast.errors import Finding
from houvast.policy import check_law, check_people
from houvast.policy.law import Law, Regime
from houvast.policy.model import Policy
from houvast.proof import Outcome, Report
from houvast.proof.outcome import NO_DRIFT
from tests.proof.conftest import Sabotage
from tests.proof.scene import Scene, together_and_alone

checks = importlib.import_module("houvast.policy.check")  # the module: the room's door names the function
Check = Callable[[Policy, Law], Iterator[Finding]]
KEPT_BY: dict[str, Check] = {
    "G01": check_law.controller_is_named,
    "G02": check_law.uses_have_bases,
    "G11": check_people.necessity_is_whole,
    "G12": check_people.nothing_decides_alone,
}


def broken(scene: Scene, promise: str) -> list[str]:
    """The attempts that failed, when the promise is reported broken."""
    return _failed(scene.prove(promise), promise)


def _failed(report: Report, promise: str) -> list[str]:
    proof = report.of(promise)
    assert proof.outcome is Outcome.BROKEN
    return [attempt.name for attempt in proof.failed if attempt.name != NO_DRIFT]


@pytest.mark.parametrize("promises", together_and_alone([[*KEPT_BY]]))
def test_without_its_check_a_duty_of_the_law_is_broken(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, promises: tuple[str, ...]
) -> None:
    gone = [KEPT_BY[promise] for promise in promises]
    left = tuple(one for one in checks.BY_THE_LAW if one not in gone)
    assert len(left) == len(checks.BY_THE_LAW) - len(gone)
    monkeypatch.setattr(checks, "BY_THE_LAW", left)
    report = scene.prove(*promises)
    for promise in promises:
        assert len(_failed(report, promise)) >= 3


def test_a_database_that_demands_what_is_optional_breaks_the_promise(scene: Scene, sabotaged: Sabotage) -> None:
    weaken = "ALTER TABLE contact ADD CONSTRAINT demanded CHECK (phone IS NOT NULL) NOT VALID"
    with sabotaged(weaken, "ALTER TABLE contact DROP CONSTRAINT demanded"):
        assert broken(scene, "G11") == ["contact.phone is left empty, which is optional"]


def test_a_law_without_dates_breaks_the_promise(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Regime.on

    def dateless(self: Regime, day: date) -> Law:
        return honest(self, day.replace(year=2200))

    monkeypatch.setattr(Regime, "on", dateless)
    assert any("on the day before it changes" in name for name in broken(scene, "C53"))


@pytest.mark.parametrize("promise", ["C53", "G01", "G02", "G11", "G12"])
def test_a_duty_of_the_law_is_held_by_many_attempts(report: Report, promise: str) -> None:
    proof = report.of(promise)
    assert proof.outcome is Outcome.HELD
    assert len(proof.attempts) > 10
    assert any(attempt.control for attempt in proof.attempts)
