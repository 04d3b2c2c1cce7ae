"""Whoever may ask everything, and knows everybody else, tries to find out one visitor-day. Each test also tries a faulty
mechanism, and must find it out there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations, product
from pathlib import Path
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houvast.visits.model import Visit
from houvast.visits.trends import Measure, Trend, Trends
from houvast.visits.trends.holding import TABLES, Holding, Table
from houvast.visits.trends.question import CAP, COLUMNS, Every
from tests.visits.trends.making import DECLARED, KEY, MONDAY, SITE, put, visits

GROUP = 10
RUNS = 400
SLACK = 3.3 * (0.25 / RUNS) ** 0.5
"""What chance adds to an accuracy that was seen, at 99.9 %."""
OTHERS = 5_000
CELLS = [(table, every, measure) for table in TABLES for every in Every for measure in Measure]


class Weak(Holding):
    """A fault: ten times too little noise."""

    def sigma(self, measure: Measure) -> int:
        return super().sigma(measure) // 10


def key(number: int) -> bytes:
    return number.to_bytes(32, "big")


def table(
    columns: tuple[str, ...], every: Every = Every.DAY, measure: Measure = Measure.VISITOR_DAYS, files: str = ""
) -> Table:
    return Table(SITE, columns, measure, every, MONDAY, files)


def accuracy(guess: Callable[[int, bool], bool]) -> float:
    """How often a guess of whether somebody was there is right."""
    return sum(guess(run, there) is there for run in range(RUNS) for there in (False, True)) / (2 * RUNS)


def _everything(kind: type[Holding]) -> Callable[[int, bool], bool]:
    """The most powerful test (Neyman and Pearson) on every cell in which somebody stands, when all others are known."""

    def guess(run: int, there: bool) -> bool:
        holding, seen = kind(GROUP, key(2 * run + there)), 0.0
        for columns, every, measure in CELLS:
            cell, change, sigma = ("x",) * len(columns), CAP[measure], holding.sigma(measure)
            shown = holding.shown(table(columns, every, measure), {cell: OTHERS + change * there})
            seen += change * (shown[cell] - OTHERS - change / 2) / sigma**2
        return seen > 0

    return guess


def test_all_that_can_be_asked_together_says_little_of_one_visitor_day() -> None:
    bound = NormalDist().cdf((2 * Holding(GROUP, KEY).rho()) ** 0.5 / 2)
    assert bound < 0.66
    assert accuracy(_everything(Holding)) < bound + SLACK
    assert accuracy(_everything(Weak)) > 0.95


def test_a_group_that_is_not_shown_cannot_be_worked_out_from_a_total() -> None:
    def guess(number: Callable[[Mapping[str, int], int], tuple[int, int]]) -> Callable[[int, bool], bool]:
        def of(run: int, there: bool) -> bool:
            total, rest = number({"total": 500 + 3 * there, "shown": 500}, 2 * run + there)
            return total - rest > 1.5

        return of

    def ours(counts: Mapping[str, int], run: int) -> tuple[int, int]:
        holding = Holding(GROUP, key(run))
        total = holding.shown(table(()), {(): counts["total"]})[()]
        found = holding.shown(
            table(("language",)), {("nl",): counts["shown"], ("fy",): counts["total"] - counts["shown"]}
        )
        assert set(found) == {("nl",)}
        return total, found["nl",]

    def faulty(counts: Mapping[str, int], run: int) -> tuple[int, int]:
        """One noise for the whole table: it goes away in the difference."""
        noise = ours({"total": 500, "shown": 500}, run)[0]
        return counts["total"] + noise, counts["shown"] + noise

    sigma = Holding(GROUP, KEY).sigma(Measure.VISITOR_DAYS)
    assert accuracy(guess(ours)) < NormalDist().cdf(3 / (2 * sigma * 2**0.5)) + SLACK
    assert accuracy(guess(faulty)) == 1


def test_asking_before_and_after_somebody_came_does_not_show_them() -> None:
    def guess(after: str) -> Callable[[int, bool], bool]:
        def of(run: int, there: bool) -> bool:
            holding = Holding(GROUP, key(2 * run + there))
            before = holding.shown(table((), files="one"), {(): OTHERS})[()]
            return holding.shown(table((), files=after), {(): OTHERS + there})[()] - before > 0.5

        return of

    assert accuracy(guess("one and two")) < 0.55 + SLACK
    assert accuracy(guess("one")) == 1  # the fault: new visits under the old noise


@given(st.integers(1, 40), st.binary(min_size=32, max_size=32), st.sampled_from(Measure), st.data())
def test_what_is_shown_is_of_a_whole_group_under_any_key(
    group: int, secret: bytes, measure: Measure, data: st.DataObject
) -> None:
    holding = Holding(group, secret)
    around = data.draw(st.lists(st.integers(0, 3 * holding.least(measure)), max_size=20))
    exact: dict[tuple[str, ...], int] = {(str(number),): count for number, count in enumerate(around)}
    shown = holding.shown(table(("page",), measure=measure), exact)
    assert all(exact[cell] >= group * CAP[measure] for cell in shown)
    large = {cell for cell, count in exact.items() if count >= holding.least(measure) + 5 * holding.sigma(measure)}
    assert large <= set(shown)


@pytest.fixture(scope="module")
def rare() -> list[Visit]:
    """Six hundred visitors, and one like nobody else."""
    usual = visits(MONDAY, 600)
    like = next(one for one in usual if one.visitor is not None and not one.robot)
    odd = Visit(like.at, SITE, "help", "Other", 1, "fy", "rare.example", False, 4242)
    return [*usual, *([odd] * 400)]


def test_asking_everything_never_names_the_one_who_is_like_nobody_else(tmp_path: Path, rare: list[Visit]) -> None:
    put(tmp_path, MONDAY, rare)
    trends = Trends(tmp_path, DECLARED, key=KEY, today=MONDAY.replace(day=20))
    asked = 0
    for columns, measure in product(combinations(COLUMNS, 2), Measure):
        found = trends.ask(Trend(SITE, MONDAY, MONDAY, columns, measure))
        asked += 1
        assert {"fy", "rare.example"}.isdisjoint(value for one in found.groups for value in one.values)
    for where in (("language", "fy"), ("referrer", "rare.example")):
        for measure in Measure:
            assert trends.ask(Trend(SITE, MONDAY, MONDAY, (), measure, (where,))).groups == ()
    assert asked == 20


def test_one_who_comes_four_hundred_times_counts_as_five(tmp_path: Path, rare: list[Visit]) -> None:
    put(tmp_path / "with", MONDAY, rare)
    put(tmp_path / "without", MONDAY, [one for one in rare if one.visitor != 4242])
    day = Trend(SITE, MONDAY, MONDAY, (), Measure.VISITS)
    counts: list[int] = []
    for one in ("with", "without"):
        found = Trends(tmp_path / one, DECLARED, key=KEY, today=MONDAY.replace(day=20)).ask(day)
        assert found.total is not None
        counts.append(found.total.count)
    assert counts[0] - counts[1] == CAP[Measure.VISITS]  # the same name of the file is the same noise
