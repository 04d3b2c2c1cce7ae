"""The release gate: whatever is published of visits was made here, by one of three methods.

The unit is a visitor of one site on one day; two sets of visits are neighbours when one has all visits of one such unit more.
The guarantee is approximate zero-concentrated differential privacy (Bun and Steinke 2016): parts of rho and of delta add up.

- series: days, weeks or months alone: a tree over them (`consistency`), the same noise on each level.
- counts: keys of closed lists: each visitor in `full` groups at most, or in part in more; noise; a threshold.
- selected: keys of an open list (referring sites): first which groups are worth counting, by weights, then how many. A visitor
  has one weight to share out. Over the whole period it goes to all groups alike; that tells, with noise, where there is hope, and
  in each day it goes there (after Gopi et al., ICML 2020, and Swanberg et al., PETS 2023, who choose in rounds too).

Before noise, `group` - 1 visitors are taken off each group (the pre-thresholds of Google's library), so that no group of fewer
is ever shown, whatever the noise; and the others need no draw, which is where time goes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from houvast.errors import UsageError
from houvast.visits.model import Rules
from houvast.visits.release import consistency
from houvast.visits.release.bounding import Bounding, Cells
from houvast.visits.release.model import TIMES, Cost, Key, Question, Row
from houvast.visits.release.noise import SCALE, SURE, Noise, gaussian, sigma, threshold

SERIES, COUNTS, SELECTED = "series", "counts", "selected"
_OPEN = {Key.REFERRER}
"""Keys of which nobody knows the values beforehand."""
_GROUPS = {Key.HOUR: 3, Key.PAGE: 4, Key.REFERRER: 3}
"""In how many values of a key a visitor of a day counts in full; one of any other key, for it is theirs all day."""
_PARTS_OF_WHOLE = {*TIMES, Key.SITE, Key.BROWSER}
"""Of these keys a visitor of a day has one value: the groups of a day are parts of its total."""
_FULL_AT_MOST, _MOST = 8, 16
_TOTALS, _FIRST, _THEN = 0.08, 0.1, 0.55
"""Of rho: what totals cost; and of what is left, looking over the whole period, and choosing in each day."""
_ENOUGH = 1.2
"""How far above the threshold a group is hoped to come: what would go beyond is given to others."""
_UNSURE = 0.3
"""The hope of a group that seems far below the threshold."""


@dataclass(frozen=True)
class Method:
    """How a question is answered. `most`: groups of one visitor of a day; `full`: in so many it counts in full."""

    name: str
    most: int
    full: int
    whole: bool


@dataclass(frozen=True)
class Share:
    """A part of what a report costs."""

    rho: float
    delta: float


@dataclass(frozen=True)
class Told:
    """What came out of the gate. `least`: the smallest number that can be shown."""

    rows: tuple[Row, ...]
    totals: tuple[Row, ...]
    whole: bool
    least: int


def ready() -> None:
    """Raise UsageError where reports cannot be made, before anything is spent on one."""
    try:
        for name in ("duckdb", "numpy", "opendp.measurements", "pyarrow"):
            import_module(name)
    except ImportError:
        raise UsageError("Reports need the parts for visits.", todo="pip install 'houvast[visits]'") from None


def method(question: Question) -> Method:
    """How a question is answered; decided by its keys, never by visits."""
    keys = set(question.keys)
    if keys <= set(TIMES):
        return Method(SERIES, 1, 1, whole=True)
    full = min(_FULL_AT_MOST, math.prod(_GROUPS.get(key, 1) for key in keys))
    if keys & _OPEN:
        return Method(SELECTED, _MOST, min(full, _GROUPS[Key.REFERRER]), whole=False)
    return Method(COUNTS, 1 if keys <= _PARTS_OF_WHOLE else _MOST, full, whole=keys <= _PARTS_OF_WHOLE)


def expected(question: Question, cost: Cost, rules: Rules) -> tuple[int, int]:
    """How far off 95 of 100 numbers are at most, and the smallest number that can be shown. No visit is looked at."""
    how = method(question)
    if how.name == SERIES:
        share = Share(cost.rho, cost.delta)
        scale = sigma(share.rho / consistency.branching(question.times)[1])
        return _off(scale), _least(scale, share.delta, 1, rules.group)
    rest = _rest(cost)
    if how.name == COUNTS:
        scale = sigma(rest.rho, math.sqrt(how.full))
        return _off(scale), _least(scale, rest.delta, how.most, rules.group)
    return _off(sigma(rest.rho * (1 - _FIRST - _THEN), math.sqrt(how.full))), rules.group


def answer(files: Sequence[Path], question: Question, cost: Cost, rules: Rules, noise: Noise = gaussian) -> Told:
    """Answer a question at a cost, from these Parquet files. The exact numbers go when this returns."""
    how = method(question)
    with Bounding(files, question, how.most, rules.group) as bounded:
        gate = _Gate(bounded, rules.group, noise)
        if how.name == SERIES:
            totals, least = gate.series(Share(cost.rho, cost.delta))
            return Told((), totals, whole=True, least=least)
        totals, _ = gate.series(Share(cost.rho * _TOTALS, cost.delta * _TOTALS))
        rest = _rest(cost)
        rows, least = gate.counts(rest, how) if how.name == COUNTS else gate.selected(rest, how.full)
        off = sigma(cost.rho * _TOTALS)
        return Told(*_agreed(question, rows, totals, off, whole=how.whole), whole=how.whole, least=least)


@dataclass(frozen=True)
class _Gate:
    """Draws noise for what is bounded, and shows what is above its threshold."""

    bounded: Bounding
    group: int
    noise: Noise

    def series(self, share: Share) -> tuple[tuple[Row, ...], int]:
        """The total of each day, week or month; each visitor is in one, so that a level of the tree changes by one."""
        exact = [max(0, one - (self.group - 1)) for one in self.bounded.totals()]
        parts, levels = consistency.branching(len(exact))
        scale = sigma(share.rho / levels)
        measured = [self._noisy(level, scale) for level in consistency.sums(exact, parts, levels)]
        above = threshold(scale, share.delta, 1)
        best = consistency.agree(measured, parts)
        shown = [at for at, one in enumerate(measured[-1]) if exact[at] > 0 and one > above]
        counts = consistency.whole_numbers([best[at] + self.group - 1 for at in shown])
        named = self.bounded.time_of if self.bounded.question.time else None
        rows = tuple(
            Row((named(at),) if named else (), count, _off(scale)) for at, count in zip(shown, counts, strict=True)
        )
        return rows, math.floor(above) + self.group

    def counts(self, share: Share, how: Method) -> tuple[list[Row], int]:
        """Groups of closed lists."""
        cells = self.bounded.counts(how.full)
        scale = sigma(share.rho, math.sqrt(how.full))
        off = SCALE * (self.group - 1)
        cells = cells.chosen([one > off for one in cells.parts])
        noisy = self.noise([one - off for one in cells.parts], scale * SCALE)
        above = threshold(scale, share.delta, how.most)
        shown = [one > above * SCALE for one in noisy]
        counts = [one / SCALE + self.group - 1 for one, there in zip(noisy, shown, strict=True) if there]
        return self._rows(cells.chosen(shown), counts, scale), _least(scale, share.delta, how.most, self.group)

    def selected(self, share: Share, full: int) -> tuple[list[Row], int]:
        """Groups of an open list: where there is hope, which are worth it, and how many they are of."""
        first = Share(share.rho * _FIRST, share.delta * _FIRST)
        then = Share(share.rho * _THEN, share.delta * (1 - _FIRST))
        if self.bounded.times == 1:  # there is one period, in which all weight goes
            then = Share(first.rho + then.rho, first.delta + then.delta)
            chosen, _ = self._chosen(self.bounded.over_time(), then)
        else:
            seen, estimates = self._chosen(self.bounded.over_time(), first)
            chosen, _ = self._chosen(self.bounded.by_time(self._hopes(seen, estimates, then)), then)
        scale = sigma(share.rho * (1 - _FIRST - _THEN), math.sqrt(full))
        cells = self.bounded.of_selected(chosen, full)
        noisy = self.noise(cells.parts, scale * SCALE)
        return self._rows(cells, [max(self.group, one / SCALE) for one in noisy], scale), self.group

    def _chosen(self, cells: Cells, share: Share) -> tuple[Cells, list[float]]:
        """The groups whose weight is above the threshold with noise, and that weight."""
        cells = cells.chosen([one > 0 for one in cells.parts])
        scale = sigma(share.rho)
        noisy = self.noise(cells.parts, scale * SCALE)
        above = threshold(scale, share.delta, self.bounded.most) * SCALE
        shown = [one > above for one in noisy]
        return cells.chosen(shown), [one / SCALE for one, there in zip(noisy, shown, strict=True) if there]

    def _hopes(self, seen: Cells, estimates: Sequence[float], then: Share) -> dict[int, float]:
        """How much of a visitor's weight each group gets in a day: less where it would be more than enough, or in vain."""
        above = threshold(sigma(then.rho), then.delta, self.bounded.most)
        hopes = dict[int, float]()
        for code, estimate in zip(seen.code, estimates, strict=True):
            daily = max(1.0, estimate) / self.bounded.times * _ENOUGH
            hopes[code] = _UNSURE if daily < above / 3 else min(1.0, _ENOUGH * above / daily)
        return hopes

    def _noisy(self, values: Sequence[int], scale: float) -> list[float]:
        return [one / SCALE for one in self.noise([one * SCALE for one in values], scale * SCALE)]

    def _rows(self, cells: Cells, counts: Sequence[float], scale: float) -> list[Row]:
        named = self.bounded.named(cells)
        return [Row(values, round(count), _off(scale)) for values, count in zip(named, counts, strict=True)]


def _agreed(
    question: Question, rows: Sequence[Row], totals: Sequence[Row], of_total: float, *, whole: bool
) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Rows that are together not more than their total, or, where visitors are in several, none more than it; sorted."""
    place = question.ordered.index(question.time) if question.time else None
    by_time = dict[tuple[str, ...], list[Row]]()
    for row in rows:
        by_time.setdefault(() if place is None else (row.values[place],), []).append(row)
    found, told = list[Row](), {one.values: one for one in totals}
    for time, parts in by_time.items():
        total = told.get(time)
        if total is None:
            found += parts
            continue
        if whole:
            cells, count = consistency.within(
                [one.count for one in parts], total.count, parts[0].within, of_total * SURE
            )
            numbers, known = consistency.whole_numbers(cells), max(round(count), sum(consistency.whole_numbers(cells)))
        else:
            known = max(total.count, *(min(one.count, total.count) for one in parts))
            numbers = [min(one.count, known) for one in parts]
        told[time] = Row(time, known, total.within)
        found += [Row(one.values, count, one.within) for one, count in zip(parts, numbers, strict=True)]
    return tuple(sorted(found, key=lambda one: one.values)), tuple(told[key] for key in sorted(told))


def _rest(cost: Cost) -> Share:
    return Share(cost.rho * (1 - _TOTALS), cost.delta * (1 - _TOTALS))


def _off(scale: float) -> int:
    """How far off 95 of 100 are at most, with half a number for rounding."""
    return math.ceil(SURE * scale + 0.5)


def _least(scale: float, delta: float, groups: int, group: int) -> int:
    return math.floor(threshold(scale, delta, groups)) + group
