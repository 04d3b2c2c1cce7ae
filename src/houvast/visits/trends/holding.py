"""What of an exact table may be seen: each cell with its noise, when that is large enough.

The tables are fixed: every set of at most two columns, by day and by week, in two measures. A question only chooses
among their cells. One visitor-day stands in one cell of each of them, so that all that can ever be seen of it is
bounded by `rho` (zero-concentrated differential privacy; Bun and Steinke 2016), however much is asked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import erfc, sqrt

from houvast.visits.trends.noise import CUT, drawn
from houvast.visits.trends.question import AT_ONCE, CAP, COLUMNS, Every, Measure

TABLES = tuple(one for size in range(AT_ONCE + 1) for one in combinations(COLUMNS, size))
"""Every table that there is."""
LEAST_NOISE = 10
"""The noise of visitor-days has at least this standard deviation, also where a policy shows smaller groups."""


@dataclass(frozen=True)
class Table:
    """One of the fixed tables, of one piece of time. `files`: a digest of what it was counted from."""

    site: str
    columns: tuple[str, ...]
    measure: Measure
    every: Every
    first: date
    files: str
    robots: bool = False


@dataclass(frozen=True)
class Holding:
    """How cells are held. `group`: the smallest group of the policy, in visitor-days (Rules.group)."""

    group: int
    key: bytes

    def sigma(self, measure: Measure) -> int:
        """The standard deviation of the noise of a cell: as much as one smallest group can count."""
        return max(self.group, LEAST_NOISE) * CAP[measure]

    def least(self, measure: Measure) -> int:
        """The smallest number that is shown. Even with all the noise there can be, no smaller group reaches it."""
        return self.group * CAP[measure] + CUT * self.sigma(measure)

    def rho(self) -> float:
        """What all that can ever be shown of one visitor-day costs at most (zCDP)."""
        each = sum((CAP[one] / self.sigma(one)) ** 2 / 2 for one in Measure)
        return each * len(TABLES) * len(Every)

    def delta(self) -> float:
        """How likely it is that noise without the cut would have been beyond it, in any cell of one visitor-day."""
        cells = len(TABLES) * len(Every) * len(Measure)
        return cells * erfc((CUT - 1 / max(self.group, LEAST_NOISE)) / sqrt(2))

    def shown(self, table: Table, exact: Mapping[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
        """The cells of a table that are shown. One that is small and one that is empty look the same."""
        sigma, least = self.sigma(table.measure), self.least(table.measure)
        said = json.dumps([table.site, table.robots, table.columns, table.measure, table.every,
                           table.first.isoformat(), table.files])  # fmt: skip
        made = {cell: count + drawn(self.key, _named(said, cell), sigma) for cell, count in exact.items()}
        return {cell: count for cell, count in made.items() if count >= least}


def _named(table: str, cell: tuple[str, ...]) -> bytes:
    return json.dumps([table, cell]).encode()


def digest(names: list[str]) -> str:
    """What stands for the files of some days: other files, other noise, so that a difference tells nothing."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()
