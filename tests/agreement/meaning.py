"""The examples that decide between readings of the meaning, in their order, as rows of a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from houvast.policy.model import Period, Policy, Term
from tests.agreement.examples import (
    NOW,
    ONE,
    SECOND,
    START,
    THIRD,
    TODAY,
    Ask,
    Example,
    item,
    person,
    use,
)

FORMER: Final = tuple(u for u in ONE.uses if "answer" not in u.purposes)
TWO_ADDS: Final = (replace(ONE, uses=FORMER), replace(ONE, version=2, effective=SECOND))
TWO_DROPS: Final = (ONE, replace(ONE, version=2, effective=SECOND, uses=FORMER))
TOMORROW: Final = (
    ONE,
    replace(ONE, version=2, effective=NOW + timedelta(days=1), uses=(*ONE.uses, use("invoice", "account"))),
)
NEW_USE: Final = (ONE, replace(ONE, version=2, effective=SECOND, uses=(*ONE.uses, use("invoice", "service"))))
MAILED: Final = {"consented": frozenset({"marketing"})}
TICKET, SHUT = item("ticket", 1), item("ticket", 1, closed_at=NOW - timedelta(seconds=30))
LIVE: Final = item("subscription", 1)
RECENT: Final = NOW - timedelta(days=5)


def _terms(*months: int) -> tuple[Policy, ...]:
    since = (START, START + timedelta(days=1), START + timedelta(days=2))
    return tuple(
        replace(ONE, version=n, effective=s, terms=(Term("contact", "collected", Period(months=m)),))
        for n, (m, s) in enumerate(zip(months, since, strict=False), 1)
    )


def _collected(months: int, *, over: bool) -> datetime:
    """A moment of which a term of so many months is over today, or will be in some days."""
    days = -3 if over else 3
    wanted = TODAY + timedelta(days=days)
    first = wanted.replace(day=min(wanted.day, 28))
    year, month = divmod(first.year * 12 + first.month - 1 - months, 12)
    return datetime(year, month + 1, first.day, 12, tzinfo=UTC)


def _shortest(name: str, months: tuple[int, ...], kept: int) -> Example:
    silent = person(collected_at=START)
    rows = (
        item("letter", 1, created_at=_collected(kept, over=False)),
        item("letter", 1, created_at=_collected(kept, over=True)),
    )
    asks = (Ask("plain", "letter", "street", True), Ask("plain", "letter", "street", False, row=1))
    return Example(name, (silent,), rows, asks, _terms(*months))


EXAMPLES: Final = (
    Example(
        "a ticket that was just closed is closed",
        (person(),),
        (SHUT,),
        (Ask("answer", "account", "name", False),),
    ),
    Example(
        "one open ticket of two opens the contact to answer",
        (person(),),
        (SHUT, TICKET),
        (Ask("answer", "account", "name", True),),
    ),
    Example(
        "a case that the login opened itself shows that case, and nothing else of the person",
        (person(),),
        (replace(TICKET, self_opened=True), item("message", 1, ticket_id=0)),
        (
            Ask("answer", "account", "name", False),
            Ask("support", "ticket", "subject", True, case="ticket 0"),
            Ask("support", "message", "body", True, case="ticket 0"),
        ),
    ),
    Example(
        "a case of others beside it opens the person",
        (person(),),
        (replace(TICKET, self_opened=True), TICKET),
        (Ask("answer", "account", "name", True),),
    ),
    Example(
        "another open case does not open what belongs to a closed one",
        (person(),),
        (SHUT, TICKET),
        (
            Ask("support", "ticket", "subject", False, case="ticket 0"),
            Ask("support", "ticket", "subject", False, case="ticket 1"),
            Ask("support", "ticket", "subject", True, case="ticket 1", row=1),
        ),
    ),
    Example(
        "one objector closes a shared row to marketing and not to billing",
        (person(1, **MAILED), person(2, **MAILED, objected=frozenset({"marketing"}))),
        (item("household", 1, 2), LIVE),
        (Ask("marketing", "household", "address", False), Ask("billing", "household", "address", True)),
    ),
    Example(
        "two who consent and object to nothing are read for marketing",
        (person(1, **MAILED), person(2, **MAILED)),
        (item("household", 1, 2),),
        (Ask("marketing", "household", "address", True),),
    ),
    Example(
        "an objector who moved out counts until their part is blanked",
        (person(1, **MAILED), person(2, objected=frozenset({"marketing"}))),
        (item("household", 1, left=(2,)),),
        (Ask("marketing", "household", "address", False),),
    ),
    Example(
        "one live subscription of two opens a household to service",
        (person(1), person(2)),
        (item("household", 1, 2), LIVE),
        (Ask("service", "household", "address", True),),
    ),
    Example(
        "that of who has moved out does not",
        (person(1), person(2)),
        (item("household", 2, left=(1,)), LIVE),
        (Ask("service", "household", "address", False),),
    ),
    Example(
        "consent of one of two owners is no consent",
        (person(1, **MAILED), person(2)),
        (item("household", 1, 2),),
        (Ask("marketing", "household", "address", False),),
    ),
    Example(
        "an objection to a contract gets an answer and changes nothing",
        (person(objected=frozenset({"billing"})),),
        (LIVE,),
        (Ask("billing", "account", "name", True),),
    ),
    Example(
        "the soft opt-in",
        (person(own_customer=frozenset({"newsletter"})),),
        (),
        (Ask("newsletter", "account", "name", True),),
    ),
    Example(
        "an objection beats the soft opt-in",
        (person(own_customer=frozenset({"newsletter"}), objected=frozenset({"newsletter"})),),
        (),
        (Ask("newsletter", "account", "name", False),),
    ),
    Example(
        "a photo given for the community is not for marketing whatever the consent",
        (person(consented=frozenset({"marketing", "community"}), request_open=True),),
        (item("card", 1, photo_for="community"), item("hobby", 1, given="c")),
        (
            Ask("marketing", "card", "photo", False),
            Ask("community", "card", "photo", True),
            Ask("marketing", "hobby", "value", False),
            Ask("community", "hobby", "value", True),
            Ask("rights", "card", "photo", True, person="1"),
            Ask("rights", "hobby", "value", True, person="1"),
        ),
    ),
    Example(
        "without an open request there are no rights to use",
        (person(),),
        (item("card", 1, photo_for="community"),),
        (Ask("rights", "card", "photo", False, person="1"),),
    ),
    Example(
        "a restricted person gets their own access request answered",
        (person(restricted=True, request_open=True),),
        (LIVE,),
        (Ask("rights", "account", "name", True, person="1"), Ask("billing", "account", "name", False)),
    ),
    Example(
        "an open final invoice survives closing",
        (person(closed_at=RECENT),),
        (LIVE,),
        (Ask("billing", "account", "name", True), Ask("service", "account", "name", False)),
    ),
    Example("until it is paid", (person(closed_at=RECENT),), (), (Ask("billing", "account", "name", False),)),
    Example(
        "a use that version 2 adds is refused to the silent",
        (person(),),
        (TICKET,),
        (Ask("answer", "account", "name", False),),
        TWO_ADDS,
    ),
    Example(
        "and open of who accepted it",
        (person(accepted=frozenset({2})),),
        (TICKET,),
        (Ask("answer", "account", "name", True),),
        TWO_ADDS,
    ),
    Example(
        "a use that version 2 drops is refused to the decliner",
        (person(accepted=frozenset({1})),),
        (TICKET,),
        (Ask("answer", "account", "name", False),),
        TWO_DROPS,
    ),
    _shortest("24 months shortened to 12 are 12 for the silent", (24, 12), 12),
    _shortest("24 months lengthened to 36 are 24 for the silent", (24, 36), 24),
    _shortest("24, then 12, then 24 with no answer are 12", (24, 12, 24), 12),
    Example(
        "what was accepted today and takes effect tomorrow is not in force",
        (person(accepted=frozenset({2})),),
        (item("invoice", 1), LIVE),
        (
            Ask("account", "invoice", "amount", False, person="1"),
            Ask("account", "invoice", "email", True, person="1"),
        ),
        TOMORROW,
    ),
    Example(
        "a new customer who never clicked is under version 2 without consents",
        (person(collected_at=THIRD),),
        (item("invoice", 1), LIVE),
        (Ask("service", "invoice", "amount", True), Ask("marketing", "account", "name", False)),
        NEW_USE,
    ),
    Example(
        "an old customer who never clicked is not",
        (person(),),
        (item("invoice", 1), LIVE),
        (Ask("service", "invoice", "amount", False),),
        NEW_USE,
    ),
    Example(
        "an old invoice under a hold is for that dispute and the tax office only",
        (person(closed_at=RECENT),),
        (
            item(
                "invoice",
                1,
                created_at=datetime.fromisoformat(f"{TODAY.year - 7}-05-01T12:00"),
                issued=date(TODAY.year - 7, 5, 1),
                holds=("d7",),
            ),
            LIVE,
            item("letter", 1, holds=("d8",)),
        ),
        (
            Ask("billing", "invoice", "amount", False),
            Ask("tax", "invoice", "amount", True),
            Ask("dispute", "invoice", "amount", True, case="d7"),
            Ask("dispute", "invoice", "amount", False, case="d8"),
        ),
    ),
    Example(
        "a year older, and the tax office's term is over",
        (person(),),
        (item("invoice", 1, issued=date(TODAY.year - 8, 12, 31)),),
        (Ask("tax", "invoice", "amount", False),),
    ),
    Example(
        "a contested value is a hole in a row that stays",
        (person(contested=frozenset({"account.email"})),),
        (LIVE,),
        (
            Ask("service", "account", "email", False),
            Ask("service", "account", "name", True),
            Ask("service", "account", "name", True, "write back"),
            Ask("service", "account", "email", False, "update email"),
        ),
    ),
    Example(
        "a column that nobody classified is for no purpose and the row is as before",
        (person(),),
        (item("invoice", 1), LIVE),
        (Ask("billing", "invoice", "secret", False), Ask("billing", "invoice", "amount", True)),
    ),
)
