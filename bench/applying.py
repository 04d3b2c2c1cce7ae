"""apply.json: how long `apply` takes on a company at work, and how long the application waits for it."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median
from typing import TYPE_CHECKING

from bench import report
from bench.company import KEPT, Company
from houvast.compiler.words import ident
from houvast.database import Connection, DatabaseError, run, run_query

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

BAR_SECONDS, AIM_SECONDS, BAR_LOCK_MS = 180, 60, 100
PAUSE = BAR_LOCK_MS / 10 / 1000
"""Seconds between two looks of an onlooker: short beside the bar, and long enough not to be what is measured."""
_HELD = """SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.granted AND l.locktype = 'relation' AND a.application_name = 'houvast'
  AND c.relnamespace = 'public'::regnamespace
  AND a.datname = current_database()
  AND l.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')"""
"""The locks that keep somebody else from reading or writing."""
_KEYS = """SELECT c.relname, a.attname FROM pg_class c
JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1"""
"""The application's tables, each with the first column of its key."""


@dataclass
class Waits:
    """What an onlooker saw while `apply` ran, in milliseconds."""

    reads: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    writes: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    locks: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    failed: list[str] = field(default_factory=list[str])

    @staticmethod
    def worst(found: Sequence[tuple[float, str]]) -> dict[str, float | str | int]:
        """The longest, where, and what is usual."""
        if not found:
            return {"longest_ms": 0.0, "where": "", "seen": 0}
        longest, where = max(found)
        usual = median(ms for ms, _ in found)
        return {
            "longest_ms": round(longest, 1),
            "where": where,
            "median_ms": round(usual, 2),
            "seen": len(found),
        }


def measure(company: Company, say: Callable[[str], None], *, write: bool = True) -> None:
    """Apply to a fresh copy, with onlookers; write apply.json."""
    company.copy()
    phases: defaultdict[str, float] = defaultdict(float)
    running: list[tuple[float, str]] = []

    def tell(what: str, _done: int, _total: int) -> None:
        now = time.perf_counter()
        if running:
            since, step = running.pop()
            phases[step] += now - since
        running.append((now, what))

    waits = Waits()
    with _onlookers(company, waits):
        begun = time.perf_counter()
        steps, computed = company.apply(tell)
        seconds = time.perf_counter() - begun
    slowest = {name: round(spent, 2) for name, spent in sorted(phases.items(), key=lambda p: -p[1])[:20]}
    figures = {
        "people": company.people,
        "seconds": round(seconds, 1),
        "backend_cpu_seconds": round(computed, 1),
        "bar_seconds": BAR_SECONDS,
        "aim_seconds": AIM_SECONDS,
        "steps": steps,
        "slowest_steps_seconds": slowest,
        "fills_seconds": round(sum(s for n, s in phases.items() if n.startswith("fill")), 1),
        "bar_lock_ms": BAR_LOCK_MS,
        "table_locks": waits.worst(waits.locks),
        "read_of_one_row": waits.worst(waits.reads),
        "update_of_one_row": waits.worst(waits.writes),
        "failed": waits.failed[:20],
    }
    longest = max((ms for ms, _ in waits.locks), default=0.0)
    ratios = {
        "seconds": seconds / BAR_SECONDS,
        "table_lock": longest / BAR_LOCK_MS,
    }  # of the bar: below 1 is reached
    if write:
        with company.admin(KEPT) as admin:
            report.write("apply", admin, {name: round(ratio, 4) for name, ratio in ratios.items()}, figures)
    say(f"  apply: {seconds:.1f} s (bar {BAR_SECONDS}), {computed:.1f} s of CPU, {steps} steps")
    for name in ("table_locks", "read_of_one_row", "update_of_one_row", "failed"):
        say(f"    {name}: {figures[name]}")


@contextmanager
def _onlookers(company: Company, waits: Waits) -> Generator[None]:
    """Threads that read and write single rows of every table, and that look who holds which lock."""
    rows = _rows(company)
    reads = [f"SELECT 1 FROM {table} WHERE {key} = '{value}' LIMIT 1" for table, key, value in rows]
    writes = [f"UPDATE {table} SET {key} = {key} WHERE {key} = '{value}'" for table, key, value in rows]
    random.Random(1).shuffle(reads)
    random.Random(2).shuffle(writes)
    stop = threading.Event()
    threads = [
        threading.Thread(target=_look_at_locks, args=(company, waits.locks, stop)),
        threading.Thread(target=_probe, args=(company, reads, waits.reads, waits.failed, stop)),
        threading.Thread(target=_probe, args=(company, writes, waits.writes, waits.failed, stop)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _rows(company: Company) -> list[tuple[str, str, str]]:
    """(table, column, value): some rows of each of the application's tables, by their key's first column."""
    with company.admin(KEPT) as admin:
        tables = run_query(admin, _KEYS)
        found: list[tuple[str, str, str]] = []
        for table, key in ((ident(table), ident(key)) for table, key in tables):
            some = run_query(admin, f"SELECT {key} FROM {table} TABLESAMPLE SYSTEM (5) REPEATABLE (1) LIMIT 2000")
            found += [(table, key, str(value)) for (value,) in some[::20]]
    return found


def _probe(
    company: Company,
    statements: Sequence[str],
    seen: list[tuple[float, str]],
    failed: list[str],
    stop: threading.Event,
) -> None:
    """Run the statements one after another until told to stop, and note how long each took."""
    with company.connection(KEPT, "onlooker") as connection:
        run(connection, "SET synchronous_commit = off")
        for statement in cycle(statements):
            if stop.is_set():
                return
            try:
                seen.append((_milliseconds(connection, statement), statement))
            except DatabaseError as error:
                failed.append(f"{statement}: {str(error).splitlines()[0]}")
            time.sleep(PAUSE)


def _milliseconds(connection: Connection, statement: str) -> float:
    begun = time.perf_counter()
    run(connection, statement)
    return (time.perf_counter() - begun) * 1000


def _look_at_locks(company: Company, seen: list[tuple[float, str]], stop: threading.Event) -> None:
    """Follow each lock of apply's from the first look that finds it to the first that does not."""
    since: dict[str, float] = {}
    with company.connection(KEPT, "onlooker") as connection:
        while not stop.is_set():
            held = {f"{mode} on {table}" for table, mode in run_query(connection, _HELD)}
            now = time.perf_counter()
            for name in [n for n in since if n not in held]:
                seen.append(((now - since.pop(name)) * 1000, name))
            for name in held:
                since.setdefault(name, now)
            time.sleep(PAUSE)
