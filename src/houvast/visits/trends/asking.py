"""Asking: a question and the files of a store in, numbers of groups out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil, sqrt
from pathlib import Path

from houvast.visits import store
from houvast.visits.model import Declared
from houvast.visits.trends.engine import Engine, duckdb
from houvast.visits.trends.holding import Holding, Table, digest
from houvast.visits.trends.noise import key_in
from houvast.visits.trends.question import CAP, COLUMNS, Trend, check
from houvast.visits.trends.tables import Exact, by_day, counted

_SURE = 1.96
"""Standard deviations that hold in 95 of 100 cases."""
_MOST = 200
_known: dict[object, Exact] = {}
"""The tables that were asked for last, in this process alone."""


@dataclass(frozen=True)
class Group:
    """A group that is shown: its values by key, how many about, and by how much that may be off (95 %)."""

    values: tuple[str, ...]
    count: int
    error: int


@dataclass(frozen=True)
class Answer:
    """What was asked, and the groups that are shown: in the order of time, then the largest first.

    `total`: of all together, in the same way; None when that is too small. `least`: the smallest number that is shown
    of one piece of the period; `group`: of how many visitor-days it is surely more. `pieces`: how many were counted.
    """

    asked: Trend
    groups: tuple[Group, ...]
    total: Group | None
    least: int
    group: int
    pieces: int

    def to_json(self) -> dict[str, object]:
        """As the JSON of `houvast visits trends --json`."""
        one = self.asked
        return {
            "site": one.site, "measure": one.measure, "by": list(one.keys), "where": dict(one.where),
            "since": one.since.isoformat(), "until": one.until.isoformat(), "robots": one.robots,
            "pieces": {"every": one.every, "count": self.pieces},
            "smallest_group": self.group, "smallest_number": self.least,
            "total": _plain(self.total, ()), "groups": [_plain(group, one.keys) for group in self.groups],
        }  # fmt: skip


def _plain(group: Group | None, keys: tuple[str, ...]) -> dict[str, object] | None:
    if group is None:
        return None
    return {**dict(zip(keys, group.values, strict=True)), "count": group.count, "error": group.error}


class Trends:
    """The trends of one store of visits. `today`: the day that is not over yet (UTC)."""

    def __init__(
        self, folder: Path, declared: Declared, *, key: bytes | None = None, engine: Engine = duckdb,
        today: date | None = None,
    ) -> None:  # fmt: skip
        self._folder, self._declared, self._engine, self._today = folder, declared, engine, today
        self.holding = Holding(declared.rules.group, key_in(folder) if key is None else key)

    def check(self, asked: Trend) -> None:
        """Raises UsageError for a question that is not answered; nothing is looked at."""
        today = self._today or datetime.now(UTC).date()
        check(asked, today, tuple(one.name for one in self._declared.sites))

    def ask(self, asked: Trend) -> Answer:
        """The answer. Raises UsageError for a question that is not answered."""
        self.check(asked)
        cells = self._cells(asked, asked.columns)
        total = self._cells(asked, ()) if asked.columns else cells
        sums = _sum({(): one.get((), 0)} for one in total.values() if () in one)
        return Answer(
            asked,
            tuple(self._groups(asked, cells)),
            next((self._group(asked, (), *found) for found in sums.values()), None),
            self.holding.least(asked.measure),
            self.holding.group,
            sum(bool(one) for one in total.values()),
        )

    def _cells(self, asked: Trend, columns: tuple[str, ...]) -> dict[date, dict[tuple[str, ...], int]]:
        """The cells of a table that are shown, by the first day of each piece of the period."""
        files = store.files(self._folder, asked.since, asked.until)
        if not files:
            return {}
        exact = self._exact(asked, columns, files)
        shown: dict[date, dict[tuple[str, ...], int]] = {}
        for first, last in asked.blocks():
            named = self._named(files, first, last)
            one = Table(asked.site, columns, asked.measure, asked.every, first, named, asked.robots)
            shown[first] = self.holding.shown(one, _added(exact, first, last))
        return shown

    def _exact(self, asked: Trend, columns: tuple[str, ...], files: Sequence[Path]) -> Exact:
        """A table before its noise; kept in memory while its files are the same."""
        names = tuple(str(file) for file in files)
        asks = (asked.site, columns, CAP[asked.measure], asked.since, asked.until)
        known = (asks, asked.robots, names, self._engine)
        found = _known.get(known)
        if found is None:
            found = by_day(self._engine(counted(*asks, robots=asked.robots), files))
            _known[known] = found
            while len(_known) > _MOST:
                _known.pop(next(iter(_known)), None)
        return found

    def _named(self, files: Sequence[Path], first: date, last: date) -> str:
        """A digest of the files of some days."""
        within = {store.day_folder(self._folder, first + timedelta(days=one)) for one in range((last - first).days + 1)}
        return digest([str(file.relative_to(self._folder)) for file in files if file.parent in within])

    def _groups(self, asked: Trend, cells: Mapping[date, Mapping[tuple[str, ...], int]]) -> list[Group]:
        """The cells that were asked for, added over the pieces of the period, or piece by piece."""
        chosen, places = dict(asked.where), [asked.columns.index(name) for name in asked.shown]

        def of(found: Mapping[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
            return {
                tuple(cell[place] for place in places): count
                for cell, count in found.items()
                if all(chosen.get(name, value) == value for name, value in zip(asked.columns, cell, strict=True))
            }

        if asked.time is None:
            sums = _sum(of(found) for found in cells.values())
            groups = [self._group(asked, values, *found) for values, found in sums.items()]
            return sorted(groups, key=lambda one: (-one.count, one.values))
        made = [(when, values, count) for when, found in cells.items() for values, count in of(found).items()]
        made.sort(key=lambda one: (one[0], -one[2], one[1]))
        return [self._group(asked, _placed(asked, when, values), count, 1) for when, values, count in made]

    def _group(self, asked: Trend, values: tuple[str, ...], count: int, pieces: int) -> Group:
        return Group(values, count, ceil(_SURE * self.holding.sigma(asked.measure) * sqrt(pieces)))


def _placed(asked: Trend, when: date, values: tuple[str, ...]) -> tuple[str, ...]:
    """The values in the order of the keys, the time among them."""
    rest = iter(values)
    return tuple(next(rest) if name in COLUMNS else when.isoformat() for name in asked.keys)


def _added(exact: Exact, first: date, last: date) -> dict[tuple[str, ...], int]:
    """The days of a piece together."""
    days = [first + timedelta(days=one) for one in range((last - first).days + 1)]
    return {cell: count for cell, (count, _) in _sum(exact.get(day, {}) for day in days).items()}


def _sum(found: Iterable[Mapping[tuple[str, ...], int]]) -> dict[tuple[str, ...], tuple[int, int]]:
    """Cell -> how many in all, and of how many pieces."""
    sums: dict[tuple[str, ...], tuple[int, int]] = {}
    for one in found:
        for cell, count in one.items():
            before, pieces = sums.get(cell, (0, 0))
            sums[cell] = before + count, pieces + 1
    return sums
