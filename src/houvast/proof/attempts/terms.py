"""Terms to the day, and what a dispute holds: tried on the live row policies, at instants of the attempt's choice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from houvast.policy.model import Action, PurposeKind
from houvast.policy.terms import ENDLESS, term_end
from houvast.proof.attempts.dates import condition
from houvast.proof.canary import CanaryRow
from houvast.proof.field import Field, Spot
from houvast.proof.probe import ADMINISTRATOR, FORBIDDEN, PERMITTED, Kind, Opened, Probe
from houvast.proof.states import State

_NOW = re.compile(r"(?:pg_catalog\.)?statement_timestamp\(\)")


def boundaries(field: Field) -> Iterator[Probe]:
    """The last second of a term and the first after it, as `decide` counts them."""
    for use, category, name in field.uses():
        purpose = field.policy.purposes[name]
        if purpose.kind is not PurposeKind.ORDINARY or Action.READ not in use.actions or not field.logins(name):
            continue
        for spot in field.of(category):
            found = field.canary(spot, given=name)
            term = field.policy.term(category, name)
            if found is None or term is None or found[1].error:
                continue
            end = term_end(found[1].row, term, field.policy.regime, field.now)
            if end is None or end == ENDLESS:
                continue
            opened = field.opened(purpose, found[0])
            for words, at in (("in the last second of", end - timedelta(seconds=1)), ("in the first second after", end)):
                yield from _at(field, spot, found[1], opened, at, f"{name} reads {category} in {spot.shape.name} {words} its term")


def _at(field: Field, spot: Spot, row: CanaryRow, opened: Opened, at: datetime, name: str) -> Iterator[Probe]:
    steps = condition(field, spot, opened, row.where)
    if not steps:
        return
    may = field.permits(opened.purpose, Action.READ, spot, row, opened, at)
    text = _NOW.sub(f"'{at.isoformat()}'::timestamptz", steps[1])
    promises = field.promises(spot.category, opened.purpose) | field.term_promises(spot.category, opened.purpose)
    yield Probe(name, "term", ADMINISTRATOR, (steps[0], text), PERMITTED if may else FORBIDDEN, promises, kind=Kind.CONDITION,
                control=may, rollback=True)  # fmt: skip


def held(field: Field) -> Iterator[Probe]:
    """What is past every term may be erased, but not while a dispute holds it or the term still runs."""
    for use, category, name in field.uses():
        purpose = field.policy.purposes[name]
        if purpose.kind is not PurposeKind.RETENTION or Action.DELETE not in use.actions or not field.logins(name):
            continue
        for spot in field.of(category):
            for state in (State.ACTIVE, State.FORGOTTEN, State.RESTRICTED, State.EXPIRED):
                found = field.canary(spot, state)
                yield from _erase(field, spot, found[1], name, state) if found else ()


def _erase(field: Field, spot: Spot, row: CanaryRow, name: str, state: State) -> Iterator[Probe]:
    opened = Opened(name)
    cells = [Spot(spot.shape, c, c.categories[0]) for c in spot.shape.table.columns.values() if c.categories]
    may = all(field.permits(name, Action.DELETE, cell, row, opened) for cell in cells)
    steps = condition(field, spot, opened, row.where, "delete")
    if steps:
        yield Probe(f"{name} erases {spot.category} in {spot.shape.name}: {state.value}", "erase", ADMINISTRATOR, steps,
                    PERMITTED if may else FORBIDDEN, field.promises(spot.category, name), kind=Kind.CONDITION, control=may,
                    rollback=True)  # fmt: skip
