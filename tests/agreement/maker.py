"""Random people and their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from houvast.policy.model import Period, Policy
from houvast.policy.periods import after
from houvast.policy.world import Person, PersonKey
from tests.agreement.policies import chance, some
from tests.agreement.scenes import FOUND, HERE, HOLD_CASES, Item, Scene
from tests.agreement.shapes import CUSTOMER, GIVEN, PARTNER, TABLES


class Maker:
    """Makes scenes for one policy."""

    def __init__(self, random: Random, versions: Sequence[Policy], tables: tuple[str, ...], now: datetime) -> None:
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
            (p.key, s) for p in people if p.key[0] == CUSTOMER for s in some(random, ("mailing", "refusal"), 50)
        )
        return Scene(number, people, held, by_table, early, chance(random, 50))

    def _person(self, key: PersonKey) -> Person:
        random = self.random
        account = key[0] == CUSTOMER
        return Person(
            key,
            collected_at=self._joined(),
            accepted=frozenset(some(random, [v.version for v in self.versions], 30)),
            restricted=chance(random, 10),
            allowed_restricted=frozenset(some(random, self.names, 20)),
            objected=frozenset(some(random, self.known, 12)),
            consented=frozenset(some(random, self.names, 65)),
            own_customer=frozenset(some(random, self.names, 60)),
            stopped=chance(random, 10),
            has_account=account,
            closed_at=self.moment() if account and chance(random, 25) else None,
            contested=frozenset(
                some(
                    random,
                    [f"{t}.{c.name}" for t in self.tables for c in TABLES[t].columns.values() if c.contestable],
                    8,
                )
            ),
            request_open=chance(random, 45),
        )

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
        any_day = (self.now - timedelta(days=random.randint(1, 3000))).date()
        day = any_day if chance(random, 25) else self.day()
        clock = random.choice((time(0, 0), time(23, 59, 59), time(12, 0), time(1, 59), time(2, 30)))
        found = datetime.combine(day, clock, HERE)
        return found if found < self.now - timedelta(minutes=5) else self.now - timedelta(minutes=random.randint(5, 90))

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
        free = (c.name for c in TABLES[table].columns.values() if c.shielded)
        values |= dict.fromkeys(some(random, list(free), 25), FOUND)
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
            values |= {c: random.choice((*self.names, *GIVEN.values(), None)) for c in ("photo_for", "motto_for")}
        elif table == "visit":
            owners = ()
        elif table == "remark":
            partner = next(p.key for p in people if p.key[0] == PARTNER)
            owners, values["partner_id"] = ((partner, None),), int(partner[1])
        if table == "address" and chance(random, 45):
            values["account_id"], owners = None, ()
        keep = _physical(table)
        own = table in ("ticket", "subscription") and number % 3 == 0  # nothing drawn: worlds stay theirs
        item = Item(table, number, {k: v for k, v in values.items() if k in keep}, owners, self_opened=own)
        return [self._ownership(item, early=early)]

    def _members(self, customers: Sequence[PersonKey], *, early: bool) -> tuple[tuple[PersonKey, datetime | None], ...]:
        random = self.random
        chosen = random.sample(customers, random.randint(0 if chance(random, 30) else 1, len(customers)))
        return tuple((key, self.moment() if chance(random, 25) else None) for key in chosen)

    def _ownership(self, item: Item, *, early: bool) -> Item:
        if item.owners or TABLES[item.table].ownerless:
            return item
        written = "" if early or chance(self.random, 40) else self.random.choice(self.names)
        return replace(item, lost=not written, written_by=written)


def _physical(table: str) -> set[str]:
    return {*TABLES[table].columns, "secret"} - {"id"} if table == "invoice" else {*TABLES[table].columns} - {"id"}
