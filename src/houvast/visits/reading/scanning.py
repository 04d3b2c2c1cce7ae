"""Many lines at once: a block of whole lines becomes columns, by arithmetic on the places of quotes and line ends.

A line of nginx or Apache that has as many double quotes as its format and no backslash is cut at them. Every other
line is read by `formats.parse`, alone. Both say the same of a line; a cut never passes a line end, for quotes are
counted within each line.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from houvast.visits.reading.formats import Format, Sort, parse
from houvast.visits.reading.line import LONGEST, Line, Unread
from houvast.visits.reading.times import NO_TIME, seconds

Numbers: TypeAlias = npt.NDArray[np.int64]
Bytes: TypeAlias = npt.NDArray[np.uint8]
PIECE: Final = 2 << 20
"""Bytes that are looked at together: what is computed of them stays in the processor's cache."""
_NEWLINE, _QUOTE, _BACKSLASH, _SPACE, _OPEN, _CLOSE, _DASH = b'\n"\\ []-'
_TIME: Final = 26
_SMALL: Final = 64
"""A piece of fewer bytes is read line by line: what is looked at around a quote might lie outside of it."""
FIELDS: Final = ("front", "host", "request", "referrer", "agent", "language", "gpc", "forwarded")
"""The columns of text, as `Line` has them."""


def _empty() -> dict[str, list[pa.Array]]:
    return {name: [] for name in FIELDS}


@dataclass
class Columns:
    """What lines say, a column a field, each in pieces. `unread`: why others say nothing, and how many."""

    text: dict[str, list[pa.Array]] = field(default_factory=_empty)
    at: list[Numbers] = field(default_factory=list["Numbers"])
    status: list[Numbers] = field(default_factory=list["Numbers"])
    unread: dict[str, int] = field(default_factory=dict[str, int])
    lines: int = 0

    def count(self, why: str, number: int = 1) -> None:
        """Lines that say nothing."""
        if number:
            self.unread[why] = self.unread.get(why, 0) + number


def scan(block: bytes, format_: Format) -> Columns:
    """The columns of a block that ends with a line end."""
    found = Columns()
    begin = 0
    while begin < len(block):
        end = block.rfind(b"\n", begin, begin + PIECE) + 1 or block.find(b"\n", begin) + 1
        piece = block[begin:end]
        cut = format_.sort is Sort.QUOTED and len(piece) >= _SMALL
        _read(_cut(piece, format_, found) if cut else piece.split(b"\n")[:-1], format_, found)
        found.lines += piece.count(b"\n")
        begin = end
    return found


def _cut(piece: bytes, format_: Format, found: Columns) -> list[bytes]:
    """Cut the lines that can be cut; the others."""
    data = np.frombuffer(piece, np.uint8)
    marks = np.flatnonzero((data == _QUOTE) | (data == _NEWLINE) | (data == _BACKSLASH))
    ends_at = np.flatnonzero(data[marks] == _NEWLINE)
    ends = marks[ends_at]
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
    before = np.concatenate((np.full(1, -1), ends_at[:-1]))
    regular = (ends_at - before == format_.quotes + 1) & (ends - starts <= LONGEST)
    quotes = marks[ends_at[regular][:, None] + np.arange(-format_.quotes, 0)]
    good = _is_regular(data, starts[regular], quotes, ends[regular], format_)
    regular[regular] = good
    if good.any():
        _columns(piece, data, starts[regular], quotes[good], format_, found)
    odd = np.flatnonzero(~regular)
    return [piece[begin:end] for begin, end in zip(starts[odd].tolist(), ends[odd].tolist(), strict=True)]


def _is_regular(data: Bytes, starts: Numbers, quotes: Numbers, ends: Numbers, format_: Format) -> npt.NDArray[np.bool_]:
    """Whether what stands around the quotes is what the format says, to the byte."""
    opens, closes = quotes[:, 0], quotes[:, 1]
    good = (data[quotes] == _QUOTE).all(axis=1) & (opens - starts >= _TIME + 3)
    safe = np.where(good, opens, _TIME + 3)  # what is not good is looked at somewhere else, where there is something
    good &= (data[safe - 1] == _SPACE) & (data[safe - 2] == _CLOSE) & (data[safe - 3 - _TIME] == _OPEN)
    after_status = quotes[:, 2] - 1 if format_.quotes > 2 else ends
    good &= after_status - closes >= 7
    if format_.quotes > 2:
        good &= (data[quotes[:, 2] - 1] == _SPACE) & (ends == quotes[:, -1] + 1)
        for left in range(3, format_.quotes - 1, 2):
            good &= (quotes[:, left + 1] == quotes[:, left] + 2) & (data[quotes[:, left] + 1] == _SPACE)
    at = np.where(good, closes, 0)
    digits = [data[at + place] - np.uint8(48) < 10 for place in (2, 3, 4)]
    size = data[at + 6]
    good &= (data[at + 1] == _SPACE) & (data[at + 5] == _SPACE) & digits[0] & digits[1] & digits[2]
    return good & ((size == _DASH) | (size - np.uint8(48) < 10)) & _only_digits(data, at + 7, after_status, good)


def _only_digits(data: Bytes, begin: Numbers, end: Numbers, where: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether nothing but digits stands from `begin` to `end`: the size of an answer."""
    good = where.copy()
    left = np.where(where, end - begin, 0)
    for place in range(int(left.max(initial=0))):
        looking = np.flatnonzero(good & (left > place))
        if not len(looking):
            break
        good[looking] = data[begin[looking] + place] - np.uint8(48) < 10
        if place >= 20:  # longer than any number of bytes: read alone
            good &= left <= place
            break
    return good


def _columns(piece: bytes, data: Bytes, starts: Numbers, quotes: Numbers, format_: Format, found: Columns) -> None:
    whole, opens = pa.py_buffer(piece), quotes[:, 0]
    times = _texts(whole, opens - 2 - _TIME, opens - 2)
    found.at.append(seconds(np.frombuffer(times.buffers()[2], np.uint8).reshape(-1, _TIME)))
    status = data[quotes[:, 1, None] + np.arange(2, 5)].astype(np.int64) - 48
    found.status.append(status @ np.array([100, 10, 1]))
    names = ("request", *(("referrer", "agent") if format_.agent else ()), *format_.after)
    ends = {name: (quotes[:, 2 * at] + 1, quotes[:, 2 * at + 1]) for at, name in enumerate(names)}
    ends["front"] = (starts, opens - 3 - _TIME)
    for name in FIELDS:
        found.text[name].append(_texts(whole, *ends[name]) if name in ends else _nothing(len(starts)))


def _texts(whole: pa.Buffer, begin: Numbers, end: Numbers) -> pa.BinaryArray:
    """The bytes between places, as an array: every other one of an array of fields and what lies between them."""
    places = np.empty(2 * len(begin), np.int32)
    places[0::2], places[1::2] = begin, end
    fields = pa.BinaryArray.from_buffers(pa.binary(), 2 * len(begin) - 1, [None, pa.py_buffer(places), whole])
    return fields.take(pa.array(np.arange(0, 2 * len(begin), 2)))


def _nothing(length: int) -> pa.BinaryArray:
    offsets = pa.py_buffer(np.zeros(length + 1, np.int32))
    return pa.BinaryArray.from_buffers(pa.binary(), length, [None, offsets, pa.py_buffer(b"")])


def _read(lines: Sequence[bytes], format_: Format, found: Columns) -> None:
    """Read lines alone."""
    read: list[Line] = []
    for line in lines:
        said = parse(line, format_)
        if isinstance(said, Unread):
            found.count(said)
        else:
            read.append(said)
    if not read:
        return
    found.at.append(np.array([_seconds(one.time) for one in read], np.int64))
    found.status.append(np.array([one.status for one in read], np.int64))
    for name in FIELDS:
        found.text[name].append(pa.array([getattr(one, name) for one in read], pa.binary()))


def _seconds(time: bytes | int) -> int:
    if isinstance(time, int):
        return time
    return int(seconds(np.frombuffer(time, np.uint8).reshape(1, _TIME))[0]) if len(time) == _TIME else NO_TIME
