"""What differs between two versions of a policy, promise by promise, in plain words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from houvast.errors import NOWHERE
from houvast.policy import Policy
from houvast.policy.model import Category, Duty, Never, Promise, Purpose, Term, Use
from houvast.policy.periods import parse_period
from houvast.policy.words import words
from houvast.web.rules import rules

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
Rule = Category | Purpose | Use | Never | Term | Duty


@dataclass(frozen=True)
class Change:
    """One promise that is other than it was.

    `was`, `now`: its sentence, both empty when that stayed. `gained`, `lost`: rules in words. `otherwise`: parameters
    that changed (name, before, after). `details`: whether something else in its rules changed that has no words.
    """

    promise: str
    label: str
    kind: str
    was: str = ""
    now: str = ""
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    otherwise: tuple[tuple[str, str, str], ...] = ()
    details: bool = False


def changes(old: Policy, new: Policy, language: str) -> tuple[Change, ...]:
    """Every promise that is added, removed or changed, in the order of the newer version; what is gone comes last."""
    names = dict.fromkeys((*new.promises, *old.promises))
    found = (_change(name, old, new, language) for name in names)
    return tuple(one for one in found if one)


def told_of(old: Policy, new: Policy) -> tuple[tuple[str, str, str], ...]:
    """What changed about who is responsible: (key of the controller, before, after)."""
    keys = dict.fromkeys((*new.controller, *old.controller))
    pairs = ((key, old.controller.get(key, ""), new.controller.get(key, "")) for key in keys)
    return tuple(one for one in pairs if one[1] != one[2])


def _change(name: str, old: Policy, new: Policy, language: str) -> Change | None:
    before, after = old.promises.get(name), new.promises.get(name)
    one = after or before
    if one is None:
        return None
    label = one.label.get(language, name)
    was, now = _sentence(before, language), _sentence(after, language)
    then, today = (rules(policy, name, language) if name in policy.promises else () for policy in (old, new))
    gained = tuple(rule for rule in today if rule not in then)
    lost = tuple(rule for rule in then if rule not in today)
    if before is None or after is None:
        return Change(name, label, ADDED if after else REMOVED, was, now, gained, lost)
    otherwise = tuple(_parameters(old, new, name, language))
    details = _bound(old, name) != _bound(new, name) and not (gained or lost or otherwise)
    if was == now and not (gained or lost or otherwise or details):
        return None
    said = (was, now) if was != now else ("", "")
    return Change(name, label, CHANGED, *said, gained, lost, otherwise, details)


def _sentence(promise: Promise | None, language: str) -> str:
    return " ".join(promise.says.get(language, ())) if promise else ""


def _bound(policy: Policy, promise: str) -> Mapping[tuple[str, str], Rule]:
    """The rules under a promise, without where they stand in the file."""
    named: tuple[tuple[str, Rule], ...] = (
        *((one.name, one) for one in policy.categories.values()),
        *((one.name, one) for one in policy.purposes.values()),
        *((one.id, one) for one in policy.uses),
        *((one.id, one) for one in policy.nevers),
        *((f"{one.category} {' '.join(one.purposes)}", one) for one in policy.terms),
        *((f"{one.section} {one.name}", one) for one in policy.duties),
    )
    return {
        (type(one).__name__, name): replace(one, place=NOWHERE)
        for name, one in named
        if promise in (one.promises if isinstance(one, Duty) else (one.promise, *one.also))
    }


def _parameters(old: Policy, new: Policy, promise: str, language: str) -> Iterator[tuple[str, str, str]]:
    """Parameters of duties under a promise that have another value: (duty and parameter, before, after)."""
    before = _bound(old, promise)
    for key, one in _bound(new, promise).items():
        other = before.get(key)
        if isinstance(one, Duty) and isinstance(other, Duty):
            for name in dict.fromkeys((*one.parameters, *other.parameters)):
                values = (_value(other, name, language), _value(one, name, language))
                if values[0] != values[1]:
                    yield (f"{one.label.get(language, one.name)} ({name})", *values)


def _value(duty: Duty, name: str, language: str) -> str:
    said = ", ".join(duty.texts(name))
    period = parse_period(said)
    return words(language).period(period) or said if period else said
