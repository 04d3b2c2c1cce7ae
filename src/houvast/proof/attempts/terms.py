"""Terms to the second, and what a dispute holds: tried on the live row policies, at chosen instants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from houvast.database.catalogue import ForeignKey
from houvast.policy.model import Action, Form, Purpose, PurposeKind, Use
from houvast.policy.terms import ENDLESS, term_end
from houvast.proof.attempts.dates import condition
from houvast.proof.canary import Canary, CanaryRow
from houvast.proof.field import Field, Spot
from houvast.proof.probe import ADMINISTRATOR, FORBIDDEN, NOT_CHANGED, PERMITTED, Kind, Opened, Probe
from houvast.proof.states import WORDS, State

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
            for words, at in (
                ("in the last second of", end - timedelta(seconds=1)),
                ("in the first second after", end),
            ):
                yield from _at(
                    field,
                    spot,
                    found[1],
                    opened,
                    at,
                    f"{name} reads {category} in {spot.shape.name} {words} its term",
                )


def _at(field: Field, spot: Spot, row: CanaryRow, opened: Opened, at: datetime, name: str) -> Iterator[Probe]:
    steps = condition(field, spot, opened, row.where)
    if not steps:
        return
    look = field.look(opened.purpose, Action.READ, spot, row, opened, at)
    may = look is not None and look.form is not Form.AGGREGATE
    text = _NOW.sub(f"'{at.isoformat()}'::timestamptz", steps[1])
    promises = field.promises(spot.category, opened.purpose) | field.term_promises(spot.category, opened.purpose)
    yield Probe(
        name,
        "term",
        ADMINISTRATOR,
        (steps[0], text),
        PERMITTED if may else FORBIDDEN,
        promises,
        kind=Kind.CONDITION,
        control=may,
        rollback=True,
    )


def held(field: Field) -> Iterator[Probe]:
    """What is past every term may be erased, but not while a dispute holds it or the term still runs."""
    for use, category, name in field.uses():
        purpose = field.policy.purposes[name]
        if purpose.kind is PurposeKind.MIGRATION or Action.DELETE not in use.actions or not field.logins(name):
            continue
        for spot in field.of(category):
            for state in (State.ACTIVE, State.FORGOTTEN, State.RESTRICTED, State.EXPIRED, State.KEPT):
                found = field.canary(spot, state)
                yield from _erase(field, spot, found[0], found[1], purpose, use, state) if found else ()


def _erase(
    field: Field, spot: Spot, canary: Canary, row: CanaryRow, purpose: Purpose, use: Use, state: State
) -> Iterator[Probe]:
    name, opened = purpose.name, field.opened(purpose, canary)
    promises = field.promises(spot.category, name)
    if state is State.KEPT:
        promises |= {p for d in field.policy.duties if d.name == "hold" for p in d.promises}
    going = (row, *_taken_along(field, canary, row))
    may = all(
        field.permits(name, Action.DELETE, Spot(r.shape, c, c.categories[0]), r, opened)
        for r in going
        for c in r.shape.table.columns.values()
        if c.categories
    )
    if state is State.KEPT and len(going) > 1 and not _is_in_the_way(canary, going):
        yield from _really(field, spot, row, opened, use, promises)
    steps = _all_hold(field, going, opened)
    if steps:
        yield Probe(
            f"{name} erases {spot.category} in {spot.shape.name}: {WORDS[state]}",
            "erase",
            ADMINISTRATOR,
            steps,
            PERMITTED if may else FORBIDDEN,
            promises,
            kind=Kind.CONDITION,
            control=may,
            rollback=True,
        )


def _all_hold(field: Field, going: Sequence[CanaryRow], opened: Opened) -> tuple[str, ...]:
    """The condition on deleting a row and those that go with it: its policy's, and their triggers'."""
    asked = [
        condition(field, Spot(r.shape, c, c.categories[0]), opened, r.where, "delete")
        for r in going
        for c in [next((c for c in r.shape.table.columns.values() if c.categories), None)]
        if c
    ]
    if not all(asked):
        return ()
    return asked[0][0], "SELECT " + " AND ".join(f"({steps[1]})" for steps in asked)


def _really(
    field: Field, spot: Spot, row: CanaryRow, opened: Opened, use: Use, promises: frozenset[str]
) -> Iterator[Probe]:
    """Deleting a row for real, in a transaction that is undone, while a row below it is held."""
    if Action.READ not in use.actions:
        return  # it may not name a row
    view = f'"{opened.purpose}"."{spot.shape.relation.relname}"'
    yield Probe(
        f"{opened.purpose} deletes a row of {spot.shape.name} that takes a held row along",
        "erase",
        field.logins(opened.purpose)[0],
        (f"DELETE FROM {view} WHERE {row.where}",),  # noqa: S608 - a made-up row's own key
        NOT_CHANGED,
        promises,
        kind=Kind.WRITE,
        opened=opened,
        rollback=True,
    )


def _taken_along(field: Field, canary: Canary, row: CanaryRow) -> Iterator[CanaryRow]:
    """The rows that go with a row when it is deleted."""
    for other in canary.rows:
        for key in other.shape.relation.foreign_keys:
            if key.on_delete == "c" and key.table == row.shape.name and _points(other, key, row):
                yield other
                yield from _taken_along(field, canary, other)


def _is_in_the_way(canary: Canary, going: Sequence[CanaryRow]) -> bool:
    """Whether the database refuses already because rows stay that point at one that would go."""
    return any(
        key.on_delete in "ar" and key.table == gone.shape.name and other not in going and _points(other, key, gone)
        for gone in going
        for other in canary.rows
        for key in other.shape.relation.foreign_keys
    )


def _points(child: CanaryRow, key: ForeignKey, parent: CanaryRow) -> bool:
    pairs = zip(key.columns, key.target_columns, strict=True)
    return all(child.values.get(mine) == parent.values.get(theirs) for mine, theirs in pairs)
