"""`while:` as people write it, read into a disjunction of conjunctions."""

from __future__ import annotations

import re

from houvast.document import Findings, Text
from houvast.errors import Place

NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*", re.ASCII)


def parse_while(text: Text, findings: Findings, title: str) -> tuple[tuple[str, ...], ...]:
    """`a or b and c` as (("a",), ("b", "c")); `and` binds tighter. What does not read so is noted."""
    words = [(match.group(), _place(text, match.start())) for match in re.finditer(r"\S+", text.value)]
    ways: list[list[str]] = [[]]
    expected = "name"
    for word, place in words:
        is_link = word in ("and", "or")
        if is_link != (expected == "link") or not (is_link or NAME.fullmatch(word)):
            _wrong(findings, place, word, title)
            return ()
        if word == "or":
            ways.append([])
        elif not is_link:
            ways[-1].append(word)
        expected = "name" if is_link else "link"
    if expected == "name":
        _wrong(findings, text.place, text.value.strip(), title)
        return ()
    return tuple(tuple(way) for way in ways)


def _place(text: Text, offset: int) -> Place:
    return Place(text.place.file, text.place.line, text.place.column + offset + (0 if text.plain else 1))


def _wrong(findings: Findings, place: Place, word: str, title: str) -> None:
    findings.add(
        "while-unclear",
        place,
        f"`while` of {title} cannot be read at `{word}`.",
        "Write names with `and` or `or` between them, without brackets: `order.open or invoice.open`.",
    )
