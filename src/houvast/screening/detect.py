"""Finds kinds of personal data in free text: cheap patterns first, then a check that chance does not pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from houvast.errors import UsageError
from houvast.screening.kinds import Kind

if TYPE_CHECKING:
    from types import ModuleType

LONGEST = 100_000
"""Characters of one value that are looked at; a longer one is cut off there."""

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}\.[A-Za-z]{2,24}\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
_NINE = re.compile(r"(?<![\w.,-])(?:\d{9}|\d{4}[ .]\d{2}[ .]\d{3}|\d{3}[ .]\d{3}[ .]\d{3})(?![\w-]|[.,]\d)")
_POSTCODE = re.compile(
    r"(?:\b\d{1,5} ?[a-z]{0,2},? {1,2})?\b[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}\b(?:,? {1,2}\d{1,5}(?!\d))?"
)
_BARE_POSTCODE = re.compile(r"[1-9]\d{3} ?[A-Z]{2}")
_MONTH = r"(?:jan|feb|mrt|maart|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]{0,7}"
_FIGURES = r"\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)?\d{2}"
_DATE = rf"(?:{_FIGURES}|(?:19|20)\d{{2}}-\d{{2}}-\d{{2}}|\d{{1,2}} {_MONTH} (?:19|20)\d{{2}})"
_BIRTH = re.compile(
    rf"\b(?:geboren|geb\.|geboorte\w{{0,10}}|verjaardag|born|birth\w{{0,4}}|d\.?o\.?b\.?)[^\d\n]{{0,25}}{_DATE}",
    re.IGNORECASE,
)
_SEVEN = re.compile(r"\d(?:[\s()./-]{0,3}\d){6}")
_DIGITS = re.compile(r"\d")


@dataclass
class Detector:
    """Looks for the kinds in one text after the other.

    `country`: where a phone number without a country code belongs (ISO 3166-1 alpha-2). Numbers follow ITU E.164
    as `phonenumbers` knows the plans; IBAN is ISO 13616; BSN is the eleven-test of the Dutch citizen service number.
    """

    country: str = "NL"

    def kinds_in(self, text: str) -> frozenset[Kind]:
        """Which kinds stand in a text. Raises UsageError when the extra is not installed."""
        return frozenset(self._found(text[:LONGEST]))

    def counts_against(self, text: str) -> bool:
        """Whether a text has a number of nine digits that is no BSN: where many have, the others are chance."""
        return any(not self._is_bsn(match.group()) for match in _NINE.finditer(text[:LONGEST]))

    def addresses_in(self, text: str) -> Iterator[tuple[int, int, Kind]]:
        """Where somebody's e-mail address, account, citizen service number or phone number stands: begin, end, kind.

        They may overlap. Raises UsageError when the extra is not installed.
        """
        if "@" in text:
            yield from ((*match.span(), Kind.EMAIL) for match in _EMAIL.finditer(text))
        if not _DIGITS.search(text):
            return
        for pattern, kind, is_one in ((_IBAN, Kind.IBAN, self._begins_with_iban), (_NINE, Kind.BSN, self._is_bsn)):
            yield from ((*match.span(), kind) for match in pattern.finditer(text) if is_one(match.group()))
        if _SEVEN.search(text):
            phones = self._libraries[2]
            for match in phones.PhoneNumberMatcher(text, self.country, leniency=phones.Leniency.VALID):
                if not self._is_something_else(match.raw_string):
                    yield match.start, match.end, Kind.PHONE

    def _found(self, text: str) -> Iterator[Kind]:
        if "@" in text and _EMAIL.search(text):
            yield Kind.EMAIL
        if not _DIGITS.search(text):
            return
        if any(self._begins_with_iban(match.group()) for match in _IBAN.finditer(text)):
            yield Kind.IBAN
        if any(self._is_bsn(match.group()) for match in _NINE.finditer(text)):
            yield Kind.BSN
        if any(not _BARE_POSTCODE.fullmatch(match.group()) for match in _POSTCODE.finditer(text)):
            yield Kind.ADDRESS
        if _BIRTH.search(text):
            yield Kind.BIRTH_DATE
        if self._has_phone(text):
            yield Kind.PHONE

    def _begins_with_iban(self, text: str) -> bool:
        """Capitals that follow an account number look like more of it."""
        compact = text.replace(" ", "")
        return any(self._libraries[1].is_valid(compact[:length]) for length in range(15, len(compact) + 1))

    def _is_bsn(self, number: str) -> bool:
        return bool(self._libraries[0].is_valid(number))

    def _has_phone(self, text: str) -> bool:
        if not _SEVEN.search(text):
            return False
        phones = self._libraries[2]
        found = phones.PhoneNumberMatcher(text, self.country, leniency=phones.Leniency.VALID)
        return any(not self._is_something_else(match.raw_string) for match in found)

    def _is_something_else(self, number: str) -> bool:
        """Nine digits without a leading zero or plus are a BSN or an order number, not a phone number."""
        return _NINE.fullmatch(number) is not None and not number.startswith("0")

    @cached_property
    def _libraries(self) -> tuple[ModuleType, ModuleType, ModuleType]:
        try:
            import phonenumbers
            from stdnum import iban
            from stdnum.nl import bsn
        except ImportError as error:
            raise UsageError("This needs the detectors.", todo="pip install 'houvast[scan]'") from error
        return bsn, iban, phonenumbers
