"""python -m bench.growing: how much a point read slows when there are five times as many people.

Two servers, the sample company of 100,000 people and that of 500,000, both under the policy. The same login runs the
same statement in both, turn and turn about; the figure is the CPU time of the backend in the small one over that in the
large one.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench import report
from bench.backend import Backend, Cost
from bench.cases import POINT, SERIAL
from bench.company import KEPT, Company
from houvast.database import run_query

SIZES, BAR, EXECUTIONS = (100_000, 500_000), 0.95, 2000
KEYS = """SELECT t.id FROM contact t JOIN account a ON a.id = t.account_id
WHERE a.closed_at IS NULL AND EXISTS (SELECT FROM ticket q WHERE q.account_id = t.account_id AND q.closed_at IS NULL)
ORDER BY md5(t.id::text) LIMIT 4000"""
"""Spread over the whole table, and of people whom both purposes see."""
CASES = {"point_read": ("shop", "order"), "point_read_circumstance": ("support", "answer")}


def measure(companies: Sequence[Company], rounds: int) -> dict[str, dict[str, float]]:
    """Figures of each case: microseconds a read in the small and the large company, and their ratio."""
    dice, keys = random.Random(1), list[list[str]]()
    for company in companies:
        with company.admin(KEPT) as admin:
            keys.append([str(row[0]) for row in run_query(admin, KEYS)])
    found: dict[str, dict[str, float]] = {}
    for name, (login, purpose) in CASES.items():
        backends = [Backend(one.url(KEPT, login), purpose=purpose, settings=SERIAL) for one in companies]
        costs: tuple[list[Cost], list[Cost]] = ([], [])
        for number in range(-1, rounds):
            turns = list(zip(backends, keys, costs, strict=True))
            for backend, known, spent in turns if number % 2 else reversed(turns):
                many = len(known) if number < 0 else EXECUTIONS
                cost = backend.run(POINT, [(key,) for key in (known if number < 0 else dice.choices(known, k=many))])
                spent.extend([cost] if number >= 0 else [])
        for backend in backends:
            backend.close()
        small, large = ([one.cpu for one in each] for each in costs)
        ratio = median(s / g for s, g in zip(small, large, strict=True))
        found[name] = {"small_cpu_us": round(median(small), 2), "large_cpu_us": round(median(large), 2),
                       "ratio": round(ratio, 4), "bar": BAR, "rounds": rounds}  # fmt: skip
    return found


def _quietly(what: str, done: int, total: int) -> None:
    """Nothing is told while the companies are made."""
    del what, done, total


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write bench/results/growing.json."""
    parser = argparse.ArgumentParser(prog="python -m bench.growing", description=__doc__)
    parser.add_argument("--sizes", nargs=2, type=int, default=SIZES, help="how many people in the two companies")
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument("--dry", action="store_true", help="to look, not to quote: writes nothing")
    chosen = parser.parse_args(arguments)
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="houvast-bench-")))
        companies: list[Company] = []
        for people in chosen.sizes:
            company = Company.start(folder / str(people), people)
            opened.callback(company.server.stop)
            company.ready(_quietly)
            companies.append(company)
        cases = measure(companies, chosen.rounds)
        for name, case in cases.items():
            costs = f"{case['small_cpu_us']:>8} / {case['large_cpu_us']:<8} us"
            print(f"  {name:<26} {case['ratio']:8.4f}  {costs}  bar {BAR}", file=sys.stderr)
        if not chosen.dry:
            with companies[1].admin(KEPT) as admin:
                ratios = {name: case["ratio"] for name, case in cases.items()}
                report.write("growing", admin, ratios, {"people": list(chosen.sizes), "cases": cases})


if __name__ == "__main__":
    main()
