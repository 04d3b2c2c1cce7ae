"""Ways in which a text hides another: escapes of URLs, JSON, HTML and mail, and Base64. Each is looked for only where
a cheap test says that it is there; what it hides keeps the places at which it stands."""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from houvast.screening.bundle.forms import width_of

Encode = Callable[[bytes], bytes]
_TOKEN, _LINE = 4096, 16 << 10
"""Bytes on either side of an escape that are decoded with it."""
SHORTEST = 20
"""Characters of Base64 fewer of which are not looked at."""
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_MASK = bytes(120 if one in _BASE64 else 95 if one in b"-_" else 32 for one in range(256))
_RUN = re.compile(b"x" * SHORTEST + b"x*+")
_FIRST = 80
_BEYOND = bytes(range(128, 256))
_RUN_URL = bytes.maketrans(b"_", b"x")
_PADDED = 16
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\b\x1b")) + b"\x7f"


@dataclass(slots=True)
class Piece:
    """A part of a text, decoded. `encode`: how a stand-in is written there; `kept`: what of it stays when a stand-in
    takes its place."""

    begin: int
    encode: Encode
    kept: re.Pattern[bytes] | None = None
    text: bytes = b""
    _out: list[int] = field(default_factory=list[int])
    _raw: list[int] = field(default_factory=list[int])
    _escaped: list[bool] = field(default_factory=list[bool])
    end: int = 0

    def decode(
        self, data: bytes, end: int, escape: re.Pattern[bytes], one: Callable[[re.Match[bytes]], bytes]
    ) -> Piece:
        """Take what is written from `begin` to `end`, each escape by what it stands for."""
        out: list[bytes] = []
        size, at = 0, self.begin
        for found in escape.finditer(data, at, end):
            for begin, text, escaped in ((at, data[at : found.start()], False), (found.start(), one(found), True)):
                if text or escaped:
                    self._out.append(size)
                    self._raw.append(begin)
                    self._escaped.append(escaped)
                    out.append(text)
                    size += len(text)
            at = found.end()
        self._out += [size, size + end - at]
        self._raw += [at, end]
        self._escaped += [False, False]
        self.text, self.end = b"".join([*out, data[at:end]]), end
        return self

    def place(self, begin: int, end: int) -> tuple[int, int]:
        """Where in the text something stands that stands there in what was decoded."""
        first = bisect_right(self._out, begin) - 1
        last = bisect_right(self._out, max(begin, end - 1)) - 1
        start = self._raw[first] + (0 if self._escaped[first] else begin - self._out[first])
        if self._escaped[last]:
            return start, self._raw[last + 1]
        return start, self._raw[last] + end - self._out[last]


_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_PERCENT_SIGN = re.compile(rb"%[2-7c-fC-F][0-9A-Fa-f]")
_JSON = re.compile(
    rb'\\(?:u([dD][89abAB][0-9A-Fa-f]{2})\\u([dD][c-fC-F][0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(["\\/bfnrt]))'
)
_JSON_SIGN = re.compile(rb"\\(?:u00|x)[2-7][0-9A-Fa-f]|\\u00[c-fC-F]|\\u0[1-9]|\\\\u00[2-7]")
_LETTERS = {b'"': b'"', b"\\": b"\\", b"/": b"/", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_ENTITY = re.compile(rb"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});")
_ENTITY_SIGN = re.compile(
    rb"&(?:#[xX]?[0-9A-Fa-f]{2}|commat;|period;|lowbar;|colon;|[aeiouAEIOU](?:uml|acute|grave|circ);)"
)
_QUOTED = re.compile(rb"=(?:[ \t]{0,80}\r?\n|([0-9A-Fa-f]{2}))")
_QUOTED_SIGN = re.compile(rb"=(?:40|2E|2e|3D|3d|2C|2c|C3=|c3=|E2=|e2=|20\r?\n)|=\r?\n")
_WORD = re.compile(rb"=\?[A-Za-z0-9_*-]{2,40}\?([bBqQ])\?([^?\s]{1,400})\?=(?:\r?\n?[ \t]+(?==\?))?")
_TAG = re.compile(rb"<(/?)([a-zA-Z:]{1,20})[^<>]{0,4096}>")
_TEXTS = (b"<w:t", b"<a:t", b"<t>", b"<t ")
_ENDS = {b"w:p", b"a:p", b"si", b"row", b"c", b"is"}


def escaped(data: bytes) -> Iterator[Piece]:
    """The parts of a text that hold escapes, decoded."""
    if b"%" in data:
        yield from _each(data, _PERCENT_SIGN, _token, _PERCENT, _percent, _url)
    if b"\\" in data and (b"\\u" in data or b"\\x" in data):
        yield from _each(data, _JSON_SIGN, _line, _JSON, _json, _plain)
    if b"&" in data:
        yield from _each(data, _ENTITY_SIGN, _line, _ENTITY, _entity, _plain)
    if b"=" in data:
        yield from _each(data, _WORD, _line, _WORD, _mail_word, _plain)
        yield from _each(data, _QUOTED_SIGN, _paragraph, _QUOTED, _quoted, _plain, _is_padding)
    if b"<" in data and any(mark in data for mark in _TEXTS):
        yield Piece(0, _plain, _TAG).decode(data, len(data), _TAG, _tag)


def _each(
    data: bytes,
    sign: re.Pattern[bytes],
    around: Callable[[bytes, int], tuple[int, int]],
    escape: re.Pattern[bytes],
    one: Callable[[re.Match[bytes]], bytes],
    encode: Encode,
    is_other: Callable[[bytes, re.Match[bytes]], bool] | None = None,
) -> Iterator[Piece]:
    at = 0
    while found := sign.search(data, at):
        if is_other and is_other(data, found):
            at = found.end()
            continue
        begin, end = around(data, found.start())
        yield Piece(max(begin, at), encode).decode(data, max(end, found.end()), escape, one)
        at = max(end, found.end())


def _token(data: bytes, at: int) -> tuple[int, int]:
    first = max(0, at - _TOKEN)
    begin = data[first:at].translate(_SPACED).rfind(b" ")
    end = data[at : at + _TOKEN].translate(_SPACED).find(b" ")
    return first + begin + 1, at + end if end >= 0 else min(len(data), at + _TOKEN)


_SPACED = bytes(32 if one in b" \t\r\n\"'<>()[]{},;" else one for one in range(256))


def _line(data: bytes, at: int) -> tuple[int, int]:
    begin = data.rfind(b"\n", max(0, at - _LINE), at) + 1 or max(0, at - _LINE)
    end = data.find(b"\n", at, at + _LINE)
    return begin, end if end >= 0 else min(len(data), at + _LINE)


def _paragraph(data: bytes, at: int) -> tuple[int, int]:
    """A line with those that go on with it."""
    begin, end = _line(data, at)
    while begin > max(0, at - _LINE) and data[max(0, begin - 3) : begin].rstrip(b"\r\n").endswith(b"="):
        begin = _line(data, begin - 1)[0]
    while end < min(len(data), at + _LINE) and data[max(0, end - 2) : end].rstrip(b"\r").endswith(b"="):
        end = _line(data, end + 1)[1]
    return begin, end


def _is_padding(data: bytes, found: re.Match[bytes]) -> bool:
    """Whether what seems to break a line is the end of Base64."""
    if found[0][1:2] not in b"\r\n":
        return False
    padded = data[max(0, found.start() - _TOKEN) : found.start() + 1]
    letters = padded.rstrip(b"=")
    run = len(letters) - len(letters.rstrip(_BASE64))
    return run >= _PADDED and (len(padded) == _TOKEN + 1 or (run + len(padded) - len(letters)) % 4 == 0)


def _plain(stand_in: bytes) -> bytes:
    return stand_in


def _url(stand_in: bytes) -> bytes:
    return quote(stand_in, safe="-._~").encode()


def _percent(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def _json(found: re.Match[bytes]) -> bytes:
    high, low, unit, byte, letter = found.groups()
    if letter:
        return _LETTERS[letter]
    if byte:
        return bytes([int(byte, 16)])
    code = int(unit, 16) if unit else 0x10000 + ((int(high, 16) & 0x3FF) << 10) + (int(low, 16) & 0x3FF)
    return chr(code).encode("utf-8", "replace")


def _entity(found: re.Match[bytes]) -> bytes:
    return html.unescape(found[0].decode("ascii")).encode("utf-8", "replace")


def _quoted(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)]) if found[1] else b""


def _mail_word(found: re.Match[bytes]) -> bytes:
    """An encoded word (RFC 2047)."""
    if found[1] in b"bB":
        return _base64(found[2]) or found[0]
    return quopri.decodestring(found[2], header=True)


def _tag(found: re.Match[bytes]) -> bytes:
    return b"\n" if found[2] in _ENDS else b""


@dataclass(frozen=True, slots=True)
class Run:
    """Base64 in a text, on one line or on many, and what it holds."""

    begin: int
    end: int
    payload: bytes
    raw: bytes

    @property
    def _parting(self) -> tuple[int, bytes]:
        """How many characters a line has, and what parts it from the next; all, and nothing, when there is one."""
        found = _PARTING.search(self.raw)
        return (found.start(), found[0]) if found else (len(self.raw) or 1, b"")

    def place(self, begin: int, end: int) -> tuple[int, int]:
        """Where in the text something stands that stands there in the payload: the characters that carry it."""
        line, parting = self._parting
        first, last = (at // line * (line + len(parting)) + at % line for at in (begin // 3 * 4, (end + 2) // 3 * 4))
        return self.begin + first, min(self.end, self.begin + max(last, first + 1))

    def encode(self, payload: bytes) -> bytes:
        """Another payload in the same lines and the same alphabet."""
        plain = self.raw.translate(None, b" \t\r\n")
        made = base64.b64encode(payload)
        if b"-" in plain or b"_" in plain:
            made = made.translate(bytes.maketrans(b"+/", b"-_"))
        if not plain.endswith(b"=") and len(plain) % 4:
            made = made.rstrip(b"=")
        line, parting = self._parting
        if not parting:
            return made
        return parting.join(made[at : at + line] for at in range(0, len(made), line))


_PARTING = re.compile(rb"\r?\n[ \t]*(?=[^ \t\r\n])")
_NARROWEST, _USUAL = 40, (64, 76)
_PADDING = re.compile(rb"={0,2}")
_BEHIND = (b"\n", b"\r", b"=", b"")
_LAST = re.compile(rb"[A-Za-z0-9+/]+={0,2}(?=\r?\n|\Z)")
_UNPACKED = (
    b"\x1f\x8b\x08",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"PK\x03\x04",
    b"7z\xbc\xaf",
    b"SQLite format 3",
)
_LARGE = 16 << 10
"""Bytes of something unknown that are named rather than passed over."""
_KNOWN = (*_UNPACKED, b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"\xd0\xcf\x11\xe0")


_KNOWN_PACKED = tuple(base64.b64encode(one)[: len(one) * 4 // 3] for one in _KNOWN)
_LETTERS_64 = _BASE64.decode()
_ASCII = re.compile(
    "(?:.{{4}}){{0,3}}?(?:[{}][{}][{}].){{2}}".format(
        "".join(one for at, one in enumerate(_LETTERS_64) if at < 32),
        "".join(one for at, one in enumerate(_LETTERS_64) if not at & 8),
        "".join(one for at, one in enumerate(_LETTERS_64) if not at & 2),
    ).encode()
)  # three bytes without their first bits


def runs(data: bytes) -> Iterator[Run]:
    """The Base64 in a text that holds a text, or something that can be unpacked."""
    mask = data.translate(_MASK)
    done = 0
    for found in _RUN.finditer(mask):
        begin, end = found.span()
        if begin < done or _is_name(data[begin:end]):
            continue
        if end - begin >= _NARROWEST and not data[data.rfind(b"\n", 0, begin) + 1 : begin].strip():
            end = _lines(data, mask, begin, end)
        done = end + len(_PADDING.match(data, end)[0])  # type: ignore[index]
        yield from _held(data, begin, done)
    if b"_" in mask:
        for found in _RUN.finditer(mask.translate(_RUN_URL)):
            raw = data[found.start() : found.end()]
            if not _is_name(raw) and (b"-" in raw or b"_" in raw):
                yield from _held(data, *found.span())


def _lines(data: bytes, mask: bytes, begin: int, end: int) -> int:
    """Where Base64 ends that begins a line: lines as wide as the first go on with it, and one that is not so wide ends it.

    One word behind one line goes on with it only where the line is as wide as those of mail or of keys.
    """
    width, lines = end - begin, 1
    whole = b"x" * width
    while turn := _PARTING.match(data, end):
        start, stop = turn.end(), turn.end() + width
        if mask[start:stop] == whole and data[stop : stop + 1] in _BEHIND:
            end, lines = stop, lines + 1
            continue
        last = _LAST.match(data, start)
        if last and (lines > 1 or width in _USUAL) and len(last[0]) <= width and (width + len(last[0])) % 4 == 0:
            end = last.end()
        break
    return end


def _held(data: bytes, begin: int, end: int) -> Iterator[Run]:
    """What a run holds; where it holds nothing, what stands behind its last stroke, which also parts names."""
    slash = data.rfind(b"/", begin, end)
    for start in (begin, slash + 1) if slash >= 0 else (begin,):
        size = end - start
        if size < SHORTEST or not (size > _LARGE or _may_hold(data[start : start + _FIRST])):
            continue
        raw = data[start:end]
        payload = _base64(raw)
        if size > _LARGE or payload.startswith(_KNOWN) or _is_text(payload[:256]):
            yield Run(start, end, payload, raw)
            return


def _is_name(run: bytes) -> bool:
    """Names, hashes and numbers are of one sort of letters, or of none; Base64 is not."""
    return run.islower() or run.isupper() or run.isdigit()


def _may_hold(first: bytes) -> bool:
    """By its first characters: six letters of ASCII in a row among the first of a text, or how a known file begins."""
    if not _ASCII.match(first) and not first.startswith(_KNOWN_PACKED):
        return False
    head = _base64(first)
    return head.startswith(_KNOWN) or _is_text(head)


def _base64(raw: bytes) -> bytes:
    plain = raw.translate(bytes.maketrans(b"-_", b"+/"), b" \t\r\n=")
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    try:
        return base64.b64decode(plain + b"=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return b""


def _is_text(head: bytes) -> bool:
    """Whether a text begins so: of what is decoded by mistake, an eighth are controls, and half are beyond ASCII."""
    if len(head) != len(head.translate(None, _CONTROLS)):
        return b"\0" in head and width_of(head) != ""
    return head.isascii() or len(head.translate(None, _BEYOND)) * 10 >= len(head) * 8
