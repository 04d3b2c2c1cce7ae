"""Canaries: made-up people and their rows, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from houvast.compiler.shape import Shape
from houvast.compiler.words import ident, literal
from houvast.policy.world import NOBODY, Person, Row
from houvast.proof.states import State

NO_ROW = Row("", "")


def where_key(key: Mapping[str, str], alias: str = "") -> str:
    """SQL that finds one row; values are untyped literals, so that every index serves."""
    prefix = f"{alias}." if alias else ""
    return " AND ".join(f"{prefix}{ident(name)} = {literal(value)}" for name, value in key.items())


@dataclass(frozen=True)
class CanaryRow:
    """One made-up row. `given`: what its value was given for. `values`: as the administrator sees them."""

    shape: Shape
    key: Mapping[str, str]
    marker: str
    given: str = ""
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    row: Row = NO_ROW
    error: str = ""  # why it could not be made

    @property
    def where(self) -> str:
        """SQL that finds it."""
        return where_key(self.key)


@dataclass(frozen=True)
class Canary:
    """One made-up person in a state, with a row in every table about such people."""

    kind: str
    key: str
    state: State
    rows: tuple[CanaryRow, ...] = ()
    person: Person = NOBODY
    trouble: str = ""  # why it is not in its state

    def of(self, table: str) -> tuple[CanaryRow, ...]:
        """Its rows of one table."""
        return tuple(row for row in self.rows if row.shape.name == table)


@dataclass(frozen=True)
class Flock:
    """All canaries of a run. `case` is a dispute that holds the rows of the active ones, `other_case`
    one that holds nothing of theirs. `sharing`: tables whose rows a hold cannot tell apart, so none is held."""

    canaries: tuple[Canary, ...]
    marker: str
    case: str
    other_case: str
    sharing: frozenset[str] = frozenset()

    def person(self, kind: str, state: State) -> Canary | None:
        """The canary of this kind in this state."""
        return next((c for c in self.canaries if c.kind == kind and c.state is state), None)

    def holding(self, state: State, shape: Shape) -> str:
        """The dispute that holds a row of a canary in this state; "" when none does."""
        if shape.name in self.sharing:
            return ""
        if state is State.KEPT:
            return "" if shape.subject_key else self.other_case
        return {State.ACTIVE: self.case, State.ENDED: self.other_case}.get(state, "")
