"""Tables of text: columns that are called like personal data hold it, whatever the cells look like."""

from __future__ import annotations

import re

from houvast.screening.bundle.spans import Span
from houvast.screening.finding import Finding
from houvast.screening.kinds import Kind

_WORDS: tuple[tuple[Kind, str], ...] = (
    (Kind.EMAIL, r"e?_?mail(?:_?adres|_?address)?|e-mail(?:adres)?"),
    (Kind.PHONE, r"(?:tele?f(?:oon|phone)?|telephone|phone|mobiel|mobile|gsm)_?(?:nummer|number|nr)?"),
    (Kind.BSN, r"bsn|burgerservicenummer|sofinummer|sofi_?nr"),
    (Kind.IBAN, r"iban|(?:bank)?rekening(?:nummer|_?nr)?|bank_?account"),
    (Kind.NAME, r"(?:voor|achter|roep|familie|volledige?_?|klant)_?naam|tussenvoegsel|voorletters|contactpersoon"),
    (Kind.NAME, r"(?:first|last|full|given|family|sur|customer|contact)_?name"),
    (Kind.USERNAME, r"user_?(?:name|_id)|login|gebruikersnaam|inlognaam"),
    (Kind.BIRTH_DATE, r"geb(?:oorte)?_?(?:datum|date)|birth_?(?:date|day)|date_?of_?birth|dob"),
    (Kind.ADDRESS, r"straat(?:naam)?|street(?:_?name)?|huisnummer|(?:woon|post)?adres|(?:home_?|street_?)?address"),
    (Kind.POSTCODE, r"postcode|post_?code|zip(?:_?code)?"),
    (Kind.CITY, r"woonplaats|plaats|city"),
    (Kind.NUMBER_PLATE, r"kenteken|licen[cs]e_?plate|number_?plate"),
    (Kind.PASSPORT, r"paspoort(?:nummer|_?nr)?|passport(?:_?number|_?no)?|documentnummer"),
    (Kind.SECRET, r"wachtwoord|password|passwd|secret|api_?key"),
)  # fmt: skip
_NAMED = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _WORDS)
_CELL = {
    mark: re.compile(rb'("(?:[^"]|"")*"|[^%b\r\n]*)(%b|\r?\n|\Z)' % (mark, re.escape(mark)))
    for mark in (b",", b";", b"\t", b"|")
}
_HEADER = 4096
_EMPTY = {b"", b"null", b"NULL", b"none", b"None", b"nan", b"-", b"\\N", b"n/a", b"unknown", b"onbekend"}


def kind_of(column: str) -> Kind | None:
    """What a column that is called so holds, if its name says it."""
    plain = column.strip().strip('"').strip()
    return next((kind for kind, words in _NAMED if words.fullmatch(plain)), None)


class Columns:
    """The columns of a table of text that comes block by block, whole lines at a time; another text has none."""

    def __init__(self, wanted: frozenset[Kind]) -> None:
        self._wanted = wanted
        self._mark = b""
        self._kinds: dict[int, Kind] | None = None
        self._column = 0

    def spans(self, block: bytes) -> list[Span]:
        """The cells of columns that are called like personal data."""
        at = 0
        if self._kinds is None:
            at = self._head(block)
        if not self._kinds:
            return []
        spans: list[Span] = []
        for cell in _CELL[self._mark].finditer(block, at):
            kind = self._kinds.get(self._column)
            begin, end = cell.span(1)
            if kind and block[begin : begin + 1] == b'"' and end - begin > 1:
                begin, end = begin + 1, end - 1
            value = block[begin:end].strip()
            if kind and value not in _EMPTY and b"\n" not in value:
                begin += block[begin:end].find(value)
                found = Finding(begin, len(value), kind, 80)
                spans.append(Span(begin, begin + len(value), kind, value, (found,)))
            self._column = self._column + 1 if cell[2] == self._mark else 0
        return spans

    def _head(self, block: bytes) -> int:
        """Read the first line, if it is that of a table."""
        self._kinds = {}
        head = block[:_HEADER].removeprefix(b"\xef\xbb\xbf")
        skipped = len(block[:_HEADER]) - len(head)
        line, newline, rest = head.partition(b"\n")
        mark = max(_CELL, key=line.count)
        columns = line.rstrip(b"\r").split(mark)
        second = rest.partition(b"\n")[0]
        if newline and len(columns) > 1 and second.count(mark) >= len(columns) - 1:
            names = [one.decode("utf-8", "replace").strip() for one in columns]
            if all(len(name) < 64 for name in names):
                self._mark = mark
                self._kinds = {
                    at: kind for at, name in enumerate(names) if (kind := kind_of(name)) in self._wanted and kind
                }
        return skipped + len(line) + 1
