"""One text of a bundle: what stands in it, plainly and hidden, and the same text with stand-ins. In bounded memory."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass, field

from houvast.screening.bundle.columns import Columns
from houvast.screening.bundle.forms import has_binary
from houvast.screening.bundle.limits import MIB
from houvast.screening.bundle.looking import Looking, moved, real
from houvast.screening.bundle.spans import Span, merged, plain, rewritten
from houvast.screening.finding import Finding
from houvast.screening.kinds import Kind
from houvast.screening.screener import SEGMENT

_TEXT_BLOCK = 512 << 10
_BACK = 64 << 10
"""Bytes at the end of a block in which it may be cut."""
_CUTS = (b"\n", b" ", b">", b",", b";", b"&", b"\0")
_RUN_ON = re.compile(rb"(?:\A|(?<=\n))[ \t]{0,40}[A-Za-z0-9+/]{40,400}\r?\n\Z")
_LINE = 512
_LONGEST_RUN = 16 * MIB
LISTED = 1000
"""Findings of one file that are listed; the others are counted."""
_SHOWN, _AROUND = 3, 80
_TURNED = re.compile("[" + "".join(chr(one << 8) for one in range(32, 127)) + "]{6}")
"""Letters of two bytes, with the second one in front."""
_PAIR = "[" + "".join(f"{chr(one << 8 | 32)}-{chr(one << 8 | 126)}" for one in range(32, 127)) + "]"
_PAIRS = {True: re.compile(_PAIR + "{16}"), False: re.compile(_PAIR + "{4}")}
"""Two letters of one byte, taken for one; by chance so many only where no mark at the beginning says what they are."""
TOO_LONG = f"Base64 in it is longer than the {_LONGEST_RUN >> 20} MiB that are looked through"
NO_TEXT = "parts of it are no text"
TWO_TEXTS = "it says that its letters take more than a byte, and has others"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line with findings, for the eyes of who owns it: its number and its parts, each a text or the kind of what
    stands there."""

    line: int
    parts: tuple[str | Kind, ...]


@dataclass(slots=True)
class Seen:
    """What was seen of one file: how often which kind, where (the first `LISTED`), why not all of it was looked into
    (`closed`), and why not all that is packed in it was (`within`): that can be taken out of it."""

    counts: Counter[Kind] = field(default_factory=Counter[Kind])
    found: list[Finding] = field(default_factory=list[Finding])
    excerpts: list[Excerpt] = field(default_factory=list[Excerpt])
    closed: str = ""
    within: str = ""

    def add(self, finding: Finding) -> None:
        """One more."""
        self.counts[finding.kind] += 1
        if len(self.found) < LISTED:
            self.found.append(finding)


class Text:
    """A text that comes piece by piece. What is fed comes out again, with stand-ins where there are pseudonyms."""

    def __init__(self, looking: Looking, seen: Seen, depth: int, *, width: str = "", shown: int = 0) -> None:
        self._looking, self._seen, self._depth, self._width, self._shown = looking, seen, depth, width, shown
        self._stream = looking.screener.stream()
        self._columns = Columns(looking.screener.kinds)
        self._coming: list[bytes] = []
        self._size, self._most = 0, _TEXT_BLOCK
        self._held = b""
        self._at = self._fed = self._raw_at = 0
        self._line = 1
        self._spans: list[Span] = []

    def feed(self, data: bytes) -> bytes:
        """The bytes that follow; what comes out by now."""
        self._coming.append(data)
        self._size += len(data)
        made: list[bytes] = []
        while self._size >= self._most:
            whole = b"".join(self._coming)
            cut = _cut(whole)
            if cut is None:  # Base64 that goes on
                self._coming, self._most = [whole], 2 * len(whole)
                if len(whole) < _LONGEST_RUN:
                    break
                self._seen.closed = self._seen.closed or TOO_LONG
                cut = len(whole)
            self._coming, self._size, self._most = [whole[cut:]], len(whole) - cut, _TEXT_BLOCK
            made.append(self._block(whole[:cut]))
        return b"".join(made)

    def close(self) -> bytes:
        """The end of it; the rest of what comes out."""
        rest = b"".join(self._coming)
        made = self._block(rest) if rest else b""
        self._take(self._stream.close())
        return made + self._settle(self._fed)

    def _block(self, block: bytes) -> bytes:
        begin = self._fed
        self._held += block
        self._fed += len(block)
        if has_binary(block):
            self._seen.closed = self._seen.closed or NO_TEXT
        self._take(self._stream.feed(block))
        self._hold(self._looking.hidden(block, self._depth), begin)
        self._hold(self._columns.spans(block), begin)
        return self._settle(self._fed - SEGMENT)

    def _take(self, found: list[Finding]) -> None:
        self._spans += [span for one in found for span in plain(self._held, one, self._at)]

    def _hold(self, spans: list[Span], begin: int) -> None:
        for span in spans:
            span.begin += begin
            span.end += begin
            span.found = tuple(moved(one, one.offset + begin, one.end + begin) for one in span.found)
        self._spans += spans

    def _settle(self, until: int) -> bytes:
        """Write what nothing more will be found in: up to there, or to what goes over it."""
        if until <= self._at:
            return b""
        spans = merged(self._spans)
        last = next((at for at, one in enumerate(spans) if one.end > until), len(spans))
        cut = min(until, spans[last].begin) if last < len(spans) else until
        ready, self._spans = real(spans[:last]), spans[last:]
        data, at = self._held[: cut - self._at], self._at
        self._count(data, ready)
        self._held, self._at = self._held[cut - self._at :], cut
        if not self._looking.pseudonyms:
            return b""
        return rewritten(data, ready, at, self._looking.stand_in)

    def _count(self, data: bytes, spans: list[Span]) -> None:
        seen = self._seen
        for span in spans:
            for one in span.found:
                seen.add(self._in_file(data, one) if self._width and len(seen.found) < LISTED else one)
        if self._shown:
            self._show(data, spans)
            self._line += data.count(b"\n")
        if self._width:
            self._raw_at += _wide_length(data, self._width)

    def _in_file(self, data: bytes, one: Finding) -> Finding:
        begin = self._raw_at + _wide_length(data[: one.offset - self._at], self._width)
        length = _wide_length(data[one.offset - self._at : one.end - self._at], self._width)
        return Finding(begin, length, one.kind, one.confidence)

    def _show(self, data: bytes, spans: list[Span]) -> None:
        at = 0
        while at < len(spans) and len(self._seen.excerpts) < self._shown:
            begin = spans[at].begin - self._at
            before = spans[at - 1].end - self._at if at else 0
            start = max(data.rfind(b"\n", 0, begin) + 1, begin - _AROUND, before)
            end = data.find(b"\n", begin)
            end = min(end if end >= 0 else len(data), max(begin, spans[at].end - self._at) + _AROUND)
            parts: list[str | Kind] = []
            done = start
            while at < len(spans) and spans[at].begin - self._at < end:
                span = spans[at]
                parts += [data[done : span.begin - self._at].decode("utf-8", "replace"), span.kind]
                done = max(done, span.end - self._at)
                at += 1
            if done < end:
                parts.append(data[done:end].decode("utf-8", "replace"))
            line = self._line + data.count(b"\n", 0, begin)
            self._seen.excerpts.append(Excerpt(line, tuple(one for one in parts if one)))


class Wide:
    """A text whose letters take two or four bytes: it is looked through in UTF-8 and comes out as it came. Its bytes are
    looked through as well: what is found there only says something else than it claims."""

    def __init__(self, text: Text, encoding: str, seen: Seen, looking: Looking, depth: int) -> None:
        self._text, self._encoding, self._seen = text, encoding, seen
        self._looking = looking.narrow()
        self._others = Seen()
        self._raw = Text(self._looking, self._others, depth)
        self._tail, self._marked = "", False
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._back = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, data: bytes, *, last: bool = False) -> bytes:
        """The bytes that follow; what comes out by now."""
        narrow = self._decoder.decode(data, last)
        self._marked = self._marked or narrow.startswith("\ufeff")
        if _PAIRS[self._marked].search(self._tail + narrow):
            self._seen.closed = self._seen.closed or TWO_TEXTS
        if "\ufffd" in narrow or _TURNED.search(self._tail + narrow):
            self._seen.closed = self._seen.closed or NO_TEXT
        self._tail = (self._tail + narrow)[-15:]
        self._raw.feed(data)
        return self._out(self._text.feed(narrow.encode()), last=False)

    def close(self) -> bytes:
        """The end of it; the rest of what comes out."""
        made = self.feed(b"", last=True) + self._out(self._text.close(), last=True)
        self._raw.close()
        if self._others.counts or self._looking.why:
            self._seen.closed = self._seen.closed or TWO_TEXTS
            for one in self._others.found:
                self._seen.add(one)
        return made

    def _out(self, made: bytes, *, last: bool) -> bytes:
        return self._back.decode(made, last).encode(self._encoding)


def _wide_length(data: bytes, encoding: str) -> int:
    return len(data.decode("utf-8", "replace").encode(encoding, "replace"))


def _cut(whole: bytes) -> int | None:
    """Where a block ends: behind a line that no other goes on with, or else behind a mark; none in Base64."""
    at = whole.rfind(b"\n", len(whole) - _BACK) + 1
    while at and whole[max(0, at - 3) : at].rstrip(b"\r\n").endswith(b"="):
        at = whole.rfind(b"\n", len(whole) - _BACK, at - 1) + 1
    if not at:
        cuts = (whole.rfind(mark, len(whole) - _BACK) + 1 for mark in _CUTS)
        return next((cut for cut in cuts if cut), None)
    while at and (run := _RUN_ON.search(whole, max(0, at - _LINE), at)):
        at = run.start()
    return at or None
