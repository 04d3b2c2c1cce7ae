"""Every page and state that somebody can come to: axe-core, narrow, on paper, two languages, light and dark."""

# pyright: reportMissingTypeStubs=false
from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import Page, Route

from houvast.app import desk, keep
from houvast.database import connect, run
from houvast.web.words import wording
from tests.web.asking import PASSWORD, code_of
from tests.web.browsing import IN_TURN, NEEDS_CHROMIUM, PHONE, Visitor
from tests.web.conftest import Kept, Staff, Visit

pytestmark = NEEDS_CHROMIUM
NARROW = {"width": 320, "height": 256}
"""What is left of 1280 pixels at 400 % (WCAG 1.4.10)."""
FAILING = sorted({key.removesuffix("_title") for key in wording("nl")["failing"] if key.endswith("_title")})
PUBLIC = ("/", "/policy/", "/policy/C10/", "/rules/", "/versions/", "/accessibility/", "/receipt/", "/sign-in/",
          "/not-there/", "/subcontractors/", "/reports/",
          "/me/", "/me/code/", "/me/stop/x/")  # fmt: skip
DESK = ("/desk/", "/desk/promises/", "/desk/promises/?status=broken", "/desk/promises/C10/", "/desk/uses/",
        "/desk/visits/", "/desk/visits/reports/",
        "/desk/controls/", "/desk/requests/", "/desk/incoming/", "/desk/flagged/", "/desk/breaches/", "/desk/evidence/",
        "/desk/evidence/0/", "/desk/checks/", "/desk/drift/", "/desk/runs/", "/desk/mail/", "/desk/look/",
        "/desk/source/policy/", "/desk/source/map/", "/staff/ways/", "/staff/sessions/", "/staff/set-up/",
        "/sign-out/")  # fmt: skip


@pytest.mark.parametrize(("prefix", "viewport", "scheme"), IN_TURN)
def test_a_page_for_what_fails_is_clean(
    kept: Kept, visit: Visit, served: str, prefix: str, viewport: dict[str, int], scheme: str
) -> None:
    language = prefix.strip("/") or "nl"
    html: dict[str, str] = {}
    with translation.override(language):
        for what in FAILING:
            html[what] = render_to_string("failing.html", {"what": what}, RequestFactory().get(f"{prefix}/"))
    visitor = visit(viewport, scheme)

    def fail(route: Route) -> None:
        what = route.request.url.rstrip("/").rpartition("/")[2]
        route.fulfill(body=html[what], content_type="text/html; charset=utf-8")

    visitor.page.route("**/failing/*/", fail)
    for what in FAILING:
        visitor.go(f"/failing/{what}/")
        assert (what, visitor.faults()) == (what, [])
        assert visitor.page.locator("h1").inner_text() == wording(language)["failing"][f"{what}_title"]


def _come_in(officer: Visitor, link: str) -> str:
    """With a passkey, and with a password and a code too; the secret of the codes."""
    page = officer.page
    officer.add_key()
    officer.go(link)
    page.click("main button.btn")
    page.click("a[href$='/staff/ways/passkey/']")
    page.click("#passkey-add")
    page.wait_for_url("**/staff/ways/")
    officer.go("/staff/password/")
    page.fill("[name=new_password1]", PASSWORD)
    page.fill("[name=new_password2]", PASSWORD)
    page.click("main button.btn")
    return page.locator(".secret").inner_text()


def _entrance(page: Page) -> Iterator[str]:
    """The pages for adding, showing again and removing ways to sign in."""
    yield "/staff/ways/code/"
    page.fill("[name=code]", "000000")
    page.click("main button.btn")
    yield ""  # the same with what is wrong
    yield "/staff/ways/passkey/"
    yield "/staff/again/"
    yield "/staff/again/passkey/"


@pytest.mark.parametrize(("prefix", "viewport", "scheme"), IN_TURN)
def test_every_page_of_the_entrance_is_clean(
    visit: Visit, link: Callable[[str], str], prefix: str, viewport: dict[str, int], scheme: str
) -> None:
    officer = visit(viewport, scheme)
    page = officer.page
    secret = _come_in(officer, link(f"entrance-{scheme}"))
    for path in _entrance(page):
        if path:
            officer.go(prefix + path)
        assert (path, page.url.removeprefix(officer.base)) == (
            path,
            prefix + path if path else prefix + "/staff/ways/code/",
        )
        assert (path, officer.faults()) == (path, [])
    officer.go(f"{prefix}/staff/ways/code/")
    page.fill("[name=code]", code_of(secret_of(page) or secret))
    page.click("main button.btn")
    page.wait_for_url("**/staff/ways/")
    for path in ("/staff/ways/", "/staff/ways/code/remove/", "/staff/again/code/"):
        officer.go(prefix + path)
        assert (path, officer.faults()) == (path, [])
    officer.go(f"{prefix}/staff/ways/")
    (remove,) = re.findall(r'href="([^"]*/staff/ways/passkey/[0-9]+/remove/)"', page.content())
    officer.go(remove)
    assert officer.faults() == []


def secret_of(page: Page) -> str:
    found = page.locator(".secret")
    return found.inner_text() if found.count() else ""


def test_drift_is_told_in_the_language_of_the_page(kept: Kept, staff: Staff) -> None:
    officer = staff("drift", viewport=PHONE, scheme="dark")
    with connect(kept.target.url) as admin:
        run(admin, "CREATE POLICY everybody ON ticket FOR SELECT TO hv_answer USING (true)")
        try:
            keep.drift(kept.target)
            for prefix, *words in (
                ("", "Erbij gekomen", "rijregel", "DROP POLICY ... ON de tabel",
                 "Hoort het zo? Dan onthoudt houvast apply het."),
                ("/en", "Added", "row policy", "DROP POLICY ... ON the table", "; if it is meant"),
            ):  # fmt: skip
                officer.go(f"{prefix}/desk/drift/")
                row = officer.page.locator("tbody tr", has_text="public.ticket everybody").inner_text()
                assert [one for one in words if one not in row] == [], row
                assert officer.faults() == []
                officer.go(f"{prefix}/desk/")
                assert officer.faults() == []
        finally:
            run(admin, "DROP POLICY everybody ON ticket")
            keep.drift(kept.target)


@pytest.mark.parametrize("prefix", ["", pytest.param("/en", marks=pytest.mark.long)])
def test_no_page_is_wider_than_320_pixels(kept: Kept, staff: Staff, prefix: str) -> None:
    with connect(kept.target.url) as admin:
        long = f"found: {'a_name_without_a_place_to_break_it_' * 3}"
        desk.raise_alarm(admin, "long", "words", {"nl": long, "en": long}, None)
    officer = staff("narrow", viewport=NARROW, scheme="dark", forced_colors="active", reduced_motion="reduce")
    page = officer.page
    for path in (*PUBLIC, *DESK):
        officer.go(prefix + path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (path, wide) == (path, 0)
        assert page.evaluate("document.getAnimations().length") == 0
    with connect(kept.target.url) as admin:
        desk.settle(admin, "long", ())


def test_on_paper_menus_are_gone_and_what_was_folded_can_be_read(visit: Visit) -> None:
    visitor = visit()
    visitor.go("/policy/")
    visitor.page.emulate_media(media="print")
    assert not visitor.page.locator("header nav").is_visible()
    assert not visitor.page.locator("nav.stay").is_visible()
    assert visitor.page.locator("#C10 .word").is_visible()
    ground = visitor.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    assert len(visitor.page.pdf(format="A4")) > 10_000
