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
from houvast.proof.attempts import Sort, dated, duties, necessity, probes
from tests.proof.conftest import Sabotage
from tests.proof.staged import Staged

checks = importlib.import_module("houvast.policy.check")  # the module: the room's door names the function
Check = Callable[[Policy, Law], Iterator[Finding]]
KEPT_BY: dict[str, tuple[Check, Sort]] = {
    "G01": (check_law.controller_is_named, duties.controller),
    "G02": (check_law.uses_have_bases, duties.bases),
    "G11": (check_people.necessity_is_whole, necessity.necessity),
    "G12": (check_people.nothing_decides_alone, duties.decisions),
}


def failed(staged: Staged, make: Sort) -> list[str]:
    """The attempts of a sort that fail."""
    return [attempt.name for attempt in staged.made(probes(staged.field, [make])) if not attempt.passed]


@pytest.mark.parametrize("promise", KEPT_BY)
def test_without_its_check_a_duty_of_the_law_is_broken(
    staged: Staged, monkeypatch: pytest.MonkeyPatch, promise: str
) -> None:
    gone, sort = KEPT_BY[promise]
    left = tuple(one for one in checks.BY_THE_LAW if one is not gone)
    assert len(left) == len(checks.BY_THE_LAW) - 1
    monkeypatch.setattr(checks, "BY_THE_LAW", left)
    assert len(failed(staged, sort)) >= 3


def test_a_database_that_demands_what_is_optional_is_found_out(staged: Staged, sabotaged: Sabotage) -> None:
    weaken = "ALTER TABLE contact ADD CONSTRAINT demanded CHECK (phone IS NOT NULL) NOT VALID"
    with sabotaged(weaken, "ALTER TABLE contact DROP CONSTRAINT demanded"):
        assert failed(staged, necessity.necessity) == ["contact.phone is left empty, which is optional"]


def test_a_law_without_dates_is_found_out(staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Regime.on

    def dateless(self: Regime, day: date) -> Law:
        return honest(self, day.replace(year=2200))

    monkeypatch.setattr(Regime, "on", dateless)
    assert any("on the day before it changes" in name for name in failed(staged, dated.dated))


@pytest.mark.parametrize("promise", ["C53", "G01", "G02", "G11", "G12"])
def test_a_duty_of_the_law_is_held_by_many_attempts(report: Report, promise: str) -> None:
    proof = report.of(promise)
    assert proof.outcome is Outcome.HELD
    assert len(proof.attempts) > 10
    assert any(attempt.control for attempt in proof.attempts)
