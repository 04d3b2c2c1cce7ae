"""Promises of one policy that pull in different directions, and which of them rules.

Computed from the rules: each pattern looks for two rules that cannot both be kept to the letter, names the
promises behind them, and says what settles it. Where nothing in the policy does, it stays open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from houvast.errors import Place
from houvast.policy.model import Category, Duty, Form, Never, Period, Policy, Purpose, PurposeKind, Use
from houvast.policy.periods import ever_longer

APART = (PurposeKind.RIGHTS, PurposeKind.RETENTION, PurposeKind.MIGRATION, PurposeKind.DISPUTE)


@dataclass(frozen=True)
class Contradiction:
    """Two promises that conflict. `settled`: whether the policy says which one rules; `todo` when it does not."""

    one: str
    other: str
    conflict: str
    rule: str
    settled: bool
    todo: str
    place: Place


def contradictions(policy: Policy) -> tuple[Contradiction, ...]:
    """Every pair of promises that conflict, each pair once."""
    found = {(one.one, one.other): one for pattern in PATTERNS for one in reversed(list(pattern(policy)))}
    return tuple(found.values())


def added_purpose(policy: Policy) -> Iterator[Contradiction]:
    """A never comes from the sentence of its own purposes, and another sentence adds a purpose (C41 x C46)."""
    for never in policy.nevers:
        own = [name for name in never.but if _promises(policy.purposes.get(name)) & _promises(never)]
        for use in policy.uses if own else ():
            added = [name for name in use.purposes if name in never.but and name not in own and _ordinary(policy, name)]
            if added and set(use.categories) & set(never.categories) and not use.statute:
                yield Contradiction(
                    _first(use),
                    _first(never),
                    f"`{added[0]}` uses `{use.categories[0]}`, which is only for {_list(own)}.",
                    f"{never.id} leaves `{added[0]}` totals only" if use.form is not Form.FULL else "",
                    use.form is not Form.FULL,
                    f"Give {use.id} `form: aggregate`, or take `{added[0]}` out of `but:` of {never.id}.",
                    use.place,
                )


def authorities(policy: Policy) -> Iterator[Contradiction]:
    """Nobody gets anything, and an authority does (C29 x C25)."""
    for closed in _with(policy, "recipients", "default"):
        for authority in _roles(policy, "authority"):
            settled = "binding order" in authority.texts("needs")
            yield _pair(
                authority,
                closed,
                "an authority that asks, and nothing leaves but as described",
                "only a binding order counts as described",
                settled,
                "Add `binding order` to `needs:` of the authority.",
            )


def confined(policy: Policy) -> Iterator[Contradiction]:
    """Some data go to one kind of recipient alone, and another kind gets data too (C26 x C47)."""
    givers = [one for one in policy.duties if one.section == "recipients" and one.texts("may")]
    for only in givers:
        for never in (name for name in only.promises if _says_never(policy, name)):
            for other in (one for one in givers if one is not only and one.parameters.get("role") == "processor"):
                shared = set(only.texts("may")) & set(other.texts("may"))
                yield Contradiction(
                    _first(other),
                    never,
                    f"`{other.name}` gets data, and what `{only.name}` gets goes to nobody else.",
                    f"each has a list of its own; {never} rules for {_list(only.texts('may'))}",
                    not shared,
                    f"Take {_list(sorted(shared))} out of `may:` of `{other.name}`.",
                    other.place,
                )


def identified(policy: Policy) -> Iterator[Contradiction]:
    """Data that say nothing of anybody, and a use that must know who it was (C20 x C23)."""
    for category in policy.categories.values():
        totals = [use for use in _ordinary_uses(policy, category.name) if use.form is Form.AGGREGATE]
        whole = [use for use in _ordinary_uses(policy, category.name) if use.form is Form.FULL]
        for use in whole if totals else ():
            if any(policy.purposes[name].compelling for name in use.purposes if name in policy.purposes):
                apart = _kept_apart(policy, category, use)
                yield Contradiction(
                    category.promise,
                    _first(use),
                    f"`{category.name}` identifies nobody, and {use.id} needs to know who it was.",
                    f"`{apart}` is kept apart, for a shorter time, for that alone",
                    bool(apart),
                    f"Keep what identifies in a category of its own with a shorter term, used by {use.id} alone.",
                    use.place,
                )


def exclusive(policy: Policy) -> Iterator[Contradiction]:
    """Marketing, and data that are used for nothing else (C13 x C15)."""
    selling = [use for use in policy.uses if any(_is_marketing(policy, name) for name in use.purposes)]
    for use in selling:
        for never in policy.nevers:
            if _says_never(policy, never.promise) and not any(
                name in never.but for name in use.purposes if _is_marketing(policy, name)
            ):
                shared = set(use.categories) & set(never.categories)
                yield Contradiction(
                    _first(use),
                    never.promise,
                    f"marketing, and {_list(never.categories)} serves nothing but its own purpose",
                    f"the never rules: {use.id} reaches {_list(use.categories)} only",
                    not shared,
                    f"Take {_list(sorted(shared))} out of {use.id}.",
                    use.place,
                )


def checked_first(policy: Policy) -> Iterator[Contradiction]:
    """At any time, and only after finding out who it is (C33 x C35)."""
    for right in _with(policy, "rights", "when"):
        for check in _with(policy, "safeguards", "ladder"):
            yield _pair(
                right,
                check,
                "at any time, and only when it is known who asks",
                "a request counts at any time; the answer follows a proportionate check",
                bool(check.texts("ladder")),
                "Say under `ladder:` what is enough.",
            )


def abroad(policy: Policy) -> Iterator[Contradiction]:
    """Work in another country, and what holds here (C42 x C27, C53)."""
    away = [one for one in policy.duties if one.section == "recipients" and one.parameters.get("abroad") == "yes"]
    for one in away:
        musts = [
            name
            for other in _roles(policy, "processor")
            if other is not one
            for name in other.promises
            if _kind(policy, name) == "must" and not policy.promises[name].added
        ]
        here = [name for law in _with(policy, "law", "country") for name in law.promises]
        for name in dict.fromkeys((*musts, *here)):
            yield Contradiction(
                _first(one),
                name,
                f"`{one.name}` works in other countries too, and the promise holds by the law of this one.",
                "a transfer tool is required; the rights follow the data",
                "transfer tool" in one.texts("needs"),
                f"Add `transfer tool` to `needs:` of `{one.name}`.",
                one.place,
            )


def agreed_by_use(policy: Policy) -> Iterator[Contradiction]:
    """Who uses it agrees, and who says nothing does not (C04 x C56)."""
    for shown in _with(policy, "notices", "consent"):
        for asked in _with(policy, "change", "silent"):
            settled = shown.parameters["consent"] == "never by use" and asked.parameters["silent"] == "not accepted"
            yield _pair(
                shown,
                asked,
                "use is agreement, and everyone may say whether they agree",
                "only an explicit answer counts; use proves nothing",
                settled,
                "Write `consent: never by use` and `silent: not accepted`.",
            )


def embedded(policy: Policy) -> Iterator[Contradiction]:
    """Apps of others on our pages, and not responsible for others (C49 x C52)."""
    for app in _with(policy, "notices", "load"):
        for not_ours in _with(policy, "notices", "embeds"):
            yield _pair(
                app,
                not_ours,
                "apps of others stand on our pages, and others are not our responsibility",
                "responsible for what our own page collects and sends",
                not_ours.parameters["embeds"] == "joint",
                "Write `embeds: joint`.",
            )


PATTERNS: tuple[Callable[[Policy], Iterator[Contradiction]], ...] = (
    added_purpose,
    authorities,
    confined,
    identified,
    exclusive,
    checked_first,
    abroad,
    agreed_by_use,
    embedded,
)


def _pair(one: Duty, other: Duty, conflict: str, rule: str, settled: bool, todo: str) -> Contradiction:
    return Contradiction(_first(one), _first(other), conflict, rule, settled, todo, one.place)


def _with(policy: Policy, section: str, parameter: str) -> Iterator[Duty]:
    return (one for one in policy.duties if one.section == section and parameter in one.parameters)


def _roles(policy: Policy, role: str) -> Iterator[Duty]:
    return (one for one in policy.duties if one.section == "recipients" and one.parameters.get("role") == role)


def _first(rule: Duty | Use | Never) -> str:
    promises = rule.promises if isinstance(rule, Duty) else (rule.promise,)
    return next(iter(promises), "")


def _promises(rule: Purpose | Never | None) -> set[str]:
    return {name for name in (rule.promise, *rule.also) if name} if rule else set()


def _says_never(policy: Policy, promise: str) -> bool:
    return _kind(policy, promise) == "never" and not policy.promises[promise].added


def _kind(policy: Policy, promise: str) -> str:
    return policy.promises[promise].kind if promise in policy.promises else ""


def _ordinary(policy: Policy, purpose: str) -> bool:
    return purpose in policy.purposes and policy.purposes[purpose].kind not in APART


def _ordinary_uses(policy: Policy, category: str) -> list[Use]:
    ours = [use for use in policy.uses if category in use.categories]
    return [use for use in ours if any(_ordinary(policy, name) for name in use.purposes)]


def _is_marketing(policy: Policy, purpose: str) -> bool:
    return purpose in policy.purposes and policy.purposes[purpose].marketing


def _kept_apart(policy: Policy, category: Category, use: Use) -> str:
    """The category of the same people, in the same use, that is kept for a shorter time."""
    ours = policy.term(category.name, use.purposes[0])
    for name in use.categories if ours else ():
        other, term = policy.categories.get(name), policy.term(name, use.purposes[0])
        if other and term and ours and set(other.of) & set(category.of) and _shorter(term.plus, ours.plus):
            return name
    return ""


def _shorter(one: Period, other: Period) -> bool:
    return ever_longer(other, one) is not None and ever_longer(one, other) is None


def _list(names: tuple[str, ...] | list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)
