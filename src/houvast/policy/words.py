"""The words of a language: what a notice says around the rules, from `wording/LANGUAGE.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from houvast.document import Findings, parse
from houvast.errors import UsageError
from houvast.policy.model import Form, Look, Period, Policy, Term
from houvast.reading import Section, did_you_mean

_FOLDER = Path(__file__).parent / "wording"


@dataclass(frozen=True)
class Words:
    """A language's words: `says` for the page, the others for the names that rules use."""

    language: str
    says: Mapping[str, str]
    months: tuple[str, ...]
    units: Mapping[str, str]
    basis: Mapping[str, str]
    forms: Mapping[str, str]
    looks: Mapping[str, str]
    circumstances: Mapping[str, str]
    events: Mapping[str, str]
    fields: Mapping[str, str]

    def period(self, period: Period) -> str:
        """A period in words with figures: "7 jaar", "1 year and 30 days"; "" when it is nothing."""
        weeks = period.days // 7 if period.days % 7 == 0 and period.days > 31 else 0
        days = 0 if weeks else period.days
        parts = [(period.years, "year"), (period.months, "month"), (weeks, "week"), (days, "day")]
        said = [f"{n} {self.units[unit if n == 1 else unit + 's']}" for n, unit in parts if n]
        return f" {self.says['and']} ".join(said)

    def form(self, look: Look) -> str:
        """A form in words, with what it leaves: "partly hidden: only the last 4 characters show"."""
        said: list[str] = []
        if look.form is Form.MASKED:
            said = [self.looks["keep" if look.keep else "nothing"].format(count=look.keep)]
        elif look.form is Form.TRUNCATED:
            said = [self._cut(word) for word in look.to]
        elif look.form is Form.PSEUDONYMISED:
            said = [self.looks["pseudonym"]]
        elif look.form is Form.AGGREGATE:
            said = [self.looks["group"].format(count=look.group, every=self.units[look.every])]
        return ": ".join([self.forms[look.form], *([", ".join(said)] if said else [])])

    def _cut(self, word: str) -> str:
        named = "network" if word.startswith("/") else "characters" if word.isdigit() else word
        return self.looks[named].format(count=word.removeprefix("/"))


@cache
def words(language: str) -> Words:
    """The words of a language. Raises UsageError when Houvast does not speak it."""
    if language not in spoken():
        raise UsageError(f"Houvast has no words in `{language}`.", todo=did_you_mean(language, spoken()))
    file, findings = f"{language}.yaml", Findings()
    root = Section(parse((_FOLDER / file).read_text("utf-8"), file), findings, "a wording")
    found = Words(
        language,
        says=root.pairs("says"),
        months=root.texts("months"),
        units=root.pairs("units"),
        basis=root.pairs("basis"),
        forms=root.pairs("forms"),
        looks=root.pairs("looks"),
        circumstances=root.pairs("circumstances"),
        events=root.pairs("events"),
        fields=root.pairs("fields"),
    )
    root.close()
    findings.stop_if_any()
    return found


def spoken() -> tuple[str, ...]:
    """The languages that Houvast has words in."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.yaml")))


def circumstance_words(policy: Policy, name: str, language: str) -> str:
    """What a circumstance means to people, as a sentence without full stop; "" when nobody has said it."""
    return policy.words.get(name, {}).get(language) or words(language).circumstances.get(name, "")


def event_words(policy: Policy, name: str, language: str) -> str:
    """What an event means to people, as a noun; "" when nobody has said it."""
    return policy.words.get(name, {}).get(language) or words(language).events.get(name, "")


def term_event(policy: Policy, term: Term, language: str) -> str:
    """The event that a term counts from, as a noun; with the first day of a book year that is no calendar year."""
    said = event_words(policy, term.event, language) or term.event
    if term.book_year < 2:
        return said
    ours = words(language)
    return ours.says["book_year"].format(event=said, day=f"1 {ours.months[term.book_year - 1]}")


def field_words(policy: Policy, name: str, language: str) -> str:
    """What a field of a category is called, as a noun; "" when nobody has said it."""
    return policy.words.get(name, {}).get(language) or words(language).fields.get(name, "")
