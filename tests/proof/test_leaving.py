"""A scan of what leaves that knows nothing again breaks the promise that diagnostic data go to nobody else."""

from __future__ import annotations

import io

import pytest

from houvast.proof.leaving import leaving
from houvast.screening import leaving as scan


def test_lines_of_a_bundle_are_known_again() -> None:
    assert [(one.name, one.seen) for one in leaving() if not one.passed] == []


def test_a_scan_that_knows_nothing_again_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(text: str) -> tuple[str, ...]:
        return ()

    monkeypatch.setattr(scan, "traces", nothing)
    assert len([one for one in leaving() if not one.passed]) == 3


def test_words_without_a_number_stand_in_the_logs_of_everybody() -> None:
    assert scan.traces("the export stopped because the disk is full\nshort 1") == ()
    assert scan.traces("worker-35 export of batch 4746 stopped") != ()


def test_a_long_text_is_known_by_its_first_parts() -> None:
    text = "".join(f"line {number} of a log that has no end at all\n" for number in range(20_000))
    assert len(scan.traces(text)) == scan.MOST
    assert scan.holds(io.BytesIO(b"line 17 of a log that has no end at all"), "one.log", scan.traces(text))
