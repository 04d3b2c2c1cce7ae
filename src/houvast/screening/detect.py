"""Tells which kinds of personal data stand in a text that somebody typed: a column of a database, a reason, a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from houvast.screening.checks import is_bsn
from houvast.screening.finding import Finding
from houvast.screening.kinds import Kind
from houvast.screening.screener import Screener

LONGEST = 100_000
"""Characters of one value that are looked at; a longer one is cut off there."""

_NINE = re.compile(
    r"(?<![0-9A-Za-z.,-])(?:\d{9}|\d{4}[ .]\d{2}[ .]\d{3}|\d{3}[ .]\d{3}[ .]\d{3})(?![0-9A-Za-z-]|[.,]\d)"
)
_POSTCODE = re.compile(
    r"\b\d{1,5} ?[a-z]{0,2},? {1,2}[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}\b"
    r"|\b[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}\b,? {1,2}\d{1,5}(?!\d)"
)
"""With a house number before or behind it."""
_DIGIT = re.compile(r"\d")
_ADDRESSES = frozenset((Kind.EMAIL, Kind.IBAN, Kind.PHONE))
_TYPED = _ADDRESSES | {Kind.BIRTH_DATE, Kind.ADDRESS, Kind.SPECIAL}


@dataclass
class Detector:
    """Looks for the kinds in one text after the other.

    Unlike a log, a text of one value has no numbers by the thousand: nine digits that pass the eleven-test are a citizen
    service number also where nothing says so. `country`: where a phone number without a country code belongs.
    """

    country: str = "NL"

    def kinds_in(self, text: str) -> frozenset[Kind]:
        """Which kinds stand in a text. Raises UsageError when the extra is not installed."""
        text = text[:LONGEST]
        kinds = {one.kind for one in self._typed.find(_bytes(text))}
        if _DIGIT.search(text):
            if any(is_bsn(match.group().encode()) for match in _NINE.finditer(text)):
                kinds.add(Kind.BSN)
            if _POSTCODE.search(text):
                kinds.add(Kind.ADDRESS)
        return frozenset(kinds)

    def counts_against(self, text: str) -> bool:
        """Whether a text has a number of nine digits that is no BSN: where many have, the others are chance."""
        return any(not is_bsn(match.group().encode()) for match in _NINE.finditer(text[:LONGEST]))

    def addresses_in(self, text: str) -> Iterator[tuple[int, int, Kind]]:
        """Where somebody's e-mail address, account, citizen service number or phone number stands: begin, end, kind.

        They may overlap. Raises UsageError when the extra is not installed.
        """
        data = _bytes(text)
        for one in self._addresses.find(data):
            yield (*_characters(data, one), one.kind)
        for match in _NINE.finditer(text):
            if is_bsn(match.group().encode()):
                yield (*match.span(), Kind.BSN)

    @cached_property
    def _typed(self) -> Screener:
        return Screener(country=self.country, kinds=_TYPED)

    @cached_property
    def _addresses(self) -> Screener:
        return Screener(country=self.country, kinds=_ADDRESSES)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _characters(data: bytes, one: Finding) -> tuple[int, int]:
    begin = len(data[: one.offset].decode("utf-8", "surrogatepass"))
    return begin, begin + len(data[one.offset : one.end].decode("utf-8", "surrogatepass"))
