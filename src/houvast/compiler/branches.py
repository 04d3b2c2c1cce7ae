"""Policy versions -> what must hold for a cell, as alternatives that SQL can test.

A *segment* is the time during which one version is the newest in force. Within it a row is held to every
version since its base (rule 4 of the meaning), so what must hold depends on the base alone: the older the
base, the more must hold. A `Branch` says: from this base on, this suffices. Alternatives are ORed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import TypeAlias

from houvast.policy.forms import strictest
from houvast.policy.model import Action, Basis, Form, Look, Period, Policy, Purpose, PurposeKind, Use

Clause: TypeAlias = frozenset[str]
"""A disjunction of facts about a person: "unrestricted", "consented:p", "unobjected:p", ..."""
Formula: TypeAlias = tuple[tuple[str, ...], ...]
"""A disjunction of conjunctions of circumstances; () = never. `NAMED` before one: its case is the use's."""
TermKey: TypeAlias = tuple[str, Period]
NAMED = "named:"
Given: TypeAlias = tuple[str, tuple[str, ...]]
"""A column ("" = the table's) must say that the value was given for one of these purposes."""


@dataclass(frozen=True)
class Needs:
    """What must hold, besides an open use in the segment. Every field adds a condition."""

    clauses: frozenset[Clause] = frozenset()
    alive: bool = False  # a present owner's account is open
    circumstances: frozenset[Formula] = frozenset()
    terms: frozenset[TermKey] = frozenset()  # not ended
    ended: frozenset[TermKey] = frozenset()  # ended
    given: frozenset[Given] = frozenset()
    person: bool = False  # the row is of the person whom the use names
    request: bool = False  # that person has a request open
    held: bool = False  # a hold of the use's case names the row
    unheld: bool = False  # no hold names the row
    alone: bool = False  # at most one present owner
    written: frozenset[tuple[str, ...]] = frozenset()  # of each, one wrote a row that nobody owns yet
    looks: frozenset[Look] = frozenset()  # the forms in which the data may be given, besides as they are

    @property
    def writers(self) -> frozenset[str]:
        """The names of the purpose, of now and before, under which it wrote what it sees of rows that nobody owns yet."""
        first, *others = self.written or ((),)
        return frozenset[str](first).intersection(*others)

    @property
    def look(self) -> Look | None:
        """The strictest of the forms; None when they cannot be compared."""
        return strictest(self.looks)

    def union(self, other: Needs) -> Needs:
        """Both must hold."""
        return Needs(
            self.clauses | other.clauses,
            self.alive or other.alive,
            self.circumstances | other.circumstances,
            self.terms | other.terms,
            self.ended | other.ended,
            self.given | other.given,
            self.person or other.person,
            self.request or other.request,
            self.held or other.held,
            self.unheld or other.unheld,
            self.alone or other.alone,
            self.written | other.written,
            self.looks | other.looks,
        )

    def implies(self, other: Needs) -> bool:
        """Whether whatever meets this also meets `other`."""
        return self.union(other) == self


@dataclass(frozen=True)
class Branch:
    """In the segment of `version`, rows whose base is `since` or newer need `needs` (since 0: any row)."""

    version: int
    starts: datetime
    ends: datetime | None
    since: int
    needs: Needs

    def implies(self, other: Branch) -> bool:
        """Whether every row that this admits is admitted by `other`."""
        return self.version == other.version and self.since >= other.since and self.needs.implies(other.needs)


def totals(branch: Branch) -> bool:
    """Whether this gives totals only, and no row."""
    return any(look.form is Form.AGGREGATE for look in branch.needs.looks)


def segments(versions: Sequence[Policy], now: datetime) -> list[tuple[Policy, datetime | None]]:
    """The versions that are or will be newest in force from `now` on, each with its end."""
    ends: list[datetime | None] = [*(v.effective for v in versions[1:]), None]
    return [(v, end) for v, end in zip(versions, ends, strict=True) if end is None or end > now]


def _clauses(purpose: Purpose, use: Use, names: frozenset[str]) -> frozenset[Clause]:
    found: set[Clause] = set()
    if purpose.kind is not PurposeKind.DISPUTE:
        found.add(frozenset({"unrestricted", *(f"allowed:{name}" for name in names)}))
    if purpose.service:
        found.add(frozenset({"unstopped"}))
    ways: set[str] = set()
    for basis in use.basis:
        if basis is Basis.CONSENT:
            ways |= {f"consented:{name}" for name in names}
        elif basis is Basis.OWN_CUSTOMER:
            ways |= {f"own_customer:{name}" for name in names}
        elif basis is Basis.INTEREST and not purpose.compelling and purpose.kind is not PurposeKind.DISPUTE:
            ways.add("unobjected:" + ",".join(sorted(names)))
        else:
            return frozenset(found)
    return frozenset(found | {frozenset(ways)})


def _formulas(purpose: Purpose, use: Use) -> frozenset[Formula]:
    """When the use goes on. One case at a time: the row's case in one of those circumstances is that one."""
    if purpose.one == "case" and purpose.kind is not PurposeKind.DISPUTE:
        return frozenset({tuple((*way, NAMED + name) for way in use.while_ for name in way)})
    return frozenset({use.while_}) if use.while_ else frozenset()


def _ordinary(policy: Policy, category: str, name: str, action: Action, names: frozenset[str]) -> Needs | None:
    """What one version demands of a row that is held to it; None = it forbids."""
    use, purpose, term = policy.use(category, name), policy.purposes.get(name), policy.term(category, name)
    if use is None or purpose is None or action not in use.actions:
        return None
    if policy.never(category, name) is not None:
        return None
    dispute = purpose.kind is PurposeKind.DISPUTE
    if term is None and not dispute:
        return None
    given = frozenset({("", tuple(sorted(names)))}) if policy.categories[category].given_for else frozenset[Given]()
    return Needs(
        clauses=_clauses(purpose, use, names),
        alive=not use.survives_closing and not dispute,
        circumstances=_formulas(purpose, use),
        terms=frozenset({(term.counted, term.plus)}) if term and not dispute else frozenset(),
        given=given,
        person=purpose.one == "person" and not dispute,
        held=dispute,
        written=frozenset({tuple(sorted(names))}),
        looks=frozenset({use.look}) if use.form is not Form.FULL else frozenset[Look](),
    )


def _can_be(needs: Needs, action: Action) -> bool:
    """Whether there is one form for it; totals are read and nothing else."""
    look = needs.look
    return look is not None and (look.form is not Form.AGGREGATE or action is Action.READ)


def statutes(policy: Policy, category: str) -> frozenset[TermKey]:
    """The terms that the law demands of a category: nobody deletes before they end."""
    names = {p for u in policy.uses if u.statute and category in u.categories for p in u.purposes}
    demanded = [policy.term(category, name) for name in names]
    ours = (t for t in policy.terms if t.category == category and (t.statute or t in demanded))
    return frozenset((t.counted, t.plus) for t in ours)


def _all_terms(past: Sequence[Policy], category: str, retention: str) -> frozenset[TermKey] | None:
    """The terms of all ordinary purposes of the version in force, in every version until then (whatever the
    base of a row: later than need be, never earlier), or else of erasing itself; None when one has no term."""
    current, found = past[-1], set[TermKey]()
    names = {p for u in current.uses if category in u.categories for p in u.purposes}
    ordinary = {p for p in names if current.purposes[p].kind is PurposeKind.ORDINARY}
    if not ordinary:
        own = current.term(category, retention)
        return frozenset({(own.counted, own.plus)}) if own else None
    for name in ordinary:
        for policy, alias in zip(reversed(past), aliases(past, category, name), strict=True):
            term = policy.term(category, alias)
            if term is None:
                return None
            found.add((term.counted, term.plus))
    return frozenset(found)


def aliases(past: Sequence[Policy], category: str, name: str) -> list[str]:
    """The name of a use in each version, newest first."""
    found = [name]
    for policy in reversed(past):
        here = policy.use(category, found[-1])
        found.append((here.was if here else "") or found[-1])
    return found[: len(past)]


def _special(past: Sequence[Policy], category: str, purpose: Purpose, action: Action) -> Needs | None:
    """Rights, retention and migration are held to the version in force alone."""
    current = past[-1]
    use = current.use(category, purpose.name)
    if purpose.kind is not PurposeKind.MIGRATION and (use is None or action not in use.actions):
        return None
    erasing = action is Action.DELETE or purpose.kind is PurposeKind.RETENTION
    kept = Needs(unheld=True, ended=statutes(current, category)) if erasing else Needs()
    if purpose.kind is PurposeKind.MIGRATION:
        return kept
    if purpose.kind is PurposeKind.RIGHTS:
        return kept.union(Needs(person=True, request=True, alone=action is Action.DELETE))
    terms = _all_terms(past, category, purpose.name)
    return kept.union(Needs(frozenset({frozenset({"unrestricted"})}), ended=terms)) if terms is not None else None


def _in_segment(past: Sequence[Policy], category: str, name: str, action: Action) -> list[tuple[int, Needs]]:
    """(oldest base, needs) for the segment in which the last of `past` is newest."""
    current = past[-1]
    purpose, use = current.purposes.get(name), current.use(category, name)
    if purpose is None:
        return []
    about_a_row = purpose.kind in (PurposeKind.RIGHTS, PurposeKind.RETENTION) and action is not Action.INSERT
    if about_a_row or purpose.kind is PurposeKind.MIGRATION:
        special = _special(past, category, purpose, action)
        return [(0, special)] if special is not None else []
    if use is None:
        return []
    known = aliases(past, category, name)
    names = frozenset(known)
    lasting = Needs(unheld=True, ended=statutes(current, category)) if action is Action.DELETE else Needs()
    if use.statute:
        needs = _ordinary(replace(current, nevers=()), category, name, action, names)
        if needs is None or not _can_be(needs, action):
            return []
        unrestricted = frozenset({frozenset({"unrestricted", *(f"allowed:{n}" for n in names)})})
        return [(0, replace(needs, clauses=unrestricted, alive=False, given=frozenset()).union(lasting))]
    if any(p.purposes[n].marketing for p in past for n in names if n in p.purposes):  # an objection to it is for ever
        lasting = lasting.union(Needs(frozenset({frozenset({"unobjected:marketing"})})))
    found: list[tuple[int, Needs]] = []
    so_far = lasting
    for policy, alias in zip(reversed(past), known, strict=True):
        needs = _ordinary(policy, category, alias, action, names)
        if needs is None:
            break
        so_far = so_far.union(needs)
        if not _can_be(so_far, action):
            break
        if found and found[-1][1] == so_far:
            found[-1] = (policy.version, so_far)
        else:
            found.append((policy.version, so_far))
    return found


def branches(
    versions: Sequence[Policy], now: datetime, category: str, purpose: str, action: Action
) -> tuple[Branch, ...]:
    """All ways in which a cell of `category` may be used for `purpose` from `now` on."""
    found: list[Branch] = []
    for policy, ends in segments(versions, now):
        past = [v for v in versions if v.version <= policy.version]
        found += [
            Branch(policy.version, policy.effective, ends, since, needs)
            for since, needs in _in_segment(past, category, purpose, action)
        ]
    return tuple(found)


def both(groups: Sequence[tuple[Branch, ...]]) -> tuple[Branch, ...]:
    """Alternatives of a cell that belongs to several categories: all of them must permit."""
    if len(groups) == 1:
        return groups[0]
    found: list[Branch] = []
    for combination in product(*groups):
        first = combination[0]
        if any(b.version != first.version for b in combination):
            continue
        needs = first.needs
        for branch in combination[1:]:
            needs = needs.union(branch.needs)
        if needs.look is None:
            continue
        found.append(replace(first, since=max(b.since for b in combination), needs=needs))
    return simplify(found)


def simplify(found: Iterable[Branch]) -> tuple[Branch, ...]:
    """Without repeats and without alternatives that another one covers."""
    unique = list(dict.fromkeys(found))
    return tuple(b for b in unique if not any(b is not o and b != o and b.implies(o) for o in unique))


class Alternatives:
    """The branches of one compilation, each made once: many tables and columns ask for the same."""

    def __init__(self, versions: Sequence[Policy], now: datetime) -> None:
        self.versions = versions
        self.now = now
        self._found: dict[tuple[str, tuple[str, ...], Action], tuple[Branch, ...]] = {}
        self._named: dict[str, bool] = {}

    def of(self, purpose: str, categories: tuple[str, ...], action: Action) -> tuple[Branch, ...]:
        """The alternatives for cells of these categories."""
        asked = (purpose, categories, action)
        if asked not in self._found:
            self._found[asked] = both([branches(self.versions, self.now, c, purpose, action) for c in categories])
        return self._found[asked]

    def named(self, purpose: str) -> bool:
        """Whether the purpose sees pseudonyms anywhere."""
        if purpose not in self._named:
            categories = dict.fromkeys(name for policy in self.versions for name in policy.categories)
            found = (branch for name in categories for branch in self.of(purpose, (name,), Action.READ))
            self._named[purpose] = any(look.form is Form.PSEUDONYMISED for one in found for look in one.needs.looks)
        return self._named[purpose]
