"""On lines of which it is known what stands in them the screener finds as much, and as little else, as it promises."""

from __future__ import annotations

import tarfile

import pytest
from bench import labelled, screening

from houvast.screening import Kind, Screener

pytestmark = pytest.mark.skipif(
    not labelled.SHARED.is_dir(), reason="NOT TESTED: the labelled lines are not in ../shared/pii-open"
)
RECALL = {Kind.NAME: 0.93, Kind.ADDRESS: 0.9, Kind.CITY: 0.9, Kind.BSN: 0.99}
PRECISION = {Kind.IP_ADDRESS: 0.9, Kind.USERNAME: 0.97}


def test_recall_and_precision_of_every_kind_and_findings_where_nothing_stands() -> None:
    lines = labelled.lines()
    found = labelled.found(Screener(), lines)
    scores = labelled.score(lines, found)
    assert len(scores) == len(labelled.KINDS)
    low = {kind: one for kind, one in scores.items() if one["recall"] < RECALL.get(Kind(kind), 0.995)}
    wrong = {kind: one for kind, one in scores.items() if one["precision"] < PRECISION.get(Kind(kind), 0.98)}
    assert (low, wrong) == ({}, {})
    assert labelled.false_in_clean(lines, found)[0] <= 5


def test_logs_full_of_numbers_hold_no_citizen_service_number_card_or_account() -> None:
    screener, size = Screener(kinds=frozenset((Kind.BSN, Kind.CARD, Kind.IBAN, Kind.PHONE, Kind.POSTCODE))), 0
    with tarfile.open(labelled.SHARED / screening.ARCHIVES[0], "r|xz") as archive:
        for member in archive:
            if size < 8 << 20 and member.name.endswith(".log") and (file := archive.extractfile(member)):
                text = file.read()
                size += len(text)
                assert screener.find(text) == []
