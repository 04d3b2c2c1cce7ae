"""Looking together between two real browsers: a picture comes over, and the customer's stop ends it there."""

# pyright: reportUnknownMemberType=false, reportUnusedImport=false
from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from houvast.app.exchange import Exchange
from houvast.app.staffing import enrol
from houvast.compiler.looking import accepting
from houvast.database import Connection, run
from houvast.diagnostics import looking, store
from houvast.web.words import wording
from tests.web.asking import Reader
from tests.web.browsing import DESKTOP, IN_TURN, NEEDS_WINDOWS, WHOLE, Visitor
from tests.web.conftest import Enter, Kept, Staff, Visit
from tests.web.test_exchange import admin, ask, exchange  # noqa: F401 (fixtures)

NO_CAMERA = "Permissions policy violation: camera is not allowed in this document."
"""What Chromium says when it looks whether a page may know addresses; ours may not use a camera."""
SHARED = "Made-up page to show"
_PIXEL = """video => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const drawn = canvas.getContext("2d");
    drawn.drawImage(video, video.videoWidth / 2, video.videoHeight / 2, 1, 1, 0, 0, 1, 1);
    return [...drawn.getImageData(0, 0, 1, 1).data];
}"""
Asks = Callable[[], tuple[int, str]]
pytestmark = NEEDS_WINDOWS


@dataclass(frozen=True)
class Case:
    """A problem that was granted to somebody of support."""

    admin: Connection
    problem: int
    by: str
    policy: Any

    def ask(self, minutes: int = 30) -> tuple[int, str]:
        """A session, and its link's token."""
        return looking.ask(self.admin, self.problem, "the error at export", minutes, self.by)

    def accepted(self) -> tuple[int, str]:
        """A session to which the customer said yes, and the code of their page."""
        number, token = self.ask()
        code = looking.accept(self.admin, token, "en", accepting(self.policy, "en").sha256)
        assert code
        return number, code

    def over(self, number: int) -> None:
        """As if its time were over."""
        run(self.admin, "ALTER TABLE houvast.looking DISABLE TRIGGER hv_keep_looking")
        run(self.admin, f"UPDATE houvast.looking SET until = clock_timestamp() WHERE id = {number}")
        run(self.admin, "ALTER TABLE houvast.looking ENABLE TRIGGER hv_keep_looking")


@pytest.fixture
def case(kept: Kept, admin: Connection, ask: Asks, request: pytest.FixtureRequest) -> Generator[Case]:  # noqa: F811
    """With a specialist of its own."""
    problem, _ = ask()
    name = "looks" + re.sub("[^a-z]", "", request.node.name)[-30:]
    enrol(admin, name, "support")
    store.grant(admin, problem, name, "olaf")
    yield Case(admin, problem, name, kept.target.project.versions[-1])
    admin.execute("UPDATE houvast.looking SET state = 'ended', ended_by = 'closing' WHERE ended_at IS NULL")


@pytest.fixture(scope="module")
def shows(browser: Browser) -> Generator[Browser]:
    """Another browser, whose owner always chooses the page with our title."""
    args = ["--no-sandbox", f"--auto-select-tab-capture-source-by-title={SHARED}"]
    other = browser.browser_type.launch(executable_path=WHOLE, args=args)
    yield other
    other.close()


def sent(reader: Reader, path: str, values: dict[str, str]) -> tuple[int, str]:
    """Send a form, also where the page shows none; what came of it."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', reader.get("/en/desk/exchange/").text)
    assert token
    answer = reader.post(path, {"csrfmiddlewaretoken": token[1], **values})
    return answer.status, answer.text


@dataclass(frozen=True)
class Two:
    """The customer and who looks along, each in a browser of their own, and what is shown."""

    customer: Page
    shown: Page
    specialist: Visitor
    number: int
    code: str
    errors: list[str]

    def begin(self) -> None:
        """The customer shows; it comes over."""
        self.customer.click("#looking-begin")
        expect(self.customer.locator("#looking-on")).to_be_visible()
        self.comes()

    def comes(self) -> None:
        """A picture is there; asked again and again, for no page of ours may make code of a text while it waits."""
        self._until("document.querySelector('#looking-video')?.videoWidth > 0")

    def _until(self, question: str) -> None:
        deadline = time.monotonic() + 30
        while not self.specialist.page.evaluate(question):
            assert time.monotonic() < deadline, question
            self.specialist.page.wait_for_timeout(200)

    def pixel(self) -> list[int]:
        """The colour in the middle of what is seen."""
        return self.specialist.page.locator("#looking-video").evaluate(_PIXEL)


@pytest.fixture
def two(case: Case, shows: Browser, staff: Staff, served: str) -> Generator[Two]:
    """A session that was accepted; both have its page open."""
    specialist = staff(case.by, "support")
    number, code = case.accepted()
    specialist.go(f"/en/desk/looking/{number}/")
    context = shows.new_context(viewport=DESKTOP)  # pyright: ignore[reportArgumentType]
    shown, customer = context.new_page(), context.new_page()
    shown.set_content(f"<title>{SHARED}</title><body style='background: rgb(20, 160, 60)'>")
    errors: list[str] = []
    customer.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    customer.goto(f"{served}/en/looking/session/{code}/")
    yield Two(customer, shown, specialist, number, code, errors)
    context.close()


def test_the_picture_comes_over_and_the_customer_ends_it(two: Two, case: Case) -> None:
    words = wording("en")["looking"]
    assert not two.customer.locator("#looking-on").is_visible()
    two.begin()
    expect(two.customer.locator("#looking-on")).to_contain_text(words["browser"])
    expect(two.customer.locator("#looking-stop")).to_be_focused()
    assert two.customer.title().startswith("●")
    red, green, blue, _ = two.pixel()
    assert abs(red - 20) < 25
    assert abs(green - 160) < 25
    assert abs(blue - 60) < 25
    assert two.specialist.faults() == []
    found = looking.watch(case.admin, two.number, case.by)
    assert [one.kind for one in found.signals] == ["offer"]
    two.customer.keyboard.press("Enter")
    expect(two.customer.locator(".lead")).to_have_text(words["lead_ended"])
    expect(two.specialist.page.locator(".lead")).to_have_text(words["lead_ended"])
    assert two.specialist.page.locator("video").count() == 0
    for page in (two.customer, two.specialist.page):
        expect(page.locator(".timeline")).to_contain_text(f"{words['step_ended']}, {words['by_customer']}")
    with pytest.raises(store.Refused, match="C40"):
        looking.reply(case.admin, two.number, case.by, "answer", found.signals[0].body)
    assert case.admin.execute("SELECT count(*) FROM houvast.looking_signal").fetchone() == (0,)
    assert {*two.errors, *two.specialist.errors} <= {NO_CAMERA}


def test_a_pause_shows_nothing_and_the_one_who_looks_along_can_open_the_page_again(two: Two, case: Case) -> None:
    two.begin()
    two.customer.click("#looking-pause")
    expect(two.specialist.page.locator("#looking-said")).to_have_text(wording("en")["looking"]["watch_paused"])
    assert not two.specialist.page.locator("#looking-video").is_visible()
    assert two.specialist.page.locator("#looking-video").evaluate("video => video.srcObject === null")
    two.customer.click("#looking-pause")
    two.comes()
    two.specialist.page.reload()
    two.comes()
    two.specialist.page.click("main form button")
    expect(two.customer.locator(".lead")).to_have_text(wording("en")["looking"]["lead_ended"])
    steps = [one.step for one in looking.watch(case.admin, two.number, case.by).log]
    assert steps == ["asked", "accepted", "began", "paused", "went on", "ended"]


def test_when_the_time_is_over_both_stop(two: Two, case: Case) -> None:
    two.begin()
    case.over(two.number)
    for page in (two.customer, two.specialist.page):
        expect(page.locator(".timeline")).to_contain_text(wording("en")["looking"]["by_time"])
    assert looking.watch(case.admin, two.number, case.by).ended_by == "time"


def test_closing_the_page_is_stopping(two: Two, case: Case) -> None:
    two.begin()
    two.customer.close(run_before_unload=True)
    expect(two.specialist.page.locator(".lead")).to_have_text(wording("en")["looking"]["lead_ended"])
    assert looking.watch(case.admin, two.number, case.by).ended_by == "customer"


def test_only_the_customers_page_may_ask_a_browser_for_a_picture(two: Two, case: Case, reader: Reader) -> None:
    two.begin()
    tried = "navigator.mediaDevices.getDisplayMedia({video: true}).then(() => 'shown', error => error.name)"
    two.specialist.page.click("h1")  # a browser asks for a gesture first
    assert two.specialist.page.evaluate(tried) == "NotAllowedError"
    video = two.specialist.page.locator("#looking-video")
    assert video.evaluate("v => [v.controls, v.disablePictureInPicture, v.controlsList.contains('nodownload')]") == [
        False, True, True,
    ]  # fmt: skip
    assert "display-capture=(self)" in reader.get(f"/en/looking/session/{two.code}/").headers["Permissions-Policy"]
    for path in ("/", f"/looking/{'0' * 64}/", "/desk/"):
        assert "display-capture=()" in reader.get(path).headers["Permissions-Policy"]


def test_a_link_says_yes_or_no_once(case: Case, reader: Reader) -> None:
    number, token = case.ask()
    path = f"/en/looking/{token}/"
    for _ in range(2):
        assert "the error at export" in reader.get(path).text  # looking changes nothing
    page = reader.post(path, {"do": "accept"}).headers["Location"]
    assert re.fullmatch(r"/en/looking/session/[0-9a-f]{64}/", page)
    assert (reader.post(path, {"do": "accept"}).status, reader.get(path).status) == (404, 404)
    shown = reader.get(page)
    assert (shown.status, shown.cookies) == (200, ())
    assert "noscript" in shown.text
    assert reader.post(page, {"do": "end"}).status == 302  # without a script
    assert wording("en")["looking"]["lead_ended"] in reader.get(page).text
    number, token = case.ask()
    assert wording("nl")["looking"]["declined_lead"] in reader.post(f"/looking/{token}/", {"do": "decline"}).text
    assert looking.watch(case.admin, number, case.by).ended_by == "customer"
    for strange in (f"/en/looking/session/{token}/", f"/looking/session/{token}/now"):
        assert reader.get(strange).status == 404
    assert reader.post(f"/en/looking/session/{token}/", {"do": "end"}).status == 404


def test_nothing_goes_without_a_yes_nor_to_another_specialist(
    case: Case,
    reader: Reader,
    enter: Enter,
    admin: Connection,  # noqa: F811
) -> None:
    officer = enter("looking-officer", "officer")
    other = enter("looking-other", "support")
    path = f"/en/desk/exchange/{case.problem}/looking/"
    assert "Only the one to whom" in other.get(path).text
    assert (
        "Only the one to whom a problem was granted, and"
        in sent(other, path, {"reason": "the error", "minutes": "30"})[1]
    )
    store.grant(admin, case.problem, "looking-other", "olaf")
    assert "without personal data" in sent(other, path, {"reason": "mail jan@example.org", "minutes": "30"})[1]
    text = sent(other, path, {"reason": "the error", "minutes": "15"})[1]
    (token,) = re.findall(r"http://localhost:8000/looking/([0-9a-f]{64})/", text)
    (number,) = re.findall(r"/desk/looking/(\d+)/", text)
    watched = f"/desk/looking/{number}/now"
    assert other.get(watched).status == 200
    assert sent(other, watched, {"do": "ready"})[0] == 409
    for strange in (officer, enter("looking-second", "support")):
        assert strange.get(f"/en/desk/looking/{number}/").status == 404
        assert strange.get(watched).status == 404
        assert sent(strange, watched, {"do": "ready"})[0] == 409
    assert officer.get(path).status == 200
    assert reader.get(watched).status == 302  # to sign in
    assert enter("looking-finance", "finance").get(path).status == 403
    page = reader.post(f"/looking/{token}/", {"do": "accept"}).headers["Location"]
    now = f"{page}now"
    assert reader.post(now, {"do": "say", "body": "v=0"}).status == 409
    assert reader.post(now, {"do": "begin"}).status == 204
    assert reader.post(now, {"do": "say", "body": "m=audio 9"}).status == 409
    assert reader.post(now, {"do": "record"}).status == 404
    store.grant(admin, case.problem, "looking-other", "olaf", gives=False)
    assert reader.get(now).text.startswith('{"state": "ended"')
    assert reader.post(now, {"do": "begin"}).status == 409


@pytest.mark.parametrize(("prefix", "viewport", "scheme"), IN_TURN)
def test_every_page_of_it_is_clean(
    case: Case, visit: Visit, staff: Staff, prefix: str, viewport: dict[str, int], scheme: str
) -> None:
    customer = visit(viewport, scheme)
    specialist = staff(case.by, "support", viewport=viewport, scheme=scheme)
    specialist.go(f"{prefix}/desk/exchange/{case.problem}/looking/")
    assert specialist.faults() == []
    specialist.page.fill("#reason", "the error at export")
    specialist.page.click("main button.btn")
    assert specialist.faults() == []
    link = urlsplit(specialist.page.locator(".done code").inner_text()).path
    specialist.page.click("main a.btn")
    assert specialist.faults() == []
    customer.go(f"{prefix}{link.removeprefix('/en')}")
    assert customer.faults() == []
    customer.page.click("[value=accept]")
    customer.page.wait_for_url("**/session/**")
    assert customer.faults() == []
    customer.page.evaluate("for (const one of document.querySelectorAll('main [hidden]')) one.hidden = false")
    assert customer.faults() == []
    customer.page.click("#looking-stop")
    expect(customer.page.locator(".timeline")).to_contain_text(
        wording("en" if prefix else "nl")["looking"]["step_ended"]
    )
    assert customer.faults() == []
    expect(specialist.page.locator("video")).to_have_count(0)
    assert specialist.faults() == []


def test_without_a_script_the_page_says_so_and_stops(case: Case, visit: Visit) -> None:
    customer = visit(java_script_enabled=False)
    _, token = case.ask()
    customer.go(f"/en/looking/{token}/")
    expect(customer.page.locator("noscript p")).to_contain_text("say no")
    customer.page.click("[value=accept]")
    expect(customer.page.locator("noscript p")).to_contain_text("press stop")
    assert not customer.page.locator("#looking-begin").is_visible()
    customer.page.click("#looking-stop")
    expect(customer.page.locator(".lead")).to_have_text(wording("en")["looking"]["lead_ended"])


def test_no_address_of_a_browser_reaches_the_log(case: Case, exchange: Exchange) -> None:  # noqa: F811
    number, _ = case.accepted()
    told = "SELECT count(*) FROM houvast.event WHERE kind LIKE 'looking%%' AND (body::text || sealed::text) ~ %s"
    assert case.admin.execute(told, (f"{case.by}|error at export|candidate",)).fetchone() == (0,)
    assert looking.watch(case.admin, number, case.by).state == "accepted"
