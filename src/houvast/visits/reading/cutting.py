"""Where the fields of regular lines of nginx and Apache lie, by arithmetic on many lines at once.

A line is regular when it has as many double quotes as its format, no backslash, and around the quotes what the format
says, to the byte. Eight bytes are looked at as one number (little-endian), of many lines together. Quotes are counted
between line ends, so that what one line holds never moves what another says.
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from houvast.visits.reading.line import LONGEST
from houvast.visits.reading.times import WRITTEN, seconds_within

Numbers: TypeAlias = npt.NDArray[np.int64]
Bytes: TypeAlias = npt.NDArray[np.uint8]
Words: TypeAlias = npt.NDArray[np.uint64]
SMALLEST: Final = 64
"""A block of fewer bytes is not cut: what is looked at around a quote might lie outside of it."""
_WINDOW: Final = 256 << 10
"""Bytes that are searched together: what is computed of them stays in the processor's nearest cache."""
_NEWLINE, _QUOTE, _SPACE = b'\n" '
_BEFORE: Final = WRITTEN + 3
"""Bytes from the bracket before the time to the quote after it: `[26/Nov/2026:20:21:26 +0000] "`."""


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text.ljust(8, b"\0"), "little"))


_BYTE: Final = np.uint64(0xFF)
_HIGH: Final = _word(b"\x80" * 8)
_OPEN, _CLOSE = _word(b"["), _word(b'] "')
_STATUS, _STATUS_ROOM = _word(b'" 000 00'), _word(b"\x7f\x7f\x76\x76\x76\x7f\x76\x76")
_NONE: Final = _word(b"\0" * 6 + b"\x1d")
_DIGITS, _DIGITS_ROOM = _word(b"0" * 8), _word(b"\x76" * 8)
_NUMBER: Final = 10
"""Digits of the size of an answer, at most; a line with more is read alone."""
_FIRST: Final = np.array([_word(b"\xff" * min(6 + size, 8)) for size in range(_NUMBER + 1)])
_SECOND: Final = np.array([_word(b"\xff" * max(size - 2, 0)) for size in range(_NUMBER + 1)])
"""Which bytes belong to the status and a size of so many digits, in the first and the second eight bytes."""


class Cut(NamedTuple):
    """Regular lines. `starts`: where they begin; `quotes`: where the first, the second and so on of each stand.

    `lines`: how many there are in all. `at`: seconds since 1970. `odd`: (begin, end) of lines that are not regular.
    """

    lines: int
    starts: Numbers
    quotes: Numbers
    at: Numbers
    status: Numbers
    odd: list[tuple[int, int]]


def cut(block: bytes, begin: int, end: int, quotes_each: int) -> Cut:
    """The places in a block of the fields of its lines between two places, both at line ends."""
    data = np.frombuffer(block, np.uint8)
    marks, is_end = _marks(data, begin, end)
    ends_at = np.flatnonzero(is_end)
    ends = marks[ends_at]
    starts = np.concatenate((np.array([begin]), ends[:-1] + 1))
    regular = (np.diff(ends_at, prepend=-1) == quotes_each + 1) & (ends - starts <= LONGEST)
    if (strange := block.find(b"\\", begin, end)) >= 0:
        escapes = np.flatnonzero(data[strange:end] == ord("\\")) + strange
        regular[np.searchsorted(ends, escapes)] = False
    quotes = marks[ends_at[regular] + np.arange(-quotes_each, 0)[:, None]]
    good = _is_spaced(data, starts[regular], quotes, ends[regular])
    at, timed = _times(data, quotes[0], good)
    status, answered = _answers(data, quotes, ends[regular], good)
    good &= timed & answered
    regular[regular] = good
    odd = np.flatnonzero(~regular)
    rest = list(zip(starts[odd].tolist(), ends[odd].tolist(), strict=True))
    if not rest:
        return Cut(len(ends), starts, quotes, at, status, rest)
    return Cut(len(ends), starts[regular], quotes[:, good], at[good], status[good], rest)


def _marks(data: Bytes, begin: int, end: int) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """The places of quotes and line ends, and which of them are line ends."""
    found: list[Numbers] = []
    for place in range(begin, end, _WINDOW):
        window = data[place : min(place + _WINDOW, end)]
        found.append(np.flatnonzero((window | 0x28) == 0x2A) + place)  # finds both, and `*` and 2, at once
    marks = np.concatenate(found)
    signs = data[marks]
    is_end = signs == _NEWLINE
    real = is_end | (signs == _QUOTE)
    return (marks, is_end) if real.all() else (marks[real], is_end[real])


def _is_spaced(data: Bytes, starts: Numbers, quotes: Numbers, ends: Numbers) -> npt.NDArray[np.bool_]:
    """Whether there is room for a time before the quotes, and one space between what stands in them."""
    good = quotes[0] - starts >= _BEFORE
    if len(quotes) > 2:
        good &= (data[quotes[2] - 1] == _SPACE) & (ends == quotes[-1] + 1)
        for left in range(3, len(quotes) - 1, 2):
            good &= (quotes[left + 1] == quotes[left] + 2) & (data[quotes[left] + 1] == _SPACE)
    return good


def _times(data: Bytes, opens: Numbers, good: npt.NDArray[np.bool_]) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Seconds of the times before the first quotes, and whether they stand between brackets."""
    safe = np.where(good, opens, _BEFORE)  # what is not good is looked at somewhere else, where there is something
    words = _words(data, safe - _BEFORE, 4)
    opened, closed = words[0] & _BYTE == _OPEN, words[3] >> np.uint64(24) & np.uint64(0xFFFFFF) == _CLOSE
    return seconds_within(words), opened & closed


def _answers(data: Bytes, quotes: Numbers, ends: Numbers, good: npt.NDArray[np.bool_]) -> tuple[Numbers, npt.NDArray[np.bool_]]:  # fmt: skip
    """The status after the second quotes, and whether a size follows it: digits, or `-` and digits."""
    after = quotes[2] - 1 if len(quotes) > 2 else ends
    size = after - quotes[1] - 6
    fits = good & (size >= 1) & (size <= _NUMBER) & (quotes[1] + 16 <= len(data))
    size = np.where(fits, size, 1)
    first, second = _words(data, np.where(fits, quotes[1], 0), 2)
    none = first >> np.uint64(48) & _BYTE == ord("-")
    first: Words = np.where(none, first ^ _NONE, first)  # a `-` is looked at as a 0
    first = (first ^ _STATUS) & _FIRST[size]
    second = (second ^ _DIGITS) & _SECOND[size]
    wrong = (first + _STATUS_ROOM) | first | (second + _DIGITS_ROOM) | second
    hundreds, tens, ones = (first >> np.uint64(shift) & _BYTE for shift in (16, 24, 32))
    return (hundreds * 100 + tens * 10 + ones).astype(np.int64), fits & (wrong & _HIGH == 0)


def _words(data: Bytes, places: Numbers, number: int) -> Words:
    """So many times eight bytes at places: rows of the first eight bytes, of the second, and so on."""
    size = 8 * number
    every = np.ndarray((len(data) - size + 1,), f"V{size}", data.data, strides=(1,))
    return np.ascontiguousarray(every[places].view("<u8").reshape(-1, number).T)
