"""The rows of visits: columns of numbers and words become a table a day, in the order of their values."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from houvast.visits.reading.arrays import array_of, words_array
from houvast.visits.reading.values import Flags, Numbers

DAY: Final = 86_400
"""Seconds."""
_KEY_BITS: Final = 28
"""With so many at most, 36 bits of a visitor's number are left, by which few different ones are alike."""
EPOCH: Final = date(1970, 1, 1)
Worded: TypeAlias = tuple[Numbers, Sequence[str]]
"""The number of each row's word, and the words."""


@dataclass
class Facts:
    """The columns of visits. `at`: seconds since 1970, cut; `version`: -1 when not known; `numbered`: has a number."""

    at: Numbers
    site: Worded
    page: Worded
    browser: Worded
    version: Numbers
    language: Worded
    referrer: Worded
    robot: Flags
    visitor: npt.NDArray[np.uint64]
    numbered: Flags

    def by_day(self) -> dict[date, pa.Table]:
        """A table a day. In which order visits came would say more of when they came than their hour."""
        key = self.at
        for which, words in (self.site, self.page, self.browser):
            key = key * (len(words) + 1) + which
        order = _order(key - key.min(), self.visitor)
        day = self.at[order] // DAY
        begins = np.flatnonzero(np.diff(day, prepend=day[0] - 1))
        ends = [*begins[1:].tolist(), len(day)]
        table = self._table(order)
        found: dict[date, pa.Table] = {}
        for begin, end in zip(begins.tolist(), ends, strict=True):
            found[EPOCH + timedelta(days=int(day[begin]))] = table.slice(begin, end - begin)
        return found

    def _table(self, order: Numbers) -> pa.Table:
        version, numbered = self.version[order], self.numbered[order]
        return pa.table({
            "at": array_of(self.at[order] * 1_000_000, pa.timestamp("us")),
            "site": _dictionary(self.site, order), "page": _dictionary(self.page, order),
            "browser": _dictionary(self.browser, order),
            "version": array_of(np.maximum(version, 0).astype(np.uint16), pa.uint16(), version >= 0),
            "language": _dictionary(self.language, order), "referrer": _dictionary(self.referrer, order),
            "robot": array_of(self.robot[order], pa.bool_()),
            "visitor": array_of(self.visitor[order], pa.uint64(), numbered),
        })  # fmt: skip


def _order(key: Numbers, visitor: npt.NDArray[np.uint64]) -> Numbers:
    """By key, and then by visitor: at once, where a key and the first bits of a number fit in 64 bits."""
    bits = int(key.max()).bit_length()
    if 0 < bits <= _KEY_BITS:
        both = key.astype(np.uint64) << np.uint64(64 - bits) | visitor >> np.uint64(bits)
        order = np.argsort(both)
        alike = np.flatnonzero(np.diff(both[order]) == 0)
        if (visitor[order[alike]] == visitor[order[alike + 1]]).all():
            return order
    return np.lexsort((visitor, key))


def _dictionary(column: Worded, order: Numbers) -> pa.DictionaryArray:
    which = array_of(column[0].astype(np.int32)[order], pa.int32())
    return pa.DictionaryArray.from_arrays(which, words_array([word.encode() for word in column[1]], pa.string()))
