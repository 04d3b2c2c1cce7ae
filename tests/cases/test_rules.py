"""The clock of a request by the vectors of the law, and its properties; the states, and the hours of a breach."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houvast.cases.model import State
from houvast.cases.reasons import REASONS
from houvast.cases.rules import TRANSITIONS, Terms, may_move
from houvast.policy import load_versions
from houvast.policy.calendar import is_free
from houvast.policy.model import Period
from houvast.policy.regime import regime

ROOT = Path(__file__).parents[2] / "policies"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONTH, THREE = Period(months=1), Period(months=3)
OURS = Terms(regime("nl-avg"), MONTH, THREE, 72)
VECTORS = {
    "2026-01-31": "2026-03-02", "2024-01-30": "2024-02-29", "2028-01-31": "2028-02-29", "2026-03-25": "2026-04-28",
    "2026-03-27": "2026-04-28", "2026-04-05": "2026-05-06", "2026-11-25": "2026-12-28", "2025-12-01": "2026-01-02",
    "2026-08-31": "2026-09-30",
}  # fmt: skip
MOMENTS = st.datetimes(datetime(2019, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive


def at(text: str) -> datetime:
    """An instant by the clock of Amsterdam."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@pytest.mark.parametrize("received", VECTORS)
def test_an_answer_is_due_on_the_day_that_the_law_gives(received: str) -> None:
    for clock in ("00:00:01", "12:00", "23:59:59"):
        assert OURS.due(at(f"{received} {clock}")) == date.fromisoformat(VECTORS[received])


def test_more_time_counts_from_receipt_and_not_from_the_first_due_day() -> None:
    assert OURS.due(at("2026-11-30 12:00"), extended=True) == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("instant", "due"),
    [
        ("2026-03-28T22:59:59+00:00", date(2026, 4, 28)),  # 23:59:59 before the clock goes forward
        ("2026-03-28T23:00:01+00:00", date(2026, 4, 29)),  # 00:00:01 on the day that it does
        ("2026-10-24T21:59:59+00:00", date(2026, 11, 24)),  # 23:59:59 before the clock goes back
        ("2026-10-24T22:00:01+00:00", date(2026, 11, 25)),
        ("2026-10-25T22:59:59+00:00", date(2026, 11, 25)),  # 23:59:59 after it went back
        ("2026-10-25T23:00:01+00:00", date(2026, 11, 26)),
    ],
)
def test_the_day_of_receipt_is_that_of_amsterdam(instant: str, due: date) -> None:
    assert OURS.due(datetime.fromisoformat(instant)) == due


def test_a_shorter_promise_rules() -> None:
    now = at("2026-11-26 12:00")
    [club] = load_versions(ROOT / "club")[-1:]
    [lakana] = load_versions(ROOT / "lakana")[-1:]
    assert Terms.of(club, now).answer == Period(days=28)
    assert Terms.of(lakana, now).answer == MONTH
    assert Terms.of(lakana, now).longest == THREE
    assert (Terms.of(club, now).hours, Terms.of(lakana, now).hours) == (48, 72)


@given(MOMENTS, st.booleans(), st.integers(0, 400))
def test_a_due_day_is_a_working_day_and_waiting_never_brings_it_nearer(
    received: datetime, extended: bool, waited: int
) -> None:
    due = OURS.due(received, extended=extended, waited=waited)
    assert not is_free(OURS.law.on(OURS.law.local_day(received)), due)
    assert due >= OURS.due(received, extended=extended) >= OURS.law.local_day(received) + timedelta(days=28)
    assert OURS.due(received, extended=True, waited=waited) > OURS.due(received, waited=waited)


@given(MOMENTS, MOMENTS)
def test_who_asks_earlier_is_answered_no_later(one: datetime, other: datetime) -> None:
    first, second = sorted((one, other))
    assert OURS.due(first) <= OURS.due(second)


@given(MOMENTS)
def test_the_hours_of_a_breach_are_hours(aware: datetime) -> None:
    assert OURS.report_by(aware) - aware == timedelta(hours=72)


def test_the_hours_of_a_breach_run_on_over_a_weekend_and_a_changed_clock() -> None:
    aware = at("2026-03-27 16:00")  # a Friday; on Sunday the clock goes forward
    assert OURS.report_by(aware).astimezone(AMSTERDAM) == at("2026-03-30 17:00")


def test_more_time_is_taken_once_and_in_the_first_term() -> None:
    due = OURS.due(at("2026-11-02 12:00"))
    assert OURS.may_extend(due, at(f"{due} 23:59"), extended=False)
    assert not OURS.may_extend(due, at(f"{due + timedelta(days=1)} 00:01"), extended=False)
    assert not OURS.may_extend(due, at(f"{due} 12:00"), extended=True)


def test_every_state_leads_to_an_end_and_nothing_follows_an_end() -> None:
    for state in State:
        reached, todo = {state}, [state]
        while todo:
            found = TRANSITIONS[todo.pop()] - reached
            reached |= found
            todo += found
        assert State.WITHDRAWN in reached or state.is_end
        assert bool(TRANSITIONS[state]) is not state.is_end
        assert not may_move(state, state)
        assert state.dpv.startswith("dpv:Request")


def test_every_reason_has_its_law_and_its_words() -> None:
    for code, reason in REASONS.items():
        assert (reason.code, reason.to) == (code, reason.to)
        assert reason.law.startswith("AVG")
        assert set(reason.words) == {"nl", "en"}
        assert all(text.endswith(".") for text in reason.words.values())
