"""The names of tables and columns as words, and what those words tell (`vocabulary.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from houvast.document import Findings, parse
from houvast.reading import Section

_LONG = 5  # letters from which on a word is also found inside another, as in Dutch compounds
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-zà-ÿ]+|[A-Z]+|\d+")
_IRREGULAR = {
    "people": "person",
    "leden": "lid",
    "facturen": "factuur",
    "vragen": "vraag",
    "lessen": "les",
    "bezoeken": "bezoek",
    "personen": "persoon",
    "addresses": "address",
    "contracten": "contract",
    "klachten": "klacht",
    "berichten": "bericht",
}


@dataclass(frozen=True)
class Sort:
    """What a column can hold. `strong`: it tells who somebody is, wherever it stands."""

    name: str
    what: str
    words: tuple[str, ...]
    dpv: tuple[str, ...]
    strong: bool
    named: bool
    special: bool
    free: bool
    secret: bool


@dataclass(frozen=True)
class Theme:
    """What a table can be about."""

    name: str
    words: tuple[str, ...]
    dpv: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The words by which names are understood."""

    sorts: tuple[Sort, ...]
    themes: tuple[Theme, ...]
    people: Mapping[str, tuple[str, ...]]
    lists: Mapping[str, tuple[str, ...]]


@cache
def vocabulary() -> Vocabulary:
    """The words that Houvast ships, English and Dutch."""
    file = Path(__file__).parent / "vocabulary.yaml"
    findings = Findings()
    root = Section(parse(file.read_text("utf-8"), file.name), findings, file.name)
    people = root.section("people")
    found = Vocabulary(
        tuple(_sort(name, one) for name, one in root.named("columns", "sort")),
        tuple(Theme(name, one.texts("words"), one.texts("dpv")) for name, one in root.named("themes", "theme")),
        {name: people.texts(name) for name in people.names()},
        {name: root.texts(name) for name in root.names() if name not in ("columns", "themes", "people")},
    )
    findings.stop_if_any()
    return found


def _sort(name: str, one: Section) -> Sort:
    flags = {key: one.flag(key) for key in ("strong", "named", "special", "free", "secret")}
    return Sort(name, one.text("what"), one.texts("words"), one.texts("dpv"), **flags)


@cache
def parts(name: str) -> tuple[str, ...]:
    """The words of a name, small, without plurals: "klantOrders_2" -> klant, order, 2."""
    return tuple(stem(part.lower()) for part in _PARTS.findall(name))


@cache
def stem(word: str) -> str:
    """A word without its plural, by the common rules of English and Dutch; good enough to compare names."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith(("ies", "ie", "y")) and len(word) > 4:
        return word.rstrip("s").removesuffix("e").removesuffix("y").removesuffix("i") + "i"
    if word.endswith("en") and len(word) > 5:
        short = word[:-2]
        return short[:-1] if short[-1] == short[-2] and short[-1] not in "aeiou" else short
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is", "ens")) and len(word) > 3 else word


@cache
def holds(words: tuple[str, ...], sought: tuple[str, ...]) -> str:
    """The first of the sought words that a name holds, "" when none."""
    return next((one for one in sought if _in(words, one)), "")


def _in(words: tuple[str, ...], sought: str) -> bool:
    wanted = [stem(part) for part in sought.split()]
    if len(wanted) > 1:
        joined = " ".join(words)
        return f" {' '.join(wanted)} " in f" {joined} "
    one = wanted[0]
    return one in words or (len(one) >= _LONG and any(one in word for word in words))


def listed(name: str, of: str) -> bool:
    """Whether a name holds one of the words of a list of the vocabulary."""
    return bool(holds(parts(name), vocabulary().lists[of]))


def themes_of(words: Iterable[str]) -> tuple[Theme, ...]:
    """The themes that words tell of."""
    found = tuple(words)
    return tuple(theme for theme in vocabulary().themes if holds(found, theme.words))
