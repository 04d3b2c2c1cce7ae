"""Lines of which it is known where personal data stand, and how well something finds them."""

from __future__ import annotations

import json
import os
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from houvast.screening import Kind, Screener

SHARED = Path(os.environ.get("HOUVAST_SHARED") or Path(__file__).resolve().parents[2] / "shared") / "pii-open"
"""Beside the checkout, or where that variable says: its lines come from a collection for research only."""
KINDS: Mapping[str, Kind] = {
    "PERSON": Kind.NAME, "EMAIL": Kind.EMAIL, "USERNAME": Kind.USERNAME, "PHONE": Kind.PHONE, "IP": Kind.IP_ADDRESS,
    "SECRET": Kind.SECRET, "POSTCODE": Kind.POSTCODE, "ADDRESS": Kind.ADDRESS, "CITY": Kind.CITY,
    "DOB": Kind.BIRTH_DATE, "BSN": Kind.BSN, "IBAN": Kind.IBAN, "MAC": Kind.MAC_ADDRESS, "CARD": Kind.CARD,
    "PLATE": Kind.NUMBER_PLATE,
}  # fmt: skip
PLAIN = "inject"
"""The source of lines into which something was put; of all others nothing is labelled, though addresses stand there."""
UNLABELLED: frozenset[str] = frozenset((Kind.IP_ADDRESS, Kind.MAC_ADDRESS, Kind.BIRTH_DATE, Kind.HOST_NAME))
"""What stands in lines of real logs, so that a finding there says nothing (dates of birth: as dates, of Presidio)."""
Span = tuple[int, int, str]
"""Begin and end in characters, and a label or kind."""


@dataclass(frozen=True)
class Line:
    """A line, where what stands in it, and where it came from."""

    text: str
    spans: tuple[Span, ...]
    source: str


def lines(every: int = 1) -> list[Line]:
    """The development set, or each so-manieth line of it. Raises FileNotFoundError where it is not."""
    with (SHARED / "dev.jsonl").open(encoding="utf-8") as file:
        return [_line(json.loads(text)) for text in list(file)[::every]]


def _line(item: Mapping[str, Any]) -> Line:
    spans = tuple((one["start"], one["end"], str(KINDS[one["type"]])) for one in item["spans"])
    return Line(item["text"], spans, item["source"])


def found(screener: Screener, among: Sequence[Line]) -> list[list[Span]]:
    """What a screener finds in each line, all of them being one text."""
    encoded = [line.text.encode() for line in among]
    starts = [0]
    for one in encoded:
        starts.append(starts[-1] + len(one) + 1)
    result: list[list[Span]] = [[] for _ in among]
    for one in screener.find(b"\n".join((*encoded, b""))):
        number = bisect_right(starts, one.offset) - 1
        begin = one.offset - starts[number]
        first, last = (len(encoded[number][:at].decode(errors="ignore")) for at in (begin, begin + one.length))
        result[number].append((first, last, str(one.kind)))
    return result


def score(among: Sequence[Line], results: Sequence[Iterable[Span]]) -> dict[str, dict[str, float]]:
    """For each kind: how many there are, recall (of the same kind, half of it at least), and precision (anything)."""
    there, hit, told, right = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for line, result in zip(among, results, strict=True):
        spans = list(result)
        for first, last, kind in line.spans:
            there[kind] += 1
            hit[kind] += any(k == kind and 2 * _common(a, b, first, last) >= last - first for a, b, k in spans)
        for a, b, kind in spans:
            if line.source == PLAIN or kind not in UNLABELLED:
                told[kind] += 1
                right[kind] += any(_common(a, b, first, last) > 0 for first, last, _ in line.spans)
    return {
        kind: {
            "number": number,
            "recall": round(hit[kind] / number, 4),
            "precision": round(right[kind] / told[kind], 4) if told[kind] else 0.0,
        }
        for kind, number in there.most_common()
    }


def false_in_clean(among: Sequence[Line], results: Sequence[Iterable[Span]]) -> tuple[float, dict[str, int]]:
    """Findings a megabyte in lines of real logs, and how many of each kind; without what really stands there."""
    size, kinds = 0, defaultdict[str, int](int)
    for line, result in zip(among, results, strict=True):
        if line.source != PLAIN:
            size += len(line.text.encode()) + 1
            for _, _, kind in result:
                kinds[kind] += kind not in UNLABELLED
    wrong = {kind: number for kind, number in kinds.items() if number}
    return round(sum(wrong.values()) / size * 1e6, 1), wrong


def _common(a: int, b: int, first: int, last: int) -> int:
    return max(0, min(b, last) - max(a, first))
