"""Names in a data map: each stands for something in the policy or in the map itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from houvast.datamap.model import Circumstance, Column, DataMap, Login, Owner, Stand, Table
from houvast.datamap.promised import Promised
from houvast.errors import Finding, Place
from houvast.reading import did_you_mean

OWN_CIRCUMSTANCES = ("request.open", "hold.open")
"""Circumstances that Houvast itself keeps."""

OWN_EVENTS = ("account.closed", "withdrawn", "hold.released")
"""Events that Houvast itself knows of a person."""

STANDS = ("consented", "own_customer", "objected")


def policy_exists(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """The map is for a policy that is there."""
    names = [policy.name for policy in policies]
    yield from _known("policy", datamap.policy, names, _at(datamap, "policy"), "The map")


def subjects_exist(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """Subjects are kinds of people of the policy; owners and circumstances name subjects of the map."""
    people = _union(policy.people for policy in policies)
    for subject in datamap.subjects.values():
        title = f"Subject `{subject.kind}`"
        yield from _known("kind of people", subject.kind, people, _at(datamap, f"subjects.{subject.kind}"), title)
    for table in datamap.tables.values():
        for owner in (*table.owners, *table.accessed_by):
            yield from _known("subject", owner.kind, datamap.subjects, owner.place, f"Table `{table.name}`")
    for one in (*datamap.circumstances.values(), *datamap.stands):
        title = f"`{one.name}`" if isinstance(one, Circumstance) else f"A stand on `{one.purpose}`"
        yield from _known("subject", one.kind, datamap.subjects, _at(one, f"person.{one.kind}", "person"), title)


def categories_exist(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """Columns hold categories of the policy."""
    known = _union(policy.categories for policy in policies)
    for table in datamap.tables.values():
        for column in table.columns.values():
            for name in column.categories:
                title = f"Column `{table.name}.{column.name}`"
                yield from _known("category", name, known, _at(column, name), title)


def fields_exist(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """What a column holds is a field of its category: the policy says whether people have to give it (G11)."""
    for table in datamap.tables.values():
        for column in table.columns.values():
            ours = [policy.categories[n] for policy in policies for n in column.categories if n in policy.categories]
            if column.holds:
                known = _union(category.fields for category in ours)
                place = column.places.get("holds", column.place)
                yield from _known("field", column.holds, known, place, f"Column `{table.name}.{column.name}`")


def purposes_exist(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """Logins, stands, writers and given values name purposes of the policy."""
    known = _union(policy.purposes for policy in policies)
    for login in datamap.logins.values():
        for name in login.purposes:
            yield from _known("purpose", name, known, _at(login, name), f"Login `{login.name}`")
    for stand in datamap.stands:
        yield from _known("purpose", stand.purpose, known, _at(stand, "purpose"), "A stand")
    for view, names in datamap.totals_for.items():
        place = datamap.places.get("materialised", datamap.place)
        for name in names:
            yield from _known("purpose", name, known, place, f"Materialised view `{view}`")
    for table in datamap.tables.values():
        for name in table.writers:
            place = _at(table, f"writers.{name}", "writers")
            yield from _known("purpose", name, known, place, f"Table `{table.name}`")
        for value, name in table.given_values.items():
            place = _at(table, f"given_values.{value}", "given_values")
            yield from _known("purpose", name, known, place, f"Table `{table.name}`")


def circumstances_exist(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """A row's case is a circumstance that the map or Houvast defines."""
    known = [*datamap.circumstances, *OWN_CIRCUMSTANCES]
    for table in datamap.tables.values():
        for name in table.cases:
            place = _at(table, f"case.{name}", "case")
            yield from _known("circumstance", name, known, place, f"Table `{table.name}`")


def events_exist(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """An event in a table is no mistyping of one that a term counts from; dates beyond those do no harm."""
    counted = dict.fromkeys(term.event for policy in policies for term in policy.terms)
    known = [*counted, "collected", *OWN_EVENTS]
    for table in datamap.tables.values():
        for name in table.events:
            if name not in known and get_close_matches(name, known, n=1, cutoff=0.8):
                place = _at(table, f"events.{name}", "events")
                yield from _known("event", name, known, place, f"Table `{table.name}`")


def stands_are_known(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """A person stands towards a purpose in one of three ways."""
    for stand in datamap.stands:
        yield from _known("stand", stand.stand, STANDS, _at(stand, "stand"), "The map")


CHECKS = (
    subjects_exist,
    categories_exist,
    fields_exist,
    purposes_exist,
    circumstances_exist,
    events_exist,
    stands_are_known,
)


def _at(one: DataMap | Table | Owner | Login | Column | Stand | Circumstance, *keys: str) -> Place:
    return next((one.places[key] for key in keys if key in one.places), one.place)


def _union(groups: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(name for group in groups for name in group))


def _known(what: str, name: str, known: Iterable[str], place: Place, title: str) -> Iterator[Finding]:
    names = list(known)
    if name not in names:
        code = f"{what.split()[0]}-unknown"
        yield Finding(code, place, f"{title} names the {what} `{name}`, which nobody knows.", did_you_mean(name, names))
