"""What every sort of attempt works from: policy, map, live shape and canaries, and what `decide` expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from houvast.compiler.compile import Compiled
from houvast.compiler.shape import Layout, Shape
from houvast.compiler.words import ident
from houvast.database.catalogue import Catalogue
from houvast.datamap.model import Column, DataMap
from houvast.policy.decide import Permit, decide
from houvast.policy.forms import FULL
from houvast.policy.model import Action, Look, Policy, Purpose, PurposeKind, Use
from houvast.policy.world import Ask, OpenUse
from houvast.proof.canary import Canary, CanaryRow, Flock
from houvast.proof.probe import Opened
from houvast.proof.states import State
from houvast.proof.values import is_text


@dataclass(frozen=True)
class Spot:
    """A table, and the column of it that is tried for a category."""

    shape: Shape
    column: Column
    category: str

    @property
    def sql(self) -> str:
        """The table as a login names it whose use is open: its purpose's view, or the table itself."""
        return ident(self.shape.relation.relname)


@dataclass(frozen=True)
class Field:
    """Everything that attempts are made from."""

    versions: Sequence[Policy]
    map: DataMap
    catalogue: Catalogue
    compiled: Compiled
    flock: Flock
    numbers: Mapping[str, int]
    now: datetime
    policies: Mapping[tuple[str, str], str]  # (table, name) -> the condition of a live row policy
    fast: bool  # the fast profile: a use is carried by a setting
    strange: int = 0  # the number of a use that the administrator opened

    @cached_property
    def policy(self) -> Policy:
        """The version in force; the first one when none is yet."""
        return next((v for v in reversed(self.versions) if v.effective <= self.now), self.versions[0])

    @property
    def layout(self) -> Layout:
        """The map laid over the catalogue."""
        return self.compiled.layout

    @cached_property
    def spots(self) -> tuple[Spot, ...]:
        """One column for each category in each table: text where there is some, so that a marker shows."""
        found: list[Spot] = []
        for shape in self.layout.shapes.values():
            for category in shape.personal if shape.kind else ():
                columns = [c for c in shape.table.columns.values() if c.categories == (category,)]
                if columns:
                    found.append(Spot(shape, min(columns, key=lambda c, s=shape: _rank(s, c)), category))
        return tuple(found)

    def of(self, category: str) -> list[Spot]:
        """Where data of a category lie."""
        return [spot for spot in self.spots if spot.category == category]

    def logins(self, purpose: str) -> list[str]:
        """Who may open a use for this purpose."""
        return [login.name for login in self.map.logins.values() if purpose in login.purposes]

    def uses(self) -> Iterator[tuple[Use, str, str]]:
        """(use, category, purpose) of every declared pair."""
        for use in self.policy.uses:
            for category in use.categories:
                for purpose in use.purposes:
                    yield use, category, purpose

    def openable(self) -> list[Purpose]:
        """The purposes that some login may open, the migrations of the tables' owner aside."""
        ordinary = [p for p in self.policy.purposes.values() if p.kind is not PurposeKind.MIGRATION]
        return [p for p in ordinary if self.logins(p.name)]

    def opened(self, purpose: Purpose, canary: Canary | None = None) -> Opened:
        """A use for a purpose; for one that is for one person or case at a time, for this canary."""
        person = f"{canary.kind}:{canary.key}" if canary and (purpose.one == "person") else ""
        case = self.flock.case if purpose.one == "case" else ""
        return Opened(purpose.name, person, case)

    def canary(self, spot: Spot, state: State = State.ACTIVE, given: str = "") -> tuple[Canary, CanaryRow] | None:
        """A canary's row at a spot; `given`: the purpose that it was given for, if it was given for one."""
        canary = self.flock.person(spot.shape.kind, state)
        rows = canary.of(spot.shape.name) if canary else ()
        row = next((r for r in rows if r.given == given), None) or next(iter(rows), None)
        return (canary, row) if canary and row else None

    def permits(
        self,
        purpose: str,
        action: Action,
        spot: Spot,
        row: CanaryRow,
        opened: Opened,
        at: datetime | None = None,
    ) -> bool:
        """Whether the meaning permits this with the cell as it is, of a row that is known by its own key; a row is deleted
        in whatever form its cells come."""
        look = self.look(purpose, action, spot, row, opened, at)
        whole = look == FULL and purpose not in self.under_pseudonyms
        return look is not None and (whole or action is Action.DELETE)

    @cached_property
    def under_pseudonyms(self) -> frozenset[str]:
        """The purposes that see pseudonyms, and so know no row by its own key."""
        return frozenset(purpose for (purpose, _), access in self.compiled.accesses.items() if access.named)

    def look(
        self,
        purpose: str,
        action: Action,
        spot: Spot,
        row: CanaryRow,
        opened: Opened,
        at: datetime | None = None,
    ) -> Look | None:
        """The form in which the meaning permits this cell; None when it does not."""
        answer = decide(self.versions, self.ask(purpose, action, spot, row, opened, at))
        return answer.look if isinstance(answer, Permit) else None

    def ask(
        self,
        purpose: str,
        action: Action,
        spot: Spot,
        row: CanaryRow,
        opened: Opened,
        at: datetime | None = None,
    ) -> Ask:
        """The question to `decide` about a canary's cell."""
        kind, _, key = opened.person.partition(":")
        use = OpenUse(opened.purpose, (kind, key) if key else None, opened.case)
        return Ask(purpose, action, spot.column.name, frozenset(spot.column.categories), row.row, at or self.now, use)

    def promises(self, category: str, purpose: str) -> frozenset[str]:
        """The promises behind a declared pair: those of the use, category, purpose and prohibition."""
        use = self.policy.use(category, purpose)
        limits = [n for n in self.policy.nevers if category in n.categories and purpose in n.but]
        rules = [use, self.policy.categories.get(category), self.policy.purposes.get(purpose), *limits]
        return frozenset(p for rule in rules if rule for p in (rule.promise, *rule.also) if p)

    def term_promises(self, category: str, purpose: str) -> frozenset[str]:
        """The promises behind the term of a pair."""
        term = self.policy.term(category, purpose)
        return frozenset(p for p in (term.promise, *term.also) if p) if term else frozenset()

    def never_promises(self, category: str, purpose: str) -> frozenset[str]:
        """The promises behind what forbids a pair."""
        found = [n for n in self.policy.nevers if category in n.categories and purpose not in n.but]
        return frozenset(p for never in found for p in (never.promise, *never.also) if p)


def _rank(shape: Shape, column: Column) -> tuple[int, int, int]:
    live = shape.relation.columns.get(column.name)
    texty = bool(live and is_text(live.type) and column.name not in shape.table.canary and not live.generated)
    return (0 if texty else 1, 0 if live and live.not_null else 1, 1 if live and live.generated else 0)
