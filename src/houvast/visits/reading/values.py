"""Different values and which of them each line has: what is looked at once, and what is told of every line."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from houvast.visits.reading.arrays import array_of, indices_of
from houvast.visits.reading.line import ABSENT

Numbers: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass
class Column:
    """Different values, and which of them each line has."""

    values: list[bytes]
    which: Numbers


class Known:
    """What a function says of values, remembered; forgotten when they are too many."""

    def __init__(self, most: int, function: Callable[[bytes], str]) -> None:
        self._most, self._function = most, function
        self._known: dict[bytes, str] = {}

    def of(self, value: bytes) -> str:
        """What it says of one."""
        known = self._known.get(value)
        if known is None:
            if len(self._known) >= self._most:
                self._known.clear()
            known = self._known[value] = self._function(value)
        return known


class Words:
    """Words of values that were seen before; forgotten when they are too many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.words: list[str] = []
        self._numbers: dict[str, int] = {}
        self._known: dict[tuple[int, bytes], int] = {}

    def number(self, key: tuple[int, bytes], word: Callable[[tuple[int, bytes]], str]) -> int:
        """The number of the word of a value."""
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= self._most:
                self._known.clear()
            known = self._known[key] = self._numbered(word(key))
        return known

    def _numbered(self, word: str) -> int:
        if word not in self._numbers:
            self._numbers[word] = len(self.words)
            self.words.append(word)
        return self._numbers[word]


class Why:
    """Why lines are no visits: the first reason counts."""

    def __init__(self, lines: int) -> None:
        self.free = np.ones(lines, np.bool_)
        self._counts: Counter[str] = Counter()

    def say(self, reason: str, where: npt.NDArray[np.bool_]) -> None:
        """These lines are none for this reason, unless there was one already."""
        new = where & self.free
        self._counts[reason] += int(new.sum())
        self.free &= ~new

    def count(self, into: Counter[str]) -> None:
        """Add up."""
        into.update({reason: number for reason, number in self._counts.items() if number})


def column(pieces: list[pa.Array]) -> Column:
    """The different values of a column that came in pieces, and which of them each line has."""
    if not any(one.buffers()[2].size for one in pieces):
        return Column([b""], np.zeros(sum(map(len, pieces)), np.int64))
    encoded = pa.chunked_array(pieces).dictionary_encode().chunks
    if len({len(one.dictionary) for one in encoded}) > 1:  # Arrow gives every piece the dictionary of all
        encoded = pa.chunked_array(encoded).unify_dictionaries().chunks
    values: list[bytes] = encoded[-1].dictionary.to_pylist()
    which = np.concatenate([indices_of(one) for one in encoded])
    return Column([b"" if value == ABSENT else value for value in values], which.astype(np.int64))


def different_of(keys: Numbers) -> tuple[Numbers, Numbers]:
    """Different numbers, and which of them each is: by hashing, which is quicker than by order."""
    found = array_of(keys, pa.int64()).dictionary_encode()
    return np.frombuffer(found.dictionary.buffers()[1], np.int64)[: len(found.dictionary)], indices_of(found).astype(
        np.int64
    )


def words_of(each: list[str], which: Numbers) -> tuple[Numbers, list[str]]:
    """The number of each line's word, and the words."""
    words = list(dict.fromkeys(each))
    numbers = {word: number for number, word in enumerate(words)}
    return np.array([numbers[one] for one in each], np.int64)[which], words
