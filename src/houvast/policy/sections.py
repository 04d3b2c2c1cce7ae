"""Reads each section of a policy file into its value. What a rule *means* is `check`'s, not asked here."""

from __future__ import annotations

from typing import TypedDict

from houvast.document import Entries, Findings, Items, Text
from houvast.errors import Place
from houvast.policy.conditions import parse_while
from houvast.policy.model import (
    Action,
    Basis,
    Category,
    Duty,
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
from houvast.reading import Section, did_you_mean

DUTY_SECTIONS = ("recipients", "rights", "notices", "diagnostics", "safeguards", "change", "law")
KINDS = ("must", "may", "never", "expect", "user")


class Ground(TypedDict):
    """Why a rule stands there: its promises, the law, or the author."""

    promise: str
    also: tuple[str, ...]
    added: str
    law: tuple[str, ...]
    place: Place
    places: Places


def _ground(section: Section) -> Ground:
    promises = section.texts("promise")
    return Ground(
        promise=promises[0] if promises else "",
        also=promises[1:],
        added=section.choice("added", ("", "author"), ""),
        law=section.texts("law"),
        place=section.place,
        places=section.places(),
    )


def read_promise(name: str, section: Section) -> Promise:
    """A sentence, or a duty that the law adds."""
    quotes = section.section("says", f"`says` of promise {name}")
    promise = Promise(
        id=name,
        kind=section.choice("kind", KINDS, "must"),
        label=section.pairs("label"),
        says={lang: quotes.texts(lang) for lang in quotes.names()},
        law=section.texts("law"),
        added=section.choice("added", ("", "author"), ""),
        place=section.place,
        places=section.places(),
    )
    section.close()
    return promise


def read_subject_kind(name: str, section: Section) -> SubjectKind:
    """A kind of people: its words in each language stand beside `dpv`."""
    languages = [key for key in section.names() if key not in ("dpv", "minors")]
    words = {lang: section.text(lang) for lang in languages}
    return SubjectKind(name, words, section.text("dpv"), section.place, minors=section.flag("minors"))


def read_category(name: str, section: Section) -> Category:
    """A category of personal data."""
    given = section.choice("given_for", ("required", "yes", "no"), "no")
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
        **_ground(section),
    )
    section.close()
    return category


def _necessity(section: Section) -> dict[str, Necessity]:
    """One word for all fields, or one for each."""
    words = [need.value for need in Necessity]
    if isinstance(section.node("necessity"), Entries):
        below = section.section("necessity", f"`necessity` of {section.title}")
        return {name: Necessity(below.choice(name, words, words[0])) for name in below.names()}
    word = section.choice("necessity", ("", *words), "")
    return {"": Necessity(word)} if word else {}


def read_purpose(name: str, section: Section) -> Purpose:
    """A purpose."""
    kinds = [kind.value for kind in PurposeKind]
    purpose = Purpose(
        name,
        label=section.pairs("label"),
        kind=PurposeKind(section.choice("kind", kinds, PurposeKind.ORDINARY.value)),
        one=section.text("one"),
        marketing=section.flag("marketing"),
        service=section.flag("service"),
        compelling=section.flag("compelling"),
        dpv=section.text("dpv"),
        instead=section.pairs("instead"),
        automated=section.choice("automated", ("", "score", "decide"), ""),
        **_ground(section),
    )
    section.close()
    return purpose


def read_use(section: Section, findings: Findings) -> Use:
    """A permitted use. Without `basis` it loads; `check` says what is missing."""
    name = section.required("id")
    section.title = f"use {name}" if name else "a use"
    condition = section.node("while")
    if condition is not None and not isinstance(condition, Text):
        section.text("while")
    use = Use(
        id=name,
        categories=_some(section, "use"),
        purposes=_some(section, "for"),
        basis=tuple(Basis(word) for word in _words(section, "basis", [b.value for b in Basis])),
        actions=tuple(Action(word) for word in _words(section, "actions", [a.value for a in Action])) or (Action.READ,),
        while_=parse_while(condition, findings, section.title) if isinstance(condition, Text) else (),
        interest=section.pairs("interest"),
        form=Form(section.choice("form", [form.value for form in Form], Form.FULL.value)),
        survives_closing=section.choice("survives", ("closing", ""), "") == "closing",
        statute=section.text("statute"),
        was=section.text("was"),
        balancing=section.pairs("balancing"),
        exception=section.text("exception"),
        **_ground(section),
    )
    section.close()
    return use


def read_never(section: Section) -> Never:
    """A hard prohibition."""
    name = section.required("id")
    section.title = f"never {name}" if name else "a never"
    never = Never(name, categories=_some(section, "use"), but=section.texts("but"), **_ground(section))
    section.close()
    return never


def read_term(section: Section) -> Term:
    """How long. Vague words in place of an event load; in place of a number they cannot."""
    data = section.required("data")
    section.title = f"the term of {data}" if data else "a term"
    term = Term(
        category=data,
        event=section.text("until"),
        plus=_period(section, "plus"),
        purposes=section.texts("for"),
        statute=section.text("statute"),
        **_ground(section),
    )
    section.close()
    return term


def read_duty(heading: str, name: str, section: Section) -> Duty:
    """Any other rule; what is not its ground or label is a parameter, nested ones as `a.b`."""
    ground = _ground(section)
    label = section.pairs("label")
    parameters: dict[str, str | tuple[str, ...]] = {}
    for key in section.names():
        if key not in ("promise", "added", "law", "label"):
            _flatten(section, key, key, parameters)
    promises = (ground["promise"], *ground["also"]) if ground["promise"] else ()
    added = "law" if ground["law"] and not promises and not ground["added"] else ground["added"]
    return Duty(heading, name, parameters, label, promises, added, section.place, ground["law"], section.places())


def _flatten(section: Section, key: str, name: str, into: dict[str, str | tuple[str, ...]]) -> None:
    node = section.node(key)
    if isinstance(node, Entries):
        below = section.section(key, f"`{name}` of {section.title}")
        for inner in below.names():
            _flatten(below, inner, f"{name}.{inner}", into)
    elif isinstance(node, Items):
        into[name] = section.texts(key)
    else:
        into[name] = section.text(key)


def _some(section: Section, key: str) -> tuple[str, ...]:
    found = section.texts(key)
    if not found:
        section.wrong(
            "key-missing",
            key,
            f"{section.title[:1].upper()}{section.title[1:]} has no `{key}`.",
            f"Add `{key}: ...`.",
        )
    return found


def _words(section: Section, key: str, known: list[str]) -> list[str]:
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
            f"{section.title[:1].upper()}{section.title[1:]} has no number.",
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
