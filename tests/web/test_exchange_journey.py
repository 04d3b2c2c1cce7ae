"""From a request to a certificate in Chromium, on both sides, in two languages; every page and state is clean."""

# pyright: reportUnusedImport=false
from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Route

from houvast.app.custody import Custody
from houvast.app.evidence import Log
from houvast.database import Connection, connect
from houvast.diagnostics import store
from houvast.diagnostics.sealing import PIECE
from houvast.evidence.verify import verify_file
from houvast.web.words import wording
from tests.diagnostics.help_desk import whole_round
from tests.web.browsing import DESKTOP, NEEDS_CHROMIUM, PHONE, Visitor
from tests.web.conftest import Kept, Staff, Visit
from tests.web.test_exchange import admin, exchange, worker  # noqa: F401 (fixtures)

pytestmark = NEEDS_CHROMIUM
PHONE_DARK, DESKTOP_LIGHT = ("nl", PHONE, "dark"), ("en", DESKTOP, "light")
LOG = b"user=jan@example.org export starts\n" * 3 + b"export goes on\n" * (PIECE // 15)
"""A little more than one piece."""


@pytest.fixture(autouse=True)
def _tidy(kept: Kept) -> Generator[None]:
    yield
    with connect(kept.target.url) as db:
        db.execute("UPDATE houvast.bundle SET state = 'withdrawn' WHERE ended_at IS NULL")


def is_redacted(data: bytes) -> bool:
    """Whether a stand-in is where the address was, and all else as it was."""
    first, _, rest = data.partition(b"\n")
    return (
        first.endswith(b".invalid export starts") and b"jan@" not in data and rest.count(b"\n") == LOG.count(b"\n") - 1
    )


def seen(visitor: Visitor, name: str, language: str) -> None:
    """The page is clean."""
    assert visitor.faults() == [], name
    visitor.shot(f"{name}-{language}")


def send(page: Page, file: Path) -> None:
    """Send the log, of which the second piece is lost once."""
    lost: list[int] = []

    def lose(route: Route) -> None:
        lost.append(1)
        route.abort() if len(lost) == 2 else route.continue_()  # the second piece, once

    page.route("**/files/*", lose)
    file.write_bytes(LOG)
    page.set_input_files("#file", file)
    page.click("#send-form button")
    page.wait_for_selector("#files")
    assert len(lost) >= 4


def look(customer: Visitor, words: Mapping[str, str], language: str) -> None:
    """Look at what was found, in its lines, and come back."""
    page = customer.page
    page.click(f"a:has-text('{words['show']}')")
    seen(customer, "5-found-asked", language)
    page.click("main button.btn")
    assert "jan@" not in page.content()
    assert page.locator(".found mark").count() == 3
    seen(customer, "5-found-lines", language)
    page.click(".crumb a")
    page.locator("main").get_by_text(words["looks_one"]).wait_for()  # a click does not wait until the page is read


def certified(page: Page, words: Mapping[str, str], published: Callable[[], object]) -> None:
    """The certificate says how it ended, and its receipt proves that once the log is `published`."""
    with page.expect_download() as got:
        page.click(f"a:has-text('{words['certificate']}')")
    assert '"ended":"returned"' in Path(got.value.path()).read_text()
    published()
    with page.expect_download() as got:
        page.click(f"a:has-text('{words['receipt']}')")
    told = verify_file(Path(got.value.path()))
    assert (told.kind, dict(told.kinds)) == ("receipt", {"exchange_certified": 1})


@pytest.mark.parametrize(
    ("language", "viewport", "scheme"), [PHONE_DARK, pytest.param(*DESKTOP_LIGHT, marks=pytest.mark.long)]
)
def test_a_file_goes_from_request_to_certificate(
    kept: Kept, visit: Visit, admin: Connection, worker: Custody, tmp_path: Path,  # noqa: F811
    language: str, viewport: dict[str, int], scheme: str,
) -> None:  # fmt: skip
    words, prefix = wording(language)["exchange"], "" if language == "nl" else f"/{language}"
    until = datetime.now(UTC) + timedelta(days=7)
    number, token = store.ask(admin, f"22-{language}", "the log of the export", "it stops at 40 percent", until,
                              purpose="fix", by="anna", language=language)  # fmt: skip
    customer = visit(viewport, scheme)
    page = customer.page
    customer.go(f"{prefix}/exchange/{token}/")
    seen(customer, "1-link", language)
    page.click("main button.btn")
    seen(customer, "2-statement", language)
    page.check("#entitled")
    page.click("main button.btn")
    seen(customer, "3-send", language)

    send(page, tmp_path / "export.log")
    seen(customer, "4-waits", language)
    whole_round(worker, admin)
    page.reload()
    assert page.locator("svg.meter rect").count() >= 1
    seen(customer, "5-found", language)
    look(customer, words, language)
    page.click(f"button:has-text('{words['redact']}')")
    whole_round(worker, admin)
    page.reload()
    seen(customer, "6-redacted", language)
    page.click(f"button:has-text('{words['submit']}')")
    bundle = max(one["id"] for one in _problem(admin, number).bundles)
    store.judge(admin, bundle, accepts=True, by="anna")
    store.grant(admin, number, "anna", "olaf")
    content = store.opened(admin, bundle, "to find the cause", "anna")
    assert is_redacted(b"".join(worker.exchange.read(content)))
    page.reload()
    assert "to find the cause" in page.locator(".timeline").inner_text()
    seen(customer, "7-opened", language)
    page.click("button[value=return]")
    store.close(admin, number, "anna")
    page.reload()
    seen(customer, "8-closed", language)
    with page.expect_download() as got:
        page.click(f"a:has-text('{words['take_back']}')")
    assert is_redacted(Path(got.value.path()).read_bytes())
    page.click(f"button:has-text('{words['taken']}')")
    whole_round(worker, admin)
    page.reload()
    seen(customer, "9-certificate", language)
    certified(page, words, lambda: Log.of(kept.target).integrate(admin))
    assert customer.errors == [one for one in customer.errors if "ERR_FAILED" in one]


@pytest.mark.parametrize(
    ("language", "viewport", "scheme"), [DESKTOP_LIGHT, pytest.param(*PHONE_DARK, marks=pytest.mark.long)]
)
def test_support_officer_and_subcontractor_do_their_part(
    staff: Staff, admin: Connection, worker: Custody,  # noqa: F811
    language: str, viewport: dict[str, int], scheme: str,
) -> None:  # fmt: skip
    prefix, how = "" if language == "nl" else f"/{language}", {"viewport": viewport, "scheme": scheme}
    support = staff(f"journeysupport{language}", "support", **how)
    support.go(f"{prefix}/desk/exchange/")
    seen(support, "a-list", language)
    for name, text in (("ticket", f"31-{language}"), ("wants", "the log"), ("why", "it stops")):
        support.page.fill(f"#{name}", text)
    support.page.select_option("#consumer", "no")
    support.page.click("main button.btn:last-of-type")
    seen(support, "b-asked", language)
    token = support.page.locator(".done code").inner_text().rstrip("/").rpartition("/")[2]
    follow = store.begin(admin, token)
    assert follow
    worker.exchange.state(admin, follow, language)
    for data in (b"user=jan@example.org\n", b"export starts\n"):
        code = worker.exchange.begin(admin, follow, len(data), "a.log")
        worker.exchange.receive(admin, follow, code, 0, data)
    whole_round(worker, admin)
    store.decide(admin, follow, code, "submit")
    number = max(one.number for one in store.problems(admin, "anna"))
    path = f"{prefix}/desk/exchange/{number}/"
    support.go(path)
    seen(support, "c-submitted", language)
    support.page.click("button[value=accept]")
    officer = staff(f"journeyofficer{language}", "officer", **how)
    officer.go(path)
    officer.page.fill("#who", f"journeysupport{language}")
    officer.page.click("button[value=grant]")
    seen(officer, "d-granted", language)
    officer.go(f"{prefix}/desk/exchange/subcontractors/")
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    given = {"name": f"Firm {language.upper()}", "country": "DE", "since": f"{today}",
             "until": f"{today + timedelta(days=900)}", "announced": f"{today}"}  # fmt: skip
    for name, text in given.items():
        officer.page.fill(f"#{name}", text)
    officer.page.click("button[value=record]")
    assert f"Firm {language.upper()}" in officer.page.locator("table").inner_text()
    seen(officer, "e-register", language)
    officer.go(f"{prefix}/subcontractors/")
    assert f"Firm {language.upper()}" in officer.page.locator("table").inner_text()
    seen(officer, "i-public", language)
    support.go(path)
    support.page.fill("[name=reason]", "to find the cause")
    with support.page.expect_download() as got:
        support.page.click("button[value=open]")
    assert Path(got.value.path()).read_bytes() == b"export starts\n"
    support.go(path)
    support.page.click("details summary")
    seen(support, "f-opened", language)
    firm = staff(f"journeyfirm{language}", "subcontractor", **how)
    assert firm.page.url.endswith("/desk/exchange/")
    seen(firm, "g-firm", language)
    support.page.click("button[value=close]")
    seen(support, "h-closed", language)
    assert support.errors == officer.errors == firm.errors == []


def _problem(admin: Connection, number: int) -> store.Problem:  # noqa: F811
    return next(one for one in store.problems(admin, "anna") if one.number == number)
