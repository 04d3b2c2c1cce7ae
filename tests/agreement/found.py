"""Where PostgreSQL and `decide` once differed: each found by the random worlds, kept as an example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from houvast.policy.model import Period, Policy, Purpose, Term
from houvast.policy.periods import after
from tests.agreement.examples import HERE, NOW, ONE, TODAY, Ask, Example, item, person, use

GONE: Final = replace(
    ONE,
    version=2,
    effective=NOW + timedelta(days=30),
    uses=tuple(u for u in ONE.uses if "plain" not in u.purposes),
    purposes={n: p for n, p in ONE.purposes.items() if n != "plain"},
)
NO_TERM: Final = replace(ONE, terms=tuple(t for t in ONE.terms if t.category != "question"))
ERASED_ONLY: Final = replace(
    ONE, uses=tuple(u for u in ONE.uses if "volunteered" not in u.categories or len(u.categories) > 1)
)
ONE_CASE: Final = replace(
    ONE,
    purposes={**ONE.purposes, "plain": Purpose("plain", one="case")},
    uses=(
        *(u for u in ONE.uses if "plain" not in u.purposes),
        use("question", "plain"),
        use("contact", "plain", when="subscription.live"),
    ),
)


def _clamped() -> tuple[Period, date]:
    """A period of months and days, and a month's end of which it ends today because months are clamped."""
    end = (TODAY.replace(day=1) - timedelta(days=40)).replace(day=1) - timedelta(days=1)
    while after(end, Period(months=1)).day == end.day:
        end = end.replace(day=1) - timedelta(days=1)
    return Period(months=1, days=(TODAY - after(end, Period(months=1))).days), end


PERIOD, MONTH_END = _clamped()
CLAMPED: Final[Policy] = replace(ONE, terms=(Term("contact", "collected", PERIOD), *ONE.terms[1:]))
AT_NOON: Final = datetime.combine(MONTH_END, time(12), HERE)
LONG_AGO: Final = NOW - timedelta(days=4000)

FOUND: Final = (
    Example(
        "a period of months and days ends when its months are counted first",
        (person(),),
        (item("letter", 1, created_at=AT_NOON), item("letter", 1, created_at=AT_NOON + timedelta(days=2))),
        (Ask("plain", "letter", "street", False), Ask("plain", "letter", "street", True, row=1)),
        (CLAMPED,),
    ),
    Example(
        "a case may be named only where the use asks for it",
        (person(),),
        (item("ticket", 1), item("subscription", 1)),
        (
            Ask("plain", "ticket", "subject", False, case="ticket 0"),
            Ask("plain", "ticket", "email", False, case="ticket 0"),
            Ask("support", "ticket", "subject", True, case="ticket 0"),
        ),
        (ONE_CASE,),
    ),
    Example(
        "for one person at a time, a shared row is for who is in the circumstance themselves",
        (person(1), person(2)),
        (item("subscription", 1), item("household", 1, 2)),
        (
            Ask("account", "household", "address", True, person="1"),
            Ask("account", "household", "address", False, person="2"),
        ),
    ),
    Example(
        "a row that all have left is nobody's but their own",
        (person(1, request_open=True, restricted=False),),
        (item("household", left=(1,), created_at=NOW - timedelta(days=20)),),
        (
            Ask("plain", "household", "address", False),
            Ask("enforce", "household", "address", False),
            Ask("rights", "household", "address", True, person="1"),
        ),
    ),
    Example(
        "a disputed row that all have left is not for the dispute",
        (person(1), person(2)),
        (item("household", left=(1,), holds=("d7",)),),
        (Ask("dispute", "household", "address", False, case="d7"),),
    ),
    Example(
        "what has no owner by nature needs no circumstance",
        (person(),),
        (item("visit"),),
        (Ask("plain", "visit", "page", True),),
    ),
    Example(
        "erasing waits for the term that a statute demands, whether or not a purpose uses it",
        (person(),),
        (item("subscription", 1, created_at=LONG_AGO),),
        (Ask("retention", "subscription", "plan", False),),
    ),
    Example(
        "erasing never comes where a use has no term",
        (person(closed_at=LONG_AGO),),
        (item("ticket", 1, closed_at=LONG_AGO, created_at=LONG_AGO),),
        (Ask("retention", "ticket", "subject", False), Ask("retention", "ticket", "email", True)),
        (NO_TERM,),
    ),
    Example(
        "what no purpose uses is erased by its own term",
        (person(),),
        (item("hobby", 1, created_at=LONG_AGO, given="c"),),
        (Ask("retention", "hobby", "value", False),),
        (ERASED_ONLY,),
    ),
    Example(
        "a row that lost its owner is erased by the time since collection",
        (person(),),
        (item("address", created_at=LONG_AGO), item("address", created_at=NOW - timedelta(days=2))),
        (
            Ask("retention", "address", "street", True),
            Ask("retention", "address", "street", False, row=1),
            Ask("plain", "address", "street", False),
        ),
    ),
    Example(
        "a row without an owner yet is for the purpose that wrote it, and erasing waits",
        (person(),),
        (item("address", written_by="plain", account_id=None, created_at=NOW - timedelta(days=5)),),
        (
            Ask("plain", "address", "street", True),
            Ask("billing", "address", "street", False),
            Ask("retention", "address", "street", False),
        ),
    ),
    Example(
        "erasing did not write it",
        (person(),),
        (item("address", written_by="retention", account_id=None, created_at=NOW - timedelta(days=5)),),
        (Ask("retention", "address", "street", False),),
    ),
    Example(
        "a row under a hold that has no owner yet stays",
        (person(),),
        (
            item(
                "address",
                written_by="plain",
                account_id=None,
                created_at=NOW - timedelta(days=5),
                holds=("d7",),
            ),
        ),
        (Ask("plain", "address", "street", False, "delete"),),
    ),
    Example(
        "a purpose that only an announced version drops goes on",
        (person(),),
        (item("letter", 1),),
        (Ask("plain", "letter", "street", True),),
        (ONE, GONE),
    ),
    Example(
        "an insert need fill only what the purpose may write",
        (person(),),
        (item("ticket", 1, closed_at=LONG_AGO),),
        (
            Ask("plain", "ticket", "email", False, "insert with subject+email"),
            Ask("plain", "ticket", "subject", False, "insert with subject"),
        ),
    ),
    Example(
        "a contested value cannot be inserted either",
        (person(contested=frozenset({"ticket.email"})),),
        (item("ticket", 1),),
        (
            Ask("plain", "ticket", "email", False, "insert with subject+email"),
            Ask("plain", "ticket", "subject", True, "insert with subject"),
        ),
    ),
    Example(
        "migration may delete what no statute or hold keeps",
        (person(),),
        (item("letter", 1), item("letter", 1, holds=("d7",))),
        (
            Ask("migration", "letter", "street", True, "delete"),
            Ask("migration", "letter", "street", False, "delete", row=1),
        ),
    ),
    Example(
        "who is new and has closed already is as any closed account",
        (person(closed_at=LONG_AGO),),
        (),
        (Ask("enforce", "account", "name", False, "insert with email+name"),),
    ),
)
