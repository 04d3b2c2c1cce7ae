"""What attempts do not say of a promise: by what it is kept, and what is still to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from houvast.document import Findings, parse
from houvast.policy.model import Policy
from houvast.reading import Section

_FILE = "promises.yaml"


@dataclass(frozen=True)
class Words:
    """Words about one promise. `tries`: sorts of attempts that prove it though no rule ties them to it."""

    by: str
    missing: str = ""
    tries: tuple[str, ...] = ()


@cache
def known() -> Mapping[str, Words]:
    """The words that ship with Houvast, by promise."""
    findings = Findings()
    text = files("houvast.proof").joinpath(_FILE).read_text(encoding="utf-8")
    root = Section(parse(text, _FILE), findings, "the words of promises")
    found = {name: _words(root.section(name)) for name in root.names()}
    findings.stop_if_any()
    return found


def _words(section: Section) -> Words:
    words = Words(section.required("by"), section.text("missing"), section.texts("tries"))
    section.close()
    return words


def words_of(promise: str, policy: Policy) -> Words:
    """The words about a promise; for one that ships without, what follows from the rules that it binds."""
    if promise in known():
        return known()[promise]
    rules = (
        *policy.uses,
        *policy.nevers,
        *policy.terms,
        *policy.categories.values(),
        *policy.purposes.values(),
    )
    if any(promise in (rule.promise, *rule.also) for rule in rules):
        return Words("Its uses, prohibitions and terms are compiled to grants, views and row policies.")
    duties = [duty.name for duty in policy.duties if promise in duty.promises]
    if duties:
        return Words(
            "It is declared in the policy and shown in the notice.",
            f"What carries out the duty: {', '.join(duties)}.",
        )
    return Words("Nothing; no rule names it.", "A rule that carries it out.")


def tried(family: str) -> frozenset[str]:
    """The promises that a sort of attempts proves."""
    return frozenset(promise for promise, words in known().items() if family in words.tries)
