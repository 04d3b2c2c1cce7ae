"""Reads the law from `regimes/NAME.yaml`. A value without a date, or that nobody can read, is a finding."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import available_timezones

from houvast.document import Findings, read_document
from houvast.errors import UsageError
from houvast.policy.law import Article, Dated, Floor, LawBook, LegalDuty, Regime
from houvast.policy.model import Basis
from houvast.policy.periods import parse_period
from houvast.reading import Section, did_you_mean

_FOLDER = Path(__file__).parent / "regimes"
_HOLIDAY = re.compile(r"\d\d-\d\d(, on sunday \d\d-\d\d)?|easter[+-]\d{1,2}", re.ASCII)
ASKS: Final = ("controller", "bases", "terms", "necessity", "automated", "rule")
WHENS: Final = ("", "recipients", "portable", "objectionable", "consent")
REFUSAL: Final = ("reason", "authority", "court", "court_term")
"""What Houvast has words for in a refusal: `complain_...` in the wordings."""
KINDS: Final = ("most", "least", "same", "word", "with")


def _is_period(text: str) -> bool:
    return parse_period(text) is not None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_basis(text: str) -> bool:
    return text in list(Basis)


def _is_day(text: str) -> bool:
    return re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", text, re.ASCII) is not None


def _is_text(text: str) -> bool:
    return bool(text.strip())


PARAMETERS: Final[Mapping[str, tuple[str, Callable[[str], bool]]]] = {
    "answer_term": ("a period such as P1M", _is_period),
    "answer_extension": ("a period such as P2M", _is_period),
    "source_notice": ("a period such as P1M", _is_period),
    "breach_hours": ("a number of hours", _is_number),
    "court_term": ("a period such as P6W", _is_period),
    "book_year_end": ("a day such as 12-31", _is_day),
    "fiscal_retention": ("a period such as P7Y", _is_period),
    "authority": ("a name", _is_text),
    "authority_site": ("an address", _is_text),
    "controller": ("keys of `controller:`", _is_text),
    "notice_names": ("words", _is_text),
    "notice_names_from_others": ("words", _is_text),
    "refusal_names": (f"some of {', '.join(REFUSAL)}", lambda text: text in REFUSAL),
    "bases": ("legal bases", _is_basis),
    "weighed_bases": ("legal bases", _is_basis),
    "statutes": ("articles", _is_text),
    "marketing_bases": ("legal bases", _is_basis),
    "marketing_message": ("words", _is_text),
    "marketing_purposes": ("terms of DPV", _is_text),
    "consent_age": ("a number of years", _is_number),
    "special_data": ("words", _is_text),
    "special_words": ("parts of terms of DPV", _is_text),
    "special_bases": ("legal bases", _is_basis),
    "special_exceptions": ("articles", _is_text),
    "automated_words": ("words", _is_text),
    "automated_purposes": ("terms of DPV", _is_text),
    "automated_bases": ("legal bases", _is_basis),
}
"""Every parameter that a law must have, what it is, and how that is seen."""


def regimes() -> tuple[str, ...]:
    """The names of all regimes that ship."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.yaml")))


@cache
def regime(name: str) -> Regime:
    """The regime of this name. Raises UsageError when Houvast does not know it."""
    known = regimes()
    if name not in known:
        raise UsageError(f"`{name}` is no law that Houvast knows.", todo=did_you_mean(name, known))
    return load_regime(_FOLDER / f"{name}.yaml")


def load_regime(path: Path) -> Regime:
    """The law in a file. Raises FileErrors with every value that has no date or cannot be read."""
    findings = Findings()
    root = Section(read_document(path), findings, "a regime")
    found = Regime(
        name=root.required("regime"),
        timezone=_timezone(root),
        parameters=_parameters(root),
        country=root.required("country"),
        books={name: _book(name, one) for name, one in root.named("laws", "law")},
        holidays=_holidays(root),
        duties=_duties(root),
        floors=tuple(_floor(one) for one in root.sections("floors", "floor")),
        articles={name: _article(one) for name, one in root.named("articles", "article")},
    )
    root.close()
    _sources_are_known(found, root)
    _names_are_told(found, root)
    findings.stop_if_any()
    return found


def _timezone(root: Section) -> str:
    zone = root.required("timezone")
    if zone and zone not in available_timezones():
        root.wrong("regime-zone", "timezone", f"`{zone}` is no time zone.", "Write one such as Europe/Amsterdam.")
    return zone


def _since(section: Section) -> date:
    text = section.required("from")
    try:
        return date.fromisoformat(text)
    except ValueError:
        if text.strip():
            section.wrong("regime-date", "from", f"`{text}` is not a day.", "Write since when it holds: 2018-05-25.")
        return date.min


def _dated(section: Section) -> Dated:
    found = Dated(_since(section), section.texts("is"), section.texts("law"), section.required("source"))
    if not found.value:
        section.wrong("key-missing", "is", f"{section.title.capitalize()} has no `is`.", "Add `is: ...`.")
    if not found.law:
        section.wrong("key-missing", "law", f"{section.title.capitalize()} names no law.", "Add `law: ...`.")
    section.close()
    return found


def _parameters(root: Section) -> dict[str, tuple[Dated, ...]]:
    group = root.section("parameters")
    found: dict[str, tuple[Dated, ...]] = {}
    for name, (what, fits) in PARAMETERS.items():
        if name not in group:
            group.wrong("key-missing", name, f"The law has no `{name}`: {what}.", f"Add `{name}:` with a dated value.")
            continue
        found[name] = tuple(_value(one, what, fits) for one in group.sections(name, f"value of {name}"))
        if not found[name]:
            group.wrong("key-missing", name, f"`{name}` has no value.", "Add `- {from: ..., is: ..., law: ...}`.")
    group.close()
    return {name: values or (Dated(date.min, (), ()),) for name, values in found.items()}


def _value(section: Section, what: str, fits: Callable[[str], bool]) -> Dated:
    found = _dated(section)
    for word in found.value:
        if not fits(word):
            section.wrong("regime-value", "is", f"`{word}` is not what this takes.", f"Write {what}.")
    return found


def _holidays(root: Section) -> dict[str, tuple[Dated, ...]]:
    group = root.section("holidays")
    found: dict[str, tuple[Dated, ...]] = {}
    for name in group.names():
        found[name] = tuple(
            _value(one, "MM-DD, easter+N, or `MM-DD, on sunday MM-DD`", lambda text: bool(_HOLIDAY.fullmatch(text)))
            for one in group.sections(name, f"value of {name}")
        )
    return found


def _book(name: str, section: Section) -> LawBook:
    numbers = {key: section.text(key, "0") for key in ("articles", "recitals")}
    for key, text in numbers.items():
        if not _is_number(text):
            section.wrong("regime-value", key, f"`{text}` is not a number.", "Write how many there are.")
    whole = [int(text) if _is_number(text) else 0 for text in numbers.values()]
    book = LawBook(name, section.required("name"), section.required("source"), *whole)
    section.close()
    return book


def _duties(root: Section) -> dict[str, tuple[LegalDuty, ...]]:
    group = root.section("duties")
    return {name: tuple(_duty(name, one) for one in group.sections(name, f"duty {name}")) for name in group.names()}


def _duty(name: str, section: Section) -> LegalDuty:
    section.required("source")
    duty = LegalDuty(
        since=_since(section),
        id=name,
        label=section.pairs("label"),
        asks=section.choice("asks", ASKS, "rule"),
        law=section.texts("law"),
        sections=section.texts("in"),
        needs=section.texts("needs"),
        when=section.choice("when", WHENS, ""),
        default=section.pairs("default"),
        todo=section.pairs("todo"),
        tells=section.texts("tells"),
    )
    if not duty.law:
        section.wrong("key-missing", "law", f"Duty {name} names no law.", "Add `law: [...]`.")
    if not duty.todo.get("en"):
        section.wrong(
            "key-missing", "todo", f"Duty {name} does not say what to write.", "Add `todo: {nl: ..., en: ...}`."
        )
    section.close()
    return duty


def _floor(section: Section) -> Floor:
    section.required("source")
    kinds = [kind for kind in KINDS if kind in section]
    if len(kinds) != 1:
        section.wrong_at(
            "regime-floor", section.place, "A floor compares in one way.", f"Write one of: {', '.join(KINDS)}."
        )
    kind = kinds[0] if kinds else "word"
    than = section.text(kind)
    if kind in ("most", "least", "same") and than not in PARAMETERS:
        section.wrong("regime-floor", kind, f"`{than}` is no parameter of the law.", did_you_mean(than, PARAMETERS))
    floor = Floor(_since(section), section.required("parameter"), kind, than, section.texts("law"), section.text("of"))
    section.close(KINDS)
    return floor


def _article(section: Section) -> Article:
    return Article(_since(section), {lang: section.text(lang) for lang in section.names() if lang != "from"})


def _names_are_told(found: Regime, root: Section) -> None:
    """What a notice must tell is told by a duty: else no policy could ever answer it."""
    told = {name for values in found.duties.values() for duty in values for name in duty.tells}
    for parameter in ("notice_names", "notice_names_from_others"):
        for number, dated in enumerate(found.parameters[parameter]):
            for name in dated.value:
                if name not in told:
                    place = root.places().get(f"parameters.{parameter}.{number}.is.{name}", root.place)
                    root.wrong_at("regime-value", place, f"No duty tells `{name}`.", did_you_mean(name, told))


def _sources_are_known(found: Regime, root: Section) -> None:
    node = root.node("parameters")
    places = root.places()
    groups = {"parameters": found.parameters, "holidays": found.holidays}
    for heading, group in groups.items():
        for name, values in group.items():
            for number, value in enumerate(values):
                if value.source and value.source not in found.books:
                    place = places.get(f"{heading}.{name}.{number}.source", node.place if node else root.place)
                    root.wrong_at(
                        "regime-source",
                        place,
                        f"`{value.source}` is no law of this file.",
                        did_you_mean(value.source, found.books),
                    )
    for name in found.articles:
        if not any(name.startswith(f"{book} ") for book in found.books):
            root.wrong_at(
                "regime-source",
                places[f"articles.{name}"],
                f"`{name}` is of no law in this file.",
                "Add it to `laws:`.",
            )
