"""What people see of themselves, made ready for the pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from houvast.app.own_data import Stood
from houvast.app.own_requests import Before
from houvast.evidence.entry import parse
from houvast.evidence.kinds import SUBJECT
from houvast.evidence.words import wording as log_words
from houvast.people.rules import Answer, concerns, objection_to
from houvast.policy import Policy
from houvast.policy.model import Basis, PurposeKind
from houvast.rights import Copy, Walk
from houvast.rights.describing import described, ordinary_uses
from houvast.rights.words import shown


@dataclass(frozen=True)
class Table:
    """Rows of one table. `more`: how many there are besides these."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int


@dataclass(frozen=True)
class Category:
    """A kind of data: what it is for, where it comes from, and what is held of it."""

    name: str
    label: str
    purposes: tuple[str, ...]
    sources: tuple[str, ...]
    tables: tuple[Table, ...]
    count: int


def categories(walk: Walk, copy: Copy, lang: str) -> Iterator[Category]:
    """Every kind of data of which something is held about the person, as the policy orders them."""
    policy, told = walk.policy, {one.table: one for one in copy.tables if one.rows}
    for name, category in policy.categories.items():
        stops = [stop for stop in walk.stops if stop.name in told and name in stop.shape.personal]
        tables: list[Table] = []
        sources: dict[str, None] = {}
        for stop in stops:
            ours = [one for one in described(walk, stop) if name in one.categories]
            sources |= dict.fromkeys(one.source for one in ours if one.source)
            columns = tuple(one.column for one in ours)
            found = told[stop.name]
            rows = tuple(tuple(shown(row.get(column), lang) for column in columns) for row in found.first)
            tables.append(Table(stop.name, columns, rows, found.rows - len(found.first)))
        if tables:
            purposes = dict.fromkeys(p for use in ordinary_uses(policy, name) for p in use.purposes)
            labels = tuple(purpose_label(policy, one, lang) for one in purposes if _is_ordinary(policy, one))
            count = sum(len(one.rows) + one.more for one in tables)
            yield Category(name, category.label.get(lang) or name, labels, tuple(sources), tuple(tables), count)


def _is_ordinary(policy: Policy, purpose: str) -> bool:
    return policy.purposes[purpose].kind is PurposeKind.ORDINARY


def purpose_label(policy: Policy, purpose: str, lang: str) -> str:
    """What a purpose is called."""
    found = policy.purposes.get(purpose)
    return (found.label.get(lang) if found else "") or purpose


@dataclass(frozen=True)
class Choice:
    """A purpose about which somebody may choose. `asks`: "consent", or "object". `now`: "yes", "no" or "open".

    `for_ever`: an objection is not weighed, for it is marketing; it stands apart with the others (GDPR art. 21(4)).
    """

    purpose: str
    label: str
    asks: str
    now: str
    since: datetime | None
    for_ever: bool = False

    @property
    def apart(self) -> bool:
        """Whether it is something to object to."""
        return self.for_ever or self.asks == "object"


def sections(found: Sequence[Choice]) -> dict[str, list[Choice]]:
    """Objections apart from consent."""
    return {
        "objections": [one for one in found if one.apart],
        "consents": [one for one in found if not one.apart],
    }


def choices(policy: Policy, kind: str, stands: Sequence[Stood], lang: str) -> Iterator[Choice]:
    """The purposes that concern people of this kind and rest on consent, or on an interest to which they may object."""
    stood = {(one.stand, one.about): one.since for one in stands}
    for name in policy.purposes:
        if not _is_ordinary(policy, name) or not concerns(policy, name, kind):
            continue
        bases = {basis for use in policy.uses if name in use.purposes for basis in use.basis}
        if Basis.CONSENT in bases:
            yield _consent(policy, name, stood, lang)
        elif objection_to(policy, name) is Answer.UNTIL_WEIGHED:
            since = stood.get(("objected", name))
            yield Choice(name, purpose_label(policy, name, lang), "object", "no" if since else "open", since)


@dataclass(frozen=True)
class Said:
    """A choice of before. `what`: where they stood, by name; `about`: about what, in words; `ended`: that it ended."""

    at: datetime
    what: str
    about: str
    ended: bool


def history(policy: Policy, before: Sequence[Before], lang: str) -> Iterator[Said]:
    """What somebody chose before."""
    for one in before:
        about = purpose_label(policy, one.about, lang) if one.about in policy.purposes else one.about
        yield Said(one.at, one.what, about, one.change == "ended")


def _consent(policy: Policy, name: str, stood: dict[tuple[str, str], datetime], lang: str) -> Choice:
    said_no = stood.get(("objected", name)) or stood.get(("withdrawn", name))
    said_yes = stood.get(("consented", name)) or stood.get(("own_customer", name))
    now = "no" if said_no else "yes" if said_yes else "open"
    for_ever = objection_to(policy, name) is Answer.FOR_EVER
    return Choice(name, purpose_label(policy, name, lang), "consent", now, said_no or said_yes, for_ever)


def places(walk: Walk) -> Iterator[tuple[str, str]]:
    """Columns of which somebody may say that they are wrong, with their names in words."""
    for stop in walk.stops:
        for one in described(walk, stop):
            if one.source == "provided":
                yield f"{one.table}.{one.column}", f"{words(one.table)}: {words(one.column)}"


def words(name: str) -> str:
    """The name of a table or column, as words."""
    return name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Part:
    """What becomes of rows of one table, and why. `until`: the last day of what keeps them."""

    table: str
    fate: str
    rows: int
    reason: str
    grounds: tuple[str, ...]
    until: date | None


def fates(plan: Mapping[str, Any]) -> Iterator[Part]:
    """What an erasure would do, what goes before what stays."""
    order = ("erased", "emptied", "left", "kept")
    for one in sorted(plan.get("parts", ()), key=lambda one: order.index(one["fate"])):
        until = date.fromisoformat(one["until"]) if one.get("until") else None
        yield Part(one["table"], one["fate"], one["rows"], one.get("reason", ""), tuple(one.get("grounds", ())), until)


@dataclass(frozen=True)
class Receipt:
    """An entry of the log about somebody: what happened, when, and what it says, in words."""

    index: int
    title: str
    at: datetime
    facts: tuple[tuple[str, str], ...]


def receipts(made: Sequence[Mapping[str, Any]], lang: str) -> Iterator[Receipt]:
    """The receipts of somebody in words, the newest first."""
    said, terms = log_words(lang)["kinds"], log_words(lang)["fields"]
    for one in reversed(made):
        entry = parse(json.loads(one["text"])["entry"].encode())
        told = {**entry.body, **{name: value for name, value in one["opened"].items() if name != SUBJECT}}
        facts = tuple((terms.get(name, name), str(value)) for name, value in told.items() if str(value))
        yield Receipt(one["index"], said.get(entry.kind, entry.kind), entry.time, facts)
