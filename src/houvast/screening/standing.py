"""Whether a value stands by itself in a text, or in bytes that come block by block: not as a part of a longer one.

Pure. Memory is bounded by a block and the longest value, however much comes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import product

BLOCK = 256 << 10
"""Bytes that are asked of a file at once."""
_ESCAPED = r"(?<=\\[bfnrt])|(?<=\\u00[0-7][0-9a-f])"
"""Behind a mark that JSON writes with letters, a value begins all the same."""
_EMAIL = (r"(?<!\w)(?<!\w[.+%'-])", r"(?!\w|[.-]\w)")
"""What belongs to a local part (RFC 5322, 3.4.1) before an address makes it another; so does a longer domain behind it.
The full stop of a sentence does not."""
_WORD = (r"(?<!\w)", r"(?!\w)")
_NAME = (r"(?<![\w.+%-])", r"(?![\w-]|\.\w)")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252")
_AROUND = 16
"""Bytes on either side of a value by which it is judged; even, so that two bytes of a letter stay together."""
_SPELLINGS = 64
Alone = Callable[[str], re.Pattern[str]]


def by_itself(value: str, text: str) -> str:
    """A regular expression, of PostgreSQL and of Python, of a value by itself: no part of a longer word, or of another
    e-mail address. `text`: the value as such an expression, in small letters."""
    begins, ends = _EMAIL if "@" in value else _WORD
    return f"(?:{begins}|{_ESCAPED}){text}{ends}"


def in_words(value: str) -> re.Pattern[str]:
    """Matches a value in small letters where it stands by itself: `jan@b.example` is not in `an.jan@b.example`, which
    is somebody else's, nor in `jan@b.example.org`; `jan-1` is in `x-jan-1`."""
    return re.compile(by_itself(value, re.escape(value.lower())))


def alone(value: str) -> re.Pattern[str]:
    """The same, and what hyphens and full stops join is one name: `jan-1` is not in `x-jan-1`."""
    if "@" in value:
        return in_words(value)
    begins, ends = _NAME
    return re.compile(f"(?:{begins}|{_ESCAPED}){re.escape(value.lower())}{ends}")


class Values:
    """Values to look for in bytes: in UTF-8, UTF-16 and Windows-1252, and as JSON writes them."""

    def __init__(self, values: Iterable[str], rule: Alone = alone) -> None:
        found: dict[bytes, tuple[str, re.Pattern[str]]] = {}
        for spelling in (one for value in values for one in _spellings(value)):
            for way in {spelling, json.dumps(spelling)[1:-1], json.dumps(spelling, ensure_ascii=False)[1:-1]}:
                for encoding in ENCODINGS:
                    with suppress(UnicodeEncodeError):
                        found.setdefault(way.encode(encoding).lower(), (encoding, rule(way)))
        self._needles = tuple((needle, *how) for needle, how in found.items())
        self.longest = max((len(needle) for needle, _, _ in self._needles), default=0)

    def stand_in(self, data: bytes, after: int, until: int) -> bool:
        """Whether one stands by itself there, its end behind `after` and not behind `until`."""
        small = data.lower()
        for needle, encoding, pattern in self._needles:
            at = small.find(needle, max(0, after - len(needle) + 1))
            while at >= 0 and at + len(needle) <= until:
                if _is_alone(data, at, at + len(needle), encoding, pattern):
                    return True
                at = small.find(needle, at + 1)
        return False


def _spellings(value: str) -> Iterator[str]:
    """With each letter beyond A to Z large and small; those from A to Z are compared as small letters anyway."""
    ways = [sorted({one, one.lower(), one.upper()}) if ord(one) > 127 else [one] for one in value]
    count = 1
    for way in ways:
        count *= len(way)
    if count > _SPELLINGS:
        yield from {value, value.lower(), value.upper(), value.title()}
    else:
        yield from ("".join(letters) for letters in product(*ways))


def _is_alone(data: bytes, begin: int, end: int, encoding: str, pattern: re.Pattern[str]) -> bool:
    before, rest = data[max(0, begin - _AROUND) : begin], data[begin : end + _AROUND]
    if encoding.startswith("utf-16"):
        before, rest = _whole(before, encoding, first=True), _whole(rest, encoding, first=False)
    before, rest = (part.decode(encoding, "replace").lower() for part in (before, rest))
    return pattern.match(before + rest, len(before)) is not None


def _whole(part: bytes, encoding: str, *, first: bool) -> bytes:
    """At the very beginning and end half a letter may be left, when what is read with the high byte behind was written
    with it in front, or the other way round: of a plain letter the other half is zero."""
    if len(part) % 2 == 0:
        return part
    if first:
        return b"\0" + part if encoding == "utf-16-be" else part[1:]
    return part + b"\0" if encoding == "utf-16-le" else part[:-1]


class Standing:
    """One run of bytes: whether one of the values stands in it, told as it comes."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._kept = b""
        self._judged = 0
        self.found = False

    def feed(self, block: bytes, *, last: bool = False) -> None:
        """The bytes that follow."""
        data = self._kept + block
        until = len(data) if last else len(data) - _AROUND
        if not self.found and until > self._judged:
            self.found = self._values.stand_in(data, self._judged, until)
        keep = min(len(data), self._values.longest + 2 * _AROUND)
        self._kept = data[len(data) - keep :]
        self._judged = max(0, until - (len(data) - keep))

    def anew(self) -> None:
        """What follows has nothing to do with what came."""
        self.feed(b"", last=True)
        self._kept, self._judged = b"", 0
