"""Binds a text to its promises: every quote stands in it once, and no word of it is left over.

Headings, white space and the hyphens and numbers of lists belong to nobody; every other character
must belong to a promise. White space in a quote matches a line break within a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
"""Offsets of characters, end exclusive."""

HEADING = re.compile(r"^ {0,3}#{1,6}(?:[ ].*)?$", re.MULTILINE)
MARKER = re.compile(r"^[ ]*(?:[-*+]|\d{1,3}[.)])(?=[ ])", re.MULTILINE)
_COMPARED = 4_000  # so many sentences are compared with a lost quote: a hint must not take minutes
_GAP = re.compile(r"[ ]*\n[ ]*(?!\n)|[ ]+")


@dataclass(frozen=True)
class Quote:
    """One quote of a promise and where the text has it: once is right, nowhere lost, twice ambiguous."""

    promise: str
    number: int
    words: str
    found: tuple[Span, ...]


@dataclass(frozen=True)
class Binding:
    """What became of one text. `spans`: promise -> where it stands; `left_over`: words of nobody."""

    spans: Mapping[str, tuple[Span, ...]]
    lost: tuple[Quote, ...]
    ambiguous: tuple[Quote, ...]
    left_over: tuple[Span, ...]


def bind(text: str, claims: Mapping[str, Sequence[str | Span]], headings: Iterable[Span] | None = None) -> Binding:
    """Bind promises to a text, by quotes or by spans; without `headings`, lines with `#` are those."""
    free = headings_of(text) if headings is None else tuple(headings)
    return _bound(text, tuple((name, tuple(ours)) for name, ours in claims.items()), free)


@lru_cache(maxsize=16)
def _bound(text: str, claims: tuple[tuple[str, tuple[str | Span, ...]], ...], free: tuple[Span, ...]) -> Binding:
    """The same text is bound over and over: for its pages, and for copies of its policy that differ elsewhere."""
    quotes = [_look_up(text, name, number, claim) for name, ours in claims for number, claim in enumerate(ours)]
    spans: dict[str, tuple[Span, ...]] = {name: () for name, _ in claims}
    for quote in quotes:
        spans[quote.promise] += quote.found if len(quote.found) == 1 else ()
    covered = [span for quote in quotes for span in quote.found]
    return Binding(
        spans=MappingProxyType(spans),
        lost=tuple(quote for quote in quotes if not quote.found),
        ambiguous=tuple(quote for quote in quotes if len(quote.found) > 1),
        left_over=tuple(_left_over(text, [*free, *markers_of(text), *covered])),
    )


def headings_of(text: str) -> tuple[Span, ...]:
    """The lines that are Markdown headings."""
    return tuple(match.span() for match in HEADING.finditer(text))


def markers_of(text: str) -> tuple[Span, ...]:
    """The hyphens and numbers with which the lines of a list begin."""
    return tuple(match.span() for match in MARKER.finditer(text))


def nearest(text: str, words: str) -> str:
    """The sentence of the text that is most like a lost quote, or ""."""
    lines = (line.strip() for line in MARKER.sub("", HEADING.sub("", text)).split("\n"))
    whole = [line for line in dict.fromkeys(lines) if line]
    parts = [part for line in whole for part in re.split(r"(?<=[.;:?!])\s+", line)]
    near = get_close_matches(words, [*parts, *whole][:_COMPARED], n=1, cutoff=0.6)
    return near[0] if near else ""


@lru_cache(maxsize=4096)
def _look_up(text: str, promise: str, number: int, claim: str | Span) -> Quote:
    if not isinstance(claim, str):
        start, end = claim
        inside = 0 <= start < end <= len(text)
        return Quote(promise, number, text[start:end] if inside else "", (claim,) if inside else ())
    return Quote(promise, number, claim, tuple(_found(text, " ".join(claim.split()))))


def _found(text: str, words: str) -> Iterator[Span]:
    """Where these words stand, whatever parts them on one line or over two."""
    flat, places = _flat(text)
    at = flat.find(words) if words else -1
    while at >= 0:
        yield places[at], places[at + len(words) - 1] + 1
        at = flat.find(words, at + 1)


@lru_cache(maxsize=16)
def _flat(text: str) -> tuple[str, list[int]]:
    """A text with one space for each gap between words, and where each of its characters stands in the text itself."""
    parts, places, at = list[str](), list[int](), 0
    for gap in _GAP.finditer(text):
        parts += text[at : gap.start()], " "
        places += range(at, gap.start() + 1)
        at = gap.end()
    return "".join([*parts, text[at:]]), [*places, *range(at, len(text))]


def _left_over(text: str, covered: Iterable[Span]) -> Iterator[Span]:
    """Runs of characters that nothing covers, each within one line and without white space at its ends."""
    at = 0
    for start, end in sorted([*covered, (len(text), len(text))]):
        yield from _words(text, at, start)
        at = max(at, end)


def _words(text: str, start: int, end: int) -> Iterator[Span]:
    return (
        (start + match.start(), start + match.end())
        for match in re.finditer(r"\S(?:.*\S)?", text[start : max(start, end)])
    )
