"""Finds in a text what names or reaches somebody else.

Two ways, so that a copy never tells who is known here: names and addresses of others are recognised by the database, among
those with whom the person shares a row, or in words that the person did not write; and in those words every address goes
that is not the person's own, whosever it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias, cast

from houvast.database import Connection
from houvast.policy.world import PersonKey
from houvast.screening import Detector

Found: TypeAlias = tuple[int, int, str | PersonKey]
"""Begin, end, and whom it names: somebody who is known, or the kind of address."""
LONGEST_NAME = 6
"""Words of a name."""
_WORD = re.compile(r"[^\W_][\w'\u2019.@+-]*", re.UNICODE)
_DIGITS = re.compile(r"\D")
_ASK = "SELECT word, kind, key FROM houvast.others_named(%s, %s)"


@dataclass(frozen=True)
class Texts:
    """`own`: how the person is called and reached, as it is on file, in small letters; `phones`: the end of their numbers."""

    own: frozenset[str]
    phones: frozenset[str]

    @classmethod
    def of(cls, own: Iterable[str]) -> Texts:
        """For the person who is called and reached so."""
        values = list(own)
        phones = frozenset(found[-8:] for value in values if "@" not in value and len(found := _figures(value)) >= 8)
        return cls(frozenset(value.strip().lower() for value in values), phones)

    @cached_property
    def _detector(self) -> Detector:
        return Detector()

    def people_in(self, session: Connection, texts: Iterable[str], *, sharers: bool) -> Mapping[str, PersonKey]:
        """Words of these texts, in small letters -> whom they name; among those who share a row, or everybody."""
        said = list({word for text in texts for word in self._words(text)})
        found = session.execute(_ASK, (said, sharers)).fetchall() if said else []
        return {_small(word): (kind, key) for word, kind, key in found if not self._is_own(word)}

    def others_in(self, text: str, known: Mapping[str, PersonKey], *, addresses: bool) -> Iterator[Found]:
        """Places that do not overlap; a name or address of somebody who is known goes before a kind of address."""
        taken: list[tuple[int, int]] = []
        for found in (*self._known(text, known), *(self._addresses(text) if addresses else ())):
            if all(found[1] <= begin or found[0] >= end for begin, end in taken):
                taken.append(found[:2])
                yield found

    def _known(self, text: str, known: Mapping[str, PersonKey]) -> Iterator[Found]:
        low = _small(text)
        for word in sorted(known, key=len, reverse=True):
            for match in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", low):
                yield match.start(), match.end(), known[word]

    def _addresses(self, text: str) -> Iterator[Found]:
        for begin, end, kind in self._detector.addresses_in(text):
            if not self._is_own(text[begin:end]):
                yield begin, end, str(kind)

    def _is_own(self, word: str) -> bool:
        return word.lower() in self.own or _figures(word)[-8:] in self.phones

    def _words(self, text: str) -> Iterator[str]:
        """What may be a name: words that follow each other, several or one; and what may be an address."""
        words = list(_WORD.finditer(text))
        for first in range(len(words)):
            for last in range(first, min(first + LONGEST_NAME, len(words))):
                said = text[words[first].start() : words[last].end()].rstrip(".'-")
                if len(said) >= 5:
                    yield said
        yield from (text[begin:end] for begin, end, _ in self._detector.addresses_in(text))


def _small(text: str) -> str:
    """In small letters, each at its place: of a letter that grows when it is made small, case counts."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := one.lower()) == 1 else one for one in text)


def _figures(value: str) -> str:
    return _DIGITS.sub("", value)


def strings(value: object) -> Iterator[str]:
    """Every text in a value as JSON has it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in cast("list[object]", value):
            yield from strings(one)
    elif isinstance(value, dict):
        for key, one in cast("dict[str, object]", value).items():
            yield key
            yield from strings(one)


def with_strings(value: object, change: Callable[[str], str]) -> object:
    """The same value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [with_strings(one, change) for one in cast("list[object]", value)]
    if isinstance(value, dict):
        return {change(key): with_strings(one, change) for key, one in cast("dict[str, object]", value).items()}
    return value
