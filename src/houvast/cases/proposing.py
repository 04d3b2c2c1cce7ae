"""What a mail seems to ask, by the words of a lexicon: a proposal, with the words that it rests on. Pure.

The same mail always gives the same proposal. It decides nothing: somebody of the staff takes it over or does not, and
whose a request is, is checked as of any other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from houvast.cases.incoming import Incoming
from houvast.cases.model import Right
from houvast.document import Findings, read_document
from houvast.reading import Section

_FOLDER = Path(__file__).parent / "lexicon"
LANGUAGES = ("nl", "en", "de")
_WORD = re.compile(r"[a-z0-9][a-z0-9'-]*")
_ARTICLE = re.compile(r"\b(art)\.")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n\s*\n|\n(?=\s*(?:[-*]|\d+[.)]) )")
_SENTENCES = 500
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "’": "'", "‘": "'"})
_STRONG = frozenset(Right) - {Right.QUESTION}
"""A mail that asks one of these is no mere question."""


@dataclass(frozen=True)
class Rule:
    """Groups of phrases that stand together in a sentence. `asks`: it must end in a question mark."""

    here: tuple[str, ...]
    absent: tuple[str, ...]
    anywhere: tuple[str, ...]
    asks: bool


@dataclass(frozen=True)
class Lexicon:
    """The words of one language."""

    language: str
    common: frozenset[str]
    groups: Mapping[str, tuple[str, ...]]
    rights: Mapping[Right, tuple[Rule, ...]]


@dataclass(frozen=True)
class Proposal:
    """What a mail seems to ask. `reasons`: right -> the phrases of the lexicon by which it was found."""

    language: str
    rights: tuple[Right, ...]
    reasons: Mapping[str, tuple[str, ...]]

    @property
    def is_request(self) -> bool:
        """Whether something seems to be asked about somebody's data."""
        return bool(self.rights)


def propose(mail: Incoming) -> Proposal:
    """What a mail seems to ask; nothing for a report that a mail of ours did not arrive, or for an absence."""
    text = f"{mail.subject}\n\n{mail.text}"
    language = language_of(mail.text or mail.subject)
    if mail.is_auto:
        return Proposal(language, (), {})
    found = _found(lexicon(language), text)
    if set(found) & _STRONG:
        found.pop(Right.QUESTION, None)
    rights = tuple(right for right in Right if right in found)
    return Proposal(language, rights, {right.value: found[right] for right in rights})


def language_of(text: str) -> str:
    """The language of which a text has most of the commonest words; Dutch when it has none of any."""
    words = _words(text)
    counts = {name: sum(word in lexicon(name).common for word in words) for name in LANGUAGES}
    return max(LANGUAGES, key=lambda name: counts[name])


@cache
def lexicon(language: str) -> Lexicon:
    """The words of a language. Raises FileErrors for a file of Houvast's own that is wrong."""
    findings = Findings()
    root = Section(read_document(_FOLDER / f"{language}.yaml"), findings, "a lexicon")
    groups = root.section("groups")
    rights = root.section("rights")
    found = Lexicon(
        root.required("language"),
        frozenset(word for text in root.texts("common") for word in _words(text)),
        {name: tuple(_folded(text) for text in groups.texts(name)) for name in groups.names()},
        {Right(name): tuple(_rule(text) for text in rights.texts(name)) for name in rights.names()},
    )
    root.close()
    findings.stop_if_any()
    strange = {
        g for rules in found.rights.values() for rule in rules for g in (*rule.here, *rule.absent, *rule.anywhere)
    }
    if unknown := strange - found.groups.keys():
        raise KeyError(f"{language}.yaml: {', '.join(sorted(unknown))} is no group")
    return found


def _rule(text: str) -> Rule:
    words = text.split()
    return Rule(
        tuple(word for word in words if word[0] not in "!@?"),
        tuple(word[1:] for word in words if word[0] == "!"),
        tuple(word[1:] for word in words if word[0] == "@"),
        "?" in words,
    )


def _found(known: Lexicon, text: str) -> dict[Right, tuple[str, ...]]:
    sentences = [(" ".join(_words(part)), part.rstrip().endswith("?")) for part in _SENTENCE.split(text)[:_SENTENCES]]
    whole = _matches(known, " ".join(part for part, _ in sentences))
    found: dict[Right, tuple[str, ...]] = {}
    for sentence, asks in sentences:
        here = _matches(known, sentence)
        for right, rules in known.rights.items():
            for rule in rules:
                if right not in found and _holds(rule, here, whole, asks):
                    phrases = [here[name] for name in rule.here] + [whole[name] for name in rule.anywhere]
                    found[right] = tuple(dict.fromkeys(phrases))
    return found


def _holds(rule: Rule, here: Mapping[str, str], whole: Mapping[str, str], asks: bool) -> bool:
    return (
        (asks or not rule.asks)
        and all(name in here for name in rule.here)
        and not any(name in here for name in rule.absent)
        and all(name in whole for name in rule.anywhere)
    )


def _matches(known: Lexicon, sentence: str) -> dict[str, str]:
    """Group -> the phrase of it that stands in a sentence."""
    padded = f" {sentence} "
    return dict(_each(known, padded))


def _each(known: Lexicon, padded: str) -> Iterator[tuple[str, str]]:
    for name, phrases in known.groups.items():
        for phrase in phrases:
            if (f" {phrase[:-1]}" if phrase.endswith("*") else f" {phrase} ") in padded:
                yield name, phrase
                break


def _words(text: str) -> list[str]:
    return _WORD.findall(_folded(text))


def _folded(text: str) -> str:
    """Small letters without accents; umlauts as they are written where there are none."""
    low = _ARTICLE.sub(r"\1", text.lower().translate(_LETTERS))
    return "".join(letter for letter in unicodedata.normalize("NFD", low) if not unicodedata.combining(letter))
