"""The section `visits`: whether what it says can be kept, and agrees with the uses and terms beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from houvast.errors import Finding, Place
from houvast.policy.counting import LINES, NEEDED, lines, part
from houvast.policy.forms import FEWEST
from houvast.policy.model import Duty, Form, Policy, PurposeKind, Use
from houvast.policy.periods import parse_period
from houvast.policy.rules import at
from houvast.reading import did_you_mean

_HAS = {
    "counted": ("data",),
    "time": ("precision",),
    "address": ("mode",),
    "group": ("smallest",),
    "budget": ("rho", "delta", "period"),
    "security": ("data", "for", "within"),
}
"""What each line says, all of it and nothing else."""
_SUCH_AS = {"data": "visit", "precision": "hour", "mode": "keyed", "smallest": "10", "rho": "0.1", "delta": "1e-6",
            "period": "P30D", "for": "security", "within": "P14D"}  # fmt: skip
_LARGEST = {"rho": 1.0, "delta": 1e-3}
_LEAST_DAYS = 1


def lines_are_whole(policy: Policy) -> Iterator[Finding]:
    """Each line is known, says what it has to, and nothing that belongs to another."""
    found = lines(policy)
    for name, line in found.items():
        if name not in LINES:
            message = f"`{name}` is no line that visits has."
            yield Finding("visits-unknown", line.place, message, did_you_mean(name, LINES), _promise(line))
            continue
        for key in _HAS[name]:
            if not line.parameters.get(key):
                message = f"`{name}` of visits does not say `{key}`."
                if key == "period":
                    message = "A budget without a period says nothing: nobody can tell when it begins anew."
                elif key == "for":
                    message = "Whole addresses are kept, and nothing says for which purpose alone."
                yield Finding(
                    "visits-incomplete", line.place, message, f"Add `{key}: {_SUCH_AS[key]}`.", _promise(line)
                )
        for key in line.parameters.keys() - {*_HAS[name]}:
            message = f"`{key}` of `{name}` means nothing there."
            yield Finding("visits-unknown", at(line, key), message, f"It has {', '.join(_HAS[name])}.", _promise(line))
    for name in NEEDED if found else ():
        if name not in found:
            first = next(iter(found.values()))
            todo = (
                "Add `"
                + name
                + ": {"
                + ", ".join(f"{key}: {_SUCH_AS[key]}" for key in _HAS[name])
                + ", promise: ...}`."
            )
            yield Finding("visits-incomplete", first.place, f"`visits` has no line `{name}`.", todo)


def groups_hide_people(policy: Policy) -> Iterator[Finding]:
    """A number about a few visitors is about somebody (GDPR recital 26); no use counts in larger groups."""
    line, counted = lines(policy).get("group"), _text(lines(policy).get("counted"), "data")
    smallest = _text(line, "smallest")
    if line is None or not smallest.isdigit():
        return
    if int(smallest) < FEWEST:
        yield Finding(
            "visits-group",
            at(line, "smallest"),
            f"Numbers about {smallest} visitors or more are shown: a number about so few is about somebody.",
            f"Write `smallest: {FEWEST}` or more; 10 is usual.",
            _promise(line),
        )
    for use in policy.uses:
        if counted in use.categories and use.form is Form.AGGREGATE and use.group > int(smallest):
            yield Finding(
                "visits-group",
                at(line, "smallest"),
                f"Use {use.id} counts in groups of {use.group} or more, and `smallest` is {smallest}.",
                f"Write `smallest: {use.group}`, or change `group:` of {use.id}.",
                _promise(line),
            )


def budgets_can_be_kept(policy: Policy) -> Iterator[Finding]:
    """A budget is two numbers that say something, over a time of at least a day."""
    line = lines(policy).get("budget")
    if line is None:
        return
    for key, largest in _LARGEST.items():
        said = _text(line, key)
        value = part(said)
        if said and value is None:
            message = f"`{key}: {said}` is no number that is more than 0."
            yield Finding("visits-budget", at(line, key), message, f"Write it like {_SUCH_AS[key]}.", _promise(line))
        elif value and value > largest:
            message = f"With `{key}: {said}` reports tell nearly everything: whoever is in them can be found."
            todo = f"Write {largest:g} or less; {_SUCH_AS[key]} is usual."
            yield Finding("visits-budget", at(line, key), message, todo, _promise(line))
    period = parse_period(_text(line, "period"))
    if period and not (period.years or period.months or period.days >= _LEAST_DAYS):
        message = "The period of the budget has no length: it would begin anew all the time."
        yield Finding(
            "visits-budget", at(line, "period"), message, "Write a day or more; P30D is usual.", _promise(line)
        )


def times_and_addresses_cannot_be_joined(policy: Policy) -> Iterator[Finding]:
    """A network and a minute together point at somebody who was signed in at that minute (WP216, linkability)."""
    found = lines(policy)
    time, address = found.get("time"), found.get("address")
    if _text(time, "precision") == "minute" and address and _text(address, "mode") == "truncated":
        yield Finding(
            "visits-linkable",
            at(address, "mode"),
            "Visits to the minute with a part of the address can be joined with whoever was signed in at that minute.",
            "Write `mode: keyed`, or `precision: hour`.",
            _promise(address),
        )


def counted_data_are_totals(policy: Policy) -> Iterator[Finding]:
    """Nobody at ordinary work sees what one visitor looked at; only totals (promises C22, A14)."""
    line = lines(policy).get("counted")
    category = _text(line, "data")
    if line is None or not category:
        return
    if category not in policy.categories:
        yield _unknown("category", category, at(line, "data"), policy.categories, line)
    for use in policy.uses:
        names = _ordinary(policy, use)
        if category in use.categories and names and use.form is not Form.AGGREGATE:
            yield Finding(
                "visits-not-totals",
                at(use, f"use.{category}", "use"),
                f"Use {use.id} gives `{category}` for `{names[0]}` visit by visit: what one visitor looked at.",
                "Add `form: aggregate`.",
                use.promise,
            )


def addresses_are_kept_apart(policy: Policy) -> Iterator[Finding]:
    """Whole addresses are for one purpose, seen while something is open, and gone when their term says so."""
    line = lines(policy).get("security")
    if line is None:
        return
    category, name, within = (_text(line, key) for key in _HAS["security"])
    if category and category not in policy.categories:
        yield _unknown("category", category, at(line, "data"), policy.categories, line)
    if name and name not in policy.purposes:
        yield _unknown("purpose", name, at(line, "for"), policy.purposes, line)
    if category not in policy.categories or name not in policy.purposes:
        return
    yield from _seen(policy, line, category, name)
    term, period = policy.term(category, name), parse_period(within)
    if term is None:
        message = f"`{category}` has no term: whole addresses would be kept for ever."
        todo = f"Add `- {{data: {category}, until: collected, plus: {within or 'P14D'}}}` under `keep:`."
        yield Finding("visits-security", at(line, "within"), message, todo, _promise(line))
    elif period and (term.plus != period or term.event != "collected"):
        message = f"`within: {within}` is not the term of `{category}`, which is {term.plus} after `{term.event}`."
        todo = "Write the same in both places, counted from `collected`."
        yield Finding("visits-security", at(line, "within"), message, todo, _promise(line))


def _seen(policy: Policy, line: Duty, category: str, purpose: str) -> Iterator[Finding]:
    """For that purpose while something is open, and for no other ordinary one."""
    use = policy.use(category, purpose)
    if use is None or not use.while_:
        message = f"Whole addresses are kept for `{purpose}`, and no use says while what they may be seen."
        todo = f"Add a use with `use: {category}, for: {purpose}, while: incident.open`."
        yield Finding("visits-security", at(line, "for"), message, todo, _promise(line))
    for other in policy.uses:
        names = [one for one in _ordinary(policy, other, compelling=True) if one != purpose]
        if category in other.categories and names:
            message = f"Use {other.id} gives whole addresses for `{names[0]}`; they are kept for `{purpose}` alone."
            todo = f"Take `{category}` out of {other.id}."
            yield Finding("visits-security", at(other, f"use.{category}", "use"), message, todo, _promise(line))


CHECKS = (
    lines_are_whole,
    groups_hide_people,
    budgets_can_be_kept,
    times_and_addresses_cannot_be_joined,
    counted_data_are_totals,
    addresses_are_kept_apart,
)


def _ordinary(policy: Policy, use: Use, *, compelling: bool = False) -> list[str]:
    """The ordinary purposes of a use; those that go on under an objection only when asked for."""
    found = [policy.purposes[name] for name in use.purposes if name in policy.purposes]
    return [p.name for p in found if p.kind is PurposeKind.ORDINARY and (compelling or not p.compelling)]


def _unknown(what: str, name: str, place: Place, known: Iterable[str], line: Duty) -> Finding:
    message = f"`{name}` is no {what} of this policy."
    return Finding("visits-unknown", place, message, did_you_mean(name, known), _promise(line))


def _text(line: Duty | None, key: str) -> str:
    return next(iter(line.texts(key)), "") if line else ""


def _promise(line: Duty) -> str:
    return next(iter(line.promises), "")
