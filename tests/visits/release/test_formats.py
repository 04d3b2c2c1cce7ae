"""One report, three files, in Dutch and English: the same numbers, and plain words on how sure they are."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from houvast.errors import UsageError
from houvast.visits.release.checking import released
from houvast.visits.release.formats import as_csv, as_pdf, svg
from houvast.visits.release.model import Cost, Guarantee, Key, Question, Report, Row
from houvast.visits.release.words import LANGUAGES, how_private, how_sure, value, wording

QUESTION = Question((Key.DAY, Key.REFERRER), date(2026, 11, 1), date(2026, 11, 2))
REPORT = Report(
    7, "Voorbeeld B.V.", "voorbeeld 2", datetime(2026, 11, 4, 12, tzinfo=UTC), QUESTION,
    (Row(("2026-11-01", "none"), 1_234, 12), Row(("2026-11-01", "=cmd.example"), 40, 12)),
    (Row(("2026-11-01",), 2_000, 20), Row(("2026-11-02",), 1_500, 20)), False,
    Guarantee(Cost(15_000, 150_000), 16, 10, 10, "selected", Cost(100_000, 1_000_000), 30), {"shop": {"nl": "Winkel"}},
)  # fmt: skip


def test_a_report_comes_back_from_its_bytes() -> None:
    assert Report.from_bytes(REPORT.to_bytes()) == REPORT
    assert REPORT.to_bytes() == Report.from_bytes(REPORT.to_bytes()).to_bytes()
    for content in (b"", b"[]", b"{}", REPORT.to_bytes().replace(b"houvast-report/1", b"houvast-report/2")):
        with pytest.raises(UsageError, match="no report"):
            Report.from_bytes(content)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_spreadsheet_has_every_number_and_no_formula(language: str) -> None:
    rows = list(csv.reader(io.StringIO(as_csv(REPORT, language).decode("utf-8-sig"))))
    assert [row[-2:] for row in rows[1:]] == [["2000", "20"], ["1500", "20"], ["1234", "12"], ["40", "12"]]
    assert rows[1][:3] == [wording(language)["columns"]["total"], "2026-11-01", ""]
    assert rows[4][2] == "'=cmd.example"


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_is_the_same_bytes_each_time(language: str) -> None:
    made = as_pdf(REPORT, language)
    assert made.startswith(b"%PDF")
    assert as_pdf(REPORT, language) == made
    assert b"/StructTreeRoot" in made, "it is tagged"


def test_nothing_to_tell_is_told() -> None:
    nothing = replace(REPORT, rows=(), totals=())
    assert as_pdf(nothing, "nl").startswith(b"%PDF")
    assert svg(nothing) == ""
    assert len(as_csv(nothing, "nl").splitlines()) == 1


def test_a_picture_has_a_bar_and_its_error_for_each_total() -> None:
    picture = svg(REPORT)
    assert picture.count("<rect") == len(REPORT.totals)
    assert picture.count("<path") == len(REPORT.totals) + 1


def test_titles_and_values_are_words() -> None:
    assert REPORT.title("nl") == "Bezoekers per dag en site van herkomst, 1 november 2026 tot en met 2 november 2026"
    assert REPORT.title("en") == "Visitors by day and referring site, 1 November 2026 to 2 November 2026"
    assert value(REPORT, Key.REFERRER, "none", "nl") == "geen"
    assert value(REPORT, Key.SITE, "shop", "nl") == "Winkel"
    assert value(REPORT, Key.MONTH, "2026-11", "en") == "November 2026"
    assert value(REPORT, Key.WEEK, "2026-11-02", "en") == "week of 2 November 2026"


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_sure_and_how_private_say_the_figures(language: str) -> None:
    said = " ".join((*how_sure(REPORT, language), *how_private(REPORT, language)))
    for figure in ("95", "10", REPORT.sha256, "30", {"nl": "0,015", "en": "0.015"}[language]):
        assert figure in said
    assert "{" not in said


def test_a_receipt_of_something_else_proves_no_report() -> None:
    entry = {"kind": "report_released", "body": {"report_sha256": REPORT.sha256}}
    assert released(REPORT.to_bytes(), entry) == ""
    assert released(REPORT.to_bytes(), {**entry, "kind": "policy_applied"})
    assert released(REPORT.to_bytes(), None)
    assert released(REPORT.to_bytes() + b"\n", entry)
