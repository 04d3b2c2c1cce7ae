"""Who somebody is, tried on a live database: every attempt goes as promised."""

from __future__ import annotations

import pytest

from houvast.proof import Outcome, Report


@pytest.mark.parametrize(("promise", "outcome"), [("C35", Outcome.HELD), ("C11", Outcome.HELD)])
def test_the_check_of_who_somebody_is_holds(report: Report, promise: str, outcome: Outcome) -> None:
    proof = report.of(promise)
    assert [one.name for one in proof.failed] == []
    assert proof.outcome is outcome
    ours = [one for one in proof.attempts if one.sort == "identity"]
    assert len(ours) >= 12
    assert sum(one.control for one in ours) >= 3


def test_saying_no_takes_as_many_steps_as_saying_yes(report: Report) -> None:
    proof = report.of("G09")
    assert [one.name for one in proof.failed] == []
    assert proof.outcome is Outcome.HELD
    ours = [one for one in proof.attempts if one.sort == "choice"]
    assert [one.expected for one in ours] == ["yes", "no", "no", "yes", "no"]
