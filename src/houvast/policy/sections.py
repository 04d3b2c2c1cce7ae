"""Reads each section of a policy file into its value. What a rule *means* is `check`'s, not asked here."""

from __future__ import annotations

import re
from typing import TypedDict

from houvast.document import Entries, Findings, Text
from houvast.errors import Place
from houvast.keys import LANGUAGE_PATTERN
from houvast.policy.conditions import parse_while
from houvast.policy.forms import GROUP, MOMENTS, PERIODS, cut
from houvast.policy.keys import (
    CATEGORY,
    DUTIES,
    GROUND,
    NEVER,
    PERSON,
    PROMISE,
    PURPOSE,
    TERM,
    USE,
)
from houvast.policy.model import (
    Action,
    Basis,
    Category,
    Form,
    Necessity,
    Never,
    Period,
    Places,
    Promise,
    Purpose,
    PurposeKind,
    SubjectKind,
    Term,
    Use,
)
from houvast.policy.periods import parse_period
from houvast.policy.volume_section import read_volume
from houvast.policy.world import BOOK_YEAR_END
from houvast.reading import Section, did_you_mean

DUTY_SECTIONS = tuple(DUTIES)
_BOOK_YEAR = re.compile(r"(0[1-9]|1[0-2])-01", re.ASCII)
_ADDED = ("", *GROUND["added"].options)


class Ground(TypedDict):
    """Why a rule stands there: its promises, the law, or the author."""

    promise: str
    also: tuple[str, ...]
    added: str
    law: tuple[str, ...]
    place: Place
    places: Places


def ground(section: Section) -> Ground:
    """Why a rule stands there."""
    promises = section.texts("promise")
    return Ground(
        promise=promises[0] if promises else "",
        also=promises[1:],
        added=section.choice("added", _ADDED, ""),
        law=section.texts("law"),
        place=section.place,
        places=section.places(),
    )


def read_promise(name: str, section: Section) -> Promise:
    """A sentence, or a duty that the law adds."""
    section.expect(PROMISE)
    quotes = section.section("says", f"`says` of promise {name}")
    promise = Promise(
        id=name,
        kind=section.choice("kind", PROMISE["kind"].options, "must"),
        label=section.pairs("label"),
        says={lang: quotes.texts(lang) for lang in quotes.names()},
        law=section.texts("law"),
        added=section.choice("added", _ADDED, ""),
        place=section.place,
        places=section.places(),
    )
    section.close()
    return promise


def read_subject_kind(name: str, section: Section) -> SubjectKind:
    """A kind of people: its words in each language stand beside `dpv`."""
    languages = [key for key in section.names() if key not in PERSON]
    for language in languages:
        if not re.fullmatch(LANGUAGE_PATTERN, language):
            section.wrong_at(
                "key-unknown",
                section.key_at(language),
                f"`{language}` is not a word that {section.title} knows.",
                did_you_mean(language, PERSON) + " Or write a language, such as nl.",
            )
    words = {lang: section.text(lang) for lang in languages}
    return SubjectKind(name, words, section.text("dpv"), section.place, minors=section.flag("minors"))


def read_category(name: str, section: Section) -> Category:
    """A category of personal data."""
    section.expect(CATEGORY)
    given = section.choice("given_for", CATEGORY["given_for"].options, "no")
    category = Category(
        name,
        of=section.texts("of"),
        label=section.pairs("label"),
        fields=section.texts("fields"),
        given_for=given != "no",
        dpv=section.texts("dpv"),
        necessity=_necessity(section),
        without=section.pairs("without"),
        special=section.text("special"),
        **ground(section),
    )
    section.close()
    return category


def _necessity(section: Section) -> dict[str, Necessity]:
    """One word for all fields, or one for each."""
    words = CATEGORY["necessity"].options
    if isinstance(section.node("necessity"), Entries):
        below = section.section("necessity", f"`necessity` of {section.title}")
        return {name: Necessity(below.choice(name, words, words[0])) for name in below.names()}
    word = section.choice("necessity", ("", *words), "")
    return {"": Necessity(word)} if word else {}


def read_purpose(name: str, section: Section) -> Purpose:
    """A purpose."""
    section.expect(PURPOSE)
    purpose = Purpose(
        name,
        label=section.pairs("label"),
        kind=PurposeKind(section.choice("kind", PURPOSE["kind"].options, PurposeKind.ORDINARY.value)),
        one=section.text("one"),
        marketing=section.flag("marketing"),
        service=section.flag("service"),
        compelling=section.flag("compelling"),
        dpv=section.text("dpv"),
        instead=section.pairs("instead"),
        automated=section.choice("automated", ("", *PURPOSE["automated"].options), ""),
        volume=read_volume(section),
        **ground(section),
    )
    section.close()
    return purpose


def read_use(section: Section, findings: Findings) -> Use:
    """A permitted use. Without `basis` it loads; `check` says what is missing."""
    name = section.expect(USE).required("id")
    section.title = f"use {name}" if name else "a use"
    condition = section.node("while")
    if condition is not None and not isinstance(condition, Text):
        section.text("while")
    use = Use(
        id=name,
        categories=_some(section, "use"),
        purposes=_some(section, "for"),
        basis=tuple(Basis(word) for word in _words(section, "basis", USE["basis"].options)),
        actions=tuple(Action(word) for word in _words(section, "actions", USE["actions"].options)) or (Action.READ,),
        while_=parse_while(condition, findings, section.title) if isinstance(condition, Text) else (),
        interest=section.pairs("interest"),
        **_form(section),
        survives_closing=section.choice("survives", ("", *USE["survives"].options), "") == "closing",
        statute=section.text("statute"),
        was=section.text("was"),
        balancing=section.pairs("balancing"),
        exception=section.text("exception"),
        **ground(section),
    )
    section.close()
    return use


class Forming(TypedDict):
    """The form in which a use gives data, and how much of them."""

    form: Form
    keep: int
    to: tuple[str, ...]
    group: int
    every: str


_BELONGS = {"keep": Form.MASKED, "to": Form.TRUNCATED, "group": Form.AGGREGATE, "every": Form.AGGREGATE}


def _form(section: Section) -> Forming:
    """A form with what belongs to it, and nothing that belongs to another."""
    form = Form(section.choice("form", USE["form"].options, Form.FULL.value))
    for key, belongs in _BELONGS.items():
        if key in section and form is not belongs:
            message = f"`{key}` of {section.title} means something only with `form: {belongs}`."
            section.wrong("form-without-meaning", key, message, f"Take it out, or write `form: {belongs}`.")
    words = section.texts("to")
    for word in words:
        if cut(word) is None:
            message = f"`{word}` is nothing that a value can be cut to."
            todo = did_you_mean(word, (*MOMENTS, "/24", "4"))
            section.wrong_at("word-unknown", section.places().get(f"to.{word}", section.at("to")), message, todo)
    kinds = [found[0] for word in words if (found := cut(word))]
    if len(kinds) > len(set(kinds)):
        message = f"`to` of {section.title} says twice what the same kind of value is cut to."
        section.wrong("form-twice", "to", message, "Leave one of them.")
    if form is Form.TRUNCATED and not words:
        message = f"{section.capital} is truncated and does not say to what: nothing would be left."
        section.wrong("key-missing", "to", message, "Add `to: month`, `to: /24` or a number of characters.")
    totals = form is Form.AGGREGATE
    return Forming(
        form=form,
        keep=_count(section, "keep"),
        to=tuple(sorted(word for word in words if cut(word))),
        group=_count(section, "group") or (GROUP if totals else 0),
        every=section.choice("every", ("", *PERIODS), "") or (PERIODS[-1] if totals else ""),
    )


def _count(section: Section, key: str) -> int:
    text = section.text(key)
    if text and not (text.isascii() and text.isdigit() and len(text) < 6):
        section.wrong("number-unclear", key, f"`{text}` is no number.", f"Write a number, such as `{key}: 4`.")
        return 0
    return int(text or 0)


def read_never(section: Section) -> Never:
    """A hard prohibition."""
    name = section.expect(NEVER).required("id")
    section.title = f"never {name}" if name else "a never"
    never = Never(name, categories=_some(section, "use"), but=section.texts("but"), **ground(section))
    section.close()
    return never


def read_term(section: Section) -> Term:
    """How long. Vague words in place of an event load; in place of a number they cannot."""
    data = section.expect(TERM).required("data")
    section.title = f"the term of {data}" if data else "a term"
    term = Term(
        category=data,
        event=section.text("until"),
        plus=_period(section, "plus"),
        purposes=section.texts("for"),
        statute=section.text("statute"),
        book_year=_book_year(section),
        **ground(section),
    )
    section.close()
    return term


def _book_year(section: Section) -> int:
    """The month in which a book year begins; 0 when the file does not say."""
    text = section.text("book_year")
    if not text:
        return 0
    if section.text("until") != BOOK_YEAR_END:
        message = f"`book_year` of {section.title} means something only with `until: {BOOK_YEAR_END}`."
        section.wrong("book-year-elsewhere", "book_year", message, "Take it out.")
    elif not _BOOK_YEAR.fullmatch(text):
        message = f"`{text}` is no day on which a book year begins."
        section.wrong("book-year-unclear", "book_year", message, "Write the first day of a month, such as 07-01.")
    else:
        return int(text[:2])
    return 0


def _some(section: Section, key: str) -> tuple[str, ...]:
    found = section.texts(key)
    if not found:
        section.wrong(
            "key-missing",
            key,
            f"{section.capital} has no `{key}`.",
            f"Add `{key}: ...`.",
        )
    return found


def _words(section: Section, key: str, known: tuple[str, ...]) -> list[str]:
    found = section.texts(key)
    for word in found:
        if word not in known:
            place = section.places().get(f"{key}.{word}", section.at(key))
            section.wrong_at(
                "word-unknown",
                place,
                f"`{word}` is no {key} that {section.title} can have.",
                did_you_mean(word, known),
            )
    return [word for word in found if word in known]


def _period(section: Section, key: str) -> Period:
    text = section.text(key)
    period = parse_period(text)
    if period:
        return period
    if not text.strip():
        section.wrong(
            "term-without-number",
            key,
            f"{section.capital} has no number.",
            "Write how long after the event, such as `plus: P30D`; `plus: P0D` is at once.",
        )
    else:
        section.wrong(
            "term-vague",
            key,
            f"`{text}` is not a number: nobody can tell when the term ends.",
            "Write `until:` with an event and `plus:` with years, months or days, such as P1Y, P6M or P30D.",
        )
    return Period()
