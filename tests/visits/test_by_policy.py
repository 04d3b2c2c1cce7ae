"""What the policy says of counting becomes the rules of this room, never looser than it says."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from houvast.errors import UsageError
from houvast.policy import load_versions
from houvast.policy.model import Period
from houvast.policy.periods import after
from houvast.visits.by_policy import rules_of, shortest
from houvast.visits.model import Address, Precision, Rules

POLICIES = Path(__file__).parents[2] / "policies"


def test_the_rules_of_the_sample_policy() -> None:
    found = rules_of(load_versions(POLICIES / "lakana")[-1])
    assert found == Rules(Precision.HOUR, Address.KEYED, 10, timedelta(days=393), timedelta(days=14), 0.1, 1e-6, 30)


def test_a_policy_that_says_nothing_of_visits_is_refused_with_what_to_do() -> None:
    with pytest.raises(UsageError) as refused:
        rules_of(load_versions(POLICIES / "club")[-1])
    assert "C20" in refused.value.message
    assert "visits" in refused.value.todo


@pytest.mark.parametrize(
    "period", [Period(months=13), Period(months=1), Period(years=2, days=3), Period(months=24), Period()]
)
def test_no_term_lasts_longer_than_the_calendar_has_it(period: Period) -> None:
    begins = [date(2023, 1, 1) + timedelta(days=n) for n in range(0, 1500, 7)]
    assert all(day + shortest(period) <= after(day, period) for day in begins)
