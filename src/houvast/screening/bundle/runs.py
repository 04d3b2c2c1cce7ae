"""Base64 in a text, and what it holds."""

from __future__ import annotations

import base64
import binascii
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from houvast.screening.bundle.forms import LARGE, ZLIB, inflates, is_passed_over, width_of
from houvast.screening.engine import Rule, compiled
from houvast.screening.keyed import whole
from houvast.screening.kinds import Kind

SHORTEST = 12
"""Characters of Base64 fewer of which are not looked at."""
BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_MASK = bytes(120 if one in BASE64 else 95 if one in b"-_" else 32 for one in range(256))
_RUN = re.compile(b"x" * SHORTEST + b"x*+")
_LONG_RUN = re.compile(b"x" * 24 + b"x*+")
_MASK_OF_BOTH = bytes(120 if one in BASE64 + b"-_" else 32 for one in range(256))
_STANDARD, _OF_URLS = re.compile(rb"[A-Za-z0-9+/]*+"), re.compile(rb"[A-Za-z0-9_-]*+")
_INNER, _INNER_OF_URLS = frozenset(BASE64[:63]), frozenset(BASE64[:62] + b"-_")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_KNOWN_HEAD = 1
_LOCK = threading.Lock()
_FIRST = 80
_BEYOND = bytes(range(128, 256))
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\b\x1b")) + b"\x7f"


@dataclass(frozen=True, slots=True)
class Run:
    """Base64 in a text, on one line or on many, and what it holds."""

    begin: int
    end: int
    payload: bytes
    raw: bytes

    @property
    def parting(self) -> tuple[int, bytes]:
        """How many characters a line has, and what parts it from the next; all, and nothing, when there is one."""
        found = _PARTING.search(self.raw)
        return (found.start(), found[0]) if found else (len(self.raw) or 1, b"")

    def place(self, begin: int, end: int) -> tuple[int, int]:
        """Where in the text something stands that stands there in the payload: the characters that carry it."""
        line, parting = self.parting
        first, last = (at // line * (line + len(parting)) + at % line for at in (begin // 3 * 4, (end + 2) // 3 * 4))
        return self.begin + first, min(self.end, self.begin + max(last, first + 1))

    def encode(self, payload: bytes) -> bytes:
        """Another payload in as many lines and the same alphabet."""
        plain = self.raw.translate(None, b" \t\r\n")
        made = base64.b64encode(payload)
        if b"-" in plain or b"_" in plain:
            made = made.translate(bytes.maketrans(b"+/", b"-_"))
        if not plain.endswith(b"=") and len(plain) % 4:
            made = made.rstrip(b"=")
        return self.in_lines(made)

    def in_lines(self, made: bytes) -> bytes:
        """Other letters in as many lines: as wide as before, or as wide as it takes; empty ones where there is little."""
        width, parting = self.parting
        count = self.raw.count(b"\n") + 1
        if not parting:
            return made
        if not (count - 1) * width < len(made) <= count * width:
            width = max(4, -(-len(made) // (4 * count)) * 4)
        lines = [made[at : at + width] for at in range(0, len(made), width)]
        return parting.join([*lines, *[b""] * (count - len(lines))])


@dataclass(frozen=True, slots=True)
class Loose:
    """Letters of Base64 in a text that hold bytes, in which something may stand plainly."""

    begin: int
    end: int
    raw: bytes

    def runs(self) -> list[Run]:
        """What they hold, from whichever of their first letters on it is read."""
        parts = [self.raw[start:] for start in range(4)]
        return [Run(self.begin + start, self.end, decoded(raw), raw) for start, raw in enumerate(parts)]

    def written(self, start: int, payload: bytes) -> bytes:
        """The same with another payload behind its first letters, in as many lines. It gets a byte more where one letter
        would be left over, which no Base64 has: what ends so is not seen to be of the line before."""
        letters = self.raw.translate(None, b" \t\r\n")
        run = Run(0, 0, b"", letters[start:])
        made = letters[:start] + run.encode(payload).rstrip(b"=")
        if len(made) % 4 == 1:
            made = letters[:start] + run.encode(payload + b"\0").rstrip(b"=")
        if len(letters) % 4 == 0:
            made += b"=" * (-len(made) % 4)
        return Run(0, 0, b"", self.raw).in_lines(made)


_PARTING = re.compile(rb"\r?\n[ \t]*(?=[^ \t\r\n])")
_NARROWEST, _USUAL = 24, (64, 76)
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
_WORDS = re.compile(
    rb"[a-z]{10}[a-z]*|[_/-][A-Z]?[a-z]{3,}(?=[_/-])|[A-Z][a-z]{5,}[A-Z][a-z]{5,}|[0-9a-f]-[0-9a-f]{4}-"
)
"""What is in names of files and of programs, and hardly in Base64."""
_FIGURE = re.compile(rb"[0-9+/]|AA|[a-z][A-Z]{2,4}[a-z]")
_KNOWN = (*_UNPACKED, *ZLIB, b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"\xd0\xcf\x11\xe0")


_KNOWN_PACKED = tuple(base64.b64encode(one)[: len(one) * 4 // 3] for one in _KNOWN)
_BY_LENGTH = sorted(set(_KNOWN_PACKED), key=len, reverse=True)
_LETTERS_64 = BASE64.decode()
_NINE_LETTERS = "(?:[A-Za-z0-9+/_-]{{4}}){{0,3}}(?:[{}][{}][{}][A-Za-z0-9+/_-]){{3}}".format(
    "".join(one for at, one in enumerate(_LETTERS_64) if at < 32),
    "".join(one for at, one in enumerate(_LETTERS_64) if not at & 8),
    "".join(one for at, one in enumerate(_LETTERS_64) if not at & 2),
)
_NINE, _ASCII = _NINE_LETTERS.encode(), re.compile(_NINE_LETTERS.encode())
"""Nine bytes without their first bits."""


def runs(data: bytes) -> Iterator[Run | Loose]:
    """The Base64 in a text that holds a text, or something that can be opened; and what may hold something else."""
    mask = data.translate(_MASK)
    done = 0
    taken: list[tuple[int, int]] = []
    for begin, of_url in _begins(data):
        if begin < done:
            continue
        end = (_OF_URLS if of_url else _STANDARD).match(data, begin).end()  # type: ignore[union-attr]
        raw = data[begin:end]
        if len(raw) < SHORTEST or (of_url and not (b"-" in raw or b"_" in raw)) or not _may_hold(raw[:_FIRST]):
            continue
        if not of_url:
            end = _lines(data, mask, begin, end)
            end += len(_PADDING.match(data, end)[0])  # type: ignore[index]
            if len(raw) % 4 and not _is_text(decoded(data[begin:end])[len(raw) :][:256]):
                end = begin + len(raw)  # each line is one of its own
        for one in _held(data, begin, end):
            yield one
            taken.append((begin, end))
            done = end
    yield from _loose(data, mask, taken)


def _begins(data: bytes) -> list[tuple[int, bool]]:
    """Where Base64 may begin that holds something, and whether it is that of URLs."""
    ends: list[tuple[int, int]] = []

    def fired(rule: int, _begin: int, end: int, _flags: int, _context: object) -> None:
        ends.append((rule, end))

    with _LOCK:
        _signs().scan(data, match_event_handler=fired)
    found: set[tuple[int, bool]] = set()
    for rule, end in ends:
        if rule == _KNOWN_HEAD:
            found.add((end - len(next(one for one in _BY_LENGTH if data.endswith(one, 0, end))), False))
            continue
        for begin in range(end - 12, max(-1, end - 25), -4):  # it stands in the first fifteen bytes
            if begin == 0 or data[begin - 1] not in _INNER:
                found.add((begin, False))
            if begin == 0 or data[begin - 1] not in _INNER_OF_URLS:
                found.add((begin, True))
    return sorted(found)


SIGNS = tuple(
    Rule(Kind.SECRET, 1, rb"(?:^|[^A-Za-z0-9+])(?:" + one + b")", whole)
    for one in (_NINE, b"|".join(re.escape(one) for one in _KNOWN_PACKED))
)
"""How Base64 begins that may hold something: a text, or what is packed."""


@lru_cache(maxsize=1)
def _signs() -> Any:  # noqa: ANN401 (Hyperscan has no types that can be named without it)
    return compiled(SIGNS)


def _loose(data: bytes, mask: bytes, taken: list[tuple[int, int]]) -> Iterator[Run | Loose]:
    """What looks like no words: it may hold bytes among which something stands. What is large is named."""
    done = at = 0
    for found in _LONG_RUN.finditer(data.translate(_MASK_OF_BOTH)):
        begin, end = found.span()
        if begin < done or (
            _is_words(data[begin:end]) if end - begin <= _FIRST else _is_name(data[begin : begin + _FIRST])
        ):
            continue
        parts = list(_parts(data, begin, end))
        if not parts or (
            data[begin] in b"nrt" and data[max(0, begin - 1)] == 92
        ):  # a line within JSON, which is unescaped
            continue
        while at < len(taken) and taken[at][0] <= begin:
            done = max(done, taken[at][1])
            at += 1
        if begin < done:
            continue
        done = last = _lines(data, mask, begin, end)
        if last - begin > LARGE:
            yield Run(begin, last, decoded(data[begin:last]), data[begin:last])
            continue
        for first, stop in parts:
            stop = last if stop == end else stop
            if at < len(taken) and first < taken[at][0] < stop:
                stop = taken[at][0]  # a text behind it, which is looked at by itself
            yield Loose(first, stop, data[first:stop])


@lru_cache(maxsize=8192)
def _is_words(run: bytes) -> bool:
    """Whether a short run holds nothing else; the same words stand in many lines."""
    return _is_name(run) or not any(_parts(run, 0, len(run)))


def _parts(data: bytes, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """What stands between the words at the beginning of a run, where it is long enough."""
    for words in _WORDS.finditer(data, begin, min(end, begin + _FIRST)):
        if words.start() - begin >= _LOOSE and _FIGURE.search(data, begin, words.start()):
            yield begin, words.start()
        begin = words.end()
    if end - begin >= _LOOSE and _FIGURE.search(data, begin, min(end, begin + _FIRST)):
        yield begin, end


def _lines(data: bytes, mask: bytes, begin: int, end: int) -> int:
    """Where Base64 ends that begins a line: lines as wide as the first go on with it, and one that is not so wide ends it.

    One word behind one line goes on with it only where the line is as wide as those of mail or of keys.
    """
    if end - begin < _NARROWEST:
        return end
    has_own_line = not data[data.rfind(b"\n", 0, begin) + 1 : begin].strip()
    width, lines = end - begin, 1
    whole = b"x" * width
    while turn := _PARTING.match(data, end):
        start, stop = turn.end(), turn.end() + width
        if mask[start:stop] == whole and data[stop : stop + 1] in _BEHIND:
            end, lines = stop, lines + 1
            continue
        last = _LAST.match(data, start)
        if (
            last
            and (lines > 1 or (has_own_line and width in _USUAL))
            and len(last[0]) <= width
            and _ends(last[0], width)
        ):
            end = last.end()
        break
    return end


def _ends(last: bytes, width: int) -> bool:
    """Whether a line may end Base64: it fills it up, or is not padded and looks like no word."""
    return (width + len(last)) % 4 == 0 or ((width + len(last)) % 4 > 1 and not _is_name(last) and not last.isalpha())


def _held(data: bytes, begin: int, end: int) -> Iterator[Run | Loose]:
    raw = data[begin:end]
    if len(raw) >= SHORTEST and _may_hold(raw[:_FIRST]):
        payload = decoded(raw)
        if _is_known(payload) or _is_text(payload[:256]):
            # a line of a certificate may begin with a name
            yield Loose(begin, end, raw) if is_passed_over(payload) else Run(begin, end, payload, raw)


def _is_known(payload: bytes) -> bool:
    return payload.startswith(_KNOWN) and (not payload.startswith(ZLIB) or inflates(payload))


def _is_name(run: bytes) -> bool:
    """Names, hashes and numbers are of one sort of letters, or of none; Base64 is not."""
    return run.islower() or run.isupper() or run.isdigit()


def _may_hold(first: bytes) -> bool:
    """By its first characters: nine letters of ASCII in a row among the first of a text, or how a known file begins."""
    if _is_name(first) or not (_ASCII.match(first) or first.startswith(_KNOWN_PACKED)):
        return False
    head = decoded(first)
    return head.startswith(_KNOWN) or _is_text(head)


def decoded(raw: bytes) -> bytes:
    plain = raw.translate(_TO_STANDARD, b" \t\r\n=")
    if len(plain) % 4 == 1:
        plain = plain[:-1]
    try:
        return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return b""


def _is_text(head: bytes) -> bool:
    """Whether a text begins so: of what is decoded by mistake, an eighth are controls, and half are beyond ASCII."""
    if len(head) != len(head.translate(None, _CONTROLS)):
        return b"\0" in head and width_of(head) != ""
    return head.isascii() or len(head.translate(None, _BEYOND)) * 10 >= len(head) * 8
