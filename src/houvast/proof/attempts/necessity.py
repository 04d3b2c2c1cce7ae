# ruff: noqa: S608 - names pass through ident, values through literal
"""What people have to give: the policy says it of each field, and the database asks no more than that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from houvast.compiler.words import ident, relation
from houvast.datamap.model import Column
from houvast.policy.check import law_for
from houvast.policy.duties import State, answers
from houvast.policy.model import Category, Necessity, Policy
from houvast.proof.attempts.duties import COMPILES, compiled, told
from houvast.proof.canary import CanaryRow
from houvast.proof.field import Field
from houvast.proof.probe import ADMINISTRATOR, CHANGED, Kind, Probe
from houvast.proof.states import State as Stage

FAMILY = "necessity"


def necessity(field: Field) -> Iterator[Probe]:
    """Each category says what is required; what is optional may be left empty in the live tables."""
    policy = field.policy
    yield compiled(field, FAMILY, "the policy in force", policy, COMPILES)
    yield _answered(field, "the policy in force", policy, State.ANSWERED)
    for category in policy.categories.values():
        silent = _and(policy, replace(category, necessity={}))
        yield _answered(field, f"{category.name} without its necessity", silent, State.MISSING)
        if Necessity.REQUIRED in category.necessity.values():
            unsaid = _and(policy, replace(category, without={}))
            yield compiled(field, FAMILY, f"{category.name} without what happens without it", unsaid)
        strange = _and(policy, replace(category, necessity={**category.necessity, "shoe size": Necessity.REQUIRED}))
        yield compiled(field, FAMILY, f"{category.name} asks for something that it does not have", strange)
    yield from _emptied(field)


def _answered(field: Field, words: str, policy: Policy, expected: State) -> Probe:
    law = law_for(policy, field.now)
    found = [one.state for one in answers(policy, law) if one.duty.asks == FAMILY] if law else []
    seen = found[0].value if found else "not asked"
    return told(
        FAMILY, f"is it said what is required: {words}", expected.value, seen, control=expected is State.ANSWERED
    )


def _and(policy: Policy, category: Category) -> Policy:
    return replace(policy, categories={**policy.categories, category.name: category})


def _emptied(field: Field) -> Iterator[Probe]:
    """Every column that holds an optional field is emptied, and each row written again as it is."""
    for shape in field.layout.shapes.values():
        canary = field.flock.person(shape.kind, Stage.ACTIVE) if shape.kind else None
        row = next((one for one in canary.of(shape.name) if not one.error), None) if canary else None
        for column in shape.table.columns.values() if row else ():
            need = _need(field, column)
            live = shape.relation.columns.get(column.name)
            if row is None or need is None or live is None or live.generated:
                continue
            if need is Necessity.OPTIONAL:
                yield _write(row, column, "NULL", "is left empty, which is optional")
            elif need is Necessity.REQUIRED:
                yield _write(row, column, ident(column.name), "is written as it is, which is required", control=True)


def _need(field: Field, column: Column) -> Necessity | None:
    """Whether people have to give what a column holds; None where the policy does not say it of that field.

    Of a category as a whole it is said of its rows: whoever gives none leaves no row.
    """
    if len(column.categories) != 1 or column.derived_from:
        return None
    category = field.policy.categories.get(column.categories[0])
    name = column.holds or column.name
    return category.necessity.get(name) if category else None


def _write(row: CanaryRow, column: Column, value: str, words: str, *, control: bool = False) -> Probe:
    live = row.shape.relation
    text = f"UPDATE {relation(live.schema, live.relname)} SET {ident(column.name)} = {value} WHERE {row.where}"
    return Probe(
        f"{row.shape.name}.{column.name} {words}",
        FAMILY,
        ADMINISTRATOR,
        (text,),
        CHANGED,
        frozenset(),
        kind=Kind.WRITE,
        control=control,
        rollback=True,
        tolerated=frozenset({"42501", "23502"}),
    )
