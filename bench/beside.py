"""python -m bench.beside: what an application notices of people being erased one after another.

It reads at half the rate at which it could, over one connection. Erasing is a process of its own, which starts with the
next person as soon as one is done, search, vacuum and certificate included. Stretches with and without take turns.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench import report
from bench.company import KEPT, Company
from bench.driver import READ
from houvast.app.erasing import erase
from houvast.app.places import sample_project
from houvast.app.project import load_project
from houvast.app.target import Target
from houvast.database import Connection, connect, run_query

BAR = 1.1
_READ = """SELECT t.id FROM contact t JOIN account a ON a.id = t.account_id
WHERE a.closed_at IS NULL ORDER BY t.id LIMIT 4000"""
_ERASED = """SELECT a.id FROM account a WHERE a.closed_at IS NULL AND NOT EXISTS (
    SELECT FROM contact t WHERE t.account_id = a.id AND t.id IN (SELECT c.id FROM contact c ORDER BY c.id LIMIT 6000))
ORDER BY md5(a.id::text)"""


def measure(company: Company, seconds: float, pairs: int) -> tuple[dict[str, float], dict[str, object]]:
    """(ratios, figures): the 95th percentile of the reads with erasing, of that without, the median of the pairs."""
    with company.admin(KEPT) as admin:
        keys, people = ([int(row[0]) for row in run_query(admin, text)] for text in (_READ, _ERASED))
        shop = connect(company.url(KEPT, "shop"))
        shop.execute("SELECT houvast.open_use('order', 'benchmark')")
        dice = random.Random(1)
        _reads(shop, dice.choices(keys, k=5000), 0, 60)
        rate = _most(shop, keys, dice, seconds)
        quiet, busy, erased = list[float](), list[float](), list[int]()
        each = len(people) // pairs
        for pair in range(pairs):
            chosen = dice.choices(keys, k=int(rate / 2 * seconds))
            quiet.append(_p95(_reads(shop, chosen, 2 / rate, seconds)))
            eraser = _eraser(company, people[pair * each :][:each])
            time.sleep(3)  # until it has started
            before = _done(admin)
            busy.append(_p95(_reads(shop, chosen, 2 / rate, seconds)))
            if eraser.poll() is not None:
                raise RuntimeError("the erasing ended before the reading did")
            erased.append(_done(admin) - before)
            eraser.terminate()
            eraser.wait()
        shop.close()
    if not all(erased):
        raise RuntimeError(f"nobody was erased in {seconds} s: take longer stretches with --seconds")
    ratio = median(b / q for q, b in zip(quiet, busy, strict=True))
    figures: dict[str, object] = {
        "bar": BAR, "people": company.people, "reads_a_second": round(rate / 2), "seconds": seconds, "pairs": pairs,
        "erased_a_second": round(median(erased) / seconds, 2),
        "p95_us_without": round(median(quiet) * 1e6, 1), "p95_us_with": round(median(busy) * 1e6, 1),
    }  # fmt: skip
    return {"p95": round(ratio, 4)}, figures


def _most(shop: Connection, keys: list[int], dice: random.Random, seconds: float) -> float:
    """Reads a second, one after another."""
    took = _reads(shop, dice.choices(keys, k=100_000), 0, seconds)
    return len(took) / sum(took)


def _reads(shop: Connection, keys: list[int], every: float, seconds: float) -> list[float]:
    """What each read took; one begins `every` so many seconds, unless the one before is not done."""
    took: list[float] = []
    begun = due = time.perf_counter()
    for key in keys:
        now = time.perf_counter()
        if now - begun > seconds:
            break
        if now < due:
            time.sleep(due - now)
        due = max(due + every, now)
        began = time.perf_counter()
        shop.execute(READ, (key,)).fetchone()
        took.append(time.perf_counter() - began)
    return took


def _p95(took: list[float]) -> float:
    return sorted(took)[int(0.95 * len(took))]


def _done(admin: Connection) -> int:
    return int(run_query(admin, "SELECT count(*) FROM houvast.event WHERE kind = 'erasure_certified'")[0][0]) + int(
        run_query(admin, "SELECT count(*) FROM houvast.entry WHERE kind = 'erasure_certified'")[0][0]
    )


def _eraser(company: Company, people: list[int]) -> subprocess.Popen[bytes]:
    listed = ",".join(str(one) for one in people[:2000])
    return subprocess.Popen([sys.executable, "-m", "bench.beside", "--url", company.url(KEPT), "--erase", listed])


def _erase(url: str, people: list[str]) -> None:
    target = Target(load_project(sample_project()), url)
    for key in people:
        erase(target, f"customer:{key}", verified_by="code")


def _say(what: str, done: int, total: int) -> None:
    print(f"  {what} ({done} of {total})", end="\r")


def main() -> None:
    """Make the company, measure, add the results to those of people's rights."""
    parser = argparse.ArgumentParser(prog="python -m bench.beside", description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each stretch")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--data", type=Path, help="a folder to keep the databases in")
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--erase", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.erase:
        _erase(asked.url, asked.erase.split(","))
        return
    with tempfile.TemporaryDirectory(prefix="houvast-bench-") as folder:
        company = Company.start(asked.data or Path(folder) / "data", asked.people)
        try:
            company.ready(_say)
            ratios, figures = measure(company, asked.seconds, asked.pairs)
            with company.admin(KEPT) as admin:
                print(report.add("rights", "beside", admin, ratios, figures))
            print(figures, ratios)
        finally:
            company.server.stop()


if __name__ == "__main__":
    main()
