"""How far a server is behind is told from its number and the calendar alone."""

from __future__ import annotations

from datetime import date

import pytest

from houvast.controls.releases import POSTGRESQL, PYTHON, is_over, least_minor


@pytest.mark.parametrize(
    ("major", "on", "least"),
    [
        (18, date(2025, 12, 12), 0),  # 18.1 came on 13 November 2025, less than thirty days before
        (18, date(2025, 12, 13), 1),
        (18, date(2026, 3, 14), 2),  # 18.2: 12 February 2026
        (15, date(2022, 12, 10), 1),  # 15.1: 10 November 2022
        (15, date(2024, 9, 7), 8),  # 15.8: 8 August 2024
        (
            17,
            date(2025, 3, 15),
            2,
        ),  # 17.3 was the scheduled one of February 2025, 17.1 was followed by an unscheduled 17.2
        (99, date(2030, 1, 1), 0),
    ],
)
def test_the_small_release_that_a_server_runs_at_least(major: int, on: date, least: int) -> None:
    assert least_minor(major, on) == least


def test_a_release_is_over_after_its_last_day() -> None:
    ends = POSTGRESQL[15][1]
    assert not is_over(ends, newest=False, on=ends)
    assert is_over(ends, newest=False, on=date(2027, 11, 12))
    assert is_over(None, newest=False, on=ends)
    assert not is_over(None, newest=True, on=ends)
    assert PYTHON[3, 11] == date(2027, 10, 31)
