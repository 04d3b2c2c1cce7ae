"""Random people and their rows, as values that can be written to a database and asked of `decide`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from houvast.policy.model import Period, Policy
from houvast.policy.periods import after
from houvast.policy.world import Moment, Person, PersonKey, Row
from tests.agreement.policies import chance, some
from tests.agreement.shapes import CUSTOMER, GIVEN, PARTNER, TABLES

HERE: Final = ZoneInfo("Europe/Amsterdam")
HOLD_CASES: Final = ("d7", "d8")


@dataclass(frozen=True)
class Item:
    """One row of a table: its values, who its owners are (with since when they have left), and its history."""

    table: str
    id: int
    values: Mapping[str, Any]
    owners: tuple[tuple[PersonKey, datetime | None], ...] = ()
    lost: bool = False  # had an owner once
    written_by: str = ""
    holds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scene:
    """A few people and their rows. Numbers of scenes in one database do not meet."""

    number: int
    people: tuple[Person, ...]
    items: tuple[Item, ...]
    by_table: frozenset[tuple[PersonKey, str]] = field(default_factory=frozenset[tuple[PersonKey, str]])
    early: bool = False  # in the database before the policy was
    stands_first: bool = False

    def rows(self, now: datetime) -> Iterator[tuple[Item, Row]]:
        """Every row as `decide` knows it, at this instant."""
        people = {
            p.key: replace(p, circumstances=self.circumstances(p.key, now), contested=contested(p))
            for p in self.people
        }
        tickets = {i.id: i for i in self.items if i.table == "ticket"}
        for item in self.items:
            yield item, as_row(item, people, tickets)

    def cases(self) -> list[str]:
        """The cases that uses may name."""
        return [str(i.id) for i in self.items if i.table in ("ticket", "subscription")]

    def creates(self, item: Item, now: datetime) -> frozenset[str]:
        """The circumstances that inserting a row opens."""
        ticket = item.table == "ticket" and item.values["closed_at"] is None
        live = item.table == "subscription" and _live(item.values, now)
        return frozenset({"ticket.open"} if ticket else {"subscription.live"} if live else ())

    def circumstances(self, key: PersonKey, now: datetime) -> dict[str, frozenset[str]]:
        """The cases of this person that are open."""
        mine = [i for i in self.items if i.owners and i.owners[0][0] == key]
        tickets = {str(i.id) for i in mine if i.table == "ticket" and i.values["closed_at"] is None}
        live = {str(i.id) for i in mine if i.table == "subscription" and _live(i.values, now)}
        return {"ticket.open": frozenset(tickets), "subscription.live": frozenset(live)}


def contested(person: Person) -> frozenset[str]:
    """What is contested, and what is made of it."""
    columns = ((t.name, c) for t in TABLES.values() for c in t.columns.values())
    made = (
        f"{t}.{c.name}"
        for t, c in columns
        if any(f"{t}.{source}" in person.contested for source in c.derived_from)
    )
    return person.contested | frozenset(made)


def _live(values: Mapping[str, Any], now: datetime) -> bool:
    starts, ends = values["starts_at"], values["ends_at"]
    return (
        values["status"] in ("active", "trial") and (not starts or starts <= now) and (not ends or ends > now)
    )


def as_row(item: Item, people: Mapping[PersonKey, Person], tickets: Mapping[int, Item]) -> Row:
    """The row as `decide` knows it."""
    table, values = TABLES[item.table], item.values
    events: dict[str, Moment | None] = {}
    for event, path in table.events.items():
        value = values[path[0]] if len(path) == 1 else tickets[values["ticket_id"]].values[path[1]]
        naive = isinstance(value, datetime) and value.tzinfo is None
        events[event] = value.replace(tzinfo=HERE) if naive else value
    cases: dict[str, str] = {}
    if item.table == "ticket":
        cases = {"ticket.open": str(item.id)}
    elif item.table == "message":
        cases = {"ticket.open": str(values["ticket_id"])}
    elif item.table == "subscription":
        cases = {"subscription.live": str(item.id)}
    given: dict[str, str] = {}
    if table.given_for and values[table.given_for]:
        given[""] = table.given_values[values[table.given_for]]
    given |= {
        c.name: values[c.given_for] for c in table.columns.values() if c.given_for and values[c.given_for]
    }
    return Row(
        item.table, str(item.id), tuple((people[k], left is None) for k, left in item.owners),
        ever_owned=bool(item.owners) or item.lost, written_by=item.written_by, given_for=given, events=events,
        cases=cases, holds=frozenset(item.holds), ownerless=table.ownerless,
    )  # fmt: skip


class Maker:
    """Makes scenes for one policy."""

    def __init__(
        self, random: Random, versions: Sequence[Policy], tables: tuple[str, ...], now: datetime
    ) -> None:
        self.random, self.versions, self.tables, self.now = random, versions, tables, now
        self.names = sorted({p for v in versions for p in v.purposes})
        self.periods = sorted({t.plus for v in versions for t in v.terms}, key=str) or [Period()]
        self.past = [v for v in versions if v.effective <= now]
        self.known = sorted({p for v in self.past for p in v.purposes})  # nobody objects to what is announced

    def scene(self, number: int, *, early: bool = False) -> Scene:
        """One scene."""
        random = self.random
        keys = [(CUSTOMER, str(number * 100 + n)) for n in range(1, random.choice((2, 3, 4)))]
        keys += [(PARTNER, str(number * 100 + n)) for n in (5, 6)[: "partner" in self.tables]]
        people = tuple(self._person(key) for key in keys)
        items = [self._subject(p) for p in people]
        for table in self.tables:
            if table not in ("account", "partner"):
                for _ in range(random.choice((0, 1, 1, 2, 3) if table == "ticket" else (0, 1, 1, 2))):
                    items += self._item(table, number * 100 + 10 + len(items), people, items, early=early)
        held = tuple(replace(i, holds=some(random, HOLD_CASES, 12)) for i in items)
        by_table = frozenset(
            (p.key, s)
            for p in people
            if p.key[0] == CUSTOMER
            for s in some(random, ("mailing", "refusal"), 50)
        )
        return Scene(number, people, held, by_table, early, chance(random, 50))

    def _person(self, key: PersonKey) -> Person:
        random = self.random
        account = key[0] == CUSTOMER
        return Person(
            key, collected_at=self._joined(), accepted=frozenset(some(random, [v.version for v in self.versions], 30)),
            restricted=chance(random, 10), allowed_restricted=frozenset(some(random, self.names, 20)),
            objected=frozenset(some(random, self.known, 12)), consented=frozenset(some(random, self.names, 65)),
            own_customer=frozenset(some(random, self.names, 60)), stopped=chance(random, 10), has_account=account,
            closed_at=self.moment() if account and chance(random, 25) else None,
            contested=frozenset(some(random, [f"{t}.{c.name}" for t in self.tables for c in TABLES[t].columns.values() if c.contestable], 8)),
            request_open=chance(random, 45),
        )  # fmt: skip

    def _joined(self) -> datetime:
        random = self.random
        around = random.choice(self.past).effective
        shift = random.choice(
            (
                timedelta(0),
                timedelta(seconds=-1),
                timedelta(seconds=1),
                timedelta(days=random.randint(0, 300)),
            )
        )
        joined = around + shift
        return joined if joined < self.now - timedelta(minutes=5) else self.now - timedelta(days=1)

    def moment(self) -> datetime:
        """An instant in the past, often about the day from which a term ends now."""
        random = self.random
        if chance(random, 25):
            day = (self.now - timedelta(days=random.randint(1, 3000))).date()
        else:
            day = self.day()
        clock = random.choice((time(0, 0), time(23, 59, 59), time(12, 0), time(1, 59), time(2, 30)))
        found = datetime.combine(day, clock, HERE)
        return (
            found
            if found < self.now - timedelta(minutes=5)
            else self.now - timedelta(minutes=random.randint(5, 90))
        )

    def day(self) -> date:
        """A day from which some term of the policy ends yesterday, today, tomorrow or the day after."""
        random, today = self.random, self.now.astimezone(HERE).date()
        period = random.choice(self.periods)
        guess = today - timedelta(days=period.years * 365 + period.months * 30 + period.days)
        wanted = today + timedelta(days=random.choice((-1, 0, 0, 1, 1, 2)))
        near = [
            guess + timedelta(days=n)
            for n in range(-period.years - period.months - 3, period.years + period.months + 3)
        ]
        hits = [day for day in near if after(day, period) == wanted]
        return min(today, random.choice(hits or [guess]))

    def _subject(self, person: Person) -> Item:
        number = int(person.key[1])
        owners = ((person.key, None),)
        if person.key[0] == PARTNER:
            return Item("partner", number, {"name": "Partner", "since": person.collected_at}, owners)
        values = {
            "email": "a@b.example",
            "name": "Name",
            "created_at": person.collected_at,
            "closed_at": person.closed_at,
        }
        return Item("account", number, values, owners)

    def _item(
        self, table: str, number: int, people: Sequence[Person], items: Sequence[Item], *, early: bool
    ) -> list[Item]:
        random = self.random
        customers = [p.key for p in people if p.key[0] == CUSTOMER]
        who = random.choice(customers)
        owners: tuple[tuple[PersonKey, datetime | None], ...] = ((who, None),)
        values: dict[str, Any] = {c.name: c.name for c in TABLES[table].columns.values() if c.categories}
        values |= {"account_id": int(who[1]), "created_at": self.moment()}
        if table == "ticket":
            values["closed_at"] = None if chance(random, 50) else self.moment()
        elif table == "message":
            tickets = [i for i in items if i.table == "ticket"]
            if not tickets:
                return []
            ticket = random.choice(tickets)
            owners = ticket.owners
            values["ticket_id"] = ticket.id
        elif table == "subscription":
            around = (None, self.moment(), self.moment(), self.now + timedelta(hours=random.randint(1, 900)))
            values |= {"status": random.choice(("active", "active", "trial", "cancelled"))}
            values |= {"starts_at": random.choice(around), "ends_at": random.choice(around)}
        elif table == "invoice":
            when = self.moment().astimezone(HERE)
            year = random.choice((self.day().year, self.day().year - 1, self.now.year, self.now.year - 1))
            issued = random.choice((when.date(), date(year, 12, 31), date(year, 1, 1), None))
            values |= {
                "note": "note",
                "secret": "secret",
                "issued": issued,
                "created_at": when.replace(tzinfo=None),
            }
        elif table == "household":
            owners = self._members(customers, early=early)
        elif table == "hobby":
            values["given"] = random.choice((*GIVEN, None))
        elif table == "card":
            values |= {
                c: random.choice((*self.names, *GIVEN.values(), None)) for c in ("photo_for", "motto_for")
            }
        elif table == "visit":
            owners = ()
        elif table == "remark":
            partner = next(p.key for p in people if p.key[0] == PARTNER)
            owners, values["partner_id"] = ((partner, None),), int(partner[1])
        if table == "address" and chance(random, 45):
            values["account_id"], owners = None, ()
        keep = _physical(table)
        item = Item(table, number, {k: v for k, v in values.items() if k in keep}, owners)
        return [self._ownership(item, early=early)]

    def _members(
        self, customers: Sequence[PersonKey], *, early: bool
    ) -> tuple[tuple[PersonKey, datetime | None], ...]:
        random = self.random
        chosen = random.sample(customers, random.randint(0 if chance(random, 30) else 1, len(customers)))
        return tuple((key, self.moment() if chance(random, 25) else None) for key in chosen)

    def _ownership(self, item: Item, *, early: bool) -> Item:
        if item.owners or TABLES[item.table].ownerless:
            return item
        written = "" if early or chance(self.random, 40) else self.random.choice(self.names)
        return replace(item, lost=not written, written_by=written)


def _physical(table: str) -> set[str]:
    return (
        {*TABLES[table].columns, "secret"} - {"id"}
        if table == "invoice"
        else {*TABLES[table].columns} - {"id"}
    )
