"""What attempts do not say of a promise: by what it is kept, and what is still to come."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from houvast.document import Findings, parse
from houvast.policy.model import Policy
from houvast.reading import Section

_FILES = {"en": "promises.yaml", "nl": "promises.nl.yaml"}

COMPILED, DECLARED, NOTHING = "compiled", "declared", "nothing"
"""The words of promises that ship without words of their own."""


@dataclass(frozen=True)
class Words:
    """Words about one promise. `tries`: sorts of attempts that prove it though no rule ties them to it.

    `needs`: sorts of attempts, handed in by rooms above, without which it is not held. `english`: in a translation,
    the `print` of the words that were translated.
    """

    by: str
    missing: str = ""
    tries: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    english: str = ""

    @property
    def print(self) -> str:
        """What these words hash to: a translation keeps that of the English that it says."""
        return hashlib.sha256(f"{self.by}\n{self.missing}".encode()).hexdigest()[:8]


@cache
def known(language: str = "en") -> Mapping[str, Words]:
    """The words that ship with Houvast in a language ("en" or "nl"), by promise."""
    findings, file = Findings(), _FILES[language]
    text = files("houvast.proof").joinpath(file).read_text(encoding="utf-8")
    root = Section(parse(text, file), findings, "the words of promises")
    found = {name: _words(root.section(name)) for name in root.names()}
    findings.stop_if_any()
    return found


def _words(section: Section) -> Words:
    words = Words(
        section.required("by"),
        section.text("missing"),
        section.texts("tries"),
        section.texts("needs"),
        section.text("english"),
    )
    section.close()
    return words


def words_of(promise: str, policy: Policy, language: str = "en") -> Words:
    """The words about a promise; for one that ships without, what follows from the rules that it binds."""
    ours = known(language)
    if promise in ours:
        return ours[promise]
    rules = (
        *policy.uses,
        *policy.nevers,
        *policy.terms,
        *policy.categories.values(),
        *policy.purposes.values(),
    )
    if any(promise in (rule.promise, *rule.also) for rule in rules):
        return ours[COMPILED]
    duties = [duty.label.get(language) or duty.name for duty in policy.duties if promise in duty.promises]
    if duties:
        found = ours[DECLARED]
        return replace(found, missing=found.missing.format(duties=", ".join(duties)))
    return ours[NOTHING]


@cache
def tried(family: str) -> frozenset[str]:
    """The promises that a sort of attempts proves."""
    return frozenset(promise for promise, words in known().items() if family in words.tries)
