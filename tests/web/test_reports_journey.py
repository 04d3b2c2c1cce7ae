"""A report on visits from its cost to its files, in a real browser and through the real gate."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
from collections.abc import Generator
from datetime import date, timedelta

import pytest

from houvast.app import trends
from houvast.database import Connection, connect
from tests.compiler.staffing import code_of, enrolled
from tests.visits.trends.making import put, visits
from tests.web.asking import Reader
from tests.web.browsing import DESKTOP, NEEDS_CHROMIUM
from tests.web.conftest import Kept, Staff, Visit

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def days(kept: Kept) -> Generator[tuple[date, date]]:
    """Two weeks of visits; they go again."""
    folder = kept.site.folder.parent / "visits"
    since, until = trends.weeks(2)
    for number in range((until - since).days + 1):
        put(folder, since + timedelta(days=number), visits(since + timedelta(days=number), 900, seed=5))
    yield since, until
    shutil.rmtree(folder)


@pytest.fixture
def admin(kept: Kept) -> Generator[Connection]:
    with connect(kept.target.url) as found:
        yield found


def test_an_officer_composes_and_publishes_and_everybody_reads(
    visit: Visit, staff: Staff, admin: Connection, days: tuple[date, date], reader: Reader
) -> None:  # fmt: skip
    officer = staff("reporter")
    page = officer.page
    enrolled(admin, "reporter")
    officer.go("/en/desk/visits/reports/")
    before = page.locator("#budget + p").inner_text()
    page.fill("#from", days[0].isoformat())
    page.fill("#to", days[1].isoformat())
    page.select_option("#share", "25")
    page.get_by_role("button", name="Work out what it costs").click()
    assert page.locator("#draft").count() == 1
    assert "25 % of the budget" in page.locator("dl.sum").inner_text()
    assert officer.faults() == []
    assert page.locator("#budget + p").inner_text() == before  # nothing was spent yet
    page.fill("#code", code_of(admin, "reporter"))
    page.get_by_role("button", name="Publish this report").click()
    page.wait_for_url(re.compile(r"/en/reports/\d+/(#\w+)?$"))
    assert officer.faults() == []
    officer.shot("report")
    number = int(re.findall(r"/reports/(\d+)/", page.url)[0])
    assert page.locator("figure.chart").count() == 1
    assert "Firefox" in page.content()
    _files(reader, number, days)
    officer.go("/en/desk/visits/reports/")
    assert page.locator("#budget + p").inner_text() != before
    anybody = visit(DESKTOP, "dark")
    anybody.go("/reports/")
    anybody.page.click(f"#report-{number} a")
    assert anybody.faults() == []
    assert anybody.page.context.cookies() == []


def _files(reader: Reader, number: int, days: tuple[date, date]) -> None:
    """The same numbers in each, and the same bytes each time."""
    files = {form: reader.get(f"/en/reports/{number}/report.{form}") for form in ("json", "csv", "pdf")}
    assert {one.status for one in files.values()} == {200}
    told = json.loads(files["json"].text)
    assert (told["question"]["since"], told["question"]["until"]) == (days[0].isoformat(), days[1].isoformat())
    page = reader.get(f"/en/reports/{number}/").text
    assert hashlib.sha256(files["json"].text.encode()).hexdigest() in page
    shown = {int(one.replace(",", "")) for one in re.findall(r'about">([0-9,]+)<', page)}
    assert {row[1] for row in told["rows"]} <= shown
    counts = {cell for row in csv.reader(io.StringIO(files["csv"].text)) for cell in row}
    assert {str(row[1]) for row in told["rows"]} <= counts
    assert files["pdf"].text.startswith("%PDF")
    for form, first in files.items():
        assert reader.get(f"/en/reports/{number}/report.{form}").text == first.text
