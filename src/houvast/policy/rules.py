"""What all rules of a policy have in common: a title, a ground, a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from houvast.errors import Place
from houvast.policy.model import Category, Duty, Never, Places, Policy, Promise, Purpose, Term, Use


@dataclass(frozen=True)
class Rule:
    """A rule as an officer calls it, and what it stands on."""

    title: str
    promises: tuple[str, ...]
    elsewhere: bool  # the law or the author stands behind it
    place: Place
    places: Places
    law: tuple[str, ...] = ()


def rules(policy: Policy) -> Iterator[Rule]:
    """Every rule of a policy, in the order of the file's sections."""
    yield from (_rule(f"Category `{c.name}`", c) for c in policy.categories.values())
    yield from (_rule(f"Purpose `{p.name}`", p) for p in policy.purposes.values())
    yield from (_rule(f"Use {u.id}", u, u.statute) for u in policy.uses)
    yield from (_rule(f"Never {n.id}", n) for n in policy.nevers)
    yield from (_rule(f"The term of `{t.category}`", t, t.statute) for t in policy.terms)
    for d in policy.duties:
        yield Rule(f"`{d.name}` of {d.section}", d.promises, bool(d.added or d.law), d.place, d.places, d.law)


def at(rule: Rule | Promise | Category | Purpose | Use | Never | Term | Duty | Policy, *keys: str) -> Place:
    """Where the first of these values stands; the rule's own place when none does."""
    return next((rule.places[key] for key in keys if key in rule.places), rule.place)


def _rule(title: str, one: Category | Purpose | Use | Never | Term, statute: str = "") -> Rule:
    named = (one.promise, *one.also) if one.promise else one.also
    return Rule(title, named, bool(one.added or one.law or statute), one.place, one.places, one.law)
