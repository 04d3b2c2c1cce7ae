"""Terms of the law end on working days, by the vectors of Regulation 1182/71 and the Dutch holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from houvast.policy.calendar import due, easter, holidays, is_free
from houvast.policy.law import Dated
from houvast.policy.periods import parse_period
from houvast.policy.regime import regime

VECTORS = {
    "2026-01-31": ("P1M", "2026-03-02"),
    "2024-01-30": ("P1M", "2024-02-29"),
    "2028-01-31": ("P1M", "2028-02-29"),
    "2026-03-25": ("P1M", "2026-04-28"),
    "2026-03-27": ("P1M", "2026-04-28"),
    "2026-04-05": ("P1M", "2026-05-06"),
    "2026-11-25": ("P1M", "2026-12-28"),
    "2025-12-01": ("P1M", "2026-01-02"),
    "2026-11-30": ("P3M", "2027-03-01"),
    "2026-08-31": ("P1M", "2026-09-30"),
}


@pytest.mark.parametrize("received", VECTORS)
def test_a_term_ends_on_the_day_that_the_regulation_gives(received: str) -> None:
    text, expected = VECTORS[received]
    period = parse_period(text)
    assert period
    day = date.fromisoformat(received)
    assert due(regime("nl-avg").on(day), day, period) == date.fromisoformat(expected)


def test_kings_day_is_a_day_earlier_when_it_falls_on_a_sunday() -> None:
    law = regime("nl-avg").on(date(2025, 1, 1))
    assert date(2025, 4, 26) in holidays(law, 2025)
    assert date(2025, 4, 27) not in holidays(law, 2025)
    assert date(2026, 4, 27) in holidays(law, 2026)


def test_easter_is_a_sunday_between_22_march_and_25_april() -> None:
    days = [easter(year) for year in range(2018, 2200)]
    assert all(day.weekday() == 6 for day in days)
    assert all(date(day.year, 3, 22) <= day <= date(day.year, 4, 25) for day in days)
    assert [easter(year) for year in (2024, 2025, 2026)] == [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5)]


def test_a_new_holiday_counts_from_its_day_on() -> None:
    ours = regime("nl-avg")
    keti_koti = (Dated(date(2030, 1, 1), ("07-01",), ("New 1",), "Atw"),)
    later = type(ours)(ours.name, ours.timezone, ours.parameters, holidays={**ours.holidays, "keti_koti": keti_koti})
    received, period = date(2031, 6, 1), parse_period("P1M")
    assert period
    assert due(later.on(date(2029, 12, 31)), received, period) == date(2031, 7, 1)
    assert due(later.on(date(2030, 1, 1)), received, period) == date(2031, 7, 2)
    assert is_free(later.on(date(2030, 1, 1)), date(2031, 7, 1))
    assert not is_free(ours.on(date(2030, 1, 1)), date(2031, 7, 1) - timedelta(days=1))
