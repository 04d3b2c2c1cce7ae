"""Random policies of one to three versions, in force and announced, for the family of tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final, TypeVar

from houvast.policy.model import (
    Action,
    Basis,
    Category,
    Form,
    Look,
    Never,
    Period,
    Policy,
    Purpose,
    PurposeKind,
    Term,
    Use,
)
from houvast.policy.periods import after
from tests.agreement.shapes import CATEGORIES

T = TypeVar("T")
ORDINARY: Final = ("answer", "billing", "marketing", "community", "tax", "enforce")
SYSTEM: Final = {
    "rights": Purpose("rights", kind=PurposeKind.RIGHTS, one="person"),
    "retention": Purpose("retention", kind=PurposeKind.RETENTION),
    "dispute": Purpose("dispute", kind=PurposeKind.DISPUTE, one="case"),
    "migration": Purpose("migration", kind=PurposeKind.MIGRATION),
}
EVENTS: Final = (
    "collected",
    "collected",
    "account.closed",
    "account.closed",
    "ticket.closed",
    "book_year.end",
    "subscription.end",
)
BASES: Final = (
    (Basis.CONTRACT,),
    (Basis.CONTRACT,),
    (Basis.CONSENT,),
    (Basis.INTEREST,),
    (Basis.OWN_CUSTOMER,),
    (Basis.CONSENT, Basis.OWN_CUSTOMER),
    (Basis.CONSENT, Basis.INTEREST),
)
WHILES: Final = (
    (),
    (),
    (),
    (("ticket.open",),),
    (("subscription.live",),),
    (("subscription.live",), ("ticket.open",)),
    (("subscription.live", "ticket.open"),),
    (("request.open",),),
    (("nowhere.open",),),
)


def chance(random: Random, percent: int) -> bool:
    """True so many times out of a hundred."""
    return random.randrange(100) < percent


def some(random: Random, of: Sequence[T], percent: int) -> tuple[T, ...]:
    """Each of these with that chance."""
    return tuple(one for one in of if chance(random, percent))


def policies(random: Random, now: datetime, count: int) -> tuple[Policy, ...]:
    """So many versions, oldest first; the first is in force, later ones may be announced."""
    instants = [now - timedelta(days=random.choice((40, 400, 2000)))]
    for _ in range(count - 1):
        gap = timedelta(days=random.choice((1, 20, 300, 1500)), seconds=random.randint(0, 90_000))
        instants.append(instants[-1] + gap)
    instants = [i if abs((i - now).total_seconds()) > 60 else i + timedelta(hours=1) for i in instants]
    names = (*random.sample(ORDINARY[:4], 3), *ORDINARY[4:])
    versions = [_policy(random, now, 1, instants[0], names)]
    for number, effective in enumerate(instants[1:], 2):
        versions.append(_next(random, now, versions[-1], number, effective))
    return tuple(versions)


def _policy(random: Random, now: datetime, number: int, effective: datetime, names: Sequence[str] = ORDINARY) -> Policy:
    every = tuple(Action)
    uses = [_use(random, c, p) for c in CATEGORIES for p in names if chance(random, 60)]
    uses += [
        Use(
            f"U-{name}",
            CATEGORIES,
            (name,),
            (Basis.LEGAL_DUTY,),
            every if name != "retention" else every[:1] + every[2:],
        )
        for name in SYSTEM
        if name != "dispute" or chance(random, 80)
    ]
    return Policy(
        "random",
        number,
        effective,
        uses=tuple(uses),
        purposes={name: _purpose(random, name) for name in names} | SYSTEM,
        categories={name: Category(name, given_for=name == "volunteered") for name in CATEGORIES},
        nevers=tuple(
            Never(
                f"N-{c}",
                (c,),
                ("rights", "retention", "migration", *some(random, (*ORDINARY, "dispute"), 75)),
            )
            for c in CATEGORIES
            if chance(random, 12)
        ),
        terms=tuple(t for c in CATEGORIES for t in _terms(random, now, c)),
    )


def _next(random: Random, now: datetime, last: Policy, number: int, effective: datetime) -> Policy:
    names = random.sample(ORDINARY, 5) if chance(random, 30) else [n for n in last.purposes if n not in SYSTEM]
    fresh = _policy(random, now, number, effective, names)
    draw = random.randrange(100)
    if draw < 15:
        return fresh
    if draw < 35:
        return replace(_renamed(last, random.choice(names)), version=number, effective=effective)
    known = {u.id: u for u in last.uses if u.purposes[0] in SYSTEM or not chance(random, 8)}
    drawn = {u.id: u for u in fresh.uses if u.purposes[0] not in SYSTEM and chance(random, 12)}
    purposes = {**fresh.purposes, **{n: p for n, p in last.purposes.items() if not chance(random, 20)}}
    return replace(
        fresh,
        uses=tuple(u for u in (known | drawn).values() if u.purposes[0] in purposes),
        nevers=fresh.nevers if chance(random, 30) else last.nevers,
        terms=fresh.terms if chance(random, 40) else last.terms,
        purposes=purposes,
    )


def _renamed(last: Policy, old: str) -> Policy:
    new = f"{old}_now"
    if old not in last.purposes:
        return last

    def swap(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if name == old else name for name in names)

    return replace(
        last,
        purposes={swap((n,))[0]: replace(p, name=swap((n,))[0]) for n, p in last.purposes.items()},
        uses=tuple(replace(u, purposes=swap(u.purposes), was=old if old in u.purposes else u.was) for u in last.uses),
        nevers=tuple(replace(n, but=swap(n.but)) for n in last.nevers),
        terms=tuple(replace(t, purposes=swap(t.purposes)) for t in last.terms),
    )


def _purpose(random: Random, name: str) -> Purpose:
    one = random.choice(("", "", "person", "case")) if name in ("answer", "enforce") else ""
    return Purpose(
        name,
        one=one,
        marketing=name == "marketing",
        service=chance(random, 20),
        compelling=chance(random, 20),
    )


def _use(random: Random, category: str, name: str) -> Use:
    statute = "AWR 52(4)" if (category, name) in (("invoice", "tax"), ("contact", "tax")) and chance(random, 60) else ""
    writes = some(random, (Action.INSERT, Action.UPDATE, Action.DELETE), 50)
    return Use(
        f"U-{category}-{name}",
        (category,),
        (name,),
        random.choice(BASES),
        (Action.READ, *writes),
        random.choice(WHILES),
        survives_closing=chance(random, 30),
        statute=statute,
    )


LOOKS: Final = (
    Look(Form.MASKED, keep=3),
    Look(Form.MASKED, keep=1),
    Look(Form.TRUNCATED, to=("4", "month")),
    Look(Form.TRUNCATED, to=("2", "/24", "year")),
    Look(Form.PSEUDONYMISED),
    Look(Form.AGGREGATE, group=10, every="day"),
)


def formed(random: Random, versions: Sequence[Policy]) -> tuple[Policy, ...]:
    """The same versions, in which some uses give the data in a form of which a later version may make another."""
    drawn = {u.id: random.choice(LOOKS) for v in versions for u in v.uses if chance(random, 40)}
    found: list[Policy] = []
    for policy in versions:
        drawn = {name: random.choice(LOOKS) if chance(random, 15) else look for name, look in drawn.items()}
        ordinary = {n for n, p in policy.purposes.items() if p.kind in (PurposeKind.ORDINARY, PurposeKind.DISPUTE)}
        found.append(
            replace(
                policy,
                uses=tuple(
                    replace(u, **vars(drawn[u.id]))
                    if u.id in drawn and not chance(random, 15) and set(u.purposes) <= ordinary
                    else u
                    for u in policy.uses
                ),
            )
        )
    return tuple(found)


def _terms(random: Random, now: datetime, category: str) -> list[Term]:
    found: list[Term] = []
    if category == "invoice" and chance(random, 70):
        statute = "AWR 52(4)" if chance(random, 50) else ""
        period = _period(random, now)
        year = (0, 0, 1, 4, 7)[
            (period.years + period.months + period.days) % 5
        ]  # drawn from nothing: seeds stay theirs
        found.append(Term(category, "book_year.end", period, ("tax",), statute, book_year=year))
    if chance(random, 35):
        found.append(Term(category, random.choice(EVENTS), _period(random, now), (random.choice(ORDINARY[:4]),)))
    if chance(random, 95):
        event = random.choice(EVENTS if category in ("question", "invoice") else EVENTS[:5])
        found.append(Term(category, event, _period(random, now)))
    return found


def _period(random: Random, now: datetime) -> Period:
    """Short, long, and such that a month end in the past ends its term about now."""
    draw = random.randrange(10)
    if draw < 5:
        return random.choice(
            (Period(), Period(days=1), Period(days=30), Period(months=1), Period(years=1), Period(years=2))
        )
    if draw < 7:
        return Period(years=random.choice((7, 20)))
    today = now.date()
    month_end = date(today.year - random.randint(0, 2), random.randint(1, today.month), 1) - timedelta(days=1)
    months = random.randint(0, max(0, (today.year - month_end.year) * 12 + today.month - month_end.month - 1))
    days = (today - after(month_end, Period(months=months))).days
    return Period(months // 12, months % 12, max(0, days))
