"""Many lines at once: a block of whole lines becomes columns.

Regular lines of nginx and Apache are cut by arithmetic (`cutting`). Every other line is read by `formats.parse`, alone.
Both say the same of a line.
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

from houvast.visits.reading.arrays import array_of, words_array
from houvast.visits.reading.cutting import SMALLEST, Cut, cut
from houvast.visits.reading.formats import Format, Sort, parse
from houvast.visits.reading.line import Line, Unread
from houvast.visits.reading.times import NO_TIME, WRITTEN, seconds

Numbers: TypeAlias = npt.NDArray[np.int64]
PIECE: Final = 2 << 20
"""Bytes that are cut together: what is computed of them stays in the processor's cache."""
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
    found, parts, begin = Columns(), list[Cut](), 0
    while begin < len(block):
        end = block.rfind(b"\n", begin, begin + PIECE) + 1 or block.find(b"\n", begin) + 1
        if format_.sort is Sort.QUOTED and len(block) >= SMALLEST:
            part = cut(block, begin, end, format_.quotes)
            parts.append(part)
            alone, number = [block[first:last] for first, last in part.odd], part.lines
        else:
            alone = block[begin:end].split(b"\n")[:-1]
            number = len(alone)
        _read(alone, format_, found)
        found.lines += number
        begin = end
    if any(len(part.starts) for part in parts):
        _columns(block, parts, format_, found)
    return found


def _columns(block: bytes, parts: Sequence[Cut], format_: Format, found: Columns) -> None:
    """The columns of the lines that were cut."""
    starts = np.concatenate([one.starts for one in parts])
    quotes = np.concatenate([one.quotes for one in parts], axis=1)
    whole = pa.py_buffer(block)
    found.at.append(np.concatenate([one.at for one in parts]))
    found.status.append(np.concatenate([one.status for one in parts]))
    names = ("request", *(("referrer", "agent") if format_.agent else ()), *format_.after)
    places = {name: (quotes[2 * at] + 1, quotes[2 * at + 1]) for at, name in enumerate(names)}
    places["front"] = (starts, quotes[0] - 3 - WRITTEN)
    for name in FIELDS:
        found.text[name].append(_texts(whole, *places[name]) if name in places else _nothing(len(starts)))


def _texts(whole: pa.Buffer, begin: Numbers, end: Numbers) -> pa.BinaryArray:
    """The bytes between places, as an array: every other one of an array of fields and what lies between them."""
    places = np.empty(2 * len(begin), np.int32)
    places[0::2], places[1::2] = begin, end
    fields = pa.BinaryArray.from_buffers(pa.binary(), 2 * len(begin) - 1, [None, pa.py_buffer(places), whole])
    return fields.take(array_of(np.arange(0, 2 * len(begin), 2), pa.int64()))


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
        found.text[name].append(words_array([getattr(one, name) for one in read], pa.binary()))


def _seconds(time: bytes | int) -> int:
    if isinstance(time, int):
        return time
    return int(seconds(np.frombuffer(time, np.uint8).reshape(1, WRITTEN))[0]) if len(time) == WRITTEN else NO_TIME
