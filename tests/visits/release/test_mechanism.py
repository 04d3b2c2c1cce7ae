"""The gate: what it tells is near the truth, agrees with itself, and depends on nothing but the question beforehand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from houvast.errors import UsageError
from houvast.visits import store
from houvast.visits.model import Rules, Visit
from houvast.visits.release.mechanism import COUNTS, SELECTED, SERIES, answer, expected, method
from houvast.visits.release.model import Cost, Key, Question
from houvast.visits.release.noise import gaussian
from tests.visits.trends.making import put, visits

FIRST = date(2026, 9, 28)  # a Monday
DAYS = 7
RULES, COST = Rules(), Cost(15_000, 150_000)
LARGE = Cost(10**9, 10**11)
"""So large a budget that there is hardly any noise: what is told is what was counted."""


def _still(values: Sequence[int], _scale: float) -> list[int]:
    """No noise: to see what is counted."""
    return list(values)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("visits")
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        put(found, day, visits(day, 600), f"{number:08}")
    return found


def _asked(*keys: Key, days: int = DAYS) -> Question:
    return Question(keys, FIRST, FIRST + timedelta(days=days - 1))


def _plainly(day: date) -> dict[int, list[Visit]]:
    found: dict[int, list[Visit]] = {}
    for one in visits(day, 600):
        if not one.robot and one.visitor is not None:
            found.setdefault(one.visitor, []).append(one)
    return found


def test_without_noise_the_totals_are_the_visitors_of_each_day(folder: Path) -> None:
    told = answer(store.files(folder), _asked(Key.DAY), LARGE, RULES, _still)
    days = [FIRST + timedelta(days=one) for one in range(DAYS)]
    assert {row.values: row.count for row in told.totals} == {(str(day),): len(_plainly(day)) for day in days}
    by_week = answer(store.files(folder), _asked(Key.WEEK), LARGE, RULES, _still)
    assert [(row.values, row.count) for row in by_week.totals] == [
        ((str(FIRST),), sum(len(_plainly(day)) for day in days))
    ]
    by_month = answer(store.files(folder), _asked(Key.MONTH), LARGE, RULES, _still)
    assert [row.values for row in by_month.totals] == [("2026-09",), ("2026-10",)]


def test_without_noise_groups_are_those_of_plain_python(folder: Path) -> None:
    """Of browsers each visitor of a day has one, or counts by the first of them."""
    told = answer(store.files(folder), _asked(Key.DAY, Key.BROWSER), LARGE, RULES, _still)
    wanted: Counter[tuple[str, ...]] = Counter()
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        wanted.update((str(day), one[0].browser) for one in _plainly(day).values())
    assert {row.values: row.count for row in told.rows} == dict(wanted)


@pytest.mark.parametrize("keys", [(Key.DAY, Key.REFERRER), (Key.PAGE, Key.REFERRER), (Key.DAY, Key.PAGE), (Key.HOUR,)])
def test_without_noise_no_group_is_told_of_more_than_there_were(folder: Path, keys: tuple[Key, ...]) -> None:
    wanted: Counter[tuple[str, ...]] = Counter()
    question = _asked(*keys)
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        for mine in _plainly(day).values():
            wanted.update({tuple(_value(one, day, key) for key in question.ordered) for one in mine})
    told = answer(store.files(folder), question, LARGE, RULES, _still)
    found = {row.values: row.count for row in told.rows}
    assert found
    assert all(count <= wanted[values] for values, count in found.items())
    assert sum(found.values()) > 0.8 * sum(wanted.values())


def _value(one: Visit, day: date, key: Key) -> str:
    return str(day) if key is Key.DAY else str(one.at.hour) if key is Key.HOUR else str(getattr(one, key))


def test_with_noise_most_numbers_are_as_near_as_their_bars_say(folder: Path) -> None:
    true = {
        row.values: row.count
        for row in answer(store.files(folder), _asked(Key.DAY, Key.BROWSER), LARGE, RULES, _still).rows
    }
    near = many = 0
    for _ in range(6):
        told = answer(store.files(folder), _asked(Key.DAY, Key.BROWSER), COST, RULES)
        near += sum(abs(row.count - true[row.values]) <= row.within for row in told.rows)
        many += len(told.rows)
    assert many > 100
    assert near >= 0.9 * many


@pytest.mark.parametrize(
    "keys", [(Key.DAY, Key.BROWSER), (Key.DAY, Key.PAGE), (Key.DAY, Key.REFERRER), (Key.WEEK, Key.SITE)]
)
def test_what_is_told_agrees_with_itself(folder: Path, keys: tuple[Key, ...]) -> None:
    told = answer(store.files(folder), _asked(*keys), COST, RULES)
    totals = {row.values[0]: row.count for row in told.totals}
    assert all(row.count >= RULES.group for row in told.totals)
    for time, total in totals.items():
        parts = [row.count for row in told.rows if row.values[0] == time]
        assert all(0 <= one <= total for one in parts)
        if told.whole:
            assert sum(parts) <= total


def test_how_a_question_is_answered_is_decided_by_its_keys() -> None:
    assert method(_asked(Key.DAY)).name == SERIES
    assert method(_asked(Key.DAY, Key.BROWSER)) == method(_asked(Key.BROWSER))
    assert (method(_asked(Key.BROWSER)).name, method(_asked(Key.BROWSER)).whole) == (COUNTS, True)
    assert (method(_asked(Key.PAGE)).name, method(_asked(Key.PAGE)).whole) == (COUNTS, False)
    assert method(_asked(Key.DAY, Key.REFERRER)).name == SELECTED


def test_what_is_expected_is_what_the_report_says(folder: Path) -> None:
    for keys in ((Key.DAY,), (Key.DAY, Key.BROWSER), (Key.DAY, Key.PAGE), (Key.DAY, Key.REFERRER)):
        told = answer(store.files(folder), _asked(*keys), COST, RULES)
        rows = told.rows or told.totals
        assert expected(_asked(*keys), COST, RULES) == (rows[0].within, told.least)


def test_a_report_of_one_site_counts_that_site_alone(folder: Path) -> None:
    question = replace(_asked(Key.DAY), site="nosuch")
    assert answer(store.files(folder), question, LARGE, RULES).totals == ()


def test_days_outside_the_question_do_not_count(folder: Path) -> None:
    told = answer(store.files(folder), _asked(Key.WEEK, days=2), LARGE, RULES, _still)
    assert told.totals[0].count == sum(len(_plainly(FIRST + timedelta(days=one))) for one in range(2))


def test_noise_of_different_reports_is_different(folder: Path) -> None:
    assert gaussian([0] * 50, 10.0) != gaussian([0] * 50, 10.0)


@pytest.mark.parametrize(
    ("keys", "since", "until", "share"),
    [((), 0, 1, 15), ((Key.DAY, Key.DAY), 0, 1, 15), ((Key.DAY, Key.WEEK), 0, 1, 15), ((Key.DAY,), 1, 0, 15),
     ((Key.DAY,), 0, 400, 15), ((Key.DAY,), 0, 1, 0), ((Key.DAY,), 0, 1, 101)],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(keys: tuple[Key, ...], since: int, until: int, share: int) -> None:
    with pytest.raises(UsageError):
        Question(keys, FIRST + timedelta(days=since), FIRST + timedelta(days=until), share)


def test_the_same_question_has_one_name_however_its_keys_are_ordered() -> None:
    assert _asked(Key.DAY, Key.PAGE).sha256 == _asked(Key.PAGE, Key.DAY).sha256
    assert _asked(Key.DAY, Key.PAGE).sha256 != replace(_asked(Key.DAY, Key.PAGE), share=16).sha256
    assert Question.from_json(_asked(Key.DAY, Key.PAGE).to_json()) == _asked(Key.DAY, Key.PAGE)
