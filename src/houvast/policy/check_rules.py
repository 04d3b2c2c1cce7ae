"""Rules among themselves: bases, terms, nevers, and what serves nothing."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.errors import Finding
from houvast.policy.model import Policy, PurposeKind, Term, Use
from houvast.policy.rules import at

_BEYOND_NEVER = (PurposeKind.RIGHTS, PurposeKind.RETENTION, PurposeKind.MIGRATION)


def uses_are_declared_once(policy: Policy) -> Iterator[Finding]:
    """One category and purpose, one use: else nobody can tell which basis holds."""
    seen: dict[tuple[str, str], Use] = {}
    for use in policy.uses:
        for category, purpose in _pairs(use):
            other = seen.setdefault((category, purpose), use)
            if other is not use:
                yield Finding(
                    "use-twice",
                    at(use, f"use.{category}", "use"),
                    f"Use {use.id} permits `{category}` for `{purpose}`; {other.id} "
                    f"(line {other.place.line}) does so already.",
                    "Keep one of them, or put both conditions in one `while:`.",
                    use.promise,
                )


def uses_are_not_forbidden(policy: Policy) -> Iterator[Finding]:
    """A use that a never forbids is dead: the never wins. A statute, rights and retention pass."""
    for use in policy.uses:
        for category, purpose in _pairs(use):
            never = policy.never(category, purpose)
            kind = policy.purposes[purpose].kind if purpose in policy.purposes else PurposeKind.ORDINARY
            if never and not use.statute and kind not in _BEYOND_NEVER:
                yield Finding(
                    "use-forbidden",
                    at(use, f"use.{category}", "use"),
                    f"Use {use.id} permits `{category}` for `{purpose}`, never {never.id} forbids it. "
                    f"The never wins{f' ({never.promise})' if never.promise else ''}: this use never works.",
                    f"Take it out of {use.id}; or add `{purpose}` to `but:` of {never.id}.",
                    never.promise,
                )


def terms_have_events(policy: Policy) -> Iterator[Finding]:
    """A term is an event and a number; "as long as needed" is neither (GDPR art. 5(1)(e), 13(2)(a))."""
    for term in policy.terms:
        if not term.event.strip():
            yield Finding(
                "term-without-event",
                term.place,
                f"The term of `{term.category}` does not say from when it counts.",
                "Add `until:` with an event, such as account.closed.",
                term.promise,
            )
        elif " " in term.event.strip():
            yield Finding(
                "term-vague",
                at(term, "until"),
                f"`{term.event}` is not an event: nobody can tell when the term of `{term.category}` ends.",
                "Write one event and a number, such as `until: account.closed, plus: P30D`.",
                term.promise,
            )


def terms_are_for_something(policy: Policy) -> Iterator[Finding]:
    """One term for one category and purpose; and only for a purpose that uses the category."""
    seen: dict[tuple[str, str], Term] = {}
    for term in policy.terms:
        for purpose in term.purposes or ("",):
            other = seen.setdefault((term.category, purpose), term)
            said = f" for `{purpose}`" if purpose else ""
            if other is not term:
                yield Finding(
                    "term-twice",
                    at(term, f"for.{purpose}", "data"),
                    f"`{term.category}` has a term{said} already, in line {other.place.line}.",
                    "Keep one of them.",
                    term.promise,
                )
            known = term.category in policy.categories and purpose in policy.purposes
            if known and policy.use(term.category, purpose) is None:
                yield Finding(
                    "term-for-nothing",
                    at(term, f"for.{purpose}", "for"),
                    f"`{term.category}` has a term for `{purpose}`, but no use of it for that purpose.",
                    "Take the purpose out of `for:`, or add the use.",
                    term.promise,
                )


def purposes_are_served(policy: Policy) -> Iterator[Finding]:
    """A purpose that no category serves promises nothing; the migration purpose sees what it moves."""
    served = {purpose for use in policy.uses for purpose in use.purposes}
    for purpose in policy.purposes.values():
        if purpose.name not in served and purpose.kind is not PurposeKind.MIGRATION:
            yield Finding(
                "purpose-unserved",
                at(policy, f"purposes.{purpose.name}"),
                f"No data are used for purpose `{purpose.name}`.",
                f"Add a use with `for: {purpose.name}`, or take the purpose out.",
                purpose.promise,
            )


def categories_are_used(policy: Policy) -> Iterator[Finding]:
    """Data that no purpose needs may not be collected (GDPR art. 5(1)(b)-(c))."""
    for category in policy.categories.values():
        if not ordinary_purposes(policy, category.name):
            yield Finding(
                "category-unused",
                at(policy, f"data.{category.name}"),
                f"`{category.name}` is used for nothing.",
                "Add a use for it, or take it out: what nobody needs is not collected.",
                category.promise,
            )


def system_purposes_are_one_at_a_time(policy: Policy) -> Iterator[Finding]:
    """Rights are for one person, a dispute is one case."""
    needed = {PurposeKind.RIGHTS: "person", PurposeKind.DISPUTE: "case"}
    for purpose in policy.purposes.values():
        one = needed.get(purpose.kind)
        if one and purpose.one != one and purpose.one in ("", "person", "case"):
            yield Finding(
                "one-missing",
                at(purpose, "one"),
                f"Purpose `{purpose.name}` of kind {purpose.kind} is for one {one} at a time.",
                f"Add `one: {one}`.",
                purpose.promise,
            )


def limits_of_use_can_be_kept(policy: Policy) -> Iterator[Finding]:
    """People are counted where each use names one; and nobody's rights wait until tomorrow (GDPR art. 12(3))."""
    for purpose in policy.purposes.values():
        volume = purpose.volume
        if volume and purpose.kind is not PurposeKind.ORDINARY:
            yield Finding(
                "volume-elsewhere",
                at(purpose, "volume"),
                f"Purpose `{purpose.name}` of kind {purpose.kind} has a limit of use; its work may not have to wait.",
                "Take `volume` out.",
                purpose.promise,
            )
        elif volume and volume.counts == "people" and purpose.one != "person":
            yield Finding(
                "volume-uncounted",
                at(purpose, "volume.people", "volume"),
                f"Purpose `{purpose.name}` counts people, but its uses name no person.",
                "Add `one: person`, or count how often: `uses: 50`.",
                purpose.promise,
            )


CHECKS = (
    uses_are_declared_once,
    uses_are_not_forbidden,
    terms_have_events,
    terms_are_for_something,
    purposes_are_served,
    categories_are_used,
    system_purposes_are_one_at_a_time,
    limits_of_use_can_be_kept,
)


def _pairs(use: Use) -> Iterator[tuple[str, str]]:
    return ((category, purpose) for category in use.categories for purpose in use.purposes)


def ordinary_purposes(policy: Policy, category: str) -> list[str]:
    """The ordinary purposes that use a category."""
    names = [purpose for use in policy.uses if category in use.categories for purpose in use.purposes]
    return [
        name
        for name in dict.fromkeys(names)
        if name in policy.purposes and policy.purposes[name].kind is PurposeKind.ORDINARY
    ]
