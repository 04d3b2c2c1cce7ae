"""What people read, as frozen values: one notice, of one version, in one language.

Every face shows the same value: `houvast notice` as a page, as Markdown, as a PDF; `web` in its own
templates. All words are plain text, never markup: whoever shows them escapes them. Nothing here needs a
policy at hand: names, figures and dates are words already.

    Notice
      .standing              the one line on what is kept and what is not yet
      .short                 layer 1: who, what, why, how long, with whom, your rights (one screen)
      .text                  layer 2: the whole text, each sentence bound to its promises
      .details               layer 3: the rules themselves, in tables
          Section            anchor, heading, level
            .blocks          each with `kind`, so that a template can choose:
              Paragraph      kind "paragraph": sentences
              Bullets        kind "bullets": items, each of sentences
              Table          kind "table": rows, each of cells, each of lines

A `Sentence` and a `Row` name the promises behind them, in the order of the policy file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, TypeAlias

from houvast.policy.law import Law


@dataclass(frozen=True)
class Sentence:
    """Words that stand or fall together; more than one sentence where a promise quotes them as one.

    promises: the identifiers of the promises that it comes from ("C10"); none for words of Houvast's own.
    anchor: its id, once in the whole notice; "" when it has none. In the text the first sentence of a
        promise has the promise's identifier, the second "C10-2".
    outcome: the worst of its promises: "broken", "not_yet_kept", "held"; "" when none of them was tried.
    """

    text: str
    promises: tuple[str, ...] = ()
    anchor: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Sentences that follow each other. `lead`: the one under the title."""

    sentences: tuple[Sentence, ...]
    lead: bool = False
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Bullets:
    """A list; each item holds one sentence or more. `ordered`: its items are numbered."""

    items: tuple[tuple[Sentence, ...], ...]
    ordered: bool = False
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True)
class Row:
    """A rule as a row: cells of lines of words. `promises`, `anchor` and `outcome` as of a Sentence."""

    cells: tuple[tuple[str, ...], ...]
    promises: tuple[str, ...] = ()
    anchor: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under headings, as many as each row has cells; the first cell of a row names it."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    kind: ClassVar[str] = "table"

    def named(self, row: Row) -> tuple[str, ...]:
        """The promises to show at a row: its own, but only at the first when all rows have the same."""
        alike = all(one.promises == row.promises for one in self.rows)
        return () if alike and row is not self.rows[0] else row.promises


Block: TypeAlias = Paragraph | Bullets | Table


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it. `level`: 2 to 6; the title of the notice is 1."""

    anchor: str
    heading: str
    level: int
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Tried:
    """What the last `prove` found: promise -> "held", "broken" or "not_yet_kept"; and on which day."""

    outcomes: Mapping[str, str]
    day: date


@dataclass(frozen=True)
class Notice:
    """One notice. `effective` and `as_of` are days by the clock of the policy's country.

    `controller`: the name of who is responsible. `outcomes`: of each promise, as given; empty when nothing
    was tried. `says`: words for what stands around the notice ("skip", "contents"), in its language.
    `law`: what it tells of the law.
    """

    policy: str
    controller: str
    version: int
    language: str
    title: str
    effective: date
    as_of: date | None
    lead: tuple[Sentence, ...]
    standing: Sentence
    short: tuple[Section, ...]
    text: tuple[Section, ...]
    details: tuple[Section, ...]
    outcomes: Mapping[str, str]
    says: Mapping[str, str]
    law: Law = field(repr=False)

    @property
    def sections(self) -> tuple[Section, ...]:
        """All layers, one after the other."""
        return (*self.short, *self.text, *self.details)

    def places(self) -> dict[str, str]:
        """Promise -> where a link to it leads: its own anchor, else the first sentence or row from it."""
        found: dict[str, str] = {}
        blocks = [block for section in (*self.text, *self.details) for block in section.blocks]
        rows = [row for block in blocks if isinstance(block, Table) for row in block.rows]
        for one in (*_sentences(blocks), *rows):
            for name in one.promises if one.anchor else ():
                found[name] = name if one.anchor == name else found.get(name, one.anchor)
        return found

    def only_short(self) -> Notice:
        """The same notice with its first layer alone."""
        return replace(self, text=(), details=())

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence of the lists and paragraphs of every layer."""
        return _sentences(block for section in self.sections for block in section.blocks)


def _sentences(blocks: Iterable[Block]) -> Iterator[Sentence]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from block.sentences
        elif isinstance(block, Bullets):
            for item in block.items:
                yield from item
