"""Answers against the same counted in plain Python; the same cell is the same number, however it is asked for."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from houvast.errors import UsageError
from houvast.visits.model import Visit
from houvast.visits.trends import Measure, Trend, Trends
from houvast.visits.trends.engine import duckdb
from houvast.visits.trends.question import CAP, COLUMNS
from houvast.visits.trends.tables import by_day, counted
from tests.visits.trends.making import DECLARED, KEY, MONDAY, SITE, filled, plainly, put, visits

SUNDAY = MONDAY + timedelta(days=6)
TODAY = MONDAY + timedelta(days=14)
Store = tuple[Path, dict[date, list[Visit]]]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("visits")
    return folder, filled(folder, 9, 700)


@pytest.fixture
def trends(stored: Store) -> Trends:
    return Trends(stored[0], DECLARED, key=KEY, today=TODAY)


def week(**more: object) -> Trend:
    return Trend(SITE, MONDAY, SUNDAY, **more)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("columns", [(), ("page",), ("referrer", "hour"), ("language", "browser")])
def test_an_exact_table_is_what_plain_python_counts(stored: Store, measure: Measure, columns: tuple[str, ...]) -> None:
    folder, rows = stored
    files = sorted(folder.glob("day=*/*.parquet"))
    people = counted(SITE, columns, CAP[measure], MONDAY, SUNDAY, robots=False)
    assert by_day(duckdb(people, files)) == {
        day: dict(plainly(rows[day], columns, CAP[measure])) for day in rows if day <= SUNDAY
    }
    robots = counted(SITE, columns, CAP[measure], MONDAY, MONDAY, robots=True)
    expected = dict(plainly(rows[MONDAY], columns, CAP[measure], robots=True))
    assert by_day(duckdb(robots, files)) == {MONDAY: expected}


def test_numbers_are_near_what_they_stand_for_and_say_how_near(stored: Store, trends: Trends) -> None:
    rows = stored[1]
    true = sum((plainly(rows[day], ("page",), 1) for day in rows if day <= SUNDAY), Counter[tuple[str, ...]]())
    found = trends.ask(week(keys=("page",)))
    assert {one.values for one in found.groups} >= {("home",), ("products",), ("contact",)}
    for one in found.groups:
        assert abs(one.count - true[one.values]) <= 5 * one.error / 1.96
    assert found.total is not None
    assert abs(found.total.count - true.total()) <= 5 * found.total.error / 1.96
    assert [one.count for one in found.groups] == sorted((one.count for one in found.groups), reverse=True)


def test_one_cell_is_one_number_by_whatever_question(trends: Trends) -> None:
    both = {one.values: one.count for one in trends.ask(week(keys=("page", "browser"))).groups}
    turned = {one.values[::-1]: one.count for one in trends.ask(week(keys=("browser", "page"))).groups}
    assert both == turned
    chosen = trends.ask(week(keys=("browser",), where=(("page", "home"),)))
    assert {("home", *one.values): one.count for one in chosen.groups} == {
        k: v for k, v in both.items() if k[0] == "home"
    }
    one = trends.ask(week(where=(("page", "home"), ("browser", "Firefox"))))
    assert [group.count for group in one.groups] == [both["home", "Firefox"]]


def test_a_period_is_the_sum_of_its_pieces_and_nothing_else(trends: Trends) -> None:
    days = Trend(SITE, MONDAY, SUNDAY - timedelta(days=1), ("page",))
    line = trends.ask(Trend(SITE, days.since, days.until, ("day", "page")))
    sums: Counter[str] = Counter()
    for one in line.groups:
        sums[one.values[1]] += one.count
    assert {one.values[0]: one.count for one in trends.ask(days).groups} == dict(sums)
    by_week = trends.ask(Trend(SITE, MONDAY, SUNDAY, ("week",)))
    assert [one.count for one in by_week.groups] == [trends.ask(week()).groups[0].count]


def test_a_line_in_time_names_its_days_in_order(trends: Trends) -> None:
    found = trends.ask(Trend(SITE, MONDAY, MONDAY + timedelta(days=8), ("day",)))
    assert [one.values[0] for one in found.groups] == [(MONDAY + timedelta(days=n)).isoformat() for n in range(9)]
    assert found.pieces == 9


def test_few_visitors_are_not_shown(tmp_path: Path) -> None:
    put(tmp_path, MONDAY, visits(MONDAY, 3))
    found = Trends(tmp_path, DECLARED, key=KEY, today=TODAY).ask(Trend(SITE, MONDAY, MONDAY, ("page",)))
    assert (found.groups, found.total) == ((), None)


def test_a_site_without_visits_has_no_answer_and_no_failure(tmp_path: Path) -> None:
    found = Trends(tmp_path, DECLARED, key=KEY, today=TODAY).ask(week(keys=("page",)))
    assert (found.groups, found.total, found.pieces) == ((), None, 0)


def test_sites_are_counted_apart(tmp_path: Path) -> None:
    put(tmp_path, MONDAY, visits(MONDAY, 900, site="shop"))
    trends = Trends(tmp_path, DECLARED, key=KEY, today=TODAY)
    assert trends.ask(Trend(SITE, MONDAY, MONDAY)).total is None
    assert trends.ask(Trend("shop", MONDAY, MONDAY)).total is not None


REFUSED = [
    (week(keys=("visitor",)), "grouped by page, referrer"),
    (week(keys=("version",)), "grouped by page, referrer"),
    (week(where=(("visitor", "5"),)), "grouped by page, referrer"),
    (week(keys=("page", "browser", "language")), "two columns at most"),
    (week(keys=("page", "browser"), where=(("language", "nl"),)), "two columns at most"),
    (week(keys=("page",), where=(("page", "home"),)), "each column once"),
    (week(keys=("page", "page")), "each column once"),
    (week(keys=("day", "week")), "by day or by week"),
    (week(where=(("language", "nl' OR 1=1"),)), "no value of language"),
    (week(where=(("referrer", "jan@mail.example"),)), "no value of referrer"),
    (week(where=(("hour", "24"),)), "no value of hour"),
    (Trend(SITE, MONDAY, TODAY), "days that are over"),
    (Trend(SITE, SUNDAY, MONDAY), "days that are over"),
    (Trend(SITE, MONDAY - timedelta(days=400), MONDAY), "400 days at most"),
    (Trend(SITE, MONDAY, MONDAY, ("week",)), "begins on a Monday"),
    (Trend("elsewhere", MONDAY, MONDAY), "not declared"),
]


@pytest.mark.parametrize(("asked", "why"), REFUSED)
def test_what_is_not_of_the_closed_lists_is_refused(trends: Trends, asked: Trend, why: str) -> None:
    with pytest.raises(UsageError, match=why) as error:
        trends.ask(asked)
    assert error.value.todo
    assert "jan@mail" not in error.value.message


def test_columns_are_facts_of_a_visit_and_never_who_it_was() -> None:
    assert "visitor" not in COLUMNS
    assert set(COLUMNS) - {"hour"} < set(Visit.__annotations__)
