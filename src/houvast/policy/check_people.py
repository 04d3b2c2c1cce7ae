"""What protects people most: no decision by a computer alone, special data, children, what must be given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from houvast.errors import Finding, Place
from houvast.policy.articles import below
from houvast.policy.law import Law
from houvast.policy.model import Basis, Category, Necessity, Policy, Purpose, PurposeKind, Use
from houvast.policy.rules import at
from houvast.reading import did_you_mean

NEVER, WITH_A_PERSON = "never", "with a person"


def decides(name: str, dpv: str, law: Law) -> str:
    """The word by which a purpose scores people or decides about them, "" when it has none."""
    term = dpv.rpartition(":")[2]
    words = set(re.split(r"[_\W]+", name.lower()))
    return (
        term if term in law.texts("automated_purposes") else next(iter(words & set(law.texts("automated_words"))), "")
    )


def nothing_decides_alone(policy: Policy, law: Law) -> Iterator[Finding]:
    """A purpose that scores people or decides about them is refused, unless a person does it (G12)."""
    rule = policy.automated
    allowed = rule is not None and rule.parameters["decide"] == WITH_A_PERSON
    for purpose in policy.purposes.values():
        word = purpose.automated or decides(purpose.name, purpose.dpv, law)
        if not word or (purpose.kind is PurposeKind.ORDINARY and allowed and _may_decide(policy, purpose, law)):
            continue
        said = f"{rule.promises[0]} says never" if rule and rule.promises and not allowed else "the law forbids it"
        if allowed:
            said = f"it rests on something else than {', '.join(law.texts('automated_bases'))}"
        yield Finding(
            "decides-automatically",
            _decided_at(policy, purpose),
            f"Purpose `{purpose.name}` scores people or decides about them by computer (`{word}`): {said}.",
            "Let a person decide, and name the purpose after what that person does. "
            f"{', '.join(law.now['automated_bases'].law)}.",
            next(iter(rule.promises), "") if rule else "",
        )


def _may_decide(policy: Policy, purpose: Purpose, law: Law) -> bool:
    bases = {basis for use in policy.uses if purpose.name in use.purposes for basis in use.basis}
    return bool(bases) and bases <= set(map(Basis, law.texts("automated_bases")))


def special_data_are_called_so(policy: Policy, law: Law) -> Iterator[Finding]:
    """What DPV calls health, beliefs and the like is marked as special; the mark is a kind that the law knows."""
    for category in policy.categories.values():
        hit = next((term for term in category.dpv for word in law.texts("special_words") if word in term), "")
        if hit and not category.special:
            yield Finding(
                "special-unmarked",
                at(category, f"dpv.{hit}", "dpv"),
                f"Category `{category.name}` holds {hit}, and is not marked as special.",
                f"Add `special:` ({', '.join(law.texts('special_data'))}). {law.cite('special_words')}.",
                category.promise,
            )
        if category.special and category.special not in law.texts("special_data"):
            yield Finding(
                "special-unknown",
                at(category, "special"),
                f"`{category.special}` is no kind of special data.",
                did_you_mean(category.special, law.texts("special_data")),
                category.promise,
            )


def special_data_have_exceptions(policy: Policy, law: Law) -> Iterator[Finding]:
    """Special data are used with explicit consent, or on an exception that the law names (G16)."""
    bases = set(map(Basis, law.texts("special_bases")))
    for use in policy.uses:
        if use.exception and not any(below(use.exception, one) for one in law.texts("special_exceptions")):
            yield Finding(
                "exception-unknown",
                at(use, "exception"),
                f"`{use.exception}` is no exception for special data.",
                did_you_mean(use.exception, law.texts("special_exceptions")),
                use.promise,
            )
        special = [n for n in use.categories if n in policy.categories and policy.categories[n].special]
        if special and _is_ordinary(policy, use) and not (use.exception or set(use.basis) <= bases):
            yield Finding(
                "special-without-exception",
                at(use, "basis"),
                f"Use {use.id} is of `{special[0]}`, which is special data, without explicit consent or exception.",
                f"Write `basis: {law.texts('special_bases')[0]}`, or name the article with `exception:`. "
                f"{law.cite('special_exceptions')}.",
                use.promise,
            )


def children_have_parents(policy: Policy, law: Law) -> Iterator[Finding]:
    """Where children may be among the people, a rule says who consents for them."""
    minors = {person.name for person in policy.people.values() if person.minors}
    parents = any(duty.section == "safeguards" and "parents" in duty.parameters for duty in policy.duties)
    for use in policy.uses if not parents else ():
        of = {kind for name in use.categories if name in policy.categories for kind in policy.categories[name].of}
        if Basis.CONSENT in use.basis and of & minors:
            yield Finding(
                "children-without-parents",
                at(use, "basis"),
                f"Use {use.id} rests on the consent of people among whom are children under {law.consent_age}.",
                f"Add a rule under `safeguards:` with `parents:`. {law.cite('consent_age')}.",
                use.promise,
            )


def necessity_is_whole(policy: Policy, law: Law) -> Iterator[Finding]:
    """`necessity` is about fields of the category; what is required says what happens without it (G11)."""
    cited = ", ".join(law.duties["G11"].law) if "G11" in law.duties else ""
    for category in policy.categories.values():
        for name in category.necessity:
            if name and name not in category.fields:
                yield Finding(
                    "field-unknown",
                    at(category, f"necessity.{name}", "necessity"),
                    f"`{name}` is no field of category `{category.name}`.",
                    did_you_mean(name, category.fields),
                    category.promise,
                )
        if _is_required(category) and not any(category.without.values()):
            yield Finding(
                "without-missing",
                at(category, "necessity"),
                f"Category `{category.name}` has required data and does not say what happens without them.",
                f"Add `without: {{nl: ..., en: ...}}`. {cited}.",
                category.promise,
            )


def _decided_at(policy: Policy, purpose: Purpose) -> Place:
    return at(purpose, "automated", "dpv") if purpose.automated else at(policy, f"purposes.{purpose.name}")


def _is_required(category: Category) -> bool:
    return Necessity.REQUIRED in category.necessity.values()


def _is_ordinary(policy: Policy, use: Use) -> bool:
    kinds = {policy.purposes[name].kind for name in use.purposes if name in policy.purposes}
    return PurposeKind.ORDINARY in kinds


CHECKS = (
    nothing_decides_alone,
    special_data_are_called_so,
    special_data_have_exceptions,
    children_have_parents,
    necessity_is_whole,
)
