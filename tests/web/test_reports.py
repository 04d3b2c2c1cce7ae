"""Reports on visits: what one costs before it is published, what everybody reads, and files that never change.

The gate itself is tried in tests/visits/release; here it is one that publishes what it is told, from a small budget.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from houvast.app import releasing
from houvast.errors import DatabaseRefusal, UsageError
from houvast.visits.model import Rules
from houvast.visits.release.model import Budget, Cost, Draft, Guarantee, Key, Question, Report, Row
from tests.web.asking import Reader
from tests.web.browsing import IN_TURN, NEEDS_CHROMIUM
from tests.web.conftest import Enter, Kept, Visit

PATH = "/en/desk/visits/reports/"
RULES = Rules()
ASKED = "key=day&key=browser&from=2026-11-02&to=2026-11-04&share=15"
LABELS = {"www": {"nl": "De website", "en": "The website"}}


@dataclass
class Gate:
    """Publishes for the code 123456, as long as there is budget. `looked`: how often anything was counted."""

    spent: int = 0
    looked: int = 0
    published: list[Report] = field(default_factory=list[Report])

    def budget(self, target: object, connection: object = None) -> Budget:
        """What is left."""
        return Budget(100, self.spent, 100 - self.spent, 30)

    def compose(self, target: object, question: Question, connection: object = None) -> Draft:
        """What it costs, in hundredths."""
        known = next((one.number for one in self.published if one.question == question), None)
        cost = Cost(question.share, 150_000)
        return Draft(question, cost, self.budget(target), 4, 26, 60, known)

    def publish(self, target: object, question: Question, *, by: str, code: str, connection: object = None) -> Report:
        """Once."""
        if code != "123456":
            raise DatabaseRefusal(
                "This is confirmed by a code (promise G10).", todo="Give the code that your app shows."
            )
        if question.share > 100 - self.spent:
            raise DatabaseRefusal("There is not enough left (promise C24).", todo="Ask for less.")
        self.spent, self.looked = self.spent + question.share, self.looked + 1
        days = [date(2026, 11, day).isoformat() for day in (2, 3, 4)]
        said = Guarantee(Cost.of(RULES, question.share), 4, 10, 60, "counts", Cost.of(RULES, 100), 30)
        rows = [
            Row((day, one), 300 + 40 * place, 26)
            for day in days
            for place, one in enumerate(("Firefox", "<b>", "Other"))
        ]
        totals = [Row((day,), 1_000 + place, 30) for place, day in enumerate(days)]
        number, at = len(self.published) + 1, datetime(2026, 11, 5, 9, tzinfo=UTC)
        made = Report(number, "Lakana", "lakana 1", at, question, tuple(rows), tuple(totals), True, said, LABELS)
        self.published.insert(0, made)
        _forget()
        return made

    def reports(self, target: object, connection: object = None) -> tuple[Report, ...]:
        """All of them."""
        return tuple(self.published)

    def report_bytes(
        self, target: object, number: int, fmt: str, language: str = "nl", connection: object = None
    ) -> bytes:
        """A file."""
        found = next((one for one in self.published if one.number == number), None)
        if found is None:
            raise UsageError("There is no such report.", todo="houvast visits report list")
        return f"{fmt} {language} ".encode() + found.to_bytes()


def _forget() -> None:
    """What the pages remember of reports; they can be imported once Django knows its settings."""
    from houvast.web.views import cached, reports

    reports._read.clear()  # pyright: ignore[reportPrivateUsage]
    cached._pages.clear()  # pyright: ignore[reportPrivateUsage]


def _title(report: Report, language: str) -> str:
    return f"Visits {report.number} {language}"


@pytest.fixture
def gate(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Generator[Gate]:
    """A gate that is known, and titles without the words of the real one."""
    made = Gate()
    for name in ("budget", "compose", "publish", "reports", "report_bytes"):
        monkeypatch.setattr(releasing, name, getattr(made, name))
    monkeypatch.setattr(Report, "title", _title)
    _forget()
    yield made
    _forget()


def sent(reader: Reader, code: str, query: str = ASKED) -> Any:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', reader.get(f"{PATH}?{query}").text)
    assert token
    fields = [tuple(one.split("=")) for one in query.split("&")]
    asked: dict[str, Any] = {"code": code, "csrfmiddlewaretoken": token[1]}
    for name, value in fields:
        asked.setdefault(name, []).append(value)
    return reader.post(PATH, asked)


def test_the_cost_is_shown_before_anything_is_counted(gate: Gate, enter: Enter) -> None:
    officer = enter("reports-cost", "officer")
    assert "100 % is left" in officer.get(PATH).text
    shown = officer.get(f"{PATH}?{ASKED}").text
    for said in (
        "15 % of the budget",
        "at most 26 off",
        "No number below 60",
        "Counts in 4 groups",
        "No visit was looked at",
    ):
        assert said in shown
    assert gate.looked == 0
    assert "Firefox" not in shown


def test_an_officer_publishes_with_a_code_once(gate: Gate, enter: Enter) -> None:
    officer = enter("reports-publish", "officer")
    assert "confirmed by a code" in sent(officer, "000000").text
    assert gate.published == []
    done = sent(officer, "123456")
    assert (done.status, done.headers["Location"]) == (302, "/en/reports/1/")
    assert gate.published[0].question == Question((Key.DAY, Key.BROWSER), date(2026, 11, 2), date(2026, 11, 4), 15)
    assert "85 % is left" in officer.get(PATH).text
    again = officer.get(f"{PATH}?{ASKED}").text
    assert "published before, as report 1" in again
    assert 'name="code"' not in again


def test_what_does_not_fit_says_the_promise_and_what_to_do(gate: Gate, enter: Enter) -> None:
    gate.spent = 90
    officer = enter("reports-spent", "officer")
    shown = officer.get(f"{PATH}?{ASKED}").text
    assert "promise C24" in shown
    assert "10 % is left" in shown
    assert 'name="code"' not in shown
    assert "belofte C24" in officer.get(f"/desk/visits/reports/?{ASKED}").text


def test_others_see_the_cost_and_do_not_publish(gate: Gate, enter: Enter) -> None:
    auditor = enter("reports-auditor", "auditor")
    shown = auditor.get(f"{PATH}?{ASKED}").text
    assert "An officer publishes it" in shown
    assert 'name="code"' not in shown
    officer = enter("reports-token", "officer")
    assert officer.get(f"{PATH}?{ASKED}").status == 200
    refused = auditor.post(PATH, {"key": "day", "from": "2026-11-02", "to": "2026-11-04", "code": "123456"})
    assert refused.status == 403
    assert gate.published == []
    assert enter("reports-helper", "subcontractor").get(PATH).status == 403


WRONG = (
    "key=visitor&from=2026-11-02&to=2026-11-04", "key=day&key=week&from=2026-11-02&to=2026-11-04",
    "key=day&from=2026-11-04&to=2026-11-02", "key=day&from=x&to=y", "key=day&from=2026-11-02",
    "key=day&key=page&key=browser&key=language&key=hour&from=2026-11-02&to=2026-11-04",
    "key=day&from=2026-11-02&to=2026-11-04&share=0",
)  # fmt: skip


def test_what_cannot_be_asked_is_refused_where_it_was_asked(gate: Gate, enter: Enter) -> None:
    officer = enter("reports-wrong", "officer")
    for query in WRONG:
        shown = officer.get(f"{PATH}?{query}")
        assert (query, shown.status) == (query, 200)
        assert 'role="alert"' in shown.text
        assert "This report" not in shown.text
    assert gate.looked == 0


def test_everybody_reads_what_was_published(gate: Gate, reader: Reader) -> None:
    assert "No report was published yet" in reader.get("/en/reports/").text
    assert reader.get("/en/reports/1/").status == 404
    gate.publish(None, Question((Key.DAY, Key.BROWSER), date(2026, 11, 2), date(2026, 11, 4)), by="x", code="123456")
    assert "Visits 1 en" in reader.get("/en/reports/").text
    for prefix, about, noise, number in (("/en", "give or take", "Each number has noise", "1,002"),
                                         ("", "Meer of minder", "In elk getal zit ruis", "1.002")):  # fmt: skip
        page = reader.get(f"{prefix}/reports/1/")
        assert page.status == 200
        assert about.lower() in page.text.lower()
        assert noise in page.text
        assert number in page.text
        assert "&lt;b&gt;" in page.text
        assert "<b>," not in page.text
        assert "Set-Cookie" not in page.headers
        assert "/policy/#C24" in page.text


def test_a_file_is_the_same_bytes_each_time(gate: Gate, reader: Reader) -> None:
    gate.publish(None, Question((Key.DAY,), date(2026, 11, 2), date(2026, 11, 4)), by="x", code="123456")
    for form, kind in (
        ("csv", "text/csv"),
        ("pdf", "application/pdf"),
        ("json", "application/json"),
        ("receipt", "application/json"),
    ):
        first = reader.get(f"/en/reports/1/report.{form}")
        assert (first.status, first.headers["Content-Type"].split(";")[0]) == (200, kind)
        assert first.text == reader.get(f"/en/reports/1/report.{form}").text
        assert first.text.startswith(f"{form} en ")
        assert "attachment" in first.headers["Content-Disposition"]
        assert ("immutable" in first.headers["Cache-Control"]) == (form != "receipt")
    assert gate.looked == 1
    for path in ("/en/reports/2/report.csv", "/en/reports/1/report.xls", "/en/reports/99999999999999999999/"):
        assert reader.get(path).status == 404


@NEEDS_CHROMIUM
@pytest.mark.parametrize(("prefix", "viewport", "scheme"), IN_TURN)
def test_pages_of_reports_are_clean(
    gate: Gate, enter: Enter, reader: Reader, visit: Visit, prefix: str, viewport: dict[str, int], scheme: str
) -> None:
    officer = enter(f"reports-clean-{scheme}", "officer")
    gate.publish(None, Question((Key.DAY, Key.BROWSER), date(2026, 11, 2), date(2026, 11, 4)), by="x", code="123456")
    pages: list[tuple[Callable[[str], Any], str]] = [
        (reader.get, "/reports/"), (reader.get, "/reports/1/"), (officer.get, "/desk/visits/reports/"),
        (officer.get, f"/desk/visits/reports/?{ASKED.replace('15', '25')}"),
        (officer.get, "/desk/visits/reports/?key=x"),
    ]  # fmt: skip
    visitor, shown = visit(viewport, scheme), [""]
    visitor.page.route("**/failing/", lambda to: to.fulfill(body=shown[0], content_type="text/html; charset=utf-8"))
    for get, path in pages:
        shown[0] = get(prefix + path).text
        visitor.go("/failing/")
        assert (path, visitor.faults()) == (path, [])
        wide = visitor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (path, wide) == (path, 0)
