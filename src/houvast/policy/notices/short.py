"""The first layer: who, what, why, how long, with whom and your rights, on one screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from houvast.policy.model import Basis, Category, Term
from houvast.policy.notices.model import Block, Bullets, Paragraph, Section, Sentence
from houvast.policy.notices.names import Names, capital, isolated, small

_LEVEL = 3


def short(names: Names) -> Iterator[Section]:
    """The sections of the first layer."""
    say, policy = names.say, names.policy
    yield Section("short", say("brief"), 2, (Paragraph((names.sentence(say("brief_lead")),)),))
    yield _section("short-who", say("who"), Paragraph(tuple(_who(names))))
    what = [(label, (one.promise, *one.also)) for label, one in _categories(names)]
    yield _section("short-what", say("what"), Paragraph(tuple(_list(names, what))))
    yield _section("short-why", say("why"), Bullets(tuple(_why(names))))
    yield _section("short-how-long", say("how_long"), Bullets(tuple(_how_long(names))))
    to = tuple((names.sentence(names.duty(duty), *duty.promises),) for duty in names.duties("recipients"))
    nobody = Paragraph((names.sentence(say("nobody")),))
    yield _section("short-with-whom", say("with_whom"), Bullets(to) if to else nobody)
    rights = [(names.duty(duty), duty.promises) for duty in names.duties("rights")]
    complaint = names.say(
        "short_complaint",
        contact=policy.controller.get("contact", ""),
        authority=names.law.authority,
    )
    elsewhere = names.sentence(complaint, *names.of_law("G10"))
    yield _section("short-rights", say("rights"), Paragraph((*_list(names, rights, say("right")), elsewhere)))


def _section(anchor: str, heading: str, *blocks: Block) -> Section:
    return Section(anchor, heading, _LEVEL, blocks)


def _who(names: Names) -> Iterator[Sentence]:
    promises = names.of_law("G01")
    for key in ("name", "address", "register", "contact", "officer", "phone", "representative"):
        value = names.policy.controller.get(key, "")
        if value:
            yield names.sentence(names.say(f"short_{key}", value=value), *promises)


def _categories(names: Names) -> list[tuple[str, Category]]:
    found = names.policy.categories.values()
    return [(names.data((one.name,))[0], one) for one in found]


def _why(names: Names) -> Iterator[tuple[Sentence, ...]]:
    """For each legal basis the purposes that rest on it."""
    uses = names.policy.uses
    for basis in Basis:
        resting: dict[str, list[str]] = {}
        for use in uses:
            for purpose in use.purposes if basis in use.basis else ():
                resting.setdefault(purpose, []).extend((use.promise, *use.also))
        if resting:
            items = [(names.purposes((name,))[0], promises) for name, promises in resting.items()]
            yield tuple(_list(names, items, names.words.basis[basis]))


def _how_long(names: Names) -> Iterator[tuple[Sentence, ...]]:
    """For each length of time the data that are kept so long; the terms in the order of the file."""
    groups: dict[str, list[Term]] = {}
    for term in names.policy.terms:
        groups.setdefault(names.until(term), []).append(term)
    for until, terms in groups.items():
        yield tuple(_list(names, [(_kept(names, term), (term.promise, *term.also)) for term in terms], until))


def _kept(names: Names, term: Term) -> str:
    data = names.data((term.category,))[0]
    if not term.purposes:
        return data
    return names.say("short_kept_for", data=data, purposes=", ".join(names.purposes(term.purposes)))


def _list(names: Names, items: Sequence[tuple[str, Iterable[str]]], lead: str = "") -> Iterator[Sentence]:
    """Items as one sentence in parts, each part with its promises: "Lead: one, two and three."."""
    if lead:
        yield names.sentence(f"{lead}:")
    for number, (words, promises) in enumerate(items):
        last = number == len(items) - 1
        link = f"{names.say('and')} " if last and number else ""
        said = isolated(small(words) if number or lead else capital(words))
        end = "." if last else "" if number == len(items) - 2 else ","
        yield names.sentence(f"{link}{said}{end}", *promises)
