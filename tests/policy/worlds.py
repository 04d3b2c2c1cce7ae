"""Random small worlds: policies of one to three versions, people, rows, asks. Seedable.

Everything is drawn from a `random.Random`: hypothesis gives one with `st.randoms()` and can shrink it, a
seed gives the same world for ever. The agreement test fills PostgreSQL from the same worlds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final, TypeVar

from houvast.policy.model import (
    Action,
    Basis,
    Category,
    Form,
    Never,
    Period,
    Policy,
    Purpose,
    PurposeKind,
    Term,
    Use,
)
from houvast.policy.world import Ask, Moment, OpenUse, Person, PersonKey, Row

T = TypeVar("T")

NOW: Final = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
EFFECTIVE: Final = tuple(datetime(year, 1, 1, tzinfo=UTC) for year in (2018, 2021, 2024))
CATEGORIES: Final = ("contact", "invoice", "volunteered")
ORDINARY: Final = ("answer", "billing", "community", "mailing", "tax")
SYSTEM: Final = {
    "rights": Purpose("rights", kind=PurposeKind.RIGHTS, one="person"),
    "retention": Purpose("retention", kind=PurposeKind.RETENTION),
    "dispute": Purpose("dispute", kind=PurposeKind.DISPUTE, one="case"),
    "migration": Purpose("migration", kind=PurposeKind.MIGRATION),
}
CIRCUMSTANCES: Final = ("order.open", "ticket.open")
CASES: Final = ("1", "2")
HOLDS: Final = ("7", "8")
EVENTS: Final = ("collected", "account.closed", "ticket.closed", "book_year.end")
PERIODS: Final = (
    Period(), Period(days=1), Period(days=30), Period(months=1), Period(years=1), Period(years=2, months=1),
)  # fmt: skip
BASES: Final = (
    (Basis.CONTRACT,), (Basis.CONTRACT,), (Basis.CONSENT,), (Basis.INTEREST,), (Basis.OWN_CUSTOMER,),
    (Basis.CONSENT, Basis.OWN_CUSTOMER), (Basis.CONSENT, Basis.INTEREST),
)  # fmt: skip
WHILES: Final = (
    (), (), (("ticket.open",),), (("order.open",),), (("order.open",), ("ticket.open",)),
    (("order.open", "ticket.open"),), (("request.open",),),
)  # fmt: skip
COLUMNS: Final = {
    "name": frozenset({"contact"}),
    "amount": frozenset({"invoice"}),
    "hobby": frozenset({"volunteered"}),
    "search": frozenset({"contact", "invoice"}),
    "unknown": frozenset[str](),
}
KEYS: Final = (("customer", "1"), ("customer", "2"), ("customer", "3"))


@dataclass(frozen=True)
class World:
    """Versions of a policy, oldest first, the people and rows that there are, and the instant of asking."""

    versions: tuple[Policy, ...]
    people: tuple[Person, ...]
    rows: tuple[Row, ...]
    instant: datetime = NOW

    def asks(self, *actions: Action) -> Iterator[Ask]:
        """Every cell of every row for every purpose, with a use open for each person and case."""
        purposes = sorted({name for version in self.versions for name in version.purposes})
        for row in self.rows:
            for purpose in purposes:
                for use in open_uses(purpose, self.versions):
                    for column, categories in COLUMNS.items():
                        for action in actions or (Action.READ,):
                            yield Ask(purpose, action, column, categories, row, self.instant, use)

    def with_people(self, *changed: Person) -> World:
        """The same world with these people as they are now, in their rows too."""
        new = {person.key: person for person in changed}
        people = tuple(new.get(person.key, person) for person in self.people)
        rows = tuple(
            replace(row, owners=tuple((new.get(p.key, p), there) for p, there in row.owners)) for row in self.rows
        )
        return replace(self, people=people, rows=rows)


def open_uses(purpose: str, versions: Sequence[Policy]) -> tuple[OpenUse, ...]:
    """The uses worth opening for a purpose: one, or one for each person, or one for each case."""
    ones = {v.purposes[purpose].one for v in versions if purpose in v.purposes}
    people: tuple[PersonKey | None, ...] = KEYS[:2] if "person" in ones else (None,)
    cases = (*CASES[:1], *HOLDS) if "case" in ones else ("",)
    return tuple(OpenUse(purpose, person, case) for person in people for case in cases)


def world(random: Random, *, forms: bool = False, renames: bool = False) -> World:
    """A random world. `forms`: other forms than the whole; `renames`: later versions rename purposes."""
    versions = policies(random, forms=forms, renames=renames)
    names = sorted({name for version in versions for name in version.purposes if name not in SYSTEM})
    people = tuple(person(random, key, names, len(versions)) for key in KEYS)
    rows = tuple(row(random, str(n), people, names) for n in range(random.randint(1, 3)))
    return World(versions, people, rows)


def policies(random: Random, *, forms: bool = False, renames: bool = False) -> tuple[Policy, ...]:
    """One to three versions; a later one differs in a few things, or in everything."""
    versions = [policy(random, forms=forms)]
    for _ in range(random.randint(0, 2)):
        versions.append(next_version(random, versions[-1], forms=forms, renames=renames))
    return tuple(versions)


def policy(random: Random, number: int = 1, *, forms: bool = False) -> Policy:
    """One version with uses, nevers and terms drawn by chance."""
    uses = [
        use(random, category, purpose, forms=forms)
        for category in CATEGORIES
        for purpose in ORDINARY
        if chance(random, 60)
    ]
    every = tuple(Action)
    uses += [Use(f"U-{name}", CATEGORIES, (name,), (Basis.LEGAL_DUTY,), every) for name in SYSTEM]
    nevers = [
        Never(f"N-{category}", (category,), ("rights", "retention", *some(random, ORDINARY, 70)))
        for category in CATEGORIES
        if chance(random, 15)
    ]
    return Policy(
        "random", number, EFFECTIVE[number - 1], promises={}, uses=tuple(uses), nevers=tuple(nevers),
        purposes={name: purpose(random, name) for name in ORDINARY} | SYSTEM,
        categories={name: Category(name, given_for=name == "volunteered") for name in CATEGORIES},
        terms=tuple(term for category in CATEGORIES for term in terms(random, category)),
    )  # fmt: skip


def next_version(random: Random, last: Policy, *, forms: bool = False, renames: bool = False) -> Policy:
    """A later version: now and then a new policy, else the last one with some uses, nevers, terms changed."""
    fresh = policy(random, last.version + 1, forms=forms)
    if renames and chance(random, 40):
        return replace(
            renamed(last, random.choice(ORDINARY), "renamed"),
            version=fresh.version,
            effective=fresh.effective,
        )
    if chance(random, 20):
        return fresh
    known = {u.id: u for u in last.uses if not chance(random, 10)}
    drawn = {u.id: u for u in fresh.uses if u.id.removeprefix("U-") in SYSTEM or chance(random, 15)}
    return replace(
        fresh,
        uses=tuple((known | drawn).values()),
        nevers=fresh.nevers if chance(random, 30) else last.nevers,
        terms=fresh.terms if chance(random, 30) else last.terms,
        purposes=fresh.purposes if chance(random, 30) else last.purposes,
    )


def renamed(last: Policy, old: str, new: str) -> Policy:
    """The same policy with one ordinary purpose under another name, saying so."""
    if old not in last.purposes:
        return last

    def swap(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if name == old else name for name in names)

    return replace(
        last,
        purposes={swap((n,))[0]: replace(p, name=swap((n,))[0]) for n, p in last.purposes.items()},
        uses=tuple(replace(u, purposes=swap(u.purposes), was=old * (old in u.purposes)) for u in last.uses),
        nevers=tuple(replace(n, but=swap(n.but)) for n in last.nevers),
        terms=tuple(replace(t, purposes=swap(t.purposes)) for t in last.terms),
    )


def purpose(random: Random, name: str) -> Purpose:
    """A purpose; `mailing` is marketing, `answer` may be for one person or case."""
    one = random.choice(("", "", "", "person", "case")) if name == "answer" else ""
    return Purpose(
        name,
        one=one,
        marketing=name == "mailing",
        service=chance(random, 20),
        compelling=chance(random, 20),
    )


def use(random: Random, category: str, name: str, *, forms: bool = False) -> Use:
    """A use of one category for one purpose; that of invoices for tax may be a statute's."""
    statute = "AWR 52(4)" if (category, name) == ("invoice", "tax") and chance(random, 70) else ""
    writes = tuple(some(random, (Action.INSERT, Action.UPDATE, Action.DELETE), 40))
    return Use(
        f"U-{category}-{name}", (category,), (name,), random.choice(BASES), (Action.READ, *writes),
        random.choice(WHILES),
        form=random.choice(tuple(Form)) if forms and chance(random, 25) else Form.FULL,
        survives_closing=chance(random, 30), statute=statute,
    )  # fmt: skip


def terms(random: Random, category: str) -> Iterator[Term]:
    """Mostly a common term, now and then one for a purpose of its own."""
    if category == "invoice":
        statute = "AWR 52(4)" if chance(random, 50) else ""
        yield Term(category, "book_year.end", random.choice(PERIODS), ("tax",), statute)
    if chance(random, 30):
        yield Term(category, random.choice(EVENTS), random.choice(PERIODS), (random.choice(ORDINARY[:4]),))
    if chance(random, 95):
        yield Term(category, random.choice(EVENTS), random.choice(PERIODS))


def person(random: Random, key: PersonKey, names: Sequence[str], versions: int) -> Person:
    """Somebody with a state drawn by chance; they never accept a version older than their first data."""
    joined = random.choice((None, *EFFECTIVE, *EFFECTIVE, *EFFECTIVE))
    first = sum(effective <= joined for effective in EFFECTIVE) if joined else 1
    return Person(
        key,
        collected_at=joined + timedelta(days=random.randint(0, 300)) if joined else None,
        accepted=frozenset(some(random, tuple(range(first, versions + 1)), 40)),
        restricted=chance(random, 10),
        allowed_restricted=frozenset(some(random, names, 20)),
        objected=frozenset(some(random, names, 15)),
        consented=frozenset(some(random, names, 60)),
        own_customer=frozenset(some(random, names, 60)),
        stopped=chance(random, 10),
        has_account=not chance(random, 15),
        closed_at=NOW - timedelta(days=random.choice((1, 29, 30, 31, 400)), minutes=int(key[1]))
        if chance(random, 20)
        else None,
        contested=frozenset(f"thing.{column}" for column in some(random, ("name", "search"), 8)),
        request_open=chance(random, 40),
        circumstances={name: frozenset(some(random, CASES, 50)) for name in CIRCUMSTANCES},
        self_opened=dict.fromkeys(
            CIRCUMSTANCES, frozenset(CASES[: int(key[1]) % 2])
        ),  # nothing drawn: worlds stay theirs
    )


def row(random: Random, key: str, people: Sequence[Person], names: Sequence[str]) -> Row:
    """A row: of one or more people (some have left), of nobody yet, no more, or by nature."""
    kind = random.choices(("owned", "never", "lost", "ownerless"), (80, 8, 4, 8))[0]
    owners = random.sample(people, random.choice((1, 1, 2, 3))) if kind == "owned" else []
    left = [n > 0 and chance(random, 25) for n in range(len(owners))]
    return Row(
        "thing",
        key,
        tuple((owner, not gone) for owner, gone in zip(owners, left, strict=True)),
        ever_owned=kind in ("owned", "lost"),
        written_by=random.choice(names),
        given_for={"": random.choice(names)} if chance(random, 85) else {},
        events={name: moment(random) for name in EVENTS if name != "account.closed" and not chance(random, 5)}
        | {"collected": happened(random)},
        cases={name: random.choice(CASES) for name in some(random, CIRCUMSTANCES, 20)},
        holds=frozenset(some(random, HOLDS, 15)),
        creates=frozenset(some(random, CIRCUMSTANCES, 15)),
        ownerless=kind == "ownerless",
    )


def happened(random: Random) -> datetime:
    """A moment in the past, often near the end of one of the periods."""
    days = random.choice((0, 1, 29, 30, 31, 365, 366, 761, 762, 1200))
    return NOW - timedelta(days=days, hours=random.randint(0, 23))


def moment(random: Random) -> Moment | None:
    """When something happened: at a moment, on a day, or not yet."""
    when = happened(random)
    day = date(when.year, when.month, when.day)
    return random.choice((when, day, None))


def some(random: Random, of: Sequence[T], percent: int) -> list[T]:
    """Each of these with that chance."""
    return [one for one in of if chance(random, percent)]


def chance(random: Random, percent: int) -> bool:
    """True so many times out of a hundred."""
    return random.randrange(100) < percent
