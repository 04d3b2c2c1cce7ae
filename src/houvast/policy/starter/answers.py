"""What somebody answers who begins a policy, read from a file or given one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from houvast.document import Findings, read_document
from houvast.errors import NOWHERE, Finding, Place
from houvast.policy.model import Period
from houvast.policy.periods import parse_period
from houvast.policy.starter.blocks import blocks
from houvast.reading import Section, did_you_mean

NONE = "none"
_UNITS = {"jaar": "Y", "jaren": "Y", "year": "Y", "maand": "M", "month": "M", "week": "W", "weken": "W",
          "dag": "D", "day": "D"}  # fmt: skip
_SPOKEN = re.compile(
    r"(\d{1,4}) ?(jaar|jaren|years?|maand(?:en)?|months?|weken|weeks?|dag(?:en)?|days?)", re.IGNORECASE
)


@dataclass(frozen=True)
class Recipient:
    """Somebody who gets data: a host, a bookkeeper. `country`: two letters; `does`: for what, in each language."""

    name: str
    country: str
    does: Mapping[str, str]


@dataclass(frozen=True)
class Answers:
    """The answers; what is empty was not answered. `officer`: an address, or "none". `keep`: data -> term."""

    name: str = ""
    address: str = ""
    register: str = ""
    contact: str = ""
    officer: str = ""
    people: str = ""
    minors: bool = False
    data: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    keep: Mapping[str, str] = field(default_factory=dict[str, str])
    recipients: tuple[Recipient, ...] = ()
    policy: str = ""
    database: str = ""
    effective: str = ""
    places: Mapping[str, Place] = field(default_factory=dict[str, Place], compare=False, repr=False)


def read_answers(path: Path) -> Answers:
    """The answers in a file of `key: value`. Raises FileErrors for what is not an answer to any question."""
    findings = Findings()
    root = Section(read_document(path), findings, "a file of answers")
    found = Answers(
        **{key: root.text(key) for key in ("name", "address", "register", "contact", "officer", "people")},
        minors=root.flag("minors"),
        data=root.texts("data"),
        purposes=root.texts("purposes"),
        keep=root.pairs("keep"),
        recipients=tuple(_recipient(section) for section in root.sections("recipients", "recipient")),
        **{key: root.text(key) for key in ("policy", "database", "effective")},
        places=root.places(),
    )
    root.close()
    findings.stop_if_any()
    return found


def _recipient(section: Section) -> Recipient:
    found = Recipient(
        section.required("name"), section.required("country"), {lang: section.required(lang) for lang in ("nl", "en")}
    )
    section.close()
    return found


def period_of(words: str) -> Period | None:
    """A period as people write it: "30 days", "2 jaar", or P1Y. None when it is no period."""
    spoken = _SPOKEN.fullmatch(words.strip())
    if not spoken:
        return parse_period(words)
    unit = spoken[2].lower()
    stem = next(stem for stem in _UNITS if unit.startswith(stem))
    return parse_period(f"P{spoken[1]}{_UNITS[stem]}")


def purposes_for(data: tuple[str, ...]) -> tuple[str, ...]:
    """The purposes that go with these kinds of data when nobody says which; news is never taken for granted."""
    known = blocks().purposes.values()
    found = tuple(one.name for one in known if one.needs in data and not one.marketing)
    return found or tuple(one.name for one in known if one.needs in data)


def mistakes(answers: Answers) -> tuple[Finding, ...]:
    """What is missing or cannot be meant, each with what to write. `code` is the question's name."""
    return tuple(finding for one in (_who, _what, _why, _how_long, _to_whom, _names) for finding in one(answers))


def _who(answers: Answers) -> Iterator[Finding]:
    asked = {
        "name": ("the name of who is responsible", "Write the legal name."),
        "address": ("its address", "Write street, number, postcode and town."),
        "register": ("its number at the Chamber of Commerce", "Write the 8 figures of the KvK number."),
        "contact": ("where people can write to", "Write an address of a role, such as privacy@club.example."),
        "officer": ("the data protection officer", f"Write an e-mail address, or `{NONE}` when there is none."),
    }
    for key, (meaning, todo) in asked.items():
        value: str = getattr(answers, key)
        if not value.strip():
            yield _missing(answers, key, meaning, todo)
        elif "\n" in value:
            yield _wrong(answers, key, f"`{key}` has more than one line.", "Write it on one line.")
    if answers.register and not re.fullmatch(r"(KvK )?\d{8}", answers.register, re.ASCII):
        yield _wrong(answers, "register", f"`{answers.register}` is no KvK number.", asked["register"][1])
    for key in ("contact", "officer"):
        value = getattr(answers, key)
        if value and value != NONE and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
            yield _wrong(answers, key, f"`{value}` is no e-mail address.", asked[key][1])
    if answers.contact == NONE:
        yield _wrong(answers, "contact", "People must be able to write to you (AVG 13(1)(a)).", asked["contact"][1])


def _what(answers: Answers) -> Iterator[Finding]:
    known = blocks()
    if answers.people and answers.people not in known.people:
        yield _unknown(answers, "people", answers.people, known.people)
    if not answers.data:
        yield _missing(answers, "data", "what you collect", f"Choose from: {', '.join(known.data)}.")
    for name in answers.data:
        if name not in known.data:
            yield _unknown(answers, "data", name, known.data)


def _why(answers: Answers) -> Iterator[Finding]:
    known = blocks().purposes
    for name in answers.purposes:
        if name not in known:
            yield _unknown(answers, "purposes", name, known)
        elif known[name].needs not in answers.data:
            message = f"Purpose `{name}` makes no sense without `{known[name].needs}` under `data`."
            yield _wrong(answers, "purposes", message, "Add it to the data, or take the purpose out.", name)
    used = {category for name in answers.purposes if name in known for category in known[name].uses}
    for name in answers.data if answers.purposes else ():
        if name in blocks().data and name not in used:
            message = f"No purpose uses `{name}`. Data that no purpose needs may not be collected (AVG 5(1)(c))."
            served = ", ".join(one.name for one in known.values() if name in one.uses)
            yield _wrong(answers, "data", message, f"Take it out, or add one of these purposes: {served}.", name)


def _how_long(answers: Answers) -> Iterator[Finding]:
    for name, words in answers.keep.items():
        if name not in answers.data:
            yield _unknown(answers, "keep", name, answers.data)
        elif period_of(words) is None:
            message = f"`{words}` for `{name}` is not a number: nobody can tell when the term ends."
            yield _wrong(answers, "keep", message, "Write it like `30 days`, `2 years` or P18M.", name)


def _to_whom(answers: Answers) -> Iterator[Finding]:
    for number, one in enumerate(answers.recipients):
        if not re.fullmatch("[A-Z]{2}", one.country):
            message = f"`{one.country}` is not the code of a country."
            yield _wrong(answers, "recipients", message, "Write two capitals, such as NL.", f"{number}.country")


def _names(answers: Answers) -> Iterator[Finding]:
    for key in ("policy", "database"):
        value = getattr(answers, key)
        if value and not re.fullmatch(r"[A-Za-z_][\w-]{0,62}", value, re.ASCII):
            yield _wrong(answers, key, f"`{value}` is no name.", "Write letters, figures, - and _.")
    if answers.effective and not _is_instant(answers.effective):
        yield _wrong(answers, "effective", f"`{answers.effective}` is not a date.", "Write it like 2026-12-01.")


def _is_instant(words: str) -> bool:
    try:
        datetime.fromisoformat(words)
    except ValueError:
        return False
    return True


def _missing(answers: Answers, key: str, meaning: str, todo: str) -> Finding:
    return Finding(key, answers.places.get(key, NOWHERE), f"Nobody said `{key}`: {meaning}.", todo)


def _wrong(answers: Answers, key: str, message: str, todo: str, below: str = "") -> Finding:
    place = answers.places.get(f"{key}.{below}") or answers.places.get(key, NOWHERE)
    return Finding(key, place, message, todo)


def _unknown(answers: Answers, key: str, name: str, known: Mapping[str, object] | tuple[str, ...]) -> Finding:
    return _wrong(answers, key, f"`{name}` is nothing that `{key}` can have.", did_you_mean(name, known), name)
