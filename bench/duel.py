"""Plain against Houvast: the same statements in turns, so that a busy machine slows both."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.backend import Backend, Cost, Values

WARMING = 8


@dataclass(frozen=True)
class Case:
    """One kind of statement, and what each of the two sessions executes."""

    name: str
    sql: str
    values: Callable[[random.Random], Values]
    executions: int  # in one round
    bar: float | None = None
    sql_plain: str = ""
    rows: int | None = None  # that each execution must return; None = not looked at


@dataclass
class Outcome:
    """The costs of one case, round by round."""

    plain: list[Cost] = field(default_factory=list[Cost])
    houvast: list[Cost] = field(default_factory=list[Cost])

    @property
    def ratio(self) -> float:
        """Plain / Houvast in CPU time of the backend, the median of the rounds."""
        return median(p.cpu / h.cpu for p, h in zip(self.plain, self.houvast, strict=True))

    @property
    def figures(self) -> dict[str, Any]:
        """The absolute figures, in microseconds an execution."""
        ratios = sorted(p.cpu / h.cpu for p, h in zip(self.plain, self.houvast, strict=True))
        return {
            "ratio": round(self.ratio, 4),
            "ratio_quartiles": [round(ratios[len(ratios) // 4], 4), round(ratios[-1 - len(ratios) // 4], 4)],
            "ratio_wall": round(median(p.wall / h.wall for p, h in zip(self.plain, self.houvast, strict=True)), 4),
            "plain_cpu_us": round(median(c.cpu for c in self.plain), 2),
            "houvast_cpu_us": round(median(c.cpu for c in self.houvast), 2),
            "plain_wall_us": round(median(c.wall for c in self.plain), 2),
            "houvast_wall_us": round(median(c.wall for c in self.houvast), 2),
            "rounds": len(ratios),
        }


def duel(plain: Backend, houvast: Backend, case: Case, rounds: int, seed: int = 1) -> Outcome:
    """Run one case `rounds` times on both, turn and turn about, after a longer round that is not measured.

    That one touches every key: who reads a page first after a bulk change writes what it learns of it.
    """
    dice = random.Random(seed)
    sql_plain = case.sql_plain or case.sql
    _refuse_unequal(plain, houvast, case, sql_plain, dice)
    outcome = Outcome()
    for number in range(-1, rounds):
        warming = WARMING if number < 0 and case.executions >= 500 else 1
        values = [case.values(dice) for _ in range(case.executions * warming)]
        turns: list[tuple[Backend, str, list[Cost]]] = [
            (plain, sql_plain, outcome.plain),
            (houvast, case.sql, outcome.houvast),
        ]
        for backend, sql, costs in turns if number % 2 else reversed(turns):
            cost = backend.run(sql, values)
            if number >= 0:
                costs.append(cost)
    return outcome


def _refuse_unequal(plain: Backend, houvast: Backend, case: Case, sql_plain: str, dice: random.Random) -> None:
    """A query that sees less is cheaper: both must return as many rows."""
    tried: Sequence[Values] = [case.values(dice) for _ in range(20 if case.executions > 20 else 1)]
    for values in tried:
        seen = plain.rows(sql_plain, values), houvast.rows(case.sql, values)
        if seen[0] != seen[1] or (case.rows is not None and seen[0] != case.rows):
            raise RuntimeError(f"{case.name}: plain gave {seen[0]} rows, Houvast {seen[1]}, for {values}")
