"""What checks find and the database refuses, in the language of the page.

It is said in English, in one place; `wording/SORT.LANGUAGE.yaml` has the same phrase with holes, for findings, refusals
and mends. What stood in a hole of the English goes into the hole of that name. A phrase that is not there stays
English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from houvast.document import Findings, parse
from houvast.errors import HouvastError
from houvast.policy.regime import regime, regimes
from houvast.reading import Section

_FOLDER = Path(__file__).parent / "wording"
_HOLE = re.compile("«([a-z]+)»")
_REFUSAL = re.compile(r"(?P<said>.*) \(promise (?P<promise>[CG]\d\d)\)\.", re.DOTALL)


@dataclass(frozen=True)
class Phrase:
    """A phrase in English and in another language, with the same holes."""

    english: str
    said: str

    @property
    def literal(self) -> int:
        """How many letters of it are no hole: of two phrases that fit, the longer one is meant."""
        return len(_HOLE.sub("", self.english))

    @property
    def pattern(self) -> re.Pattern[str]:
        """What it looks like once filled in."""
        parts = _HOLE.split(self.english)
        made = [re.escape(part) if not number % 2 else f"(?P<{part}>.+?)" for number, part in enumerate(parts)]
        return re.compile("".join(made), re.DOTALL)


@dataclass(frozen=True)
class Table:
    """All phrases of a language, the longest first; `titles` of rules and sections; `what`: sorts of names."""

    phrases: tuple[tuple[re.Pattern[str], Phrase], ...]
    titles: tuple[tuple[re.Pattern[str], Phrase], ...]
    what: Mapping[str, str]

    def phrase(self, text: str) -> str:
        """A phrase in this language, or as it was."""
        return self._said(text, self.phrases)

    def _title(self, text: str) -> str:
        """A title is written with a small letter there, and with a capital at the beginning of a sentence."""
        return self._said(text[:1].lower() + text[1:], self.titles)

    def _said(self, text: str, among: Sequence[tuple[re.Pattern[str], Phrase]]) -> str:
        for pattern, phrase in among:
            found = pattern.fullmatch(text)
            if found:
                said = self._filled(phrase.said, found.groupdict())
                return said if text[:1].islower() else said[:1].upper() + said[1:]
        return text

    def _filled(self, phrase: str, values: Mapping[str, str]) -> str:
        return _HOLE.sub(lambda hole: self._hole(hole[1], values[hole[1]]), phrase)

    def _hole(self, name: str, value: str) -> str:
        if name.startswith("what"):
            return self.what.get(value, value)
        if name == "title":
            return self._title(value)
        if name == "list":
            return value.replace("` and `", f"` {self.what['and']} `")
        return self.phrase(value.strip()) if name == "more" else value


@cache
def table(language: str, sort: str = "findings") -> Table | None:
    """The phrases of a language, for findings, refusals or mends; None for English, and for one that has none."""
    file = _FOLDER / f"{sort}.{language}.yaml"
    if not file.exists():
        return None
    findings = Findings()
    root = Section(parse(file.read_text("utf-8"), file.name), findings, f"the words of {sort}")
    phrases = [*_read(root, "phrases", language), *(_of_the_law(language) if sort == "findings" else ())]
    found = Table(_sorted(phrases), _sorted(_read(root, "titles", language)), root.pairs("what"))
    root.close()
    findings.stop_if_any()
    return found


def _read(root: Section, key: str, language: str) -> list[Phrase]:
    return [Phrase(one.required("en"), one.required(language)) for one in root.sections(key, "phrase")]


def _of_the_law(language: str) -> Iterator[Phrase]:
    """What a duty of the law has one write stands in both languages in the regime itself."""
    for name in regimes():
        for duty in (one for values in regime(name).duties.values() for one in values):
            if duty.todo.get(language):
                yield Phrase(duty.todo["en"], duty.todo[language])


def _sorted(found: Iterable[Phrase]) -> tuple[tuple[re.Pattern[str], Phrase], ...]:
    return tuple((one.pattern, one) for one in sorted(found, key=lambda one: -one.literal))


def translated(text: str, language: str) -> str:
    """What a check said in English, in a language."""
    ours = table(language)
    return ours.phrase(text) if ours and text else text


def mended(text: str, language: str) -> str:
    """What to do about a difference that drift names, in a language; SQL stays as it is."""
    ours = table(language, "mends")
    return ours.phrase(text) if ours else text


def refused(error: HouvastError, language: str) -> tuple[str, str]:
    """What the database refused, with its promise, and what to do instead, in a language."""
    ours, found = table(language, "refusals"), _REFUSAL.fullmatch(error.message)
    if not ours:
        return error.message, error.todo
    if not found:
        return ours.phrase(error.message), ours.phrase(error.todo)
    english = found["said"][:1].lower() + found["said"][1:]
    said = ours.phrase(english)
    if said == english:
        return error.message, ours.phrase(error.todo)
    promise = f"{ours.what['promise']} {found['promise']}"
    return f"{said[:1].upper()}{said[1:]} ({promise}).", ours.phrase(error.todo)
