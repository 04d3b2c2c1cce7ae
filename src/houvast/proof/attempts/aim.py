# ruff: noqa: S608 - names pass through ident, values through literal
"""What an attack aims at: a login with a use, a canary that it sees there and one that it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from houvast.compiler.words import ident
from houvast.policy.model import Action
from houvast.proof.attempts.reads import truth
from houvast.proof.attempts.uses import targets
from houvast.proof.canary import CanaryRow
from houvast.proof.field import Field, Spot
from houvast.proof.probe import NOT_SEEN, REFUSED, Kind, Opened, Probe
from houvast.proof.states import State

HIDING = (
    State.OBJECTED,
    State.WITHDRAWN,
    State.ENDED,
    State.CLOSED,
    State.EXPIRED,
    State.RESTRICTED,
)


@dataclass(frozen=True)
class Target:
    """One purpose of one login at one place, and how to name what is attacked there."""

    field: Field
    login: str
    spot: Spot
    opened: Opened
    seen: CanaryRow
    hidden: CanaryRow

    @property
    def base(self) -> str:
        """The application's table itself."""
        return self.spot.shape.sql

    @property
    def cell(self) -> str:
        """The column that is tried."""
        return ident(self.spot.column.name)

    @property
    def schema(self) -> str:
        """The schema with the purpose's views."""
        return ident(self.field.compiled.seats[self.opened.purpose].schema)

    @property
    def views(self) -> str:
        """The role that owns the purpose's views."""
        return ident(self.field.compiled.seats[self.opened.purpose].views)

    @property
    def enter(self) -> tuple[str, str]:
        """Taking the role and path of the purpose without its use."""
        role = ident(self.field.compiled.seats[self.opened.purpose].reader)
        return f"SET ROLE {role}", f"SET search_path = {self.schema}, public"

    def select(self, row: CanaryRow, table: str = "") -> str:
        """The plain read of a canary's cell."""
        return f"SELECT {self.cell} FROM {table or self.spot.sql} WHERE {row.where}"

    def probe(self, words: str, steps: tuple[str, ...], row: CanaryRow, opened: Opened | None) -> Probe:
        """An attack that must not show this canary."""
        return Probe(
            f"{self.login}, {self.opened.purpose}, {self.spot.shape.name}: {words}",
            "attack",
            self.login,
            steps,
            NOT_SEEN,
            self.field.promises(self.spot.category, self.opened.purpose),
            opened=opened,
            truth=truth(self.spot, row),
            marker=row.marker,
        )

    def order(self, words: str, text: str, opened: Opened | None = None, family: str = "attack") -> Probe:
        """An attack that must be refused."""
        return Probe(
            f"{self.login}, {self.opened.purpose}, {self.spot.shape.name}: {words}",
            family,
            self.login,
            (text,),
            REFUSED,
            self.field.promises(self.spot.category, self.opened.purpose),
            kind=Kind.ORDER,
            opened=opened,
            rollback=True,
        )


def aims(field: Field, *, every: bool = False) -> Iterator[Target]:
    """One target, or every one, for each purpose that some login may open."""
    for login, spot, opened in targets(field, every=every):
        seen = field.canary(spot, given=opened.purpose)
        hidden = next(_hidden(field, spot, opened), None)
        if seen and hidden:
            yield Target(field, login, spot, opened, seen[1], hidden)


def _hidden(field: Field, spot: Spot, opened: Opened) -> Iterator[CanaryRow]:
    for state in HIDING:
        found = field.canary(spot, state, opened.purpose)
        if found and not field.permits(opened.purpose, Action.READ, spot, found[1], opened):
            yield found[1]
