"""One text of a bundle: what stands in it, plainly and hidden, and the same text with stand-ins. In bounded memory."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from houvast.screening.bundle.columns import Columns
from houvast.screening.bundle.forms import Form, form_of, is_binary
from houvast.screening.bundle.lanes import Encode, Piece, Run, escaped, runs
from houvast.screening.bundle.limits import MIB
from houvast.screening.bundle.spans import Span, merged, plain, rewritten
from houvast.screening.bundle.stand_ins import Pseudonyms, is_stand_in
from houvast.screening.finding import Finding
from houvast.screening.kinds import Kind
from houvast.screening.screener import SEGMENT, Screener

_TEXT_BLOCK = 512 << 10
_BACK = 64 << 10
"""Bytes at the end of a block in which it may be cut."""
_CUTS = (b"\n", b" ", b">", b",", b";", b"&", b"\0")
_RUN_ON = re.compile(rb"(?:\A|(?<=\n))[ \t]{0,40}[A-Za-z0-9+/]{40,400}\r?\n\Z")
_LINE = 512
_CODE = 200
"""Characters of Base64 in which what looks like something is chance."""
_LONGEST_RUN = 16 * MIB
_KNOWN, _LONGEST_KNOWN = 1 << 14, 64
"""Of so many values, none longer than that, it is remembered whether they are stand-ins."""
LISTED = 1000
"""Findings of one file that are listed; the others are counted."""
_SHOWN, _AROUND = 3, 80
_WIDE = re.compile(b"xzxzxzxzxzxz(?:xz)*+x?")
_WIDE_MASK = bytes(122 if one == 0 else 120 if one == 9 or 32 <= one < 127 or one >= 160 else 32 for one in range(256))
_ENDINGS = tuple(re.compile(rb"(?:\.[A-Za-z0-9]{1,6}){%d}(?=/|\Z)" % count) for count in (1, 2))
TOO_DEEP = "something is hidden in it more often than is looked through"
TOO_LONG = f"Base64 in it is longer than the {_LONGEST_RUN >> 20} MiB that are looked through"
NO_TEXT = "parts of it are no text"

Embedded = Callable[[bytes, int], tuple[bytes | None, tuple[Finding, ...]]]
"""(what Base64 holds, how deep) -> what takes its place, if anything; what was found in it"""


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


class Looking:
    """Looks for what stands in a text that is whole, whatever hides it. `embedded` looks into what Base64 holds."""

    def __init__(self, screener: Screener, pseudonyms: Pseudonyms | None, embedded: Embedded, deepest: int) -> None:
        self.screener = screener
        self.pseudonyms = pseudonyms
        self._embedded = embedded
        self._deepest = deepest
        self.too_deep = False
        self._known = lru_cache(_KNOWN)(is_stand_in)

    def stand_in(self, kind: Kind, value: bytes) -> bytes:
        """The stand-in of a value."""
        return self.pseudonyms.of(kind, value) if self.pseudonyms else b""

    def whole(self, text: bytes, depth: int = 0) -> list[Span]:
        """What is to be rewritten in a text, in order and apart."""
        return self.real(self._whole(text, depth))

    def _whole(self, text: bytes, depth: int) -> list[Span]:
        spans = [span for one in self.screener.find(text) for span in plain(text, one, 0)]
        return merged([*spans, *self.hidden(text, depth)])

    def rewrite(self, text: bytes, depth: int = 0) -> tuple[bytes, list[Span]]:
        """A text with stand-ins, and what they stand for."""
        spans = self.whole(text, depth)
        return rewritten(text, spans, 0, self.stand_in) if self.pseudonyms else text, spans

    def name(self, path: bytes) -> list[Span]:
        """What is to be rewritten in the path of a file: `jan@firm.nl.log` has an address and an ending."""
        spans = self._whole(path, 0)
        for ending in _ENDINGS if b"@" in path else ():
            without = ending.sub(lambda found: found[0].replace(b".", b" "), path)
            spans += [span for one in self.screener.find(without) for span in plain(without, one, 0)]
        return self.real(merged(spans))

    def column(self, kind: Kind | None, text: bytes) -> tuple[bytes, list[Span]]:
        """A cell of a table with stand-ins, and what they stand for. `kind`: what its column is called after; then it
        is all of it."""
        spans = self.whole(text)
        if kind and kind in self.screener.kinds and text.strip() and not any(one.value == text for one in spans):
            spans = self.real([Span(0, len(text), kind, text, (Finding(0, len(text), kind, 80),))])
        return rewritten(text, spans, 0, self.stand_in) if self.pseudonyms else text, spans

    def real(self, spans: list[Span]) -> list[Span]:
        """Without those where nothing was found, or a stand-in stands already."""
        return [one for one in spans if not one.is_quiet and (one.new is not None or not self._stands_in(one))]

    def _stands_in(self, span: Span) -> bool:
        """A log says the same again and again; what was said is remembered as long as this walk, as stand-ins are."""
        known = self._known if len(span.value) <= _LONGEST_KNOWN else is_stand_in
        return known(span.kind, span.value)

    def hidden(self, text: bytes, depth: int) -> list[Span]:
        """What is hidden in a text by escapes, by Base64, or by letters of two bytes."""
        spans: list[Span] = []
        for piece in escaped(text):
            if self._may_go(depth):
                spans += [_mapped(span, piece) for span in self._whole(piece.text, depth + 1) if not span.is_quiet]
        for run in runs(text):
            if self._may_go(depth):
                spans += self._run(run, depth)
        if b"\0" in text:
            spans += self._wide(text, depth)
        return spans

    def _may_go(self, depth: int) -> bool:
        self.too_deep = self.too_deep or depth >= self._deepest
        return depth < self._deepest

    def _run(self, run: Run, depth: int) -> list[Span]:
        if form_of(run.payload[:4096]) is not Form.TEXT:
            new, found = self._embedded(run.payload, depth + 1)
            if not found and new is None:
                return [_packed(run)] if len(run.raw) > _CODE else []
            places = tuple(Finding(run.begin, run.end - run.begin, one.kind, one.confidence) for one in found)
        else:
            new, spans = self.rewrite(run.payload, depth + 1)
            if not spans:
                return [_packed(run)] if len(run.raw) > _CODE else []
            places = tuple(_moved(one, *run.place(one.offset, one.end)) for span in spans for one in span.found)
        return [_packed(run, places, run.encode(new) if new is not None else run.raw)]

    def _wide(self, text: bytes, depth: int) -> list[Span]:
        spans: list[Span] = []
        for match in _WIDE.finditer(text.translate(_WIDE_MASK)):
            narrow = text[match.start() : match.end() : 2]
            for span in self._whole(narrow, depth + 1) if self._may_go(depth) else ():
                if span.is_quiet:
                    continue
                begin, end = match.start() + 2 * span.begin, min(len(text), match.start() + 2 * span.end)
                found = tuple(_moved(one, begin, end) for one in span.found)
                spans.append(Span(begin, end, span.kind, span.value, found, encode=_two_bytes))
        return spans


def _packed(run: Run, found: tuple[Finding, ...] = (), new: bytes | None = None) -> Span:
    kind = found[0].kind if found else Kind.SECRET
    raw = run.raw if new is None else new
    is_code, is_quiet = len(run.raw) > _CODE, new is None
    return Span(run.begin, run.end, kind, b"", found, new=raw, is_code=is_code, is_quiet=is_quiet)


def _two_bytes(stand_in: bytes) -> bytes:
    return stand_in.decode("ascii").encode("utf-16-le")


def _moved(found: Finding, begin: int, end: int) -> Finding:
    return Finding(begin, end - begin, found.kind, found.confidence)


def _mapped(span: Span, piece: Piece) -> Span:
    begin, end = piece.place(span.begin, span.end)
    inner, outer = span.encode, piece.encode
    new = None if span.new is None else outer(span.new)
    found = tuple(_moved(one, *piece.place(one.offset, one.end)) for one in span.found)
    return Span(begin, end, span.kind, span.value, found, _both(inner, outer), piece.kept, new)


def _both(inner: Encode | None, outer: Encode) -> Encode:
    def encode(stand_in: bytes) -> bytes:
        return outer(inner(stand_in) if inner else stand_in)

    return encode


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
        if self._looking.too_deep:
            self._seen.closed = self._seen.closed or TOO_DEEP
            self._looking.too_deep = False
        return made + self._settle(self._fed)

    def _block(self, block: bytes) -> bytes:
        begin = self._fed
        self._held += block
        self._fed += len(block)
        if is_binary(block) and block.strip(b"\0"):
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
            span.found = tuple(_moved(one, one.offset + begin, one.end + begin) for one in span.found)
        self._spans += spans

    def _settle(self, until: int) -> bytes:
        """Write what nothing more will be found in: up to there, or to what goes over it."""
        if until <= self._at:
            return b""
        spans = merged(self._spans)
        last = next((at for at, one in enumerate(spans) if one.end > until), len(spans))
        cut = min(until, spans[last].begin) if last < len(spans) else until
        ready, self._spans = self._looking.real(spans[:last]), spans[last:]
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
            start = max(data.rfind(b"\n", 0, begin) + 1, begin - _AROUND)
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
    """A text whose letters take two or four bytes: it is looked through in UTF-8 and comes out as it came."""

    def __init__(self, text: Text, encoding: str, seen: Seen) -> None:
        self._text, self._encoding, self._seen = text, encoding, seen
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._back = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, data: bytes, *, last: bool = False) -> bytes:
        """The bytes that follow; what comes out by now."""
        narrow = self._decoder.decode(data, last)
        if "\ufffd" in narrow:
            self._seen.closed = self._seen.closed or NO_TEXT
        return self._out(self._text.feed(narrow.encode()), last=False)

    def close(self) -> bytes:
        """The end of it; the rest of what comes out."""
        return self.feed(b"", last=True) + self._out(self._text.close(), last=True)

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
