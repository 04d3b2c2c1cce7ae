# ruff: noqa: S608 - names pass through ident, values through literal
"""Whoever may write a case opens nobody to themselves by it, and whoever may write a link makes no row of others theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from houvast.compiler.joining import links_to
from houvast.compiler.words import ident, idents, literal
from houvast.datamap.model import OTHERS
from houvast.policy.model import Action, Purpose, Use
from houvast.proof.attempts.reads import read
from houvast.proof.canary import CanaryRow
from houvast.proof.field import Field, Spot
from houvast.proof.probe import REFUSED, Kind, Probe
from houvast.proof.states import State
from houvast.proof.values import is_text

FAMILY = "own circumstance"
LINK = "link"
REFUSED_AS = frozenset({"42501", "0A000", "55000", "23502", "23503", "23505", "23514"})
"""By a right, a view, a key or a check: then there is no case either."""


def openings(field: Field) -> Iterator[Probe]:
    """Each login with a use that some circumstance opens, and that may write the table of that circumstance."""
    for use, category, name in field.uses():
        purpose = field.policy.purposes[name]
        for circumstance in dict.fromkeys(one for way in use.while_ for one in way):
            if _concerns(field, circumstance, use):
                for spot in field.of(category):
                    yield from _tried(field, purpose, circumstance, spot)


def _concerns(field: Field, circumstance: str, use: Use) -> bool:
    found = field.map.circumstances.get(circumstance)
    return found is not None and found.opened_by == OTHERS and Action.READ in use.actions


def _tried(field: Field, purpose: Purpose, circumstance: str, spot: Spot) -> Iterator[Probe]:
    """Somebody who is in no circumstance, at a place that asks for one of the person, not of the row's own case."""
    found = field.map.circumstances[circumstance]
    hidden, seen = field.canary(spot, State.ENDED), field.flock.person(found.kind, State.ACTIVE)
    case = next(iter(seen.of(found.table)), None) if seen else None
    of_person = (
        spot.shape.kind == found.kind and circumstance not in spot.shape.cases and spot.shape.name != found.table
    )
    if not (of_person and case and hidden) or case.error:
        return
    opened = field.opened(purpose, hidden[0])
    if field.look(purpose.name, Action.READ, spot, hidden[1], opened) is not None:
        return
    for words, text in _openings(field, purpose, circumstance, case, hidden[0].key):
        for login in field.logins(purpose.name):
            name = f"{login}, {purpose.name}: {words} `{circumstance}`, and reads {spot.category} in {spot.shape.name}"
            probe = read(
                spot, hidden[1], login, opened, name, FAMILY, field.promises(spot.category, purpose.name), seen=False
            )
            yield replace(probe, steps=(text, *probe.steps), rollback=True, tolerated=REFUSED_AS)


def _openings(
    field: Field, purpose: Purpose, circumstance: str, case: CanaryRow, person: str
) -> Iterator[tuple[str, str]]:
    """Statements that would bring the circumstance about for a person: a new case like another's, and that of another moved."""
    found, shape = field.map.circumstances[circumstance], case.shape
    access = field.compiled.accesses[purpose.name, shape.name]
    table, whose = ident(shape.relation.relname), found.path[0]
    inserts, updates = access.columns("insert"), access.columns("update")
    if whose in inserts:
        values = {name: literal(str(value)) for name in inserts if (value := case.values.get(name)) is not None}
        drawn = {name for name in values if shape.relation.draws(name) or shape.relation.columns[name].generated}
        kept = {name: value for name, value in values.items() if name not in drawn} | {whose: literal(person)}
        for one in (name for key in shape.relation.uniques if whose not in key for name in key if name in kept):
            if is_text(shape.relation.columns[one].type):
                kept[one] = literal(f"{case.marker}-own")
        yield "writes a case of", f"INSERT INTO {table} ({idents(kept)}) VALUES ({', '.join(kept.values())})"
    if whose in updates:
        yield "moves a case of", f"UPDATE {table} SET {ident(whose)} = {literal(person)} WHERE {case.where}"


def links(field: Field) -> Iterator[Probe]:
    """Each purpose that may change what a link says: one that ended does not begin again."""
    for shape in field.layout.shapes.values():
        for way in links_to(shape):
            linking = field.layout.shapes.get(way.through)
            for purpose in field.openable() if way.left and linking else ():
                yield from _again(field, purpose, way.through, way.left)


def _again(field: Field, purpose: Purpose, table: str, left: str) -> Iterator[Probe]:
    access = field.compiled.accesses[purpose.name, table]
    canary = field.flock.person(access.shape.kind, State.ACTIVE)
    row = next(iter(canary.of(table)), None) if canary else None
    if canary is None or row is None or row.error or left not in access.columns("update"):
        return
    place, column = ident(access.shape.relation.relname), ident(left)
    end = f"UPDATE {place} SET {column} = coalesce({column}, pg_catalog.now()) WHERE {row.where}"
    again = f"UPDATE {place} SET {column} = NULL WHERE {row.where}"
    promises = field.promises(next(iter(access.shape.personal), ""), purpose.name)
    yield Probe(
        f"{purpose.name} lets a link of {table} that ended begin again", LINK, field.logins(purpose.name)[0], (end, again),
        REFUSED, promises, kind=Kind.ORDER, opened=field.opened(purpose, canary), rollback=True,
    )  # fmt: skip
