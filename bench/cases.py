"""The statements of the enforcement benchmark, by the login and purpose that run them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.backend import Values
from bench.duel import Case
from houvast.database import Connection, run_query

SERIAL = ("SET max_parallel_workers_per_gather = 0",)
"""The backend's CPU time is all of it, then: no workers."""
UNFLUSHED = (*SERIAL, "SET synchronous_commit = off")

_UNLIKE_BEFORE = random.SystemRandom()
"""What is inserted under a key: the dice fall alike in each run, and the rows of the run before stand there still."""
KEYS = 4000
"""How many different rows the statements choose from."""

POINT = "SELECT full_name, email FROM contact WHERE id = $1"
POINT_WIDE = "SELECT full_name, email, phone, street, postcode, city FROM contact WHERE id = $1"
POINT_ORDER = "SELECT account_id, status, placed_at, total FROM orders WHERE id = $1"
PAGE = "SELECT id, account_id, status, total FROM orders WHERE id > $1 ORDER BY id LIMIT 20"
PAGE_CONTACTS = "SELECT id, full_name, email FROM contact WHERE id > $1 ORDER BY id LIMIT 20"
JOIN = """SELECT c.full_name, c.email, o.id, o.placed_at, o.total
FROM contact c JOIN orders o ON o.account_id = c.account_id WHERE c.id = $1"""
SCAN = "SELECT count(*), sum(total), max(delivery_name) FROM orders"
UPDATE = "UPDATE orders SET delivery_address = $2 WHERE id = $1"
UPDATE_STATUS = "UPDATE orders SET status = $2::text::public.order_status WHERE id = $1"
UPDATE_CONTACT = "UPDATE contact SET phone = $2 WHERE id = $1"
INSERT_DONE = """INSERT INTO orders (account_id, status, completed_at, delivery_name, delivery_address, total)
VALUES ($1, 'completed', now(), $2, 'Voorbeeldstraat 1', 10)"""
INSERT = """INSERT INTO orders (account_id, status, delivery_name, delivery_address, total)
VALUES ($1, 'new', $2, 'Voorbeeldstraat 1', 10)"""
INSERT_LINE = "INSERT INTO order_line (order_id, line, product_id, quantity, price) VALUES ($1, $2, 1, 1, 10)"

_OPEN_ACCOUNT = "EXISTS (SELECT FROM account a WHERE a.id = t.account_id AND a.closed_at IS NULL)"
_OPEN_TICKET = "EXISTS (SELECT FROM ticket q WHERE q.account_id = t.account_id AND q.closed_at IS NULL)"


@dataclass(frozen=True)
class Group:
    """Cases that one login runs for one purpose."""

    login: str
    purpose: str
    settings: Sequence[str]
    cases: Sequence[Case]


def groups(plain: Connection) -> list[Group]:
    """Everything that is measured. The keys are of rows that the purposes may see, the same on both sides."""
    contact = _one_of(_keys(plain, "contact", "id", _OPEN_ACCOUNT))
    order = _one_of(_keys(plain, "orders", "id", _OPEN_ACCOUNT))
    asking = _one_of(_keys(plain, "contact", "id", f"{_OPEN_ACCOUNT} AND {_OPEN_TICKET}"))
    customer = _one_of(_keys(plain, "contact", "account_id", _OPEN_ACCOUNT))
    reads = (
        Case("point_read", POINT, contact, 2000, bar=0.80, rows=1),
        Case("point_read_wide", POINT_WIDE, contact, 2000, rows=1),
        Case("point_read_order", POINT_ORDER, order, 2000, rows=1),
        Case("page", PAGE, order, 1000, bar=0.75),
        Case("page_contacts", PAGE_CONTACTS, contact, 1000),
        Case("join", JOIN, contact, 1000, bar=0.80),
        Case("scan", SCAN, _nothing, 1, bar=0.75, rows=1),
    )
    writes = (
        Case("update", UPDATE, _with(order, _street), 1000, bar=0.70, rows=1),
        Case("update_circumstance", UPDATE_STATUS, _with(order, _status), 1000, rows=1),
        Case("update_contact", UPDATE_CONTACT, _with(contact, _phone), 500, rows=1),
        Case("insert", INSERT, _with(customer, _name), 1000, bar=0.55, rows=1),
        Case("insert_without_circumstance", INSERT_DONE, _with(customer, _name), 1000, rows=1),
        Case("insert_line", INSERT_LINE, _with(order, _line), 500, rows=1),
    )
    return [
        Group("shop", "order", SERIAL, reads),
        Group("support", "answer", SERIAL, (Case("point_read_circumstance", POINT, asking, 2000, 0.65, rows=1),)),
        Group("office", "enforce", SERIAL, (Case("point_read_five", POINT, contact, 2000, 0.75, rows=1),)),
        Group("shop", "order", UNFLUSHED, writes),
    ]


def _keys(plain: Connection, table: str, column: str, where: str) -> list[str]:
    query = f"SELECT t.{column} FROM {table} t WHERE {where} ORDER BY md5(t.{column}::text) LIMIT {KEYS}"
    return [str(row[0]) for row in run_query(plain, query)]


def _one_of(keys: Sequence[str]) -> Callable[[random.Random], Values]:
    return lambda dice: (dice.choice(keys),)


def _with(
    first: Callable[[random.Random], Values], second: Callable[[random.Random], str]
) -> Callable[[random.Random], Values]:
    return lambda dice: (*first(dice), second(dice))


def _nothing(_: random.Random) -> Values:
    return ()


def _street(dice: random.Random) -> str:
    return f"Voorbeeldstraat {dice.randrange(9999)}"


def _status(dice: random.Random) -> str:
    return dice.choice(("paid", "shipped", "cancelled"))


def _phone(dice: random.Random) -> str:
    return f"+31 20 {dice.randrange(10**7):07}"


def _name(dice: random.Random) -> str:
    return f"A. Voorbeeld {dice.randrange(9999)}"


def _line(_: random.Random) -> str:
    return str(_UNLIKE_BEFORE.randrange(100, 2**31 - 1))
