"""Finds personal data and secrets in a text that comes piece by piece, in bounded memory."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from houvast.screening.engine import Engine, Raw
from houvast.screening.finding import Finding
from houvast.screening.kinds import Kind
from houvast.screening.rules import engine, own

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
        self.kinds = chosen = DEFAULT if kinds is None else kinds
        self._engines = (engine(country, chosen), own(keywords if Kind.KEYWORD in chosen else ()))

    def stream(self) -> Stream:
        """A text of which the pieces come one by one."""
        return Stream(self._engines)

    def find(self, data: bytes) -> list[Finding]:
        """What stands in a text that is whole."""
        stream = self.stream()
        return [*stream.feed(data), *stream.close()]


class Stream:
    """One text. What is found comes in order and does not overlap, and is the same whatever the sizes of the pieces.

    For that the text is cut where its bytes say so, never where a piece ends: segments begin where the one before was
    cut, and that is before whatever does not end in it.
    """

    def __init__(self, engines: Sequence[Engine]) -> None:
        self._engines = engines
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
            whole, at = b"".join(self._pieces), 0
            while len(whole) - at >= self._begin + SEGMENT:
                at += self._segment(whole[at : at + self._begin + SEGMENT], found)
            self._pieces, self._length = [whole[at:]], len(whole) - at
        return found

    def close(self) -> list[Finding]:
        """What is found in the rest of it."""
        rest = b"".join(self._pieces)
        return [self._at(one) for one in _apart(self._found(rest), rest)]

    def _segment(self, segment: bytes, found: list[Finding]) -> int:
        """Look at a segment; returns how many of its bytes are done with."""
        here = self._found(segment)
        cut = _cut(segment, here, self._begin)
        found += [self._at(one) for one in _apart(here, segment) if one[0] < cut]
        done = max(0, cut - BEFORE)
        self._offset += done
        self._begin = cut - done
        return done

    def _found(self, segment: bytes) -> list[Raw]:
        begin = self._begin
        return sorted(one for engine in self._engines for one in engine.look(segment) if one[0] >= begin)

    def _at(self, one: Raw) -> Finding:
        begin, end, confidence, kind = one
        return Finding(self._offset + begin, end - begin, kind, confidence)


def _cut(segment: bytes, found: Sequence[Raw], begin: int) -> int:
    """Behind the last line that ends well before the segment does, or before what goes over that."""
    most = len(segment) - BEHIND
    cut = segment.rfind(b"\n", begin + SEGMENT // 2, most) + 1 or most
    for first, last, _, _ in reversed(found):
        if begin < first < cut < last:
            cut = first
    return cut


def _apart(found: list[Raw], data: bytes) -> list[Raw]:
    """Of what overlaps, what is surest, then what is longest; and what of the others goes beyond it. In order."""
    clear: list[Raw] = []
    heap: list[Raw] = []
    end = 0
    for one in found:
        if one[0] >= end and heap:
            clear += heap if len(heap) == 1 else _best(heap, data)
            heap = []
        heap.append(one)
        end = max(end, one[1])
    return clear + _best(heap, data)


def _best(found: list[Raw], data: bytes) -> list[Raw]:
    if len(found) == 1:
        return found
    kept: list[Raw] = []  # in order and apart, so that only its neighbours can overlap the next one
    others: list[Raw] = []
    for one in sorted(found, key=_ranking(found)):
        at = bisect_left(kept, one)
        if (at == 0 or kept[at - 1][1] <= one[0]) and (at == len(kept) or one[1] <= kept[at][0]):
            kept.insert(at, one)
        elif one[3] is not Kind.HOST_NAME or all(other[3] is not one[3] for other in kept[max(0, at - 1) : at + 1]):
            others.append(one)  # of a host, what another host in its name leaves is no name of its own
    return sorted((*kept, *_beyond(sorted(others), kept, data)))


def _beyond(others: Sequence[Raw], kept: Sequence[Raw], data: bytes) -> Iterator[Raw]:
    """What of others, in order, is not covered by those that are kept."""
    at = place = 0
    for begin, end, confidence, kind in others:
        place = max(place, begin)
        while place < end:
            while at < len(kept) and kept[at][1] <= place:
                at += 1
            stop = min(end, kept[at][0]) if at < len(kept) else end
            if stop <= place:
                place = kept[at][1]
                continue
            found = _SAYS.search(data, place, stop)
            if found:
                is_host = kind is Kind.EMAIL and b"@" not in found[0]  # behind the password in a URL
                yield *found.span(), confidence, Kind.HOST_NAME if is_host else kind
            place = stop


_SAYS = re.compile(rb"[0-9A-Za-z\x80-\xff](?:.*[0-9A-Za-z\x80-\xff])", re.S)


def _ranking(found: list[Raw]) -> Callable[[Raw], tuple[int, int, int]]:
    """A secret in which something else is found is one whole: of a password, a part tells the rest."""
    others = [one for one in found if one[3] is not Kind.SECRET]
    begins = [one[0] for one in others]
    ends = [one[1] for one in others]
    for at in range(len(ends) - 2, -1, -1):
        ends[at] = min(ends[at], ends[at + 1])  # the first end of all that begin there or behind it

    def rank(one: Raw) -> tuple[int, int, int]:
        begin, end, confidence, kind = one
        if kind is Kind.SECRET and others:
            at = bisect_left(begins, begin)
            holds = at < len(ends) and ends[at] <= end and (begins[at], ends[at]) != (begin, end)
            confidence += 100 * holds
        return -confidence, begin - end, begin

    return rank
