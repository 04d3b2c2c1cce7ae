"""Records in which a place says what stands there: the patient of an HL7 message, and dates of birth in lines of fields."""

from __future__ import annotations

import re

from houvast.screening.engine import Judge, Rule, Span
from houvast.screening.keyed import EDGE, apart
from houvast.screening.kinds import Kind
from houvast.screening.people import is_given

_FIELD = {Kind.NAME: (5, 6, 9), Kind.BIRTH_DATE: (7,), Kind.ADDRESS: (11,), Kind.PHONE: (13, 14), Kind.BSN: (19,)}
"""Where the fields of a PID segment stand (HL7 version 2, 3.4.2), the name of the segment being 0."""
_FIELDS = 20
_LINE = re.compile(rb"PID\|[^\r\n]{0,4000}")
_TELLS = re.compile(rb"[\w^,. '+:/-]*\w")
_YEAR = rb"(?:19[2-9]\d|200\d|201[0-2])"
_BORN = rb"[;,|\t'\"](?:" + _YEAR + rb"-\d\d-\d\d|\d{1,2}[-/]\d{1,2}[-/]" + _YEAR + rb")[;,|\t'\"]"
"""A date of somebody who may be an adult, and a field of its own."""
_ADDRESS = re.compile(rb"\w@\w|\b[1-9]\d{3} ?[A-Z]{2}\b")
_CAPITALS = re.compile(rb"\b[A-Z][a-z\x80-\xff]{2,20}\b")
_AROUND = 200


def _field(places: tuple[int, ...]) -> Judge:
    def judge(data: bytes, begin: int, _end: int) -> list[Span]:
        segment = _LINE.match(data, begin)
        spans, at = list[Span](), begin
        for number, text in enumerate(segment[0].split(b"|", _FIELDS)[:_FIELDS] if segment else ()):
            told = _TELLS.match(text) if number in places else None
            if told:
                spans.append((at, at + told.end()))
            at += len(text) + 1
        return spans

    return judge


def _born(data: bytes, begin: int, end: int) -> tuple[Span, ...]:
    """Beside an address or a given name."""
    first = max(data.rfind(b"\n", max(0, begin - _AROUND), begin) + 1, begin - _AROUND, 0)
    last = data.find(b"\n", end, end + _AROUND)
    line = data[first : last if last >= 0 else end + _AROUND]
    if _ADDRESS.search(line) or any(is_given(word) for word in _CAPITALS.findall(line)):
        return ((begin + 1, end - 1),)
    return ()


RULES = (
    *(Rule(kind, 90, EDGE + rb"PID\|\d*\|", apart(_field(places)), begins=True) for kind, places in _FIELD.items()),
    Rule(Kind.BIRTH_DATE, 60, _BORN, _born, begins=True),
)
