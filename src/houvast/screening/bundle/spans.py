"""Where a text is rewritten: what overlaps becomes one, no escape is cut, no mark that gives it structure is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from houvast.screening.bundle.lanes import Encode
from houvast.screening.finding import Finding
from houvast.screening.kinds import Kind

_STRUCTURE = re.compile(rb"[\"'<>{}\[\]|;,`\t\r\n]+")
_ESCAPE = re.compile(
    rb"%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[\"\\/bfnrt]|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});"
)
_LONGEST = 10
_BEGINS_ESCAPE, _SAYS = re.compile(rb"[\\%&]"), re.compile(rb"[0-\xff]")
"""What an escape begins with; and what is more than marks."""


@dataclass(slots=True)
class Span:
    """Bytes of a text that one stand-in takes the place of.

    `value`: what they say, decoded; `encode`: how a stand-in is written there, none where they are as they are; `kept`:
    what of them stays; `new`: what takes their place instead of a stand-in; `found`: the findings they are counted as.
    `is_code`: Base64 that was looked into, so that what its letters look like is chance; `is_quiet`: in which nothing was
    found.
    """

    begin: int
    end: int
    kind: Kind
    value: bytes
    found: tuple[Finding, ...] = ()
    encode: Encode | None = None
    kept: re.Pattern[bytes] | None = None
    new: bytes | None = None
    is_code: bool = False
    is_quiet: bool = False


def plain(data: bytes, found: Finding, at: int) -> Iterator[Span]:
    """A finding in a text, which begins at `at`, as spans between the marks that give the text its structure."""
    begin, end = found.offset - at, found.end - at
    begin, end = _behind_escape(data, begin, end), _over_escape(data, end)
    first = True
    for start, stop in _between(data, begin, end):
        yield Span(start + at, stop + at, found.kind, data[start:stop], (found,) if first else ())
        first = False


def _between(data: bytes, begin: int, end: int) -> Iterator[tuple[int, int]]:
    at = begin
    for mark in _STRUCTURE.finditer(data, begin, end):
        yield from _worded(data, at, mark.start())
        at = mark.end()
    yield from _worded(data, at, end)


def _worded(data: bytes, begin: int, end: int) -> Iterator[tuple[int, int]]:
    text = data[begin:end]
    begin += len(text) - len(text.lstrip())
    end = max(begin, end - (len(text) - len(text.rstrip())))
    if _SAYS.search(data, begin, end):
        yield begin, end


def _behind_escape(data: bytes, begin: int, end: int) -> int:
    """A finding that begins in the middle of `\\n` or `%40` begins behind it."""
    for mark in _BEGINS_ESCAPE.finditer(data, max(0, begin - _LONGEST), begin):
        start = mark.start()
        if (found := _ESCAPE.match(data, start)) and start < begin < found.end() <= end:
            before = data[max(0, start - _LONGEST) : start]
            slashes = len(before) - len(before.rstrip(b"\\"))
            if data[start] != 92 or slashes % 2 == 0:
                return found.end() if found.end() < end else begin
    return begin


def _over_escape(data: bytes, end: int) -> int:
    for mark in _BEGINS_ESCAPE.finditer(data, max(0, end - _LONGEST), end):
        if (found := _ESCAPE.match(data, mark.start())) and end < found.end():
            return found.end()
    return end


def merged(spans: list[Span]) -> list[Span]:
    """In order and apart: of what overlaps, the longest takes the place of all of it; of equals, the decoded."""
    spans.sort(key=lambda one: (one.begin, -one.end, one.encode is None and one.new is None))
    made: list[Span] = []
    for one in spans:
        if not made or one.begin >= made[-1].end:
            made.append(one)
            continue
        last = made[-1]
        if last.is_code and last.begin < one.begin and one.end < last.end and one.new is None:
            continue
        if last.is_quiet or one.is_quiet:
            made[-1] = one if last.is_quiet else last
            continue
        best, other = (one, last) if _weight(one, last) > _weight(last, one) else (last, one)
        best.found = best.found or other.found
        best.is_code = False
        best.begin, best.end = min(one.begin, last.begin), max(one.end, last.end)
        made[-1] = best
    return made


def _weight(one: Span, other: Span) -> tuple[bool, int, bool]:
    """A secret that is written in Base64 goes as a whole: what it says without the parts that were found still is one."""
    is_whole = one.kind is Kind.SECRET and one.new is None and one.begin <= other.begin and other.end <= one.end
    return is_whole and other.new is not None, one.end - one.begin, one.encode is not None or one.new is not None


def rewritten(
    data: bytes, spans: list[Span], at: int, stand_in: Callable[[Kind, bytes], bytes], *, plainly: bool = False
) -> bytes:
    """The text, which begins at `at`, with something else in the place of each span; `plainly`: never encoded."""
    made: list[bytes] = []
    done = 0
    for span in spans:
        begin, end = span.begin - at, span.end - at
        made.append(data[done:begin])
        if plainly:
            made.append(stand_in(span.kind, span.value))
        elif span.new is not None:
            made.append(span.new)
        else:
            new = stand_in(span.kind, span.value)
            made.append(span.encode(new) if span.encode else new)
        if span.kept:
            made += [tag[0] for tag in span.kept.finditer(data, begin, end)]
        done = end
    return b"".join([*made, data[done:]])
