"""Tables of text: columns that are called like personal data hold it, whatever the cells look like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from houvast.screening.bundle.spans import Span
from houvast.screening.engine import Engine, Rule
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
    (Kind.CARD, r"(?:credit_?|debit_?|betaal_?)?(?:card|kaart)_?(?:number|nummer|num|nr|no)|credit_?card|creditcard|pan"),
    (Kind.SECRET, r"wachtwoord|password|passwd|secret|api_?key"),
)  # fmt: skip
_NAMED = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _WORDS)
_CELL = {
    mark: re.compile(rb'("(?:[^"]|"")*"|[^%b\r\n]*)(%b|\r?\n|\Z)' % (mark, re.escape(mark)))
    for mark in (b",", b";", b"\t", b"|")
}
_HEADER = 4096
_COPY = re.compile(rb"COPY [^\n(]{1,200}\(([^\n()]{1,4000})\) FROM stdin;")
_LINE = re.compile(rb"[^\r\n]+")
_COLUMN = re.compile(r"\"?[^\W\d][\w .()/-]{0,62}\"?")
"""What a column may be called in a line that is not the first."""
_EMPTY = {b"", b"null", b"NULL", b"none", b"None", b"nan", b"-", b"\\N", b"n/a", b"unknown", b"onbekend"}


def kind_of(column: str) -> Kind | None:
    """What a column that is called so holds, if its name says it."""
    plain = column.strip().strip('"').strip()
    return next((kind for kind, words in _NAMED if words.fullmatch(plain)), None)


class Columns:
    """The tables of a text that comes block by block, whole lines at a time. A table begins with a line in which columns
    are named, wherever that stands; lines behind it with as many cells belong to it, and all where it is the first."""

    def __init__(self, wanted: frozenset[Kind]) -> None:
        self._wanted = wanted
        self._mark = b","
        self._kinds: dict[int, Kind] = {}
        self._count = 0
        self._cells: list[tuple[int, int]] = []
        self._is_first = True

    def spans(self, block: bytes) -> list[Span]:
        """The cells of columns that are called like personal data."""
        spans: list[Span] = []
        at = 0
        for begin, end in _heads(block, first=self._is_first):
            spans += self._rows(block, at, begin)
            at = end if self._head(block, begin, end) else begin
        self._is_first = False
        return [*spans, *self._rows(block, at, len(block))]

    def _rows(self, block: bytes, at: int, end: int) -> list[Span]:
        if not self._kinds or at >= end:
            return []
        spans: list[Span] = []
        row: list[tuple[int, int]] = []
        for cell in _CELL[self._mark].finditer(block, at, end):
            row.append(cell.span(1))
            if cell[2] != self._mark:
                spans += self._row(block, row)
                row = []
        return [*spans, *self._row(block, row)]

    def _row(self, block: bytes, row: list[tuple[int, int]]) -> list[Span]:
        if self._count and len(row) != self._count:
            return []
        return [span for at, kind in self._kinds.items() if at < len(row) for span in _values(block, *row[at], kind)]

    def _head(self, block: bytes, begin: int, end: int) -> bool:
        """Read a line, if it names the columns of a table: the next one has as many."""
        line = block[begin:end].strip(b"\r\n").removeprefix(b"\xef\xbb\xbf")
        copy = _COPY.match(line)
        if copy:  # of a dump of PostgreSQL
            line, mark = copy[1].replace(b", ", b"\t"), b"\t"
        else:
            mark = max(_CELL, key=line.count)
        names = [one.decode("utf-8", "replace").strip() for one in line.split(mark)]
        if len(names) < 2 or any(len(name) >= 64 for name in names) or _cells(block, end, mark) < len(names):
            return False
        kinds = {at: kind for at, name in enumerate(names) if (kind := kind_of(name)) in self._wanted and kind}
        is_first = self._is_first and begin == 0
        if not is_first:
            if not kinds or not all(_COLUMN.fullmatch(name) for name in names):
                return False
            if mark == self._mark and self._count in (0, len(names)):  # a row of a table that looks like a head
                kinds |= self._kinds
        self._mark, self._kinds, self._count = mark, kinds, 0 if is_first else len(names)
        return True


def _cells(block: bytes, at: int, mark: bytes) -> int:
    """How many cells the row has that begins there."""
    count = 0
    for cell in _CELL[mark].finditer(block, at, at + _HEADER):
        count += 1
        if cell[2] != mark:
            break
    return count


def _heads(block: bytes, *, first: bool) -> Iterator[tuple[int, int]]:
    """Where lines stand that may name columns: the first of a text, and those that hold such a name between marks."""
    done = 0
    if first:
        done = block.find(b"\n") + 1
        yield 0, done or len(block)
    for hit in sorted({end for _, end, _, _ in _named_columns().look(block)}):
        begin = block.rfind(b"\n", 0, hit - 1) + 1
        end = block.find(b"\n", hit - 1) + 1 or len(block)
        if begin >= done and end - begin <= _HEADER:
            yield begin, end
            done = end


@lru_cache(maxsize=1)
def _named_columns() -> Engine:
    names = "|".join(words for _, words in _WORDS).encode()
    trigger = rb"(?:^|[,;\t|\n(])[ \"]{0,2}(?:" + names + rb")[ \"]{0,2}[,;\t|\r\n)]"
    return Engine([Rule(Kind.NAME, 1, trigger, _end, caseless=True)])


def _end(_data: bytes, _begin: int, end: int) -> tuple[tuple[int, int], ...]:
    return ((end, end),)


def _values(block: bytes, begin: int, end: int, kind: Kind) -> Iterator[Span]:
    """What a cell says: of each of its lines by itself, so that they stay lines."""
    if end - begin > 1 and block[begin : begin + 1] == b'"':
        begin, end = begin + 1, end - 1
    for line in _LINE.finditer(block, begin, end):
        value = line[0].strip()
        if value and value not in _EMPTY:
            at = line.start() + line[0].find(value)
            yield Span(at, at + len(value), kind, value, (Finding(at, len(value), kind, 80),))
