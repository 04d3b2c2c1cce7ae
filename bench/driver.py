"""driver.json: a read as an application makes it, through psycopg over TCP; and how soon an objection is in force."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from bench import report
from bench.backend import Cost, cpu_ns
from bench.company import KEPT, PLAIN, Company
from houvast.database import Connection, connect, run_query

READ = "SELECT full_name, email FROM contact WHERE id = %s"
READS, OBJECTIONS, ROWS = 400, 25, 1000
BAR_READ, BAR_OBJECTION = 0.95, 50.0
_KEYS = """SELECT t.id FROM contact t JOIN account a ON a.id = t.account_id
WHERE a.closed_at IS NULL ORDER BY t.id LIMIT 4000"""
_PERSON = """SELECT b.id FROM business_contact b JOIN engagement e ON e.business_contact_id = b.id
WHERE b.relation_ended_at IS NULL AND e.status = 'running' ORDER BY 1 LIMIT 1"""
_ENGAGED = """INSERT INTO engagement (business_contact_id, kind, status, started_at, notes)
SELECT %s, 'partner', 'running', now(), 'bench' FROM generate_series(1, %s)"""
_DISENGAGED = "DELETE FROM engagement WHERE notes = 'bench'"
_OBJECT = """INSERT INTO houvast.stand (kind, key, stand, about, source)
VALUES ('business_contact', %s, 'objected', 'business', 'bench')"""
_TAKE_BACK = "DELETE FROM houvast.stand WHERE source = 'bench'"
_SEEN = "SELECT count(*) FROM engagement WHERE business_contact_id = %s"


def measure(company: Company, rounds: int, say: Callable[[str], None], *, write: bool = True) -> None:
    """Measure both, and write driver.json."""
    read, objection = _read(company, rounds), _objection(company)
    ratios = {"driver_read": read["ratio"], "objection": round(objection["milliseconds_median"] / BAR_OBJECTION, 4)}
    for name, value, bar, unit in (
        (
            "driver_read",
            read["ratio"],
            BAR_READ,
            f"{read['plain_us']} / {read['houvast_us']} us, CPU {read['ratio_cpu']}",
        ),
        ("objection", objection["milliseconds_median"], BAR_OBJECTION, f"ms; {objection['milliseconds_most']} at most"),
    ):
        say(f"  {name:<14} {value:8.4f}  {unit}; bar {bar}")
    if write:
        with company.admin(KEPT) as admin:
            report.write("driver", admin, ratios, {"people": company.people, "read": read, "objection": objection})


def _read(company: Company, rounds: int) -> dict[str, Any]:
    """Whole round trips, turn and turn about."""
    with company.admin(PLAIN) as admin:
        keys = [row[0] for row in run_query(admin, _KEYS)]
    plain, kept = connect(company.tcp(PLAIN, "shop")), connect(company.tcp(KEPT, "shop"))
    kept.execute("SELECT houvast.open_use('order', 'benchmark')")
    dice = random.Random(1)
    costs: dict[bool, list[Cost]] = {True: [], False: []}
    for number in range(-3, rounds):
        chosen = dice.choices(keys, k=READS)
        for houvast in (False, True) if number % 2 else (True, False):
            cost = _trips(kept if houvast else plain, chosen)
            if number >= 0:
                costs[houvast].append(cost)
    plain.close()
    kept.close()
    pairs = list(zip(costs[False], costs[True], strict=True))
    ratios = sorted(p.wall / h.wall for p, h in pairs)
    return {
        "ratio": round(median(ratios), 4),
        "ratio_quartiles": [round(ratios[len(ratios) // 4], 4), round(ratios[-1 - len(ratios) // 4], 4)],
        "ratio_cpu": round(median(p.cpu / h.cpu for p, h in pairs), 4),
        "plain_us": round(median(c.wall for c in costs[False]), 2),
        "houvast_us": round(median(c.wall for c in costs[True]), 2),
        "plain_cpu_us": round(median(c.cpu for c in costs[False]), 2),
        "houvast_cpu_us": round(median(c.cpu for c in costs[True]), 2),
        "rounds": rounds,
        "bar": BAR_READ,
        "sql": READ,
    }


def _trips(connection: Connection, keys: Sequence[int]) -> Cost:
    """What a read costs: CPU time of client and backend, and the median of what the application waits."""
    backend, waited = connection.info.backend_pid, list[int]()
    cpu = cpu_ns(backend) + time.process_time_ns()
    for key in keys:
        began = time.perf_counter_ns()
        if connection.execute(READ, (key,)).fetchone() is None:
            raise RuntimeError("a row that must be seen is not")
        waited.append(time.perf_counter_ns() - began)
    cpu = cpu_ns(backend) + time.process_time_ns() - cpu
    return Cost(cpu / len(keys) / 1000, median(waited) / 1000)


def _objection(company: Company) -> dict[str, Any]:
    """From sending an objection to the answer to its commit, after which no row is seen any more."""
    desk = connect(company.url(KEPT, "partner_desk"))
    desk.execute("SELECT houvast.open_use('business', 'benchmark')")
    took: list[float] = []
    with company.admin(KEPT) as admin:
        person = int(run_query(admin, _PERSON)[0][0])
        admin.execute(_ENGAGED, (person, ROWS))
        try:
            for _ in range(OBJECTIONS):
                _must_see(desk, person, at_least=ROWS)
                began = time.perf_counter_ns()
                admin.execute(_OBJECT, (str(person),))
                took.append((time.perf_counter_ns() - began) / 1e6)
                _must_see(desk, person, at_least=0)
                admin.execute(_TAKE_BACK)
        finally:
            admin.execute(_TAKE_BACK)
            admin.execute(_DISENGAGED)
    desk.close()
    return {
        "rows": ROWS,
        "milliseconds_median": round(median(took), 2),
        "milliseconds_most": round(max(took), 2),
        "times": OBJECTIONS,
        "bar": BAR_OBJECTION,
    }


def _must_see(connection: Connection, person: int, *, at_least: int) -> None:
    """All rows, or none: an objection that is not in force at once is no objection."""
    row = connection.execute(_SEEN, (person,)).fetchone()
    seen = int(row[0]) if row else 0
    if seen < at_least or (seen and not at_least):
        raise RuntimeError(f"{seen} rows are seen, not {at_least or 'none'}")
