"""The same policy as Cedar (cedarpolicy.com): a second reading of its meaning, to hold `decide` to. Pure.

One permit for each category, purpose and action that the version in force declares; what is not permitted is refused.
What the database keeps of a row beside its values is a fact here too: who is present, the oldest version that they are
held to, when each term ends by the calendar. Cedar says whether a cell may be used: not in which form, or by which
rule.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final, TypeAlias

from houvast.errors import UsageError
from houvast.policy.matter import Clause, base_of, statutory_terms
from houvast.policy.model import Action, Basis, Policy, PurposeKind, Term
from houvast.policy.terms import term_end
from houvast.policy.world import HOLD_OPEN, NOBODY, REQUEST_OPEN, Ask, OpenUse, Person

OWNERS: Final = 4
"""How many owners a row may have: Cedar has no words for "each of them", so each is written out."""

Json: TypeAlias = dict[str, Any]
_ORDINARY, _RIGHTS, _RETENTION, _DISPUTE, _MIGRATION = PurposeKind
_BY_NOW = (_RIGHTS, _RETENTION, _MIGRATION)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SERVES: Final = """// 8. A use is open, and counts for this purpose.
forbid (principal, action, resource) unless {
    context has use && context.use.purpose == principal && context.use.thisLogin && context.use.committed
        && !context.use.ended && context.use.memberThen && context.use.memberNow
};
"""


def policy_set(versions: Sequence[Policy], instant: datetime, only: Collection[str] = ()) -> str:
    """Cedar policies that say what `decide` says at an instant, until the next version takes effect.

    `only`: for these purposes alone; none is every one.
    """
    past = [one for one in versions if one.effective <= instant]
    if not past:
        return _SERVES
    categories = sorted({"", *(name for use in past[-1].uses for name in use.categories)})
    purposes = dict.fromkeys((*past[-1].purposes, *(name for use in past[-1].uses for name in use.purposes)))
    ours = [name for name in purposes if not only or name in only]
    every = (_Permit(past, c, p, action).text() for c in categories for p in ours for action in Action)
    return "\n".join([_SERVES, *filter(None, every)])


def question(versions: Sequence[Policy], ask: Ask, category: str) -> tuple[Json, Json]:
    """(request, entity) by which Cedar is asked about one category of a cell; every category must be allowed.

    Raises:
        UsageError: the row has more owners than the policies are written out for.
    """
    row, past = ask.row, [one for one in versions if one.effective <= ask.instant]
    if len(row.people) > OWNERS:
        raise UsageError(f"Cedar is asked about rows of at most {OWNERS} owners.", todo="ask `decide`.")
    bases = [base for person in row.people if (base := base_of(person, past)) is not None]
    given = row.given_for.get(ask.column, row.given_for.get(""))
    present = row.present(ask.instant)
    facts: Json = {
        "category": category, "cell": f"{row.table}.{ask.column}", "ownerless": row.ownerless,
        "neverOwned": row.never_owned, "writtenBy": row.written_by, "cases": dict(row.cases),
        "holds": sorted(row.holds), "creates": sorted(row.creates), "flagged": ask.column in row.flagged,
        "readers": sorted(_key(one.key) for one in row.readers if one.request_open),
        "nobody": _person(NOBODY, ask, present=True), "ends": dict(_ends(past, ask, category)),
    }  # fmt: skip
    facts |= {"given": given} if given is not None else {}
    facts |= {"base": min(bases)} if bases and len(bases) == len(row.people) else {}
    for number, person in enumerate(row.people):
        facts[f"p{number}"] = _person(person, ask, present=any(person is one for one in present))
    cell = {"type": "Cell", "id": "asked"}
    request = {"principal": _entity("Purpose", ask.purpose), "action": _entity("Action", ask.action.value),
               "resource": _entity(cell["type"], cell["id"]), "context": _context(ask)}  # fmt: skip
    return request, {"uid": cell, "attrs": facts, "parents": []}


def _entity(kind: str, name: str) -> str:
    return f"{kind}::{_text(name)}"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _set(names: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, sorted(set(names))))}]"


def _ticks(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _ends(past: Sequence[Policy], ask: Ask, category: str) -> Iterator[tuple[str, int]]:
    for policy in past:
        for number, term in enumerate(policy.terms):
            end = term_end(ask.row, term, policy.regime, ask.instant) if term.category == category else None
            if end is not None:
                yield f"{policy.version}.{number}", _ticks(end)


def _person(person: Person, ask: Ask, *, present: bool) -> Json:
    return {
        "key": _key(person.key), "present": present, "closed": person.closed(ask.instant) is not None,
        "restricted": person.restricted, "allowed": sorted(person.allowed_restricted),
        "contested": sorted(person.contested), "objected": sorted(person.objected),
        "consented": sorted(person.consented), "customer": sorted(person.own_customer),
        "stopped": person.stopped, "requestOpen": person.request_open,
        "open": {name: sorted(cases) for name, cases in person.circumstances.items() if cases},
        "others": {name: True for name, cases in person.circumstances.items() if cases - _self_opened(person, name)},
    }  # fmt: skip


def _self_opened(person: Person, circumstance: str) -> frozenset[str]:
    return person.self_opened.get(circumstance, frozenset())


def _key(key: Iterable[str]) -> str:
    return ":".join(key)


def _context(ask: Ask) -> Json:
    use = ask.use or OpenUse("")
    found: Json = {"now": _ticks(ask.instant), "case": use.case}
    if use.person:
        found["person"] = _key(use.person)
    if ask.use:
        found["use"] = {
            "purpose": {"__entity": {"type": "Purpose", "id": use.purpose}}, "thisLogin": use.this_login,
            "committed": use.committed, "ended": use.ended, "memberThen": use.member_then, "memberNow": use.member_now,
        }  # fmt: skip
    return found


def _all(parts: Iterable[str]) -> str:
    found = [part for part in parts if part != "true"]
    return " && ".join(f"({part})" for part in found) or "true"


def _any(parts: Iterable[str]) -> str:
    found = list(parts)
    return "true" if "true" in found else " || ".join(f"({part})" for part in found) or "false"


@dataclass(frozen=True)
class _Permit:
    """What permits one action with one category for one purpose: rules 1 to 7, each as a condition.

    One that holds always is left out.
    """

    past: Sequence[Policy]
    category: str
    purpose: str
    action: Action

    def text(self) -> str:
        """The policy; "" when nothing is declared."""
        kind, now = self.kind, self.history[0]
        if kind is not _MIGRATION and not (self.action in now.use.actions and now.use.basis):
            return ""
        passed = {_RETENTION: (2, 3, 4), _RIGHTS: (2, 3, 4, 5), _MIGRATION: (2, 3, 4, 5, 6)}.get(kind, ())
        passed += (2, 3, 4) if self.statute else ()
        rules = {
            2: self._never(),
            3: self._given(),
            4: self._version(),
            5: self._owners(),
            6: self._circumstance(),
            7: self._time(),
        }
        kept = "".join(
            f" // {number}\nwhen {{ {rule} }}"
            for number, rule in rules.items()
            if number not in passed and rule != "true"
        )
        head = f'permit (principal == {_entity("Purpose", self.purpose)}, action == Action::"{self.action}", resource)'
        return f"{head} // 1\nwhen {{ resource.category == {_text(self.category)} }}{kept};\n"

    @cached_property
    def kind(self) -> PurposeKind:
        kind = self.history[0].purpose.kind
        return _ORDINARY if kind in (_RIGHTS, _RETENTION) and self.action is Action.INSERT else kind

    @property
    def statute(self) -> bool:
        return bool(self.history[0].use.statute)

    @cached_property
    def history(self) -> list[Clause]:
        return _history(self.past, self.category, self.purpose)

    @cached_property
    def held(self) -> list[Clause]:
        """The clauses that may hold a row."""
        return self.history[:1] if self.statute or self.kind in _BY_NOW else self.history

    @cached_property
    def names(self) -> str:
        return _set(clause.name for clause in self.history)

    @cached_property
    def marketing(self) -> set[str]:
        return {one.name for policy in self.past for one in policy.purposes.values() if one.marketing}

    def _holds(self, clause: Clause) -> str:
        """That the row is held to a version: to the one in force always, to an older one by its oldest owner."""
        newest = clause.policy is self.past[-1]
        return "true" if newest else f"resource has base && resource.base <= {clause.policy.version}"

    def _if_held(self, clause: Clause, then: str) -> str:
        holds = self._holds(clause)
        return then if holds == "true" or then == "true" else f"!({holds}) || ({then})"

    def _every(self, then: Iterable[tuple[Clause, str]]) -> str:
        return _all(self._if_held(clause, said) for clause, said in then)

    def _unless_ownerless(self, said: str) -> str:
        return said if said == "true" else f"resource.ownerless || ({said})"

    def _never(self) -> str:
        return self._every((clause, "false") for clause in self.held if clause.never)

    def _given(self) -> str:
        same = f"resource has given && {self.names}.contains(resource.given)"
        return self._unless_ownerless(self._every((clause, same) for clause in self.held if clause.data.given_for))

    def _version(self) -> str:
        lacking = self._every((clause, "false") for clause in self.held if self.action not in clause.use.actions)
        return self._unless_ownerless(_all(["resource has base", lacking]))

    def _owners(self) -> str:
        each = _all(f"!(resource has {who[9:]}) || ({self._owner(who)})" for who in _PEOPLE)
        ends = (
            [] if self.statute or self.kind is not _ORDINARY else [c for c in self.held if not c.use.survives_closing]
        )
        closed = (
            f"{_ANYBODY} && {_all(f'!({there}) || {who}.closed' for who, there in zip(_PEOPLE, _PRESENT, strict=True))}"
        )
        hides = self.kind is _ORDINARY and self.action in (Action.READ, Action.UPDATE)
        shown = "!resource.flagged" if hides else "true"
        return self._unless_ownerless(_all([shown, each, self._every((clause, f"!({closed})") for clause in ends)]))

    def _owner(self, who: str) -> str:
        """That this owner does not refuse."""
        said: list[str] = []
        if self.kind is not _DISPUTE:
            allowed = "" if self.kind is _RETENTION else f" && !{who}.allowed.containsAny({self.names})"
            said += [f"!({who}.restricted{allowed})", f"!{who}.contested.contains(resource.cell)"]
        for clause in () if self.statute else self.held:
            rests = _any(self._rests(clause, basis, who) for basis in clause.use.basis)
            stays = f"!{who}.stopped" if clause.purpose.service else "true"
            said.append(self._if_held(clause, _all([rests, stays])))
        return _all(said)

    def _rests(self, clause: Clause, basis: Basis, who: str) -> str:
        ours = {one.name for one in self.history}
        never = f"!{who}.objected.containsAny({_set(self.marketing)})" if ours & self.marketing else "true"
        heeded = basis is Basis.INTEREST and not clause.purpose.compelling and self.kind is not _DISPUTE
        stands = f"!{who}.objected.containsAny({self.names})" if heeded else "true"
        told = {Basis.CONSENT: f"{who}.consented.containsAny({self.names})",
                Basis.OWN_CUSTOMER: f"{who}.customer.containsAny({self.names})"}  # fmt: skip
        return _all([never, told.get(basis, stands)])

    def _circumstance(self) -> str:
        if self.kind is _RIGHTS:
            owners = [f"resource has {who[9:]} && {_THEIRS.format(who=who)} && {who}.requestOpen" for who in _PEOPLE]
            readers = "context has person && resource.readers.contains(context.person)"
            return _any([*owners, *([readers] if self.action is Action.READ else [])])
        lone = (
            "true" if self.kind is _RETENTION else f"resource.neverOwned && {self.names}.contains(resource.writtenBy)"
        )
        nobody = f"!({_ANYBODY}) && ({lone}) && ({self._met('resource.nobody')})"
        met = (f"{there} && ({self._met(who)})" for who, there in zip(_PEOPLE, _PRESENT, strict=True))
        return _any(["resource.ownerless", *met, nobody])

    def _met(self, who: str) -> str:
        """That this owner is in the circumstance that each version asks for."""
        return self._every((clause, self._meets(clause, who)) for clause in self.held)

    def _meets(self, clause: Clause, who: str) -> str:
        one = "" if self.kind is _DISPUTE else clause.purpose.one
        ways: list[str] = []
        for way in clause.use.while_ or ((),):
            case = _any(f"resource.cases has {_text(n)} && resource.cases[{_text(n)}] == context.case" for n in way)
            ways.append(_all([*(self._open(name, who) for name in way), case if one == "case" else "true"]))
        return _all([_THEIRS.format(who=who) if one == "person" else "true", _any(ways)])

    def _open(self, name: str, who: str) -> str:
        if name == REQUEST_OPEN:
            return f"{who}.requestOpen"
        if name == HOLD_OPEN:
            return "resource.holds.contains(context.case)"
        key = _text(name)
        this = f"{who}.open has {key} && {who}.open[{key}].contains(resource.cases[{key}])"
        found = f"if resource.cases has {key} then ({this}) else ({who}.others has {key})"
        return f"resource.creates.contains({key}) || ({found})" if self.action is Action.INSERT else found

    def _time(self) -> str:
        policy = self.past[-1]
        kept = [_over(policy, term) for term in statutory_terms(policy, self.category)] + ["resource.holds.isEmpty()"]
        said = kept if self.action is Action.DELETE or self.kind is _RETENTION else []
        if self.kind is _ORDINARY:
            said.append(self._every((clause, _running(clause.policy, clause.term)) for clause in self.held))
        elif self.kind is _DISPUTE:
            said.append("resource.holds.contains(context.case)")
        elif self.kind is _RETENTION:
            uses = [one for one in policy.uses if self.category in one.categories]
            names = sorted({name for one in uses for name in one.purposes})
            others = [_Permit(self.past, self.category, name, self.action) for name in names]
            ordinary = [other for other in others if other.kind is _ORDINARY]
            said += [other.all_over() for other in ordinary or [self]]
        elif self.kind is _RIGHTS and self.action is Action.DELETE:
            said += [f"!({there}) || ({_THEIRS.format(who=who)})" for who, there in zip(_PEOPLE, _PRESENT, strict=True)]
        return _all(said)

    def all_over(self) -> str:
        """That the first of the terms of every version that holds the row has ended, and each is known."""
        known = self._every((clause, _known(clause.policy, clause.term)) for clause in self.held)
        first = _any(_all([self._holds(clause), _over(clause.policy, clause.term)]) for clause in self.held)
        return _all([known, first])


_PEOPLE: Final = tuple(f"resource.p{number}" for number in range(OWNERS))
_PRESENT: Final = tuple(f"resource has {who[9:]} && {who}.present" for who in _PEOPLE)
_ANYBODY: Final = f"({_any(_PRESENT)})"
_THEIRS: Final = "context has person && {who}.key == context.person"


def _history(past: Sequence[Policy], category: str, purpose: str) -> list[Clause]:
    """What each version says of a use, newest first, under the name that it had then."""
    name, found = purpose, list[Clause]()
    for policy in reversed(past):
        found.append(Clause(policy, category, name))
        name = found[-1].use.was or name
    return found


def _end(policy: Policy, term: Term) -> str:
    return _text(f"{policy.version}.{policy.terms.index(term)}")


def _known(policy: Policy, term: Term | None) -> str:
    return f"resource.ends has {_end(policy, term)}" if term else "false"


def _running(policy: Policy, term: Term | None) -> str:
    return f"{_known(policy, term)} && context.now < resource.ends[{_end(policy, term)}]" if term else "false"


def _over(policy: Policy, term: Term | None) -> str:
    return f"{_known(policy, term)} && resource.ends[{_end(policy, term)}] <= context.now" if term else "false"
