"""Base64 in a text, and what it holds."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from houvast.screening.bundle.forms import ZLIB, inflates, width_of

SHORTEST = 12
"""Characters of Base64 fewer of which are not looked at."""
BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_MASK = bytes(120 if one in BASE64 else 95 if one in b"-_" else 32 for one in range(256))
_RUN = re.compile(b"x" * SHORTEST + b"x*+")
_FIRST = 80
_BEYOND = bytes(range(128, 256))
_RUN_URL = bytes.maketrans(b"_", b"x")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\b\x1b")) + b"\x7f"


@dataclass(frozen=True, slots=True)
class Run:
    """Base64 in a text, on one line or on many, and what it holds. `is_text`: whether that is a text, or something that
    can be opened; else it is bytes in which something may stand plainly."""

    begin: int
    end: int
    payload: bytes
    raw: bytes
    is_text: bool = True

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
_LOOSE = 24
_WORDS = re.compile(rb"[a-z]{8}|/[a-z]{2,}[/-]|[A-Z][a-z]{3,}[A-Z][a-z]{3,}")
"""What is in names of files and of programs, and hardly in Base64."""
_LARGE = 16 << 10
"""Bytes of something unknown that are named rather than passed over."""
_KNOWN = (*_UNPACKED, *ZLIB, b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"\xd0\xcf\x11\xe0")


_KNOWN_PACKED = tuple(base64.b64encode(one)[: len(one) * 4 // 3] for one in _KNOWN)
_LETTERS_64 = BASE64.decode()
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
        first = end
        if end - begin >= _NARROWEST and not data[data.rfind(b"\n", 0, begin) + 1 : begin].strip():
            end = _lines(data, mask, begin, end)
        done = end + len(_PADDING.match(data, end)[0])  # type: ignore[index]
        yield from _held(data, begin, done)
        if first < end and (first - begin) % 4:  # or each line is one of its own
            for one in _RUN.finditer(mask, begin, end):
                yield from _held(data, *one.span())
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
        if last and (lines > 1 or width in _USUAL) and len(last[0]) <= width and _ends(last[0], width):
            end = last.end()
        break
    return end


def _ends(last: bytes, width: int) -> bool:
    """Whether a line may end Base64: it fills it up, or is not padded and looks like no word."""
    return (width + len(last)) % 4 == 0 or ((width + len(last)) % 4 > 1 and not _is_name(last) and not last.isalpha())


def _held(data: bytes, begin: int, end: int) -> Iterator[Run]:
    """What a run holds; where it holds nothing, what stands behind its last stroke, which also parts names."""
    slash = data.rfind(b"/", begin, end)
    for start in (begin, slash + 1) if slash >= 0 else (begin,):
        size = end - start
        if size < SHORTEST or not (size > _LARGE or _may_hold(data[start : start + _FIRST])):
            continue
        raw = data[start:end]
        payload = decoded(raw)
        if size > _LARGE or _is_known(payload) or _is_text(payload[:256]):
            yield Run(start, end, payload, raw)
            return
    if end - begin >= _LOOSE and not _WORDS.search(data, begin, min(end, begin + _FIRST)):
        raw = data[begin:end]
        yield Run(begin, end, decoded(raw), raw, is_text=False)


def _is_known(payload: bytes) -> bool:
    return payload.startswith(_KNOWN) and (not payload.startswith(ZLIB) or inflates(payload))


def _is_name(run: bytes) -> bool:
    """Names, hashes and numbers are of one sort of letters, or of none; Base64 is not."""
    return run.islower() or run.isupper() or run.isdigit()


def _may_hold(first: bytes) -> bool:
    """By its first characters: six letters of ASCII in a row among the first of a text, or how a known file begins."""
    if not _ASCII.match(first) and not first.startswith(_KNOWN_PACKED):
        return False
    head = decoded(first)
    return head.startswith(_KNOWN) or _is_text(head)


def decoded(raw: bytes) -> bytes:
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
