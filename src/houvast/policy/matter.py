"""What `decide` looks at: one category, one purpose, and the versions of the policy that hold the row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Final

from houvast.policy.forms import FULL, strictest
from houvast.policy.model import Action, Category, Form, Look, Never, Policy, Purpose, PurposeKind, Term, Use
from houvast.policy.terms import term_end
from houvast.policy.world import HOLD_OPEN, REQUEST_OPEN, Ask, OpenUse, Person, Row

NO_USE: Final = Use("", (), (), (), actions=())


@dataclass(frozen=True)
class Permit:
    """The cell may be used, in this form."""

    look: Look = FULL

    @property
    def shows(self) -> bool:
        """Whether a row shows the cell: totals show none."""
        return self.look.form is not Form.AGGREGATE


@dataclass(frozen=True)
class Refuse:
    """The cell may not be used: the first rule that fails, the promise that it keeps, and why."""

    rule: int
    promise: str
    why: str


@dataclass(frozen=True)
class Clause:
    """What one version says of a category and a purpose, under the name that the purpose had then."""

    policy: Policy
    category: str
    name: str

    @cached_property
    def use(self) -> Use:
        """The declared use; one without actions when there is none."""
        return self.policy.use(self.category, self.name) or NO_USE

    @cached_property
    def purpose(self) -> Purpose:
        """The purpose; one that is nothing in particular when there is none."""
        return self.policy.purposes.get(self.name) or Purpose(self.name)

    @cached_property
    def data(self) -> Category:
        """The category; one that is nothing in particular when there is none."""
        return self.policy.categories.get(self.category) or Category(self.category)

    @cached_property
    def never(self) -> Never | None:
        """The prohibition that hits this use."""
        return self.policy.never(self.category, self.name)

    @cached_property
    def term(self) -> Term | None:
        """The term for this use."""
        return self.policy.term(self.category, self.name)


@dataclass(frozen=True)
class Matter:
    """One ask about one category, under the versions that are in force or have been, oldest first."""

    past: Sequence[Policy]
    ask: Ask
    category: str

    @cached_property
    def history(self) -> tuple[Clause, ...]:
        """What each version says of this use, newest first; a renamed use goes on under its older name."""
        name, clauses = self.ask.purpose, list[Clause]()
        for policy in reversed(self.past):
            clauses.append(Clause(policy, self.category, name))
            name = clauses[-1].use.was or name
        return tuple(clauses)

    @property
    def now(self) -> Clause:
        """What the version in force says."""
        return self.history[0]

    @cached_property
    def kind(self) -> PurposeKind:
        """The kind of purpose. Inserting is ordinary: there is no row yet to answer for or to erase."""
        kind = self.now.purpose.kind
        about_a_row = kind in (PurposeKind.RIGHTS, PurposeKind.RETENTION)
        return PurposeKind.ORDINARY if about_a_row and self.ask.action is Action.INSERT else kind

    @property
    def statute(self) -> bool:
        """The regime demands this use."""
        return bool(self.now.use.statute)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that this purpose has had here."""
        return frozenset(clause.name for clause in self.history)

    @cached_property
    def oldest_base(self) -> int | None:
        """The oldest version that an owner of the row, leavers too, is held to; None if one has none."""
        bases = [base_of(person, self.past) for person in self.ask.row.people]
        known = [base for base in bases if base is not None]
        return min(known, default=None) if len(known) == len(bases) else None

    @cached_property
    def held(self) -> tuple[Clause, ...]:
        """Every version since the oldest base; for a statute and the like only the one in force."""
        alone = self.statute or self.kind in _BY_THE_VERSION_IN_FORCE
        base = self.now.policy.version if alone or self.oldest_base is None else self.oldest_base
        return tuple(clause for clause in self.history if clause.policy.version >= base)

    @cached_property
    def present(self) -> tuple[Person, ...]:
        """The owners who have not left."""
        return self.ask.row.present(self.ask.instant)

    @property
    def policy(self) -> Policy:
        """The version in force."""
        return self.now.policy

    @property
    def use(self) -> Use:
        """The use that the version in force declares."""
        return self.now.use

    @property
    def row(self) -> Row:
        """The row that is asked for."""
        return self.ask.row

    @property
    def cell(self) -> str:
        """The column, with its table."""
        return f"{self.ask.row.table}.{self.ask.column}"

    @cached_property
    def look(self) -> Look | None:
        """The strictest form of all versions; None when they cannot be compared. People's own rights, erasing and
        changing the shape of tables are about the data as they are."""
        whole = self.kind in _BY_THE_VERSION_IN_FORCE
        return FULL if whole else strictest(clause.use.look for clause in self.held)

    @property
    def totals(self) -> bool:
        """This is for totals only, which are read and nothing else."""
        return self.look is not None and self.look.form is Form.AGGREGATE

    @cached_property
    def marketing(self) -> frozenset[str]:
        """Every purpose that is or was marketing: an objection to one is to all, for ever."""
        purposes = (purpose for policy in self.past for purpose in policy.purposes.values())
        return frozenset(purpose.name for purpose in purposes if purpose.marketing)

    @property
    def opened(self) -> OpenUse:
        """The use that is open."""
        return self.ask.use or OpenUse("")

    def is_open(self, circumstance: str, owner: Person) -> bool:
        """The circumstance holds for this owner; for a row that belongs to a case, that very case is open. What a login
        opened itself shows it that case, and no more of the person."""
        if circumstance == REQUEST_OPEN:
            return owner.request_open
        if circumstance == HOLD_OPEN:
            return self.opened.case in self.row.holds
        if self.ask.action is Action.INSERT and circumstance in self.row.creates:
            return True
        cases = owner.circumstances.get(circumstance, frozenset())
        if circumstance in self.row.cases:
            return self.row.cases[circumstance] in cases
        return bool(cases - owner.self_opened.get(circumstance, frozenset()))

    def ended(self, policy: Policy, term: Term | None) -> bool:
        """This term of the row is known, and over."""
        end = term_end(self.row, term, policy.regime, self.ask.instant)
        return end is not None and end <= self.ask.instant

    @cached_property
    def first_end(self) -> datetime | None:
        """When the first of the terms of all versions ends; None if one of them cannot be told."""
        ends = [term_end(self.row, c.term, c.policy.regime, self.ask.instant) for c in self.held]
        known = [end for end in ends if end is not None]
        return min(known) if len(known) == len(ends) else None

    @property
    def everyone(self) -> list[Matter]:
        """The same ask for each ordinary purpose that the version in force has for this category."""
        uses = [use for use in self.policy.uses if self.category in use.categories]
        names = {name for use in uses for name in use.purposes}
        matters = [Matter(self.past, replace(self.ask, purpose=name), self.category) for name in sorted(names)]
        return [matter for matter in matters if matter.now.purpose.kind is PurposeKind.ORDINARY]

    def refuse(self, rule: int, promise: str, why: str) -> Refuse:
        """A refusal, in words that name the category and the purpose."""
        return Refuse(rule, promise, f"{self.category or 'unclassified'} for {self.ask.purpose}: {why}")


_BY_THE_VERSION_IN_FORCE: Final = (PurposeKind.RIGHTS, PurposeKind.RETENTION, PurposeKind.MIGRATION)


def base_of(person: Person, past: Sequence[Policy]) -> int | None:
    """The last version in force or before that this person accepted, or else that of their first data."""
    accepted = [policy.version for policy in past if policy.version in person.accepted]
    since = person.collected_at
    known = [policy.version for policy in past if since is not None and policy.effective <= since]
    return max(accepted or known, default=None)


def statutory_terms(policy: Policy, category: str) -> list[Term]:
    """The terms of this category that the regime demands: nobody deletes before they end."""
    uses = [use for use in policy.uses if use.statute and category in use.categories]
    demanded = [policy.term(category, purpose) for use in uses for purpose in use.purposes]
    return [t for t in policy.terms if t.category == category and (t.statute or t in demanded)]


def duty(policy: Policy, name: str) -> str:
    """The promise of the duty of this name, "" if the policy has none."""
    return next((d.promises[0] for d in policy.duties if d.name == name and d.promises), "")
