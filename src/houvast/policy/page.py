"""A notice as a page of blocks, before it is Markdown or HTML; and the policy's text as such blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from houvast.policy.bind import HEADING, MARKER, Binding, Span


@dataclass(frozen=True)
class Heading:
    """A heading; `anchor` is its id on the page, "" for none."""

    level: int
    text: str
    anchor: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. `lead`: the one under the title."""

    text: str
    lead: bool = False


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: lines, and the promises that they come from; `anchor` is its id on the page."""

    lines: tuple[str, ...]
    promises: tuple[str, ...] = ()
    anchor: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under headings; the first cell of a row names it."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Run:
    """Characters of the text; `opens` are the promises whose sentence begins here."""

    text: str
    promises: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prose:
    """A piece of the policy's own text: "p", "li" (a bullet) or "ol" (a numbered item)."""

    kind: str
    runs: tuple[Run, ...]


Block: TypeAlias = Heading | Paragraph | Table | Prose


def prose(text: str, binding: Binding, level: int) -> Iterator[Block]:
    """The text as headings, paragraphs and list items; its own first heading becomes one of `level`."""
    spans = [(span, name) for name, ours in binding.spans.items() for span in ours]
    opened: set[str] = set()
    for kind, lines in _pieces(text):
        if kind == "h":
            marks, _, words = text[slice(*lines[0])].strip().partition(" ")
            yield Heading(min(6, level - 1 + len(marks)), words.strip(" #"))
        else:
            yield Prose(kind, tuple(_runs(text, lines, spans, opened)))


def _pieces(text: str) -> Iterator[tuple[str, list[Span]]]:
    """Kind and lines of each paragraph, item and heading."""
    kind, lines = "", list[Span]()
    for start, end in _lines(text):
        line = text[start:end]
        marker = MARKER.match(line)
        if not line.strip() or HEADING.match(line) or marker:
            if lines:
                yield kind, lines
            kind, lines = "", []
        if HEADING.match(line):
            yield "h", [(start, end)]
        elif line.strip():
            kind = kind or ("p" if not marker else "li" if marker.group().strip() in "-*+" else "ol")
            lines.append((start + (marker.end() if marker else 0), end))
    if lines:
        yield kind, lines


def _lines(text: str) -> Iterator[Span]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _runs(text: str, lines: Sequence[Span], spans: Sequence[tuple[Span, str]], opened: set[str]) -> Iterator[Run]:
    for number, (start, end) in enumerate(lines):
        inner = end - len(text[start:end].lstrip())
        edges = {inner, end, *(edge for span, _ in spans for edge in span if inner < edge < end)}
        cuts = sorted(edges)
        if number:
            yield Run(" ")
        for left, right in pairwise(cuts):
            names = tuple(name for (first, last), name in spans if first < right and last > left)
            opens = tuple(name for name in dict.fromkeys(names) if name not in opened)
            opened.update(opens)
            yield Run(text[left:right], names, opens)
