"""Names: which may be given, and whether every name that a rule uses exists."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from houvast.errors import Finding, Place
from houvast.policy.model import Policy
from houvast.policy.rules import at, rules
from houvast.policy.words import spoken, words
from houvast.reading import did_you_mean

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
RESERVED = ("public", "houvast", "information_schema")


def purpose_names(policy: Policy) -> Iterator[Finding]:
    """A purpose becomes a role and a schema: `public`, quotes, capitals and look-alikes are refused."""
    for purpose in policy.purposes.values():
        yield from _name("purpose", purpose.name, _named_at(policy, "purposes", purpose.name))
        if purpose.one not in ("", "person", "case"):
            yield Finding(
                "one-unknown",
                at(purpose, "one"),
                f"Purpose `{purpose.name}` has `one: {purpose.one}`; nobody knows what that is.",
                "Write `one: person` or `one: case`, or leave it out.",
            )


def category_names(policy: Policy) -> Iterator[Finding]:
    """Categories are named as purposes are."""
    for name in policy.categories:
        yield from _name("category", name, _named_at(policy, "data", name))


def categories_exist(policy: Policy) -> Iterator[Finding]:
    """Uses, nevers and terms name categories that stand under `data:`."""
    for rule in (*policy.uses, *policy.nevers):
        for name in rule.categories:
            yield from _known("category", name, policy.categories, at(rule, f"use.{name}", "use"), f"{rule.id}")
    for term in policy.terms:
        yield from _known("category", term.category, policy.categories, at(term, "data"), "A term")


def purposes_exist(policy: Policy) -> Iterator[Finding]:
    """Uses, nevers and terms name purposes that stand under `purposes:`."""
    for use in policy.uses:
        for name in use.purposes:
            yield from _known("purpose", name, policy.purposes, at(use, f"for.{name}", "for"), use.id)
    for never in policy.nevers:
        for name in never.but:
            yield from _known("purpose", name, policy.purposes, at(never, f"but.{name}", "but"), never.id)
    for term in policy.terms:
        for name in term.purposes:
            yield from _known("purpose", name, policy.purposes, at(term, f"for.{name}", "for"), "A term")


def promises_exist(policy: Policy) -> Iterator[Finding]:
    """Rules name promises that stand under `promises:`."""
    for rule in rules(policy):
        for name in rule.promises:
            place = at(rule, f"promise.{name}", "promise")
            yield from _known("promise", name, policy.promises, place, rule.title)


def people_exist(policy: Policy) -> Iterator[Finding]:
    """Categories are of people that stand under `people:`."""
    for category in policy.categories.values():
        title = f"Category `{category.name}`"
        for kind in category.of:
            yield from _known("kind of people", kind, policy.people, at(category, f"of.{kind}", "of"), title)
        if not category.of:
            yield Finding(
                "category-of-nobody",
                category.place,
                f"{title} does not say whose data it is.",
                "Add `of: [...]` with names from `people:`.",
            )


def circumstances_exist(policy: Policy) -> Iterator[Finding]:
    """`while:` names circumstances that have words, here or in Houvast's own list."""
    known = [*policy.words, *_own("circumstances")]
    for use in policy.uses:
        for name in (name for way in use.while_ for name in way):
            if name not in known:
                yield Finding(
                    "circumstance-unknown",
                    at(use, "while"),
                    f"Use {use.id} holds while `{name}`; nobody has said what that is.",
                    did_you_mean(name, known) + f" Or say it in words under `circumstances:` ({name}: {{nl: ...}}).",
                )


def events_exist(policy: Policy) -> Iterator[Finding]:
    """`until:` names events that have words; vague words and silence are `terms_have_events`'s."""
    known = [*policy.words, *_own("events")]
    for term in policy.terms:
        if term.event and " " not in term.event and term.event not in known:
            yield Finding(
                "event-unknown",
                at(term, "until"),
                f"The term of `{term.category}` counts from `{term.event}`; nobody has said what that is.",
                did_you_mean(term.event, known) + f" Or say it in words under `events:` ({term.event}: {{nl: ...}}).",
            )


def promise_names(policy: Policy) -> Iterator[Finding]:
    """A promise's id is its anchor on the page and its name in a refusal."""
    for name in policy.promises:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,39}", name, re.ASCII):
            yield Finding(
                "promise-name",
                _named_at(policy, "promises", name),
                f"A promise cannot be named `{name}`.",
                "Write a letter and a number, such as C07.",
            )


def ids_are_unique(policy: Policy) -> Iterator[Finding]:
    """Two rules with one id cannot be told apart in a refusal."""
    all_ = (*policy.uses, *policy.nevers)
    counts = Counter(rule.id for rule in all_)
    seen: set[str] = set()
    for rule in all_:
        if counts[rule.id] > 1 and rule.id in seen:
            todo = "Give each use and each never an id of its own."
            yield Finding("id-twice", at(rule, "id"), f"`{rule.id}` is already the id of another rule.", todo)
        seen.add(rule.id)


CHECKS = (
    purpose_names,
    category_names,
    promise_names,
    categories_exist,
    purposes_exist,
    promises_exist,
    people_exist,
    circumstances_exist,
    events_exist,
    ids_are_unique,
)


def _own(kind: str) -> Iterator[str]:
    for language in spoken():
        yield from words(language).circumstances if kind == "circumstances" else words(language).events


def _named_at(policy: Policy, section: str, name: str) -> Place:
    return at(policy, f"{section}.{name}")


def _known(what: str, name: str, known: Iterable[str], place: Place, title: str) -> Iterator[Finding]:
    names = list(known)
    if name not in names:
        code = f"{what.split()[0]}-unknown"
        message = f"{title} names the {what} `{name}`, which is not in this policy."
        yield Finding(code, place, message, did_you_mean(name, names))


def _name(what: str, name: str, place: Place) -> Iterator[Finding]:
    if name in RESERVED or name.startswith("pg_"):
        message = f"A {what} cannot be named `{name}`: PostgreSQL or Houvast uses that name."
        yield Finding(f"{what}-name", place, message, "Choose another name.")
    elif not NAME.fullmatch(name):
        yield Finding(
            f"{what}-name",
            place,
            f"A {what} cannot be named `{name}`: {_reason(name)}.",
            "Write small letters a to z, figures and _, a letter first, 40 at most.",
        )


def _reason(name: str) -> str:
    strange = next((c for c in name if not re.fullmatch("[a-z0-9_]", c, re.ASCII)), "")
    if strange:
        called = unicodedata.name(strange, f"U+{ord(strange):04X}").lower()
        return f"`{strange}` in it is {called}"
    return "it is longer than 40 characters" if len(name) > 40 else "it does not start with a letter"
