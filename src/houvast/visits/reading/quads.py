"""Which of many texts are an address as `inet_ntop` writes it, and after it what should stand there: told by looking.

Of IPv6 those that most have: eight groups, none of them zero, or groups and one `::` for two or more that are zero.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
_LONGEST: Final = 15
"""Bytes of an IPv4 address."""
_ZERO, _DOT = b"0."


def are_quads(texts: Sequence[bytes], ending: bytes) -> Flags:
    """Whether each is four numbers up to 255 without zeros before them, with dots between, and then `ending`."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    sizes = lengths - len(ending)
    data = np.frombuffer(b"".join(texts) + b" " * (_LONGEST + 1), np.uint8)
    letters = np.ndarray((len(data) - _LONGEST,), "V16", data.data, strides=(1,))[np.cumsum(lengths) - lengths]
    columns = np.ascontiguousarray(letters.view(np.uint8).reshape(-1, _LONGEST + 1).T)
    ended = np.array([text.endswith(ending) for text in texts], np.bool_)
    return ended & (sizes <= _LONGEST) & _are_quads(columns, np.clip(sizes, 0, _LONGEST + 1).astype(np.uint8))


def is_six(ending: bytes) -> Callable[[bytes], object]:
    """What says whether a text is such an IPv6 address, and then `ending`."""
    group = b"[1-9a-f][0-9a-f]{0,3}"
    whole, short = (
        b"%b(?::%b){7}" % (group, group),
        b"(?!(?:[^:]*:){7})%b(?::%b)*::%b(?::%b)*" % (group, group, group, group),
    )
    return re.compile(b"(?:%b|%b)%b" % (whole, short, re.escape(ending))).fullmatch


def _are_quads(columns: npt.NDArray[np.uint8], sizes: npt.NDArray[np.uint8]) -> Flags:
    """`columns`: the first letters of all texts, the second, and so on; `sizes`: how many letters of each count."""
    wrong = np.zeros(len(sizes), np.bool_)
    dots, digits, number = (
        np.zeros(len(sizes), np.uint8),
        np.zeros(len(sizes), np.uint8),
        np.zeros(len(sizes), np.uint16),
    )
    for place in range(_LONGEST):
        letter, inside = columns[place], sizes > place
        is_dot, digit = letter == _DOT, letter - np.uint8(_ZERO)
        after_zero = (digits > 0) & (number == 0)
        wrong |= inside & (is_dot & (digits == 0) | ~is_dot & ((digit > 9) | after_zero))
        number: npt.NDArray[np.uint16] = np.where(is_dot, np.uint16(0), number * np.uint16(10) + digit)
        wrong |= inside & ((number > 255) | (digits > 3))
        ends = inside & is_dot
        dots += ends
        digits += inside
        digits[ends] = 0
    return ~wrong & (dots == 3) & (digits > 0)
