"""A fixed family of tables, and random data maps over a choice of them."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final

from houvast.datamap.model import Circumstance, Column, DataMap, Login, Owner, Stand, Subject, Table, Total, Where

DESK: Final = "agreement_desk"  # one login for every purpose: what one use opens, another may not reach
OWNER: Final = "agreement_owner"
CATEGORIES: Final = ("contact", "invoice", "question", "business", "volunteered", "visit")
GIVEN: Final = {"c": "community", "m": "marketing", "b": "billing"}
CUSTOMER, PARTNER = "customer", "partner"
EVERYBODY: Final = tuple(
    f"{name}{late}"
    for name in ("answer", "billing", "marketing", "community", "tax", "enforce", "dispute")
    for late in ("", "_now", "_now_now")
)

DDL: Final = """
CREATE TABLE account (id int PRIMARY KEY, email text, name text, created_at timestamptz NOT NULL,
    closed_at timestamptz);
CREATE TABLE partner (id int PRIMARY KEY, name text, since timestamptz NOT NULL);
CREATE TABLE ticket (id int PRIMARY KEY, account_id int NOT NULL REFERENCES account, subject text, email text,
    created_at timestamptz NOT NULL, closed_at timestamptz);
CREATE TABLE message (id int PRIMARY KEY, ticket_id int NOT NULL REFERENCES ticket ON DELETE CASCADE,
    body text, sender text, created_at timestamptz NOT NULL);
CREATE TABLE subscription (id int PRIMARY KEY, account_id int NOT NULL REFERENCES account, plan text,
    status text NOT NULL, starts_at timestamptz, ends_at timestamptz, created_at timestamptz NOT NULL);
CREATE TABLE invoice (id int PRIMARY KEY, account_id int NOT NULL REFERENCES account, email text, amount text,
    subject text, search text, note text, secret text, issued date, created_at timestamp NOT NULL);
CREATE TABLE letter (id int PRIMARY KEY, account_id int NOT NULL REFERENCES account, street text, number text,
    created_at timestamptz NOT NULL);
CREATE TABLE household (id int PRIMARY KEY, address text, remark text, created_at timestamptz NOT NULL);
CREATE TABLE household_member (id int PRIMARY KEY, household_id int NOT NULL
    REFERENCES household ON DELETE CASCADE, account_id int NOT NULL REFERENCES account, left_at timestamptz,
    UNIQUE (household_id, account_id));
CREATE TABLE hobby (id int PRIMARY KEY, account_id int NOT NULL REFERENCES account, given text, value text,
    created_at timestamptz NOT NULL);
CREATE TABLE card (id int PRIMARY KEY, account_id int NOT NULL REFERENCES account, photo text, photo_for text,
    motto text, motto_for text, created_at timestamptz NOT NULL);
CREATE TABLE address (id int PRIMARY KEY, account_id int REFERENCES account ON DELETE SET NULL, street text,
    bank text, created_at timestamptz NOT NULL);
CREATE TABLE visit (id int PRIMARY KEY, page text, created_at timestamptz NOT NULL);
CREATE TABLE remark (id int PRIMARY KEY, partner_id int NOT NULL REFERENCES partner, body text, phone text,
    created_at timestamptz NOT NULL);
CREATE TABLE mailing (id int PRIMARY KEY, account_id int NOT NULL REFERENCES account, ended_at timestamptz);
CREATE TABLE refusal (id int PRIMARY KEY, account_id int NOT NULL REFERENCES account, dismissed text);
"""


def _columns(**what: str) -> dict[str, Column]:
    """`a+b` = of both categories, `!a` = contestable, "" = not personal, `a@b` = given for, `?a` = free text."""
    found: dict[str, Column] = {}
    for name, text in what.items():
        categories, _, given = text.lstrip("!?").partition("@")
        free = True if "?" in text else None
        found[name] = Column(
            name, tuple(filter(None, categories.split("+"))), given, text.startswith("!"), free_text=free
        )
    return found


def _table(name: str, owner: Owner | None, columns: dict[str, Column], **rest: object) -> Table:
    keys = [c for c in ("id",) if c not in columns]
    events = {"collected": ("created_at",)}
    made = Table(name, columns={**_columns(**dict.fromkeys(keys, "")), **columns}, events=events)
    first = next(c.name for c in columns.values() if c.categories)
    return replace(
        made, owners=(owner,) if owner else (), totals=(Total(f"{name}_people", EVERYBODY, (first,)),), **rest
    )


_MINE = Owner(CUSTOMER, ("account_id",))
_DERIVED: Final = Column("search", ("contact", "invoice"), derived_from=("email", "amount"))
TABLES: Final = {
    t.name: t
    for t in (
        _table("account", None, _columns(email="!contact", name="contact", created_at="", closed_at="")),
        _table("partner", None, _columns(name="business", since=""), events={"collected": ("since",)}),
        _table(
            "ticket",
            _MINE,
            _columns(account_id="", subject="question", email="!contact", created_at="", closed_at=""),
            events={"collected": ("created_at",), "ticket.closed": ("closed_at",)},
        ),
        _table(
            "message",
            Owner(CUSTOMER, ("ticket_id", "account_id")),
            _columns(ticket_id="", body="?question", sender="contact", created_at=""),
            cases={"ticket.open": ("ticket_id",)},
            events={"collected": ("created_at",), "ticket.closed": ("ticket_id", "closed_at")},
        ),
        _table(
            "subscription",
            _MINE,
            _columns(account_id="", plan="invoice", status="", starts_at="", ends_at="", created_at=""),
            events={"collected": ("created_at",), "subscription.end": ("ends_at",)},
        ),
        _table(
            "invoice",
            _MINE,
            _columns(
                account_id="",
                email="!contact",
                amount="?invoice",
                subject="!question",
                note="",
                issued="",
                created_at="",
            )
            | {"search": _DERIVED},
            events={"collected": ("created_at",), "book_year.end": ("issued",)},
        ),
        _table(
            "letter",
            _MINE,
            _columns(account_id="", street="contact", number="contact", created_at=""),
            direct=True,
        ),
        _table(
            "household",
            Owner(CUSTOMER, ("account_id",), "household_member", "household_id", "left_at"),
            _columns(address="!?contact", remark="question", created_at=""),
        ),
        _table(
            "hobby",
            _MINE,
            _columns(account_id="", given="", value="volunteered", created_at=""),
            given_for="given",
            given_values=GIVEN,
        ),
        _table(
            "card",
            _MINE,
            _columns(
                account_id="",
                photo="volunteered@photo_for",
                photo_for="",
                motto="volunteered@motto_for",
                motto_for="",
                created_at="",
            ),
        ),
        _table("address", _MINE, _columns(account_id="", street="contact", bank="invoice", created_at="")),
        _table("visit", None, _columns(page="visit", created_at=""), ownerless=True),
        _table(
            "remark",
            Owner(PARTNER, ("partner_id",)),
            _columns(partner_id="", body="?business", phone="!contact", created_at=""),
        ),
    )
}
UNCLASSIFIED: Final = {"invoice": "secret"}
CIRCUMSTANCES: Final = (
    Circumstance("ticket.open", "ticket", CUSTOMER, ("account_id",), Where({"closed_at": ()})),
    Circumstance(
        "subscription.live",
        "subscription",
        CUSTOMER,
        ("account_id",),
        Where({"status": ("active", "trial")}, "starts_at", "ends_at"),
    ),
)
STANDS: Final = (
    Stand("consented", "marketing", "mailing", CUSTOMER, ("account_id",), Where({"ended_at": ()})),
    Stand("objected", "enforce", "refusal", CUSTOMER, ("account_id",), Where({"dismissed": ()})),
)
ALWAYS: Final = ("account", "ticket", "subscription")
SOMETIMES: Final = (
    "message",
    "invoice",
    "letter",
    "household",
    "hobby",
    "card",
    "address",
    "visit",
    "remark",
)


def data_map(
    database: str, prefix: str, tables: tuple[str, ...], direct: frozenset[str], purposes: tuple[str, ...]
) -> DataMap:
    """The map of these tables; `direct` names those whose columns the application writes out."""
    chosen = {name: replace(TABLES[name], direct=TABLES[name].direct or name in direct) for name in tables}
    free = ("mailing", "refusal", *(["household_member"] if "household" in tables else []))
    subjects = {CUSTOMER: Subject(CUSTOMER, "account", "id", "created_at", "closed_at")}
    if "partner" in tables:
        subjects[PARTNER] = Subject(PARTNER, "partner", "id", "since")
    return DataMap(
        "agreement",
        database,
        "random",
        OWNER,
        subjects,
        chosen | {name: Table(name, personal=False) for name in free},
        {c.name: c for c in CIRCUMSTANCES},
        STANDS,
        {DESK: Login(DESK, purposes)},
        role_prefix=prefix,
    )


def some_tables(random: Random) -> tuple[str, ...]:
    """Those that circumstances need, and a few more."""
    more = random.sample(SOMETIMES, 3)
    return (*ALWAYS, *(["partner"] if "remark" in more else []), *more)
