"""What the law asks at least: each promise beside its legal floor, and which of the two rules.

Precedence: legal duty > stricter promise > permission. A promise that is stricter than the law stays so; one
that is looser is held to the law.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from houvast.policy.articles import below
from houvast.policy.law import Floor, Law
from houvast.policy.model import Duty, Policy, Promise, Term, Use
from houvast.policy.periods import ever_longer, parse_period


class Ruling(StrEnum):
    """Which one rules."""

    LEGAL_DUTY = "legal duty"
    STRICTER_PROMISE = "stricter promise"
    PERMISSION = "permission"


class Side(StrEnum):
    """How a value compares with its floor."""

    STRICTER = "stricter"
    SAME = "same"
    LOOSER = "looser"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Standing:
    """One promise: what its rules say, the legal floor, and which one rules."""

    promise: Promise
    says: tuple[str, ...]
    floor: tuple[str, ...]
    law: tuple[str, ...]
    rules: Ruling


@dataclass(frozen=True)
class Compared:
    """A parameter of a duty beside a floor of the law. `demands`: the floor as a value."""

    duty: Duty
    floor: Floor
    value: str
    demands: str
    law: tuple[str, ...]
    side: Side


def compared(policy: Policy, law: Law) -> Iterator[Compared]:
    """Every parameter for which the law has a floor."""
    for duty in policy.duties:
        role = duty.parameters.get("role", "")
        for floor in law.floors:
            value = duty.parameters.get(floor.parameter)
            if value is None or (floor.of and floor.of != role):
                continue
            said = value if isinstance(value, str) else ", ".join(value)
            side, demands = _side(floor, law, (value,) if isinstance(value, str) else value)
            cited = floor.law or law.now[floor.than].law
            yield Compared(duty, floor, said, demands, cited, side)


def standings(policy: Policy, law: Law, language: str) -> tuple[Standing, ...]:
    """Every promise of a policy, with the words of the law in a language."""
    return tuple(_standing(policy, law, promise, language) for promise in policy.promises.values())


def _standing(policy: Policy, law: Law, promise: Promise, language: str) -> Standing:
    found = [one for one in compared(policy, law) if promise.id in one.duty.promises]
    demanded = [*_demanded(policy, promise.id)]
    marketing = [use for use in _uses(policy, promise.id) if _is_marketing(policy, use)]
    says = [f"{one.floor.parameter} {one.value}" for one in found]
    floor = [f"{one.floor.parameter} {_AT[one.floor.kind]}{one.demands}" for one in found]
    says += [f"{use.id}: {' or '.join(use.basis)}" for use in marketing]
    floor += [f"{' or '.join(sorted(law.marketing_bases))} only" for _ in marketing[:1]]
    says += [words for words, _ in demanded]
    floor += [f"demanded by {statute}" for _, statute in demanded]
    articles = [one for entry in found for one in entry.law] + [statute for _, statute in demanded if statute]
    articles += [*law.now["marketing_bases"].law] if marketing else []
    floor += [] if floor else _general(promise, law, language)
    kept = tuple(dict.fromkeys((*articles, *promise.law)))
    demands = bool(demanded or (marketing and not promise.added))
    return Standing(promise, tuple(says), tuple(dict.fromkeys(floor)), kept, _ruling(promise, found, floor, demands))


def _ruling(promise: Promise, found: list[Compared], floor: list[str], demanded: bool) -> Ruling:
    sides = {one.side for one in found}
    if demanded or Side.LOOSER in sides:
        return Ruling.LEGAL_DUTY
    if Side.STRICTER in sides or promise.kind == "never":
        return Ruling.STRICTER_PROMISE
    if promise.kind == "may":
        return Ruling.LEGAL_DUTY if Side.SAME in sides else Ruling.PERMISSION
    if promise.added or not floor:
        return Ruling.STRICTER_PROMISE
    return Ruling.LEGAL_DUTY


def _general(promise: Promise, law: Law, language: str) -> list[str]:
    """What the cited articles ask in general."""
    found: list[str] = []
    for cited in promise.law:
        known = max((name for name in law.articles if below(cited, name)), key=len, default=None)
        if known:
            found.append(law.articles[known].says.get(language) or next(iter(law.articles[known].says.values())))
    return found


def _demanded(policy: Policy, promise: str) -> Iterator[tuple[str, str]]:
    """What a law demands among the rules of a promise: (the rule, the statute)."""
    for rule in (*policy.uses, *policy.terms):
        if promise in (rule.promise, *rule.also) and rule.statute:
            words = f"{rule.id}: {', '.join(rule.categories)}" if isinstance(rule, Use) else _term(rule)
            yield words, rule.statute


def _term(term: Term) -> str:
    return f"{term.category} until {term.event} plus {term.plus}"


def _uses(policy: Policy, promise: str) -> list[Use]:
    return [use for use in policy.uses if promise in (use.promise, *use.also)]


def _is_marketing(policy: Policy, use: Use) -> bool:
    return any(policy.purposes[name].marketing for name in use.purposes if name in policy.purposes)


_AT = {"most": "at most ", "least": "at least ", "same": "", "word": "", "with": "with "}


def _side(floor: Floor, law: Law, values: tuple[str, ...]) -> tuple[Side, str]:
    if floor.kind == "with":
        return (Side.SAME if floor.than in values else Side.LOOSER), floor.than
    value = values[0] if len(values) == 1 else ", ".join(values)
    if floor.kind == "word":
        return (Side.SAME if value == floor.than else Side.LOOSER), floor.than
    demanded = law.texts(floor.than)[0]
    if value == demanded:
        return Side.SAME, demanded
    if floor.kind == "same":
        return Side.LOOSER, demanded
    longer, shorter = _longer(value, demanded), _longer(demanded, value)
    if longer is None or shorter is None:
        return Side.UNCLEAR, demanded
    looser = longer if floor.kind == "most" else shorter
    return (Side.LOOSER if looser else Side.STRICTER), demanded


def _longer(one: str, other: str) -> bool | None:
    """Whether a number or period is more than another; None when one of them cannot be read."""
    if all(text.isascii() and text.isdigit() for text in (one, other)):
        return int(one) > int(other)
    left, right = parse_period(one), parse_period(other)
    return None if left is None or right is None else ever_longer(left, right) is not None
