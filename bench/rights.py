"""python -m bench.rights: a copy and an erasure of somebody with 30,022 rows in six tables, and the search afterwards.

The plain side does the same six statements by hand, on the same rows without a policy.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

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


def measure(company: Company, rounds: int) -> tuple[dict[str, float], dict[str, object]]:
    """(ratios, figures); every time in seconds, the median of the rounds."""
    target = Target(company.project, company.url(KEPT))
    found: dict[str, list[float]] = {name: [] for name in ("access", "erasure", "transaction", "bare")}
    with company.admin(PLAIN) as plain, company.admin(KEPT) as kept:
        for number in range(rounds):
            key = FIRST + number + int(time.time()) % 1_000_000 * 10
            for admin in (plain, kept):
                run(admin, MAKE.format(key=key))
                run(admin, "ANALYZE ticket, ticket_message, orders, order_line")
            found["bare"].append(_timed(lambda admin=plain, key=key: _bare(admin, key)))
            found["access"].append(_access(target, key))
            total, transaction = _erasure(target, key)
            found["erasure"].append(total)
            found["transaction"].append(transaction)
        search = [(_copied(kept), _timed(lambda: trace(kept, target.project.datamap, _VALUES))) for _ in range(rounds)]
    seconds = {name: round(median(times), 4) for name, times in found.items()}
    seconds |= {"search": round(median(s for _, s in search), 4), "copy_of_all": round(median(c for c, _ in search), 4)}
    ratios = {"erasure": seconds["bare"] / seconds["transaction"], "search": seconds["copy_of_all"] / seconds["search"]}
    bars = {"access": 1.0, "transaction": 1.0, "erasure": 0.5, "search": 0.5}
    rounded = {name: round(ratio, 4) for name, ratio in ratios.items()}
    return rounded, {"people": company.people, "rows": ROWS, "rounds": rounds, "seconds": seconds, "bars": bars}


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


def main() -> None:
    """Make the company, measure, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="20,000 people; the results are written all the same")
    parser.add_argument("--data", type=Path, help="a folder to keep the databases in")
    asked = parser.parse_args()
    folder = asked.data or Path(tempfile.mkdtemp(prefix="houvast-bench-"))
    company = Company.start(folder, 20_000 if asked.quick else asked.people)
    try:
        company.ready(lambda what, done, total: print(f"  {what} ({done} of {total})", end="\r"))
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
