"""Random people and their rows, as values that can be written to a database and asked of `decide`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from houvast.policy.world import Moment, Person, PersonKey, Row
from tests.agreement.shapes import TABLES

HERE: Final = ZoneInfo("Europe/Amsterdam")
FOUND: Final = "wij hebben diabetes"
"""A text that is flagged wherever it is typed freely."""
HOLD_CASES: Final = ("d7", "d8")


@dataclass(frozen=True)
class Item:
    """One row of a table: its values, its owners (and since when they have left), its history."""

    table: str
    id: int
    values: Mapping[str, Any]
    owners: tuple[tuple[PersonKey, datetime | None], ...] = ()
    lost: bool = False  # had an owner once
    written_by: str = ""
    holds: tuple[str, ...] = ()
    self_opened: bool = False  # a case that the login opened which asks


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
            p.key: replace(
                p,
                circumstances=self.circumstances(p.key, now),
                self_opened=self.self_opened(p.key),
                contested=contested(p),
            )
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

    def self_opened(self, key: PersonKey) -> dict[str, frozenset[str]]:
        """The cases of this person that the login opened which asks; of those before the policy nobody knows."""
        mine = [i for i in self.items if i.owners and i.owners[0][0] == key and i.self_opened and not self.early]
        names = {"ticket.open": "ticket", "subscription.live": "subscription"}
        return {name: frozenset(str(i.id) for i in mine if i.table == table) for name, table in names.items()}


def contested(person: Person) -> frozenset[str]:
    """What is contested, and what is made of it."""
    columns = ((t.name, c) for t in TABLES.values() for c in t.columns.values())
    made = (
        f"{t}.{c.name}" for t, c in columns if any(f"{t}.{source}" in person.contested for source in c.derived_from)
    )
    return person.contested | frozenset(made)


def _live(values: Mapping[str, Any], now: datetime) -> bool:
    starts, ends = values["starts_at"], values["ends_at"]
    return values["status"] in ("active", "trial") and (not starts or starts <= now) and (not ends or ends > now)


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
    given |= {c.name: values[c.given_for] for c in table.columns.values() if c.given_for and values[c.given_for]}
    return Row(
        item.table,
        str(item.id),
        tuple((people[k], left is None) for k, left in item.owners),
        ever_owned=bool(item.owners) or item.lost,
        written_by=item.written_by,
        given_for=given,
        events=events,
        cases=cases,
        holds=frozenset(item.holds),
        ownerless=table.ownerless,
        flagged=flagged(item),
    )


def flagged(item: Item) -> frozenset[str]:
    """The columns of a row whose text is flagged, and what is made of them."""
    columns = TABLES[item.table].columns.values()
    found = {c.name for c in columns if c.shielded and item.values.get(c.name) == FOUND}
    return frozenset(c.name for c in columns if found & {c.name, *c.derived_from})
