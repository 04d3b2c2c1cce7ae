"""Finds personal data and secrets in a text that comes piece by piece, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from houvast.screening.finding import Finding
from houvast.screening.kinds import Kind
from houvast.screening.patterns import Look, look_for

SEGMENT = 1 << 20
"""Bytes that are looked at together."""
BEFORE, BEHIND = 512, 1024
"""Bytes around something that may decide what it is."""

DEFAULT = frozenset(Kind) - {Kind.SPECIAL}
"""What is looked for unless somebody says otherwise: what a diary or a ticket says of health is no matter of a log."""


class Screener:
    """Looks for kinds of personal data in one text after the other. Made once a process: that takes a while.

    `keywords`: words of the customer's own, found as they are, in small letters or large; `country`: where a phone
    number without a country code belongs (ISO 3166-1 alpha-2); `kinds`: only these. Raises UsageError when the extra
    `diagnostics` is not installed.
    """

    def __init__(self, keywords: Sequence[str] = (), country: str = "NL", kinds: frozenset[Kind] | None = None) -> None:
        self.kinds = DEFAULT if kinds is None else kinds
        self._look = look_for(keywords, country, self.kinds)

    def stream(self) -> Stream:
        """A text of which the pieces come one by one."""
        return Stream(self._look)

    def find(self, data: bytes) -> list[Finding]:
        """What stands in a text that is whole."""
        stream = self.stream()
        return [*stream.feed(data), *stream.close()]


class Stream:
    """One text. What is found comes in order and does not overlap, and is the same whatever the sizes of the pieces.

    For that the text is cut where its bytes say so, never where a piece ends: segments begin where the one before was
    cut, and that is before whatever does not end in it.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._pieces: list[bytes] = []
        self._length = 0
        self._begin = 0
        self._offset = 0

    def feed(self, data: bytes) -> list[Finding]:
        """The bytes that follow. Returns what is known by now."""
        self._pieces.append(data)
        self._length += len(data)
        found: list[Finding] = []
        if self._length >= self._begin + SEGMENT:
            whole = b"".join(self._pieces)
            while len(whole) >= self._begin + SEGMENT:
                whole = self._segment(whole, found)
            self._pieces, self._length = [whole], len(whole)
        return found

    def close(self) -> list[Finding]:
        """What is found in the rest of it."""
        rest = b"".join(self._pieces)
        return [self._at(one) for one in self._found(rest)]

    def _segment(self, whole: bytes, found: list[Finding]) -> bytes:
        segment = whole[: self._begin + SEGMENT]
        here = self._found(segment)
        cut = _cut(segment, here, self._begin)
        found += [self._at(one) for one in here if one.offset < cut]
        kept = max(0, cut - BEFORE)
        self._offset += kept
        self._begin = cut - kept
        return whole[kept:]

    def _found(self, segment: bytes) -> list[Finding]:
        return _apart([one for one in self._look(segment) if one.offset >= self._begin])

    def _at(self, one: Finding) -> Finding:
        return Finding(self._offset + one.offset, one.length, one.kind, one.confidence)


def _cut(segment: bytes, found: Sequence[Finding], begin: int) -> int:
    """Behind the last line that ends well before the segment does, or before what goes over that."""
    most = len(segment) - BEHIND
    least = begin + SEGMENT // 2
    line = segment.rfind(b"\n", least, most) + 1
    cut = line or most
    for one in reversed(found):
        if one.offset < cut < one.end and one.offset > begin:
            cut = one.offset
    return cut


def _apart(found: list[Finding]) -> list[Finding]:
    """Of what overlaps, what is surest, then what is longest."""
    found.sort()
    if all(one.end <= other.offset for one, other in pairwise(found)):
        return found
    kept: list[Finding] = []
    for one in sorted(found, key=_rank):
        if all(one.end <= other.offset or other.end <= one.offset for other in kept):
            kept.append(one)
    return sorted(kept)


def _rank(one: Finding) -> tuple[int, int, int]:
    return -one.confidence, -one.length, one.offset
