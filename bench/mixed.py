"""What it costs that uses are written into the log: the same work in two databases, in one of which nothing is told."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from houvast.database import Connection, connect

READS, WRITES, UNITS = 16, 4, 20
READ = "SELECT id, subject, opened_at FROM ticket WHERE id = %s"
WRITE = "UPDATE ticket SET subject = %s WHERE id = %s"
OPEN, CLOSE = "SELECT houvast.open_use('answer', 'benchmark')", "SELECT houvast.close_use(%s)"
KEYS = "SELECT id FROM ticket ORDER BY id LIMIT 500"


def opening(mute: str, told: str, times: int) -> dict[str, Any]:
    """Milliseconds that opening a use takes, committed and flushed, without the log and with it."""

    def once(connection: Connection, _keys: list[int]) -> float:
        began = time.perf_counter_ns()
        use = _use(connection)
        took = (time.perf_counter_ns() - began) / 1e6
        connection.execute(CLOSE, (use,))
        return took

    plain, logged = _in_turns(mute, told, times, once)
    return {
        "without_ms": round(median(plain), 3),
        "with_ms": round(median(logged), 3),
        "added_ms": round(median(b - a for a, b in zip(plain, logged, strict=True)), 3),
        "times": times,
        "bar_added_ms": 1.0,
    }


def mixed(mute: str, told: str, rounds: int) -> dict[str, Any]:
    """Seconds that units of work take: each opens a use, reads, writes and closes it. `added`: by which part longer."""

    def units(connection: Connection, keys: list[int]) -> float:
        dice = random.Random(1)
        began = time.perf_counter()
        for _ in range(UNITS):
            use = _use(connection)
            for _ in range(READS):
                connection.execute(READ, (dice.choice(keys),)).fetchone()
            for _ in range(WRITES):
                connection.execute(WRITE, (f"question {dice.randrange(9999)}", dice.choice(keys)))
            connection.execute(CLOSE, (use,))
        return time.perf_counter() - began

    plain, logged = _in_turns(mute, told, rounds, units)
    ratios = sorted(b / a for a, b in zip(plain, logged, strict=True))
    return {
        "without_ms": round(1000 * median(plain) / UNITS, 2),
        "with_ms": round(1000 * median(logged) / UNITS, 2),
        "added": round(median(ratios) - 1, 4),
        "added_quartiles": [round(ratios[len(ratios) // 4] - 1, 4), round(ratios[-1 - len(ratios) // 4] - 1, 4)],
        "reads": READS,
        "writes": WRITES,
        "units": UNITS,
        "rounds": rounds,
        "bar_added": 0.15,
    }


def _use(connection: Connection) -> int:
    row = connection.execute(OPEN).fetchone()
    return int(row[0]) if row else 0


def _in_turns(
    mute: str, told: str, rounds: int, do: Callable[[Connection, list[int]], float]
) -> tuple[list[float], list[float]]:
    """What a piece of work took in either database, turn and turn about, after two rounds that do not count."""
    with connect(mute) as plain, connect(told) as logged:
        use = _use(plain)
        keys = [int(row[0]) for row in plain.execute(KEYS).fetchall()]
        plain.execute(CLOSE, (use,))
        took: dict[bool, list[float]] = {False: [], True: []}
        for number in range(-2, rounds):
            for with_log in (False, True) if number % 2 else (True, False):
                spent = do(logged if with_log else plain, keys)
                if number >= 0:
                    took[with_log].append(spent)
    return took[False], took[True]
