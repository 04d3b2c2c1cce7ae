"""python -m bench.rights: a copy and an erasure of somebody with 30,022 rows in six tables, and the search afterwards.

The plain side does the same six statements by hand, on the same rows without a policy, each time in a session that was
opened for it, as the erasure's is; `bare_again` is the second time in one session. `--scale` asks the same of two
companies, by default of 10,000 people and of 1,000,000.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import cast

from bench import report
from bench.company import KEPT, PLAIN, Company
from houvast.app.copying import copy_to
from houvast.app.erasing import erase
from houvast.app.target import Target
from houvast.database import Connection, run, run_query
from houvast.rights.trace import trace

ROWS = 30_022
MAKE = """
INSERT INTO account (id, login) OVERRIDING SYSTEM VALUE VALUES ({key}, 'canary.{key}');
INSERT INTO contact (account_id, full_name, email, country)
VALUES ({key}, 'Canary', 'canary.{key}@canary.example', 'NL');
INSERT INTO orders (account_id, delivery_name, delivery_address)
SELECT {key}, 'Canary', 'Street ' || n FROM generate_series(1, 10) n;
INSERT INTO order_line (order_id, line, product_id, quantity, price)
SELECT o.id, n, 1, 1, 1 FROM orders o, generate_series(1, 1000) n WHERE o.account_id = {key};
INSERT INTO ticket (account_id, subject) SELECT {key}, 'Question ' || n FROM generate_series(1, 10) n;
INSERT INTO ticket_message (ticket_id, author, body)
SELECT t.id, 'Canary', 'Line ' || n || ' of a question'
FROM ticket t, generate_series(1, 2000) n WHERE t.account_id = {key}"""
BARE = (
    "DELETE FROM ticket_message WHERE ticket_id IN (SELECT id FROM ticket WHERE account_id = {key})",
    "DELETE FROM ticket WHERE account_id = {key}",
    "DELETE FROM order_line WHERE order_id IN (SELECT id FROM orders WHERE account_id = {key})",
    "DELETE FROM orders WHERE account_id = {key}",
    "DELETE FROM contact WHERE account_id = {key}",
    "UPDATE account SET login = NULL, country = NULL, language = NULL, closed_at = now() WHERE id = {key}",
)
TABLES = """SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"""
FIRST = 900_000_000


BARS = {"access": 1.0, "transaction": 1.0, "erasure": 0.5, "search": 0.5}
SMALL, LARGE, SCALE_BAR = 10_000, 1_000_000, 1.5
COUNTED = """SELECT sum(greatest(n_live_tup, 0))::bigint FROM pg_stat_user_tables WHERE schemaname = 'public'"""


def measure(company: Company, rounds: int) -> tuple[dict[str, float], dict[str, object]]:
    """(ratios, figures); every time in seconds, the median of the rounds."""
    target = Target(company.project, company.url(KEPT))
    found: dict[str, list[float]] = {name: [] for name in TIMES}
    with company.admin(PLAIN) as plain, company.admin(KEPT) as kept:
        for number in range(rounds):
            key = FIRST + (int(time.time()) % 1_000_000 + number) * 10
            for admin, keys in ((plain, (key, key + 1)), (kept, (key,))):
                for one in keys:
                    run(admin, MAKE.format(key=one))
                run(admin, "ANALYZE ticket, ticket_message, orders, order_line")
            with company.admin(PLAIN) as fresh:
                found["bare"].append(_timed(lambda fresh=fresh, key=key: _bare(fresh, key)))
                found["bare_again"].append(_timed(lambda fresh=fresh, key=key: _bare(fresh, key + 1)))
            found["access"].append(_access(target, key))
            total, transaction = _erasure(target, key)
            found["erasure"].append(total)
            found["transaction"].append(transaction)
        search = [(_copied(kept), _timed(lambda: trace(kept, target.project.datamap, _VALUES))) for _ in range(rounds)]
        rows = run_query(kept, COUNTED)[0][0]
    seconds = {name: round(median(times), 4) for name, times in found.items()}
    seconds |= {"search": round(median(s for _, s in search), 4), "copy_of_all": round(median(c for c, _ in search), 4)}
    ratios = {
        "erasure": median(b / t for b, t in zip(found["bare"], found["transaction"], strict=True)),
        "erasure_again": median(b / t for b, t in zip(found["bare_again"], found["transaction"], strict=True)),
        "search": median(c / s for c, s in search),
    }
    rounded = {name: round(ratio, 4) for name, ratio in ratios.items()}
    figures = {"people": company.people, "rows_of_all": rows, "rows": ROWS, "rounds": rounds, "seconds": seconds}
    return rounded, {**figures, "bars": BARS}


TIMES = ("access", "erasure", "transaction", "bare", "bare_again")
_VALUES = ("nobody.at.all@canary.example", "+31 6 9999 9999", "nobody.at.all")


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _bare(admin: Connection, key: int) -> None:
    with admin.transaction():
        for statement in BARE:
            run(admin, statement.format(key=key))


def _access(target: Target, key: int) -> float:
    with tempfile.TemporaryDirectory(prefix="houvast-bench-") as folder:
        out = Path(folder) / "copy"
        spent = _timed(lambda: copy_to(target, f"customer:{key}", out, verified_by="code"))
        if sum(1 for _ in (out / "tables" / "ticket_message.csv").open()) != 20_001:
            raise RuntimeError("the copy is not whole")
    return spent


def _erasure(target: Target, key: int) -> tuple[float, float]:
    """(until the data are gone: everything before the search; the transaction alone)"""
    marks: dict[str, float] = {}

    def step(what: str) -> None:
        marks.setdefault("first", time.perf_counter())
        marks.setdefault(what, time.perf_counter())

    begun = time.perf_counter()
    done = erase(target, f"customer:{key}", verified_by="code", step=step)
    counts = done.certificate.plan.counts()
    if counts["erased"] + counts["emptied"] != ROWS or done.certificate.absence.left:
        raise RuntimeError(f"the erasure was not whole: {counts}")
    return marks["search"] - begun, marks["search"] - marks["first"]


def _copied(admin: Connection) -> float:
    """Every table copied to nowhere by the server itself."""
    names = run_query(admin, TABLES)
    return _timed(lambda: [run(admin, f"COPY {name} TO '/dev/null'") for (name,) in names])


def scale(folder: Path, sizes: tuple[int, int], rounds: int) -> None:
    """How much longer a copy and an erasure take in the larger company; added to the results under `scale`."""
    found: list[dict[str, object]] = []
    for people in sizes:
        company = Company.start(folder / str(people), people)
        try:
            company.ready(_say)
            _, figures = measure(company, rounds)
            found.append(figures)
            if len(found) == len(sizes):
                seconds = [cast("dict[str, float]", one["seconds"]) for one in found]
                ratios = {name: round(seconds[1][name] / seconds[0][name], 4) for name in ("access", "transaction")}
                with company.admin(KEPT) as admin:
                    print(report.add("rights", "scale", admin, ratios, {"bar": SCALE_BAR, "sizes": found}))
        finally:
            company.server.stop()


def _say(what: str, done: int, total: int) -> None:
    print(f"  {what} ({done} of {total})", end="\r")


def main() -> None:
    """Make the company, measure, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=LARGE)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="20,000 people; the results are written all the same")
    parser.add_argument(
        "--scale", action="store_true", help=f"companies of {SMALL:,} and --people, one after the other"
    )
    parser.add_argument("--data", type=Path, help="a folder to keep the databases in")
    asked = parser.parse_args()
    folder = asked.data or Path(tempfile.mkdtemp(prefix="houvast-bench-"))
    if asked.scale:
        scale(folder, (SMALL, asked.people), asked.rounds)
        return
    company = Company.start(folder, 20_000 if asked.quick else asked.people)
    try:
        company.ready(_say)
        ratios, figures = measure(company, asked.rounds)
        with company.admin(KEPT) as admin:
            print(report.write("rights", admin, ratios, figures))
        print(figures["seconds"], ratios)
    finally:
        company.server.stop()
        if asked.data is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
