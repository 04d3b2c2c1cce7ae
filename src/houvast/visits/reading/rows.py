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

from houvast.visits.reading.values import Flags, Numbers

DAY: Final = 86_400
"""Seconds."""
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
        order = np.lexsort((self.visitor, key))
        day = self.at[order] // DAY
        begins = np.flatnonzero(np.diff(day, prepend=day[0] - 1))
        ends = [*begins[1:].tolist(), len(day)]
        table = self._table(order)
        found: dict[date, pa.Table] = {}
        for begin, end in zip(begins.tolist(), ends, strict=True):
            found[EPOCH + timedelta(days=int(day[begin]))] = table.slice(begin, end - begin)
        return found

    def _table(self, order: Numbers) -> pa.Table:
        version, visitor = self.version[order], self.visitor[order]
        return pa.table({
            "at": pa.array(self.at[order] * 1_000_000, pa.int64()).view(pa.timestamp("us")),
            "site": _dictionary(self.site, order), "page": _dictionary(self.page, order),
            "browser": _dictionary(self.browser, order),
            "version": pa.array(np.maximum(version, 0).astype(np.uint16), mask=version < 0),
            "language": _dictionary(self.language, order), "referrer": _dictionary(self.referrer, order),
            "robot": pa.array(self.robot[order]), "visitor": pa.array(visitor, mask=~self.numbered[order]),
        })  # fmt: skip


def _dictionary(column: Worded, order: Numbers) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(column[0][order].astype(np.int32)), pa.array(column[1], pa.string()))
