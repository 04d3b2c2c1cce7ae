"""What is looked for in a segment of a text."""

# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from houvast.screening.checks import is_bsn, is_card, is_iban
from houvast.screening.finding import Finding
from houvast.screening.kinds import Kind

Look: TypeAlias = Callable[[bytes], list[Finding]]


def look_for(keywords: Sequence[str], country: str, kinds: frozenset[Kind]) -> Look:
    """A function that finds these kinds in a segment; what it finds may overlap."""
    rules = [rule for rule in _RULES if rule[0] in kinds]
    own = re.compile(b"|".join(re.escape(one.encode()) for one in keywords) or rb"(?!)", re.IGNORECASE)

    def look(data: bytes) -> list[Finding]:
        found = [Finding(m.start(), m.end() - m.start(), Kind.KEYWORD, 100) for m in own.finditer(data)]
        for kind, confidence, pattern, check in rules:
            for match in pattern.finditer(data):
                begin, end = match.span(1) if pattern.groups else match.span()
                if check is None or check(data[begin:end]):
                    found.append(Finding(begin, end - begin, kind, confidence))
        return found

    return look


_RULES: tuple[tuple[Kind, int, re.Pattern[bytes], Callable[[bytes], bool] | None], ...] = (
    (Kind.EMAIL, 95, re.compile(rb"(?i)[\w.%+-]{1,64}(?:@|%40)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}\b"), None),
    (Kind.IP_ADDRESS, 90, re.compile(rb"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w]|\.\d)"), None),
    (Kind.MAC_ADDRESS, 95, re.compile(rb"(?i)(?<![\w:-])(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![\w:-])"), None),
    (Kind.IBAN, 99, re.compile(rb"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b"), is_iban),
    (Kind.CARD, 90, re.compile(rb"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])"), is_card),
    (Kind.BSN, 95, re.compile(rb"(?i)(?:bsn|burgerservicenummer|sofi)[^\d\n]{0,20}(\d{9}|\d{4}\.\d{2}\.\d{3})\b"), is_bsn),
    (Kind.PHONE, 80, re.compile(rb"(?<![\w.+-])(?:(?:\+|00)31[ -]?\(?0?\)?|0)[1-9](?:[ -]?\d){8}(?!\d)"), None),
    (Kind.POSTCODE, 70, re.compile(rb"(?<![\w.-])[1-9]\d{3} (?!SA|SD|SS)[A-Z]{2}(?![\w-])"), None),
    (Kind.SECRET, 95, re.compile(rb"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"), None),
    (Kind.SECRET, 95, re.compile(rb"(?i)(?:password|passwd|wachtwoord|token|sid|sessionid|secret)[\"']?\s{0,3}[=:]\s{0,3}[\"']?([^\s\"',;&]{4,512})"), None),
    (Kind.SECRET, 95, re.compile(rb"://[^/\s:@]{1,64}:([^/\s@]{1,128})@"), None),
    (Kind.USERNAME, 80, re.compile(rb"(?:/home/|/Users/|\\Users\\)([A-Za-z][\w.-]{1,31})"), None),
)  # fmt: skip
