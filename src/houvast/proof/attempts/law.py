"""Duty, promise, permission: what the law forbids does not compile, and what it demands passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from houvast.policy import check
from houvast.policy.model import Action, Basis, Period, Policy, PurposeKind
from houvast.proof.attempts.reads import read
from houvast.proof.field import Field
from houvast.proof.probe import MEANING, NOT_SEEN, Probe
from houvast.proof.states import WORDS, State

COMPILES, REFUSES = "compiles", "does not compile"


def law(field: Field) -> Iterator[Probe]:
    """Changed policies that must not compile; and the people's rights and statutes against every refusal."""
    yield _compiled("the policy in force", "houvast check", field.policy, COMPILES)
    for words, change in _CHANGES.items():
        changed = change(field.policy)
        if changed != field.policy:
            yield _compiled(words, f"houvast check, {words}", changed, REFUSES)
    yield from _passing(field)


def _compiled(words: str, text: str, policy: Policy, expected: str) -> Probe:
    seen = REFUSES if check(policy) else COMPILES
    return Probe(
        f"does it compile: {words}",
        "law",
        MEANING,
        (text,),
        expected,
        frozenset(),
        control=expected == COMPILES,
        answer=seen,
    )


def _marketing_without_consent(policy: Policy) -> Policy:
    names = {p.name for p in policy.purposes.values() if p.marketing}
    return replace(
        policy,
        uses=tuple(replace(u, basis=(Basis.CONTRACT,)) if names & set(u.purposes) else u for u in policy.uses),
    )


def _no_basis(policy: Policy) -> Policy:
    return replace(policy, uses=(replace(policy.uses[0], basis=()), *policy.uses[1:])) if policy.uses else policy


def _interest_unnamed(policy: Policy) -> Policy:
    return replace(policy, uses=tuple(replace(u, interest={}) for u in policy.uses))


def _late_answers(policy: Policy) -> Policy:
    return replace(
        policy,
        duties=tuple(
            replace(d, parameters={**d.parameters, "answer": "P2M"}) if "answer" in d.parameters else d
            for d in policy.duties
        ),
    )


def _statute_cut(policy: Policy) -> Policy:
    return replace(policy, terms=tuple(replace(t, plus=Period(years=1)) if t.statute else t for t in policy.terms))


def _no_terms(policy: Policy) -> Policy:
    return replace(policy, terms=())


_CHANGES: dict[str, Callable[[Policy], Policy]] = {
    "marketing without opt-in or own customer": _marketing_without_consent,
    "a use without a legal basis": _no_basis,
    "a legitimate interest that is not named": _interest_unnamed,
    "two months to answer a request": _late_answers,
    "a statutory term of one year": _statute_cut,
    "no terms at all": _no_terms,
}


def _passing(field: Field) -> Iterator[Probe]:
    """Statutes and the person's own rights see what refusals close; restriction closes statutes too."""
    for use, category, name in field.uses():
        purpose = field.policy.purposes[name]
        legal = bool(use.statute) or purpose.kind is PurposeKind.RIGHTS
        if not legal or Action.READ not in use.actions or not field.logins(name):
            continue
        for spot in field.of(category):
            for state in (State.OBJECTED, State.CLOSED, State.STOPPED, State.WITHDRAWN, State.RESTRICTED):
                canary = field.flock.person(spot.shape.kind, state)
                row = next(iter(canary.of(spot.shape.name)), None) if canary else None
                if canary is None or row is None:
                    continue
                opened = field.opened(purpose, canary)
                seen = field.permits(name, Action.READ, spot, row, opened)
                words = f"the law demands {name} of {category} in {spot.shape.name}: {WORDS[state]}"
                probe = read(
                    spot,
                    row,
                    field.logins(name)[0],
                    opened,
                    words,
                    "law",
                    field.promises(category, name),
                    seen=seen,
                )
                yield probe if seen else replace(probe, expected=NOT_SEEN)
