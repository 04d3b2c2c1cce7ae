"""enforcement.json: what reading and writing under the policy costs."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench import report
from bench.backend import Backend, Values
from bench.company import KEPT, PLAIN, Company
from bench.duel import Case, duel
from houvast.database import Connection, run_query

Progress = Callable[[str, int, int], None]
SERIAL = ("SET max_parallel_workers_per_gather = 0",)
UNFLUSHED = (*SERIAL, "SET synchronous_commit = off")
BY_KEY = "SELECT full_name, email, phone, street, postcode, city FROM contact WHERE id = $1"


@dataclass(frozen=True)
class Group:
    """Cases that one login runs for one purpose."""

    login: str
    purpose: str
    settings: Sequence[str]
    cases: Sequence[Case]


def _one_of(keys: Sequence[str]) -> Callable[[random.Random], Values]:
    return lambda dice: (dice.choice(keys),)


def _keys(connection: Connection, table: str, where: str, many: int = 20_000) -> list[str]:
    """Keys of rows that every purpose here may see, the same in both databases."""
    query = f"SELECT t.id FROM {table} t WHERE {where} ORDER BY md5(t.id::text) LIMIT {many}"
    return [str(row[0]) for row in run_query(connection, query)]


def groups(admin: Connection) -> list[Group]:
    """Everything that is measured."""
    alive = "EXISTS (SELECT FROM account a WHERE a.id = t.account_id AND a.closed_at IS NULL)"
    contacts = _keys(admin, "contact", alive)
    orders = _keys(admin, "orders", alive)
    asking = _keys(
        admin,
        "contact",
        f"{alive} AND EXISTS (SELECT FROM ticket q WHERE q.account_id = t.account_id AND q.closed_at IS NULL)",
    )
    accounts = [str(r[0]) for r in run_query(
        admin, "SELECT id FROM account WHERE closed_at IS NULL ORDER BY md5(id::text) LIMIT 20000")]  # fmt: skip
    contact, order = _one_of(contacts), _one_of(orders)
    reads = [
        Case("point_read", BY_KEY, contact, 2000, 0.80, rows=1),
        Case("page", "SELECT id, account_id, status, total FROM orders WHERE id > $1 ORDER BY id LIMIT 20", order, 1000, 0.75),
        Case("page_contacts", "SELECT id, full_name, email FROM contact WHERE id > $1 ORDER BY id LIMIT 20", contact, 1000),
        Case("join", "SELECT c.full_name, c.email, o.id, o.placed_at, o.total FROM contact c"
             " JOIN orders o ON o.account_id = c.account_id WHERE c.id = $1", contact, 1000, 0.80),
        Case("scan", "SELECT count(*), sum(total), max(delivery_name) FROM orders", lambda _: (), 1, 0.75, rows=1),
    ]  # fmt: skip
    writes = [
        Case("update", "UPDATE orders SET delivery_address = $2 WHERE id = $1",
             lambda dice: (dice.choice(orders), f"Voorbeeldstraat {dice.randrange(9999)}"), 1000, 0.70, rows=1),
        Case("update_circumstance", "UPDATE orders SET status = $2::text::public.order_status WHERE id = $1",
             lambda dice: (dice.choice(orders), dice.choice(("paid", "shipped", "cancelled"))), 1000, rows=1),
        Case("update_contact", "UPDATE contact SET phone = $2 WHERE id = $1",
             lambda dice: (dice.choice(contacts), f"+31 20 {dice.randrange(10**7)}"), 500, rows=1),
        Case("insert", "INSERT INTO orders (account_id, status, delivery_name, delivery_address, total)"
             " VALUES ($1, 'new', $2, 'Voorbeeldstraat 1', 10)",
             lambda dice: (dice.choice(accounts), "A. Voorbeeld"), 1000, 0.55, rows=1),
        Case("insert_line", "INSERT INTO licence (account_id, product_id, key, seats)"
             " VALUES ($1, 1, $2, 1)",
             lambda dice: (dice.choice(accounts), f"K{dice.getrandbits(96):x}"), 1000, rows=1),
    ]  # fmt: skip
    return [
        Group("shop", "order", SERIAL, reads),
        Group("support", "answer", SERIAL, [
            Case("point_read_circumstance", BY_KEY, _one_of(asking), 2000, 0.65, rows=1)]),
        Group("office", "enforce", SERIAL, [Case("point_read_five", BY_KEY, contact, 2000, 0.75, rows=1)]),
        Group("shop", "order", UNFLUSHED, writes),
    ]  # fmt: skip


def measure(company: Company, rounds: int, say: Callable[[str], None]) -> None:
    """Run all cases and write enforcement.json."""
    with company.admin(PLAIN) as admin:
        found = groups(admin)
    ratios: dict[str, float] = {}
    figures: dict[str, dict[str, Any]] = {}
    bars: dict[str, float] = {}
    for group in found:
        plain = Backend(company.url(PLAIN, group.login), settings=group.settings)
        houvast = Backend(company.url(KEPT, group.login), purpose=group.purpose, settings=group.settings)
        for case in group.cases:
            outcome = duel(plain, houvast, case, rounds)
            ratios[case.name] = round(outcome.ratio, 4)
            figures[case.name] = {"sql": case.sql, "login": group.login, "purpose": group.purpose, "bar": case.bar,
                                  **outcome.figures}  # fmt: skip
            if case.bar:
                bars[case.name] = case.bar
            say(report.table({case.name: outcome.ratio}, bars)
                + f"   {figures[case.name]['plain_cpu_us']} / {figures[case.name]['houvast_cpu_us']} us")  # fmt: skip
        plain.close()
        houvast.close()
    with company.admin(KEPT) as admin:
        report.write("enforcement", admin, ratios, {"people": company.people, "cases": figures})
