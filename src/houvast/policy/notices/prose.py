"""The policy's own text as sections: its headings, paragraphs and lists, cut where a promise begins or ends."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import TypeAlias

from houvast.policy.bind import HEADING, MARKER, Binding, Span
from houvast.policy.notices.model import Block, Bullets, Paragraph, Section, Sentence
from houvast.policy.notices.names import Names

_Item: TypeAlias = tuple[str, tuple[Sentence, ...]]


def sections_of(text: str, binding: Binding, names: Names, first: Section) -> tuple[Section, ...]:
    """The text as sections from `first` on, whose heading gets the text's own title, if it has one, behind it."""
    reader = _Reader(text, binding, names)
    pieces = list(_pieces(text))
    levels = [_heading(text, lines)[0] for kind, lines in pieces if kind == "h"]
    titled = bool(pieces) and pieces[0][0] == "h" and levels.count(1) == 1 == levels[0]
    found, items = [first], list[_Item]()
    for number, (kind, lines) in enumerate(pieces):
        if kind != "h":
            parts = _cut(text, binding, lines) if kind == "p" else [lines]
            items.extend((kind, reader.sentences(part)) for part in parts)
            continue
        level, words = _heading(text, lines)
        if titled and not number:
            found = [replace(first, heading=f"{first.heading}: {words}")]
            continue
        found[-1] = _filled(found[-1], items)
        under = min(6, first.level + level - titled)
        found.append(Section(f"text-{len(found)}", words, max(first.level + 1, under)))
        items = []
    found[-1] = _filled(found[-1], items)
    return tuple(found)


def _heading(text: str, lines: Sequence[Span]) -> tuple[int, str]:
    """How many marks a heading has, and its words."""
    marks, _, words = text[slice(*lines[0])].strip().partition(" ")
    return len(marks), words.strip(" #")


def _filled(section: Section, items: Sequence[_Item]) -> Section:
    return replace(section, blocks=(*section.blocks, *_blocks(items)))


def _blocks(items: Sequence[_Item]) -> Iterator[Block]:
    for kind, group in groupby(items, lambda item: item[0]):
        if kind == "p":
            yield from (Paragraph(sentences) for _, sentences in group)
        else:
            yield Bullets(tuple(sentences for _, sentences in group), ordered=kind == "ol")


def _cut(text: str, binding: Binding, lines: Sequence[Span]) -> list[list[Span]]:
    """The lines of a paragraph, cut where a promise ends with its line: one thought a paragraph."""
    ends = {end for ours in binding.spans.values() for _, end in ours}
    parts: list[list[Span]] = [[]]
    for start, end in lines:
        parts[-1].append((start, end))
        if start + len(text[start:end].rstrip()) in ends:
            parts.append([])
    return [part for part in parts if part]


class _Reader:
    """Cuts lines into sentences, and remembers which promises have begun."""

    def __init__(self, text: str, binding: Binding, names: Names) -> None:
        self._text = text
        self._names = names
        spans = [(span, name) for name, ours in binding.spans.items() for span in ours]
        self._edges = sorted({edge for span, _ in spans for edge in span})
        self._between = [
            tuple(dict.fromkeys(name for (first, last), name in spans if first < right and last > left))
            for left, right in pairwise([-1, *self._edges, len(text) + 1])
        ]
        self._begun = Counter[str]()

    def sentences(self, lines: Sequence[Span]) -> tuple[Sentence, ...]:
        """The sentences of one paragraph or item; one of several lines becomes one of one line."""
        found: list[tuple[str, tuple[str, ...]]] = []
        for start, end in lines:
            inner = end - len(self._text[start:end].lstrip())
            edges = self._edges[bisect_right(self._edges, inner) : bisect_left(self._edges, end)]
            for left, right in pairwise([inner, *edges, end]):
                words = " ".join(self._text[left:right].split())
                promises = self._between[bisect_right(self._edges, left)]
                if found and promises and found[-1][1] == promises:
                    found[-1] = (f"{found[-1][0]} {words}", promises)
                elif words:
                    found.append((words, promises))
        return tuple(self._sentence(words, promises) for words, promises in found)

    def _sentence(self, words: str, promises: tuple[str, ...]) -> Sentence:
        anchor = next((name for name in promises if not self._begun[name]), "")
        self._begun.update(promises)
        if promises and not anchor:
            anchor = f"{promises[0]}-{self._begun[promises[0]]}"
        return self._names.sentence(words, *promises, anchor=anchor)


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
