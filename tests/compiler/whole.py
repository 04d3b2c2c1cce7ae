"""The small company with everything that a policy may speak of: shared rows, voluntary data, one person at a
time, a person's own rights, disputes, retention and migrations."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from houvast.database import connect
from houvast.datamap.model import DataMap, Login, Owner, Table
from houvast.policy.model import Basis, Category, Period, Policy, Promise, Purpose, PurposeKind, Term, Use, Volume
from tests.compiler import small
from tests.compiler.asking import rows
from tests.compiler.small import DELETE, EFFECTIVE, INSERT, MINE, READ, UPDATE, columns

DESK, OFFICER, SITE, CLEANER, SHOP = (
    "whole_desk",
    "whole_officer",
    "whole_site",
    "whole_cleaner",
    "whole_shop",
)
ROLES: Final = small.ROLES + "\n".join(
    f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN CREATE ROLE {name} LOGIN; END IF; END $$;"
    for name in (DESK, OFFICER, SITE, CLEANER, SHOP)
)
DDL: Final = """
SET ROLE small_owner;
CREATE TABLE household (id int PRIMARY KEY, street text, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE household_member (
    id int PRIMARY KEY, household_id int NOT NULL REFERENCES household, account_id int NOT NULL REFERENCES account,
    left_at timestamptz, UNIQUE (household_id, account_id));
CREATE TABLE hobby (
    id int PRIMARY KEY, account_id int NOT NULL REFERENCES account, given text NOT NULL, value text,
    created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE message (
    id int PRIMARY KEY, ticket_id int NOT NULL REFERENCES ticket, body text, sender text,
    created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE product (id int PRIMARY KEY, name text);
RESET ROLE;
INSERT INTO household VALUES (1, 'Gracht 12', '2020-01-01Z');
INSERT INTO household_member VALUES (1, 1, 1, NULL), (2, 1, 2, NULL);
INSERT INTO hobby VALUES (1, 1, 'community', 'bicycles', now()), (2, 1, 'marketing', 'cats', now()), (3, 2, 'community', 'choir', now());
INSERT INTO message VALUES (1, 1, 'Please help', 'vera@lakana.example', now()), (2, 2, 'Thank you', 'wim@lakana.example', now());
INSERT INTO product VALUES (1, 'A sail');
"""

PROMISES: Final = (*small.PROMISES, "C08", "C14", "C31", "C33", "A01")


def policy(version: int = 1, effective: datetime = EFFECTIVE) -> Policy:
    """The small policy and more."""
    base = small.policy(version, effective)
    everything = ("contact", "question", "contract", "volunteered")
    anything = (READ, UPDATE, DELETE)
    return replace(
        base,
        promises={name: Promise(name, "must") for name in PROMISES},
        categories={**base.categories, "volunteered": Category("volunteered", ("customer",), given_for=True, promise="C14")},
        purposes={
            **base.purposes,
            "account": Purpose("account", one="person", promise="C08", volume=Volume("people", 12, alarm=50)),
            "community": Purpose("community", promise="C14"),
            "order": Purpose("order", promise="C07"),
            "enforce": Purpose("enforce", promise="C31"),
            "rights": Purpose("rights", kind=PurposeKind.RIGHTS, one="person", promise="C33"),
            "retention": Purpose("retention", kind=PurposeKind.RETENTION, promise="C30"),
            "dispute": Purpose("dispute", kind=PurposeKind.DISPUTE, one="case", promise="C31"),
            "migration": Purpose("migration", kind=PurposeKind.MIGRATION, promise="A01"),
        },
        uses=(
            *base.uses,
            Use("U11", ("contact",), ("account",), (Basis.CONTRACT,), (READ, UPDATE), promise="C08"),
            Use("U12", ("volunteered",), ("community",), (Basis.CONSENT,), (READ, INSERT, UPDATE), promise="C14"),
            Use("U13", ("contact", "contract"), ("enforce",), (Basis.INTEREST,), survives_closing=True, promise="C31"),
            Use("U14", everything, ("rights",), (Basis.LEGAL_DUTY,), anything, promise="C33"),
            Use("U15", everything, ("retention",), (Basis.LEGAL_DUTY,), (READ, DELETE), promise="C30"),
            Use("U16", ("contact", "contract"), ("dispute",), (Basis.INTEREST,), promise="C31"),
            Use("U17", ("contract",), ("answer",), (Basis.CONTRACT,), while_=(("ticket.open",),), promise="C10"),
            Use("U18", ("contact", "contract"), ("order",), (Basis.CONTRACT,), (READ, INSERT, UPDATE), promise="C07"),
        ),
        terms=(*base.terms, Term("volunteered", "collected", Period(years=2), promise="C30")),
    )  # fmt: skip


TICKET: Final = Owner("customer", ("ticket_id", "account_id"))
MAPPED: Final = {
    **small.MAPPED,
    "contact": replace(
        small.MAPPED["contact"], direct=False,
        columns=columns(id="", account_id="", name="contact", email="!contact", created_at=""),
    ),
    "household": Table(
        "household", columns=columns(id="", street="contact", created_at=""), events={"collected": ("created_at",)},
        owners=(Owner("customer", ("account_id",), "household_member", "household_id", "left_at"),),
    ),
    "household_member": Table(
        "household_member", columns=columns(id="", household_id="", account_id="", left_at="contact"), owners=MINE,
    ),
    "hobby": Table(
        "hobby", columns=columns(id="", account_id="", given="", value="volunteered", created_at=""), owners=MINE,
        events={"collected": ("created_at",)}, given_for="given",
    ),
    "message": Table(
        "message", columns=columns(id="", ticket_id="", body="?question", sender="contact", created_at=""), owners=(TICKET,),
        cases={"ticket.open": ("ticket_id",)},
        events={"collected": ("created_at",), "ticket.closed": ("ticket_id", "closed_at")},
    ),
    "product": Table("product", personal=False, writers=("account",)),
}  # fmt: skip


def datamap(database: str, prefix: str = "hv") -> DataMap:
    """Where the whole company keeps its data."""
    base = small.datamap(database, prefix)
    more = {
        DESK: ("account", "enforce"), OFFICER: ("rights", "dispute"), SITE: ("community",), CLEANER: ("retention",),
        SHOP: ("order",),
    }  # fmt: skip
    logins = {name: Login(name, purposes) for name, purposes in more.items()}
    return replace(base, tables=MAPPED, logins={**base.logins, **logins})


def make(url: str) -> None:
    """Make the whole company in an empty database."""
    with connect(url) as admin:
        rows(admin, ROLES + small.DDL + small.ROWS + DDL)
