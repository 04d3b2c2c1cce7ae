"""The blocks that a first policy is made of: kinds of data, purposes, people, sentences (`blocks/*.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from houvast.document import Entries, Findings, Items, Node, Text, parse
from houvast.reading import Section
from houvast.writing import Value

_FOLDER = Path(__file__).parent / "blocks"
Wording = Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """A kind of data that a policy can begin with, and its usual term."""

    name: str
    promise: str
    asks: Wording
    fields: tuple[str, ...]
    dpv: tuple[str, ...]
    label: Wording
    sentence: Wording
    until: str
    plus: str
    necessity: Value
    without: Wording


@dataclass(frozen=True)
class Reason:
    """A purpose that a policy can begin with. `needs`: the data without which it makes no sense."""

    name: str
    promise: str
    asks: Wording
    needs: str
    uses: Mapping[str, Value]
    basis: tuple[str, ...]
    label: Wording
    sentence: Wording
    instead: Wording
    dpv: str
    while_: str
    survives: str
    statute: str
    until: str
    marketing: bool


@dataclass(frozen=True)
class Sentence:
    """A sentence of every policy. `rules`: section -> name -> parameters; `task`: what its writer must see to."""

    promise: str
    kind: str
    law: tuple[str, ...]
    label: Wording
    says: Wording
    rules: Mapping[str, Mapping[str, Value]]
    task: str


@dataclass(frozen=True)
class Chapter:
    """A heading of the text, and the sentences below it."""

    name: str
    heading: Wording
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Blocks:
    """Everything that a first policy can be made of, in the order in which people are asked or read."""

    data: Mapping[str, Kind]
    purposes: Mapping[str, Reason]
    people: Mapping[str, Wording]
    chapters: tuple[Chapter, ...]


@cache
def blocks() -> Blocks:
    """The blocks that Houvast ships."""
    data, purposes, people, sentences = map(_read, ("data", "purposes", "people", "sentences"))
    return Blocks(
        {name: _kind(name, section) for name, section in data.items()},
        {name: _reason(name, section) for name, section in purposes.items()},
        {name: {key: section.text(key) for key in section.names()} for name, section in people.items()},
        tuple(_chapter(name, section) for name, section in sentences.items()),
    )


def _read(name: str) -> dict[str, Section]:
    file = f"{name}.yaml"
    root = Section(parse((_FOLDER / file).read_text("utf-8"), file), Findings(), file)
    return {key: root.section(key) for key in root.names()}


def _kind(name: str, section: Section) -> Kind:
    return Kind(
        name,
        section.text("promise"),
        section.pairs("asks"),
        section.texts("fields"),
        section.texts("dpv"),
        section.pairs("label"),
        section.pairs("sentence"),
        section.text("until"),
        section.text("plus"),
        _value(section.node("necessity") or Text("", section.place)),
        section.pairs("without"),
    )


def _reason(name: str, section: Section) -> Reason:
    uses = section.section("uses")
    return Reason(
        name,
        section.text("promise"),
        section.pairs("asks"),
        section.text("needs"),
        {category: uses.texts(category) for category in uses.names()},
        section.texts("basis"),
        section.pairs("label"),
        section.pairs("sentence"),
        section.pairs("instead"),
        section.text("dpv"),
        section.text("while"),
        section.text("survives"),
        section.text("statute"),
        section.text("until"),
        section.flag("marketing"),
    )


def _chapter(name: str, section: Section) -> Chapter:
    ours = [key for key in section.names() if key != "heading"]
    return Chapter(name, section.pairs("heading"), tuple(_sentence(key, section.section(key)) for key in ours))


def _sentence(name: str, section: Section) -> Sentence:
    rule = section.section("rule")
    return Sentence(
        name,
        section.text("kind"),
        section.texts("law"),
        section.pairs("label"),
        {language: section.text(language) for language in ("nl", "en")},
        {heading: _values(rule.section(heading)) for heading in rule.names()},
        section.text("task"),
    )


def _values(section: Section) -> dict[str, Value]:
    return {name: _value(node) for name in section.names() if (node := section.node(name))}


def _value(node: Node) -> Value:
    if isinstance(node, Entries):
        return {key: _value(one) for key, one in node.values.items()}
    if isinstance(node, Items):
        return [_value(one) for one in node.items]
    return node.value
