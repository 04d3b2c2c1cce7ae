# ruff: noqa: S608 - names pass through ident, values through literal
"""Reads and writes of canaries in every state, for every purpose: the database says what `decide` says."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.compiler.words import ident, literal
from houvast.policy.model import Action, Form, Purpose, PurposeKind
from houvast.proof.canary import Canary, CanaryRow
from houvast.proof.field import Field, Spot
from houvast.proof.probe import CHANGED, NOT_CHANGED, NOT_SEEN, SEEN, Kind, Opened, Probe
from houvast.proof.states import WORDS, State
from houvast.proof.values import is_text

NOT_WRITTEN = frozenset({"42501", "0A000", "55000"})
"""Refused by a right, or by a view that does not write this column."""
TERMS = (State.EXPIRED, State.FORGOTTEN, State.KEPT)


def reads(field: Field) -> Iterator[Probe]:
    """Every declared pair in every state: what is permitted is a control, what is not must not be seen. Pairs that come in
    another form than as they are, `forms` tries."""
    for use, category, name in field.uses():
        purpose = field.policy.purposes[name]
        if Action.READ not in use.actions and purpose.kind is PurposeKind.ORDINARY:
            continue
        for spot in field.of(category) if use.form is Form.FULL else ():
            for number, login in enumerate(field.logins(name)):
                for state in State if number == 0 else (State.ACTIVE,):
                    yield from _read(field, purpose, spot, login, state)


def _read(field: Field, purpose: Purpose, spot: Spot, login: str, state: State) -> Iterator[Probe]:
    canary = field.flock.person(spot.shape.kind, state)
    for row in canary.of(spot.shape.name) if canary else ():
        opened = field.opened(purpose, canary)
        seen = field.permits(purpose.name, Action.READ, spot, row, opened)
        promises = field.promises(spot.category, purpose.name)
        if state in TERMS:
            promises |= field.term_promises(spot.category, purpose.name)
        other = bool(row.given) and row.given != purpose.name
        family = "other record's purpose" if other else f"state {state.value}"
        if seen and state is State.ACTIVE:
            family = "control"
        if other:
            promises |= field.never_promises(spot.category, purpose.name)
        words = f"given for {row.given}" if other else WORDS[state]
        yield read(
            spot,
            row,
            login,
            opened,
            f"{purpose.name} reads {spot.category} in {spot.shape.name}: {words}",
            family,
            promises,
            seen=seen,
        )


def read(
    spot: Spot,
    row: CanaryRow,
    login: str,
    opened: Opened | None,
    name: str,
    family: str,
    promises: frozenset[str],
    *,
    seen: bool,
    table: str = "",
) -> Probe:
    """A read of one cell of a canary."""
    cell = (ident(spot.column.name), table or spot.sql, row.where)
    text = f"SELECT {cell[0]} FROM {cell[1]} WHERE {cell[2]}"
    return Probe(
        name,
        family,
        login,
        (text,),
        SEEN if seen else NOT_SEEN,
        promises,
        control=seen,
        opened=opened,
        truth=truth(spot, row),
        marker=row.marker,
        cell=cell,
    )


def truth(spot: Spot, row: CanaryRow) -> str:
    """The cell as the administrator sees it; what no answer equals when the row could not be made."""
    value = row.values.get(spot.column.name)
    return str(value) if value is not None else f"no canary: {row.error or 'empty'}"


def undeclared(field: Field) -> Iterator[Probe]:
    """Every pair that no use declares, also for somebody who consented to everything."""
    for purpose in field.openable():
        login = field.logins(purpose.name)[0]
        for spot in field.spots:
            if field.policy.use(spot.category, purpose.name):
                continue
            for state in (State.ACTIVE, State.EAGER):
                yield from _undeclared(field, purpose, spot, login, state)


def _undeclared(field: Field, purpose: Purpose, spot: Spot, login: str, state: State) -> Iterator[Probe]:
    found = field.canary(spot, state)
    if found is None:
        return
    category = field.policy.categories[spot.category]
    promises = field.never_promises(spot.category, purpose.name) | {p for p in (category.promise, *category.also) if p}
    words = f"{purpose.name} reads {spot.category} in {spot.shape.name}, which no use declares: {WORDS[state]}"
    opened = field.opened(purpose, found[0])
    yield read(spot, found[1], login, opened, words, "undeclared", promises, seen=False)
    yield read(
        spot,
        found[1],
        login,
        opened,
        f"{words}; base table",
        "undeclared",
        promises,
        seen=False,
        table=spot.shape.sql,
    )


def writes(field: Field) -> Iterator[Probe]:
    """Changing and deleting, also where only reading is declared; everything is rolled back."""
    for use, category, name in field.uses():
        purpose = field.policy.purposes[name]
        if purpose.kind is PurposeKind.MIGRATION or not field.logins(name):
            continue
        for spot in field.of(category):
            for state in (State.ACTIVE, State.ENDED, State.FORGOTTEN):
                canary = field.flock.person(spot.shape.kind, state)
                for row in canary.of(spot.shape.name)[:1] if canary else ():
                    yield from _update(field, purpose, spot, row, canary, state)
                    if Action.DELETE in use.actions or state is State.ACTIVE:
                        yield from _delete(field, purpose, spot, row, canary, state)


def _update(
    field: Field, purpose: Purpose, spot: Spot, row: CanaryRow, canary: Canary | None, state: State
) -> Iterator[Probe]:
    live = spot.shape.relation.columns[spot.column.name]
    if not is_text(live.type) or spot.column.name in spot.shape.table.canary or live.generated:
        return
    opened = field.opened(purpose, canary)
    may = field.permits(purpose.name, Action.UPDATE, spot, row, opened) and field.permits(
        purpose.name, Action.READ, spot, row, opened
    )
    text = f"UPDATE {spot.sql} SET {ident(spot.column.name)} = {literal(row.marker + 'x')} WHERE {row.where}"
    yield Probe(
        f"{purpose.name} changes {spot.category} in {spot.shape.name}: {WORDS[state]}",
        "write",
        field.logins(purpose.name)[0],
        (text,),
        CHANGED if may else NOT_CHANGED,
        field.promises(spot.category, purpose.name),
        kind=Kind.WRITE,
        control=may,
        opened=opened,
        rollback=True,
        tolerated=NOT_WRITTEN,
    )


def _delete(
    field: Field, purpose: Purpose, spot: Spot, row: CanaryRow, canary: Canary | None, state: State
) -> Iterator[Probe]:
    shape = spot.shape
    if any(k.table == shape.name for r in field.catalogue.relations.values() for k in r.foreign_keys):
        return  # what depends on it is tried apart
    opened = field.opened(purpose, canary)
    cells = [Spot(shape, c, c.categories[0]) for c in shape.table.columns.values() if c.categories]
    may = all(field.permits(purpose.name, a, cell, row, opened) for cell in cells for a in (Action.DELETE, Action.READ))
    yield Probe(
        f"{purpose.name} deletes {spot.category} in {shape.name}: {WORDS[state]}",
        "write",
        field.logins(purpose.name)[0],
        (f"DELETE FROM {spot.sql} WHERE {row.where}",),
        CHANGED if may else NOT_CHANGED,
        field.promises(spot.category, purpose.name),
        kind=Kind.WRITE,
        control=may,
        opened=opened,
        rollback=True,
        tolerated=NOT_WRITTEN,
    )
