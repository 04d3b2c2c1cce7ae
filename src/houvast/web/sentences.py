"""The policy's text as sentences, each with its promise and how that stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from houvast.policy import Policy, notice
from houvast.policy.notices.model import Block, Bullets, Paragraph, Sentence
from houvast.web.rules import rules
from houvast.web.standing import Standing


@dataclass(frozen=True)
class Said:
    """Words of the text under one promise. `first`: its proof hangs here; later places refer to this one.

    `standing` is None for what the author added: nobody tries to break that separately.
    """

    text: str
    promise: str
    first: bool
    standing: Standing | None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A heading with what stands under it: the sentences up to the next heading."""

    level: int
    title: str
    anchor: str
    sentences: tuple[Said, ...]


def parts(policy: Policy, language: str, standings: Mapping[str, Standing]) -> tuple[Part, ...]:
    """The text in its own order. The first part, of level 1, stands before the first heading."""
    sections = notice(policy, language).text
    top = min((section.level for section in sections[1:]), default=2)
    return tuple(
        Part(
            2 + max(0, section.level - top) if number else 1,
            section.heading,
            section.anchor,
            tuple(
                _said(sentence, policy, language, standings)
                for block in section.blocks
                for sentence in _sentences(block)
            ),
        )
        for number, section in enumerate(sections)
    )


def unsaid(policy: Policy, language: str, standings: Mapping[str, Standing]) -> tuple[Said, ...]:
    """Duties of the law that no sentence of the text says."""
    said = {name for section in notice(policy, language).text for name in _named(section.blocks)}
    return tuple(
        Said(one.promise.label.get(language, name), name, True, one, rules(policy, name, language))
        for name, one in standings.items()
        if name not in said
    )


def _said(sentence: Sentence, policy: Policy, language: str, standings: Mapping[str, Standing]) -> Said:
    promise = sentence.anchor if sentence.anchor in sentence.promises else next(iter(sentence.promises), "")
    first = bool(promise) and sentence.anchor == promise
    told = rules(policy, promise, language) if first else ()
    return Said(sentence.text, promise, first, standings.get(promise), told)


def _named(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        for sentence in _sentences(block):
            yield from sentence.promises


def _sentences(block: Block) -> Iterator[Sentence]:
    if isinstance(block, Paragraph):
        yield from block.sentences
    elif isinstance(block, Bullets):
        for item in block.items:
            yield from item
