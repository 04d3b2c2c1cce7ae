"""Ways in which a text hides another: escapes of URLs, JSON, HTML, mail and terminals. Each is looked for only where a
cheap test says that it is there; what it hides keeps the places at which it stands."""

from __future__ import annotations

import html
import quopri
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from houvast.screening.bundle.runs import BASE64, decoded

Encode = Callable[[bytes], bytes]
_TOKEN, _LINE, _OVER = 4096, 16 << 10, 2048
"""Bytes on either side of an escape that are decoded with it, and of those before, once more: a value and its key."""
_GAP, _TOGETHER = 2048, 64 << 10
"""Bytes between two lines with escapes that are looked at together: a line by itself costs more than so much more text."""
_PADDED = 16


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
        known: dict[bytes, bytes] = {}  # an escape says the same wherever it stands
        size, at = 0, self.begin
        for found in escape.finditer(data, at, end):
            begin, stop = found.span()
            if begin > at:
                self._put(size, at, escaped=False)
                out.append(data[at:begin])
                size += begin - at
            text = known.get(found[0])
            if text is None:
                text = known[found[0]] = one(found)
            self._put(size, begin, escaped=True)
            out.append(text)
            size += len(text)
            at = stop
        self._out += [size, size + end - at]
        self._raw += [at, end]
        self._escaped += [False, False]
        self.text, self.end = b"".join([*out, data[at:end]]), end
        return self

    def _put(self, size: int, at: int, *, escaped: bool) -> None:
        self._out.append(size)
        self._raw.append(at)
        self._escaped.append(escaped)

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
    rb"\\(?:u([dD][89abAB][0-9A-Fa-f]{2})\\u([dD][c-fC-F][0-9A-Fa-f]{2})|(?:u\{0{0,5}([0-9A-Fa-f]{1,5})\}|u([0-9A-Fa-f]{4})"
    rb'|U000([0-9A-Fa-f]{5}))|(?:x([0-9A-Fa-f]{2})|([0-3][0-7]{2}))|(["\\/bfnrt]))'
)
r"""Of JSON, and of what languages write: `\x40`, `\100`, `\u{40}`, `\U00000040`."""
_JSON_SIGN = re.compile(
    rb"\\(?:u00|x)[2-7][0-9A-Fa-f]|\\(?:u00|x)1[bB]|\\u00[c-fC-FaA]|\\u0[1-9]|\\u[1-9a-fA-F]|\\\\u00[2-7]|\\u\{|\\U000"
    rb"|\\(?:0[4-7][0-7]|1[0-7][0-7]|3[0-3][0-7]|033)|\\[nrtbf](?=[0-9A-Za-z+(])"
)
r"""Where one hides a letter of a value, or stands before it as one: `\nj` of a line that begins with a j."""
_LETTERS = {b'"': b'"', b"\\": b"\\", b"/": b"/", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_ENTITY = re.compile(rb"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});")
_ENTITY_SIGN = re.compile(
    rb"&(?:#[xX]?[0-9A-Fa-f]{2}|commat;|period;|lowbar;|colon;|[aeiouAEIOU](?:uml|acute|grave|circ);)"
)
_QUOTED = re.compile(rb"=(?:[ \t]{0,80}\r?\n|([0-9A-Fa-f]{2}))")
_QUOTED_SIGN = re.compile(rb"=(?:40|2E|2e|3D|3d|2C|2c|C3=|c3=|E2=|e2=|20\r?\n)|=\r?\n")
_WORD = re.compile(rb"=\?[A-Za-z0-9_*-]{2,40}\?([bBqQ])\?([^?\s]{1,400})\?=(?:\r?\n?[ \t]+(?==\?))?")
_TAG = re.compile(rb"<(/?)([a-zA-Z0-9:-]{1,32})[^<>]{0,4096}>")
_TEXTS = re.compile(rb"<(?:w:t|w:delText|a:t|t[ >]|text:|span|b>|wbr)")
_ENDS = {
    b"w:p",
    b"a:p",
    b"si",
    b"row",
    b"c",
    b"is",
    b"text:p",
    b"text:h",
    b"p",
    b"div",
    b"td",
    b"th",
    b"tr",
    b"li",
    b"br",
}
_COLOUR = rb"(?:\x1b|\^\[)(?:\[[0-?]{0,40}[ -/]{0,4}[@-~]|[()*+][0-9A-Za-z]|[=>78cDEHM])"
_TERMINAL, _COLOURS = re.compile(_COLOUR + rb"|[^\n]\x08"), re.compile(_COLOUR)
"""What a terminal acts upon (ECMA-48), and letters that are struck over (`_` and a step back before each letter)."""
_TYPED = re.compile(
    rb"\xc2[\xa0\xad]|\xe2\x80[\x80-\x95\xaa-\xaf]|\xe2\x81[\x9f-\xa4]|\xe3\x80\x80|\xef\xbb\xbf|\xef\xbc[\x81-\xbf]"
    rb"|\xef\xbd[\x80-\x9e]|\xa0(?<![\x80-\xff]\xa0)(?![\x80-\xff])"
)
"""Spaces and hyphens of a printer, letters without width, letters as wide as those of East Asia. Each way begins with a
letter of its own, by which it is looked for fast."""
_TYPED_SIGNS = (b"\xa0", b"\xc2\xad", b"\xe2\x80", b"\xe2\x81", b"\xe3\x80\x80", b"\xef\xbb", b"\xef\xbc", b"\xef\xbd")


def escaped(data: bytes) -> Iterator[Piece]:
    """The parts of a text that hold escapes, decoded."""
    if b"%" in data:
        yield from _each(data, _PERCENT_SIGN, _token, _PERCENT, _percent, _url)
    if b"\\" in data:
        yield from _each(data, _JSON_SIGN, _line, _JSON, _json, _in_json, gap=_GAP)
    if b"&" in data:
        yield from _each(data, _ENTITY_SIGN, _line, _ENTITY, _entity, _in_html, gap=_GAP)
    if b"=" in data:
        yield from _each(data, _WORD, _line, _WORD, _mail_word, _plain)
        yield from _each(data, _QUOTED_SIGN, _paragraph, _QUOTED, _quoted, _in_mail, _is_padding)
    if b"\x1b" in data or b"\x08" in data or b"^[[" in data:
        for stands_for in (b" ", b""):  # it parts words, and it colours a part of one
            yield from _each(data, _TERMINAL, _line, _TERMINAL, _always(stands_for), _plain, kept=_COLOURS)
    if not data.isascii() and any(sign in data for sign in _TYPED_SIGNS):
        yield from _each(data, _TYPED, _line, _TYPED, _typed, _plain)
    if b"<" in data and _TEXTS.search(data):
        yield Piece(0, _plain, _TAG).decode(data, len(data), _TAG, _tag)


def _each(
    data: bytes,
    sign: re.Pattern[bytes],
    around: Callable[[bytes, int], tuple[int, int]],
    escape: re.Pattern[bytes],
    one: Callable[[re.Match[bytes]], bytes],
    encode: Encode,
    is_other: Callable[[bytes, re.Match[bytes]], bool] | None = None,
    kept: re.Pattern[bytes] | None = None,
    gap: int = 0,
) -> Iterator[Piece]:
    at = 0
    while found := sign.search(data, at):
        if is_other and is_other(data, found):
            at = found.end()
            continue
        begin, end = around(data, found.start())
        end = max(end, found.end())
        while gap and end - begin < _TOGETHER and (more := sign.search(data, end, end + gap)):
            end = max(around(data, more.start())[1], more.end())
        yield Piece(max(begin, at - _OVER), encode, kept).decode(data, end, escape, one)
        at = end


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
    run = len(letters) - len(letters.rstrip(BASE64))
    return run >= _PADDED and (len(padded) == _TOKEN + 1 or (run + len(padded) - len(letters)) % 4 == 0)


def _plain(stand_in: bytes) -> bytes:
    return stand_in


_MARKS_OF_JSON = re.compile(rb'[\x00-\x1f"\\]')


def _in_json(stand_in: bytes) -> bytes:
    return _MARKS_OF_JSON.sub(_mark_of_json, stand_in)


def _mark_of_json(found: re.Match[bytes]) -> bytes:
    return _SHORT.get(found[0]) or b"\\u%04x" % found[0][0]


_SHORT = {b"\n": b"\\n", b"\r": b"\\r", b"\t": b"\\t", b'"': b'\\"', b"\\": b"\\\\"}


def _in_html(stand_in: bytes) -> bytes:
    return html.escape(stand_in.decode("latin-1")).encode("latin-1").replace(b"\n", b"&#10;").replace(b"\r", b"&#13;")


def _in_mail(stand_in: bytes) -> bytes:
    return stand_in.replace(b"=", b"=3D")


def _always(text: bytes) -> Callable[[re.Match[bytes]], bytes]:
    return lambda _: text


def _typed(found: re.Match[bytes]) -> bytes:
    """As it is typed on a keyboard (compatibility in Unicode, and hyphens)."""
    try:
        text = found[0].decode()
    except UnicodeDecodeError:
        return b" "  # of Latin-1
    if unicodedata.category(text) == "Cf":
        return b""
    return b"-" if unicodedata.category(text) == "Pd" else unicodedata.normalize("NFKC", text).encode()


def _url(stand_in: bytes) -> bytes:
    return quote(stand_in, safe="-._~").encode()


def _percent(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def _json(found: re.Match[bytes]) -> bytes:
    high, low, *units, byte, octal, letter = found.groups()
    if letter:
        return _LETTERS[letter]
    if byte or octal:
        return bytes([int(byte, 16) if byte else int(octal, 8)])
    unit = next(filter(None, units), b"")
    code = int(unit, 16) if unit else 0x10000 + ((int(high, 16) & 0x3FF) << 10) + (int(low, 16) & 0x3FF)
    return chr(code).encode("utf-8", "replace")


def _entity(found: re.Match[bytes]) -> bytes:
    return html.unescape(found[0].decode("ascii")).encode("utf-8", "replace")


def _quoted(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)]) if found[1] else b""


def _mail_word(found: re.Match[bytes]) -> bytes:
    """An encoded word (RFC 2047)."""
    if found[1] in b"bB":
        return decoded(found[2]) or found[0]
    return quopri.decodestring(found[2], header=True)


def _tag(found: re.Match[bytes]) -> bytes:
    return b"\n" if found[2] in _ENDS else b""
