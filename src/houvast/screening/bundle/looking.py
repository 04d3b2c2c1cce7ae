"""Looks for what stands in a text that is whole, plainly and hidden."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate

from houvast.screening.bundle.forms import Form, form_of, packed_in
from houvast.screening.bundle.lanes import Encode, Piece, escaped
from houvast.screening.bundle.remembered import Remembered, digest
from houvast.screening.bundle.runs import Loose, Run, runs
from houvast.screening.bundle.spans import Span, merged, plain, rewritten
from houvast.screening.bundle.stand_ins import Pseudonyms, is_stand_in
from houvast.screening.finding import Finding
from houvast.screening.kinds import Kind
from houvast.screening.screener import Screener

_CODE = 200
"""Characters of Base64 in which what looks like something is chance."""
_WIDE = (
    (2, b"xz" * 6, re.compile(b"xzxzxzxzxzxz(?:xz)*+x?")),
    (4, b"xzzz" * 6, re.compile(b"(?:xzzz){6}(?:xzzz)*+x?")),
)
"""Letters of two bytes and of four, as they stand among others: how they begin, and all of them."""
_FREE, _TIMES, _LEAST = 64 << 10, 16, 64
"""Bytes that may be looked at in what a text hides: so many, and so many times as many as it has; and what each piece of
it counts for at least."""
_LIKELY = 85
"""Confidence of what counts in bytes that are no text."""
_ARMOUR_BEGINS = b"-----BEGIN "
_ARMOUR = re.compile(rb"-----BEGIN [A-Z0-9 ]{3,40}(-----\s[A-Za-z0-9+/=\s]{60,16000}+-----)END ")
_AGAIN = 12
"""So often Base64 is looked through again until nothing is left in it."""
_CERTIFICATES = 1024
"""So many are remembered, each with what it says."""
_BETWEEN = b"\n\0\0\n"
_WIDE_MASK = bytes(122 if one == 0 else 120 if one == 9 or 32 <= one < 127 or one >= 160 else 32 for one in range(256))
_ENDINGS = tuple(re.compile(rb"(?:\.[A-Za-z0-9]{1,6}){%d}(?=/|\Z)" % count) for count in (1, 2))
TOO_DEEP = "something is hidden in it more often than is looked through"
MIDST = "something packed stands in the midst of it"

Embedded = Callable[[bytes, int], tuple[bytes | None, tuple[Finding, ...]]]
"""(what Base64 holds, how deep) -> what takes its place, if anything; what was found in it"""


class Looking:
    """Looks for what stands in a text that is whole, whatever hides it. `embedded` looks into what Base64 holds."""

    def __init__(
        self, screener: Screener, pseudonyms: Pseudonyms | None, embedded: Embedded, deepest: int, *, wide: bool = True
    ) -> None:
        self.screener = screener
        self.pseudonyms = pseudonyms
        self.embedded = embedded
        self._deepest = deepest
        self._has_wide = wide
        self._left: int | None = None
        self._quiet = Remembered[int]()
        self._held = Remembered[tuple[tuple[Finding, ...], ...]]()
        self._certificates = Remembered[tuple[int, tuple[Span, ...]]](_CERTIFICATES)
        self._named: tuple[bytes, list[Span]] = b"", []
        self.why = ""

    def narrow(self) -> Looking:
        """One that looks for letters of one byte only, and writes nothing."""
        return Looking(self.screener, None, self.embedded, self._deepest, wide=False)

    def begin(self) -> tuple[str, int | None]:
        """Another file begins. Returns what `back` is to be told when it has ended. `why`: why not all of it was looked
        into."""
        kept = self.why, self._left
        self.why, self._left = "", None
        return kept

    def back(self, kept: tuple[str, int | None]) -> None:
        """To the file in which the other stood."""
        self.why, self._left = kept

    def stand_in(self, kind: Kind, value: bytes) -> bytes:
        """The stand-in of a value."""
        return self.pseudonyms.of(kind, value) if self.pseudonyms else b""

    def whole(self, text: bytes, depth: int = 0) -> list[Span]:
        """What is to be rewritten in a text, in order and apart."""
        return real(self._whole(text, depth))

    def _whole(self, text: bytes, depth: int) -> list[Span]:
        spans = [span for one in self.screener.find(text) for span in plain(text, one, 0)]
        return merged([*spans, *self.hidden(text, depth)])

    def _inner(self, text: bytes, depth: int) -> list[Span]:
        """The same of a text that another hides. One in which nothing was found stays without, and counts as much as
        when it was looked through: the same certificates stand in many files."""
        key = digest(text, depth)
        if (cost := self._quiet.get(key)) is not None:
            self._spend(cost)
            return []
        before = self._left or 0
        spans = self._whole(text, depth)
        if not spans and not self.why:
            self._quiet.add(key, before - (self._left or 0))
        return spans

    def rewrite(self, text: bytes, depth: int = 0) -> tuple[bytes, list[Span]]:
        """A text with stand-ins, and what they stand for."""
        spans = self.whole(text, depth)
        return rewritten(text, spans, 0, self.stand_in) if self.pseudonyms else text, spans

    def name(self, path: bytes) -> list[Span]:
        """What is to be rewritten in the path of a file: `jan@firm.nl.log` has an address and an ending."""
        if self._named[0] != path:
            self._named = path, self._name(path)
        return self._named[1]

    def _name(self, path: bytes) -> list[Span]:
        spans = self._whole(path, 0)
        for ending in _ENDINGS if b"@" in path else ():
            without = ending.sub(lambda found: found[0].replace(b".", b" "), path)
            spans += [span for one in self.screener.find(without) for span in plain(without, one, 0)]
        return real(merged(spans))

    def column(self, kind: Kind | None, text: bytes) -> tuple[bytes, list[Span]]:
        """A cell of a table with stand-ins, and what they stand for. `kind`: what its column is called after; then it
        is all of it."""
        spans = self.whole(text)
        if kind and kind in self.screener.kinds and text.strip() and not any(one.value == text for one in spans):
            spans = real([Span(0, len(text), kind, text, (Finding(0, len(text), kind, 80),))])
        return rewritten(text, spans, 0, self.stand_in) if self.pseudonyms else text, spans

    def hidden(self, text: bytes, depth: int) -> list[Span]:
        """What is hidden in a text by escapes, by Base64, or by letters of two bytes."""
        is_first = self._left is None
        if is_first:
            self._left = _FREE + _TIMES * len(text)
        try:
            return self._hidden(text, depth)
        finally:
            if is_first:
                self._left = None

    def _hidden(self, text: bytes, depth: int) -> list[Span]:
        spans: list[Span] = []
        if packed_in(text):
            self._cannot(MIDST)
        for piece in escaped(text):
            if self._may_go(depth, len(piece.text)):
                spans += [_mapped(span, piece) for span in self._inner(piece.text, depth + 1) if not span.is_quiet]
        spans += self._armoured(text, depth) if _ARMOUR_BEGINS in text else self._packed(text, depth)
        if b"\0" in text and self._has_wide:
            spans += self._wide(text, depth)
        return spans

    def _armoured(self, text: bytes, depth: int) -> list[Span]:
        """What Base64 holds in a text with certificates (RFC 7468): each of them is looked into once, for the same ones
        stand in many files."""
        spans: list[Span] = []
        rest, done = list[bytes](), 0
        for found in _ARMOUR.finditer(text):
            begin, end = found.span(1)
            spans += [_shifted(one, begin) for one in self._certificate(found[1], depth)]
            rest += [text[done:begin], b" " * (end - begin)]
            done = end
        return [*spans, *self._packed(b"".join([*rest, text[done:]]), depth)]

    def _certificate(self, text: bytes, depth: int) -> list[Span]:
        key = digest(text, depth)
        if (known := self._certificates.get(key)) is not None:
            self._spend(known[0])
            return list(known[1])
        before = self._left or 0
        spans = self._packed(text, depth)
        if not self.why:
            self._certificates.add(key, (before - (self._left or 0), tuple(spans)))
        return spans

    def _packed(self, text: bytes, depth: int) -> list[Span]:
        """What Base64 holds."""
        spans: list[Span] = []
        loose: list[Loose] = []
        for run in runs(text):
            if isinstance(run, Loose):
                loose.append(run)
            elif self._may_go(depth, len(run.payload)):
                spans += self._run(run, depth)
        return spans + self._loose(loose) if loose else spans

    def _spend(self, cost: int) -> None:
        self._left = (self._left or 0) - cost
        if self._left < 0:
            self._cannot(TOO_DEEP)

    def _may_go(self, depth: int, size: int) -> bool:
        self._left = (self._left or 0) - max(size, _LEAST)
        if depth < self._deepest and self._left >= 0:
            return True
        self._cannot(TOO_DEEP)
        return False

    def _cannot(self, why: str) -> None:
        self.why = self.why or why

    def _run(self, run: Run, depth: int) -> list[Span]:
        if form_of(run.payload[:4096]) is not Form.TEXT:
            new, found = self.embedded(run.payload, depth + 1)
            if not found and new is None:
                return [_code(run)] if len(run.raw) > _CODE else []
            places = tuple(Finding(run.begin, run.end - run.begin, one.kind, one.confidence) for one in found)
        else:
            spans = real(self._inner(run.payload, depth + 1))
            new = rewritten(run.payload, spans, 0, self.stand_in) if self.pseudonyms else run.payload
            if not spans:
                return [_code(run)] if len(run.raw) > _CODE else []
            places = tuple(moved(one, *run.place(one.offset, one.end)) for span in spans for one in span.found)
        return [_code(run, places, run.encode(new) if new is not None else run.raw)]

    def _loose(self, loose: list[Loose]) -> list[Span]:
        """What stands plainly in Base64 of what is no text."""
        spans: list[Span] = []
        for part, found in zip(loose, self._plainly(loose), strict=True):
            for start, (run, inside) in enumerate(_each(part, found)):
                if inside:
                    places = tuple(moved(it, *run.place(it.offset, it.end)) for span in inside for it in span.found)
                    new = self._without(part, found)
                    begins = start if new[:start] == part.raw[:start] else 0
                    whole = Run(part.begin + begins, part.end, b"", part.raw[begins:])
                    spans.append(_code(whole, places, new[begins:]))
                    break
        return spans

    def _without(self, part: Loose, found: tuple[tuple[Finding, ...], ...]) -> bytes:
        """It with stand-ins. What takes the place of something moves the letters behind it, which may then look like
        something else by chance: it is looked through again until nothing is left, or goes as a whole."""
        for _ in range(_AGAIN if self.pseudonyms else 0):
            for start, (run, inside) in enumerate(_each(part, found)):
                if inside:
                    raw = part.written(start, rewritten(run.payload, inside, 0, self.stand_in))
                    part = Loose(0, len(raw), raw)
                    break
            else:
                return part.raw
            found = self._together([part.runs()])[0]
        if not self.pseudonyms:
            return part.raw
        return self.stand_in(Kind.SECRET, part.raw) + b"\n" * part.raw.count(b"\n")

    def _plainly(self, loose: list[Loose]) -> list[tuple[tuple[Finding, ...], ...]]:
        """Of each, what is found in it, for each way to read it. All are looked through together, and each once: the
        same certificates stand in many files."""
        keys = [digest(part.raw) for part in loose]
        known = {key: self._held.get(key) for key in keys}
        fresh = {key: part.runs() for key, part in zip(keys, loose, strict=True) if known[key] is None}
        for key, found in zip(fresh, self._together(list(fresh.values())), strict=True):
            known[key] = found
            if not any(packed_in(run.payload) for run in fresh[key]):
                self._held.add(key, found)
            else:
                self._cannot(MIDST)
        return [known[key] or () for key in keys]

    def _together(self, parts: list[list[Run]]) -> list[tuple[tuple[Finding, ...], ...]]:
        payloads = [run.payload for part in parts for run in part]
        starts = list(accumulate((len(one) + len(_BETWEEN) for one in payloads), initial=0))
        found: list[list[Finding]] = [[] for _ in payloads]
        for one in self.screener.find(_BETWEEN.join(payloads)):
            at = bisect_right(starts, one.offset) - 1
            if one.confidence >= _LIKELY and one.end - starts[at] <= len(payloads[at]):
                found[at].append(moved(one, one.offset - starts[at], one.end - starts[at]))
        each = iter(tuple(one) for one in found)
        return [tuple(next(each) for _ in part) for part in parts]

    def _wide(self, text: bytes, depth: int) -> list[Span]:
        spans: list[Span] = []
        mask = text.translate(_WIDE_MASK)
        for width, sign, letters in _WIDE:
            if (first := mask.find(sign)) < 0:
                continue
            for match in letters.finditer(mask, first):
                narrow = text[match.start() : match.end() : width]
                for span in self._inner(narrow, depth + 1) if self._may_go(depth, len(narrow)) else ():
                    if span.is_quiet:
                        continue
                    begin = match.start() + width * span.begin
                    end = min(len(text), match.start() + width * span.end)
                    found = tuple(moved(one, begin, end) for one in span.found)
                    spans.append(Span(begin, end, span.kind, span.value, found, encode=_of_bytes(width)))
        return spans


def _each(part: Loose, found: tuple[tuple[Finding, ...], ...]) -> Iterator[tuple[Run, list[Span]]]:
    """Each way to read it, and what is found there that is no stand-in."""
    for run, one in zip(part.runs(), found, strict=True) if any(found) else ():
        yield run, real(merged([span for each in one for span in plain(run.payload, each, 0)]))


def _code(run: Run, found: tuple[Finding, ...] = (), new: bytes | None = None) -> Span:
    kind = found[0].kind if found else Kind.SECRET
    raw = run.raw if new is None else new
    is_code, is_quiet = len(run.raw) > _CODE, new is None
    return Span(run.begin, run.end, kind, b"", found, new=raw, is_code=is_code, is_quiet=is_quiet)


def real(spans: list[Span]) -> list[Span]:
    """Without those where nothing was found, or a stand-in stands already."""
    return [one for one in spans if not one.is_quiet and (one.new is not None or not is_stand_in(one.kind, one.value))]


def _shifted(span: Span, by: int) -> Span:
    found = tuple(moved(one, one.offset + by, one.end + by) for one in span.found)
    return replace(span, begin=span.begin + by, end=span.end + by, found=found)


def _of_bytes(width: int) -> Encode:
    return lambda stand_in: stand_in.decode("ascii").encode("utf-16-le" if width == 2 else "utf-32-le")


def moved(found: Finding, begin: int, end: int) -> Finding:
    """The same, at another place."""
    return Finding(begin, end - begin, found.kind, found.confidence)


def _mapped(span: Span, piece: Piece) -> Span:
    begin, end = piece.place(span.begin, span.end)
    inner, outer = span.encode, piece.encode
    new = None if span.new is None else outer(span.new)
    found = tuple(moved(one, *piece.place(one.offset, one.end)) for one in span.found)
    return Span(begin, end, span.kind, span.value, found, _both(inner, outer), piece.kept, new)


def _both(inner: Encode | None, outer: Encode) -> Encode:
    def encode(stand_in: bytes) -> bytes:
        return outer(inner(stand_in) if inner else stand_in)

    return encode
