"""The mechanism gives away no more than it says, and an audit that says so finds the faults that there could be.

Seconds of all tests here together are few: most of them are draws of noise (some 60,000 a second).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from houvast.visits import store
from houvast.visits.model import Rules
from houvast.visits.release.bounding import Bounding, Cells
from houvast.visits.release.mechanism import answer, method
from houvast.visits.release.model import Cost, Key, Question
from houvast.visits.release.noise import SCALE, claimed_rho, gaussian, sigma, threshold
from tests.visits.audit.auditing import NORMAL, Verdict, at_least, at_most, membership, rarely
from tests.visits.audit.faulty import (
    CANARY,
    DAY,
    FULL,
    GROUP,
    MOST,
    QUESTION,
    RHO,
    Neighbours,
    canary,
    cells,
    differ,
    draws,
    honest_scale,
    neighbours,
    regrouped,
    unbounded,
)
from tests.visits.trends.making import SITE, put, visits

RUNS = 3_000
Make = Callable[[Path], dict[int, int]]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Neighbours:
    return neighbours(tmp_path_factory.mktemp("two"))


def _audit(two: Neighbours, make: Make, scale: float, rho: float = RHO, runs: int = RUNS) -> Verdict:
    far, near = make(two.without), make(two.with_one)
    where = differ(far, near)[:16]
    return membership(lambda n: draws(far, where, scale, n), lambda n: draws(near, where, scale, n), rho, runs)


def test_the_honest_mechanism_is_not_flagged(two: Neighbours) -> None:
    found = _audit(two, cells, honest_scale())
    assert not found.flagged
    assert found.found > 0.02, "an audit that finds nothing at all would not find a fault either"


def test_a_larger_budget_is_held_as_well(two: Neighbours) -> None:
    """At rho 2 what is found is near what is claimed: the audit is sharp, and the mechanism not wasteful."""
    found = _audit(two, cells, honest_scale(2.0), 2.0, 2_000)
    assert 0.7 * found.claimed < found.found <= found.claimed


def _twice(folder: Path) -> dict[int, int]:
    return {code: 2 * parts for code, parts in cells(folder).items()}


def _full_16(folder: Path) -> dict[int, int]:
    return cells(folder, full=2 * MOST)


@pytest.mark.parametrize(
    ("fault", "make", "scale"),
    [
        ("each visitor counts twice", _twice, honest_scale()),
        ("visitors count in full in sixteen groups", _full_16, honest_scale()),
        ("no bound", unbounded, honest_scale()),
        ("half the noise", cells, honest_scale() / 2),
        ("grouped anew after the bound (OpenDP 2949)", regrouped, honest_scale()),
    ],
)
def test_each_planted_fault_is_flagged(two: Neighbours, fault: str, make: Make, scale: float) -> None:
    assert _audit(two, make, scale, runs=2_000).flagged, fault


def _opendp_threshold(scale: float, above: float) -> tuple[Any, float]:
    """OpenDP's own threshold on keys that nobody knows, and the delta that it says it has (issue 2922)."""
    domains, metrics = import_module("opendp.domains"), import_module("opendp.metrics")
    import_module("opendp.mod").enable_features("contrib")
    made: Any = import_module("opendp.measurements").make_laplace_threshold(
        domains.map_domain(domains.atom_domain(T=str), domains.atom_domain(T="i64")),
        metrics.l01inf_distance(metrics.absolute_distance(T="i64")), scale, int(above),
    )  # fmt: skip
    return made, made.map((1, 1, 1))[1]


def test_opendps_threshold_shows_more_often_than_it_says_and_the_audit_sees_it() -> None:
    made, delta = _opendp_threshold(1.0, 5.0)
    runs = 4_000
    shown = sum(bool(made({"rare": 1})) for _ in range(runs))
    assert rarely(shown, runs, delta).flagged


def test_our_threshold_shows_a_group_of_one_no_more_often_than_delta() -> None:
    """Without the visitors that are taken off, so that the threshold itself is tried."""
    delta, runs, scale = 0.02, 20_000, sigma(0.5)
    above = threshold(scale, delta, 1) * SCALE
    shown = sum(one > above for one in gaussian([SCALE] * runs, scale * SCALE))
    assert not rarely(shown, runs, delta).flagged
    assert shown > runs * delta / 2, "a threshold far too high wastes what may be told"
    lower = threshold(scale, delta, 1) - 1
    assert rarely(sum(one > lower * SCALE for one in gaussian([SCALE] * runs, scale * SCALE)), runs, delta).flagged


def test_a_bound_of_one_keeps_one_group_of_each_visitor_and_not_none(tmp_path: Path) -> None:
    """OpenDP 0.16 keeps one group less than it is told: with a bound of one its report is empty."""
    put(tmp_path, DAY, visits(DAY, 200))
    with Bounding(store.files(tmp_path), QUESTION, 1, GROUP) as bounded:
        assert sum(bounded.counts(1).parts) == pytest.approx(sum(bounded.totals()) * SCALE, rel=0.02)
    with Bounding(store.files(tmp_path), QUESTION, 3, GROUP) as bounded:
        most = bounded.db.execute("SELECT max(n) FROM (SELECT count(*) AS n FROM kept GROUP BY visitor)").fetchone()
        assert most == (3,)


@pytest.mark.parametrize(
    "keys",
    [
        (Key.DAY, Key.PAGE),
        (Key.DAY, Key.REFERRER),
        (Key.PAGE, Key.REFERRER),
        (Key.DAY, Key.BROWSER),
        (Key.HOUR, Key.PAGE),
    ],
)
def test_no_visitor_changes_a_table_by_more_than_its_noise_is_for(two: Neighbours, keys: tuple[Key, ...]) -> None:
    """Exactly, of every table that gets noise: the squares of what one visitor changes, together."""
    question = Question(keys, DAY, DAY + timedelta(days=1))
    how = method(question)
    tables = [_tables(folder, question) for folder in (two.without, two.with_one)]
    for far, near, most in zip(*tables, (how.full, 1, 1), strict=True):
        change = sum((near.get(one, 0) - far.get(one, 0)) ** 2 for one in {*far, *near})
        assert 0 < change <= most * SCALE**2


def _tables(folder: Path, question: Question) -> list[dict[tuple[str, ...], int]]:
    """By the names of their cells, each table that gets noise: counts, over the whole period, by day."""
    how = method(question)
    with Bounding(store.files(folder), question, how.most, GROUP) as bounded:
        over = bounded.over_time()
        hoped = {code: 1.0 if code % 2 else 0.3 for code in over.code}
        made = [bounded.counts(how.full), over, bounded.by_time(hoped)]
        return [dict(zip(bounded.named(one), one.parts, strict=True)) for one in made]


def test_which_groups_count_of_a_visitor_does_not_depend_on_others(
    two: Neighbours, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even when others bring groups that come before all of theirs in every order."""
    monkeypatch.setattr("secrets.randbits", int)  # the same salt for all
    more = [replace(one, page=f"a{number}", visitor=number) for number, one in enumerate(canary(300))]
    put(tmp_path, DAY, more)
    files = store.files(two.with_one)
    assert len(_mine(files)) == MOST
    assert _mine(files) == _mine([*files, *store.files(tmp_path)])


def _mine(files: list[Path]) -> set[str]:
    """The pages that count of the visitor."""
    with Bounding(files, QUESTION, MOST, GROUP) as bounded:
        found = bounded.db.execute("SELECT time, code, 0 FROM kept WHERE visitor = $1", [CANARY]).fetchall()
        return {page for _, page in bounded.named(Cells(*zip(*found, strict=True)))}


def test_what_is_claimed_is_what_opendp_says_too() -> None:
    for rho in (0.001, 0.015, 0.1, 1.0):
        assert claimed_rho(sigma(rho, math.sqrt(8)), math.sqrt(8)) <= rho
        assert claimed_rho(sigma(rho), 1.0) == pytest.approx(rho, rel=1e-9)


def test_the_noise_is_the_discrete_gaussian() -> None:
    scale, runs = 3.0, 40_000
    found = np.bincount(np.asarray(gaussian([60] * runs, scale)), minlength=121)[:121]
    chance = np.exp(-((np.arange(121) - 60) ** 2) / (2 * scale**2))
    wanted = runs * chance / chance.sum()
    there = wanted > 5
    squares = ((found - wanted)[there] ** 2 / wanted[there]).sum()
    assert squares < 2.5 * there.sum(), "chi-square far beyond what chance gives"


@pytest.mark.parametrize("pages", [1, 16])
def test_two_reports_that_differ_by_one_visitor_do_not_tell_who(tmp_path: Path, pages: int) -> None:
    """The best guess at rho 0.1 is hardly better than a coin: at most 0.55 for who looked at one page, as most do, and never
    better than the guarantee says for anybody."""
    found = neighbours(tmp_path, pages)
    far, near = cells(found.without), cells(found.with_one)
    where, scale, runs = differ(far, near), honest_scale(0.1), 24_000 // pages
    alone, both = (draws(one, where, scale, runs) for one in (far, near))
    middle = (sum(far[one] for one in where) + sum(near[one] for one in where)) / 2 / SCALE
    right = (int((alone <= middle).sum()) + int((both > middle).sum())) / (2 * runs)
    best = NORMAL.cdf(math.sqrt(pages / FULL * min(1, FULL / pages)) * math.sqrt(2 * 0.1) / 2)
    assert best <= (0.55 if pages == 1 else 0.59)
    assert right < best + 4 * math.sqrt(0.25 / (2 * runs))


def test_a_visitor_whom_nobody_is_like_never_appears(tmp_path: Path) -> None:
    days = [DAY + timedelta(days=one) for one in range(3)]
    for day in days:
        rows = visits(day, 200)
        put(
            tmp_path,
            day,
            [*rows, replace(rows[0], language="fy", referrer="rare.example", visitor=1, robot=False)],
            str(day),
        )
    for keys in ((Key.LANGUAGE,), (Key.DAY, Key.LANGUAGE), (Key.REFERRER,), (Key.DAY, Key.REFERRER, Key.LANGUAGE)):
        for _ in range(2):
            told = answer(store.files(tmp_path), Question(keys, days[0], days[-1], 100), Cost(10**8, 10**11), Rules())
            values = {one for row in told.rows for one in row.values}
            assert values, "with so large a budget what is common is told"
            assert not values & {"fy", "rare.example"}


@pytest.mark.parametrize(
    "keys", [(Key.DAY,), (Key.PAGE,), (Key.DAY, Key.BROWSER), (Key.REFERRER,), (Key.DAY, Key.REFERRER)]
)
def test_a_tiny_site_with_three_visitors_releases_nothing(tmp_path: Path, keys: tuple[Key, ...]) -> None:
    put(tmp_path, DAY, visits(DAY, 3, site=SITE))
    for cost in (Cost(15_000, 150_000), Cost(10**8, 10**11)):
        told = answer(store.files(tmp_path), Question(keys, DAY, DAY + timedelta(days=6)), cost, Rules())
        assert told.rows == told.totals == ()


def test_nothing_is_released_of_no_visits_at_all(tmp_path: Path) -> None:
    told = answer([], Question((Key.DAY, Key.PAGE), DAY, DAY), Cost(15_000, 150_000), Rules())
    assert told.rows == told.totals == ()


def test_bounds_of_rates_are_those_of_clopper_and_pearson() -> None:
    """Against the closed forms that there are, and a value of their tables."""
    assert at_most(0, 100, 0.05) == pytest.approx(1 - 0.05 ** (1 / 100), abs=1e-9)
    assert at_least(100, 100, 0.05) == pytest.approx(0.05 ** (1 / 100), abs=1e-9)
    assert at_most(3, 10, 0.025) == pytest.approx(0.6525, abs=1e-3)
