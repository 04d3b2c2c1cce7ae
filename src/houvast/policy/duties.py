"""The duties that the law adds to every policy (G01 ...): answered, filled by the law itself, or missing.

Computed from the rules, never from names: a rule answers a duty when it stands on a promise that is about
the articles of this duty alone and about all that the duty needs. The regime's file says which those are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from houvast.errors import Place
from houvast.policy.articles import covered, of_this_alone
from houvast.policy.law import Law, LegalDuty
from houvast.policy.model import Basis, Category, Duty, Necessity, Policy, Use
from houvast.policy.rules import at


class State(StrEnum):
    """What became of a duty."""

    ANSWERED = "answered"
    DEFAULT = "default of the regime"
    MISSING = "missing"


@dataclass(frozen=True)
class Answer:
    """One duty and what answers it. `by`: the rules, or why nothing is asked; `place`: where to write."""

    duty: LegalDuty
    state: State
    by: tuple[str, ...]
    place: Place


def answers(policy: Policy, law: Law) -> tuple[Answer, ...]:
    """Every duty of the law, in its order, with what this policy answers."""
    return tuple(_answer(policy, law, duty) for duty in law.duties.values())


def untold(policy: Policy, law: Law) -> Iterator[tuple[str, Answer]]:
    """What the law has every notice tell and this policy's would not, with the duty that nobody answers.

    Without those that have findings of their own, one for each place: controller, bases and terms.
    """
    missing = [one for one in answers(policy, law) if one.state is State.MISSING and one.duty.asks not in _CHECKED]
    for name in law.notice_names:
        for one in missing:
            if name in one.duty.tells:
                yield name, one


def unmet(category: Category) -> tuple[str, ...]:
    """The fields of which the policy does not say whether people have to give them; "" for the category."""
    return tuple(name for name in category.fields or ("",) if category.need(name) is None)


def unweighed(use: Use, law: Law) -> bool:
    """Whether a use rests on an interest that is not named, or not weighed."""
    weighed = set(use.basis) & set(map(Basis, law.texts("weighed_bases")))
    return bool(weighed) and not (_said(use.interest) and _said(use.balancing))


def asks_nothing(duty: LegalDuty, policy: Policy) -> str:
    """Why this policy has nothing to answer to a duty; "" when it has."""
    words, arises = _WHEN[duty.when]
    return "" if arises(policy) else words


def _answer(policy: Policy, law: Law, duty: LegalDuty) -> Answer:
    nothing = asks_nothing(duty, policy)
    by = (nothing,) if nothing else _ASKS[duty.asks](policy, law, duty)
    state = State.ANSWERED if by else State.DEFAULT if duty.default else State.MISSING
    return Answer(duty, state, by, at(policy, *(_HEADING.get(duty.asks, ()) or duty.sections)))


def _controller(policy: Policy, law: Law, duty: LegalDuty) -> tuple[str, ...]:
    whole = all(policy.controller.get(key, "").strip() for key in law.texts("controller"))
    return ("`controller`",) if whole else ()


def _bases(policy: Policy, law: Law, duty: LegalDuty) -> tuple[str, ...]:
    whole = bool(policy.uses) and all(use.basis and not unweighed(use, law) for use in policy.uses)
    return ("`basis` of every use",) if whole else ()


def _terms(policy: Policy, law: Law, duty: LegalDuty) -> tuple[str, ...]:
    termed = {term.category for term in policy.terms if term.event.strip()}
    return ("`keep` of every category",) if policy.categories.keys() <= termed else ()


def _necessity(policy: Policy, law: Law, duty: LegalDuty) -> tuple[str, ...]:
    whole = all(not unmet(one) and _told(one) for one in policy.categories.values())
    return ("`necessity` of every category",) if whole else ()


def _told(category: Category) -> bool:
    return Necessity.REQUIRED not in category.necessity.values() or _said(category.without)


def _automated(policy: Policy, law: Law, duty: LegalDuty) -> tuple[str, ...]:
    rule = policy.automated
    return (_title(rule),) if rule else ()


def _rule(policy: Policy, law: Law, duty: LegalDuty) -> tuple[str, ...]:
    """The rules that stand on this duty alone; none when together they leave something out."""
    cited: list[str] = []
    by: list[str] = []
    for rule in (one for one in policy.duties if one.section in duty.sections):
        promises = [policy.promises[name].law for name in rule.promises if name in policy.promises]
        ours = [articles for articles in (rule.law, *promises) if of_this_alone(articles, duty.law)]
        if ours:
            by.append(_title(rule))
            cited += [article for articles in ours for article in articles]
    return tuple(by) if covered(duty.needs, cited) else ()


def _title(rule: Duty) -> str:
    return f"`{rule.name}` of {rule.section}"


def _said(words: Mapping[str, str]) -> bool:
    return any(one.strip() for one in words.values())


def _gives(policy: Policy) -> bool:
    return any(duty.section == "recipients" and duty.parameters.get("may") for duty in policy.duties)


def _rests_on(*bases: Basis) -> Callable[[Policy], bool]:
    return lambda policy: any(set(bases) & set(use.basis) for use in policy.uses)


def _objectionable(policy: Policy) -> bool:
    marketing = any(purpose.marketing for purpose in policy.purposes.values())
    return marketing or _rests_on(Basis.INTEREST, Basis.PUBLIC_TASK)(policy)


_CHECKED = ("controller", "bases", "terms")
_HEADING: Mapping[str, tuple[str, ...]] = {
    "controller": ("controller",),
    "bases": ("uses",),
    "terms": ("keep",),
    "necessity": ("data",),
    "automated": ("safeguards",),
}
_ASKS: Mapping[str, Callable[[Policy, Law, LegalDuty], tuple[str, ...]]] = {
    "controller": _controller,
    "bases": _bases,
    "terms": _terms,
    "necessity": _necessity,
    "automated": _automated,
    "rule": _rule,
}
_WHEN: Mapping[str, tuple[str, Callable[[Policy], bool]]] = {
    "": ("", lambda policy: True),
    "recipients": ("nobody is given anything", _gives),
    "portable": ("no use rests on consent or contract", _rests_on(Basis.CONSENT, Basis.CONTRACT)),
    "objectionable": ("nothing that one can object to", _objectionable),
    "consent": ("no use rests on consent", _rests_on(Basis.CONSENT)),
}
