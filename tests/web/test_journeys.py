"""What a visitor and an officer do, in a real browser, in both languages, on phone and desktop, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.web.asking import PASSWORD, code_of
from tests.web.browsing import CHROMIUM, DESKTOP, NEEDS_CHROMIUM, PHONE
from tests.web.conftest import Visit

WAYS = [
    ("", DESKTOP, "light", 0),
    ("/en", PHONE, "dark", 1),
    pytest.param("/en", PHONE, "dark", 0, marks=pytest.mark.long),
    pytest.param("", DESKTOP, "light", 1, marks=pytest.mark.long),
]
"""Language, screen, colours, and which half of the pages axe-core sees so: both, where there is time."""
PUBLIC = (
    "/",
    "/policy/",
    "/policy/C10/",
    "/rules/",
    "/versions/",
    "/accessibility/",
    "/receipt/",
    "/not-there/",
    "/sign-in/",
)
REST = [path for path in PUBLIC if path != PUBLIC[2]]
DESK = ("/desk/promises/", "/desk/promises/?status=kept", "/desk/promises/C10/", "/desk/uses/",
        "/desk/evidence/", "/desk/evidence/0/", "/desk/checks/", "/desk/runs/", "/desk/mail/", "/desk/look/",
        "/desk/source/map/", "/desk/source/policy/", "/staff/sessions/", "/staff/set-up/", "/sign-out/")  # fmt: skip
"""Those that no test of their own looks at."""

pytestmark = NEEDS_CHROMIUM


@pytest.mark.parametrize(("prefix", "viewport", "scheme", "half"), WAYS)
def test_a_visitor_reads_a_sentence_and_sees_how_it_is_kept(
    visit: Visit, prefix: str, viewport: dict[str, int], scheme: str, half: int
) -> None:
    visitor = visit(viewport, scheme)
    page = visitor.page
    visitor.go(f"{prefix}/")
    page.click(f"a.btn[href='{prefix}/policy/']")
    opened = page.locator("#C10 summary")
    opened.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#C10 .hang")).to_be_visible()
    assert visitor.faults() == []
    page.click("#C10 .hang a")
    expect(page.locator("h1")).to_contain_text("C10")
    for path in PUBLIC[half::2]:
        if path == "/policy/":
            continue  # was looked at above, with a sentence opened
        visitor.go(prefix + path)
        assert (path, visitor.faults()) == (path, [])
    assert visitor.context.cookies() == [] or {one.get("name") for one in visitor.context.cookies()} == {"houvast-form"}


@pytest.mark.parametrize(("prefix", "viewport", "scheme", "half"), WAYS)
def test_an_officer_comes_in_with_a_passkey_and_sees_what_waits(
    visit: Visit, link: Callable[[str], str], prefix: str, viewport: dict[str, int], scheme: str, half: int
) -> None:
    officer = visit(viewport, scheme)
    page = officer.page
    officer.add_key()
    officer.go(prefix + link(f"key-{prefix.strip('/')}-{viewport['width']}"))
    page.click("main button.btn")
    page.click(f"a[href='{prefix}/staff/ways/passkey/']")
    page.click("#passkey-add")
    page.wait_for_url("**/staff/ways/")
    for path in [*DESK[half::2], DESK[-1]]:
        officer.go(prefix + path)
        assert (path, officer.faults()) == (path, [])
    page.click("main button.btn")
    page.wait_for_url("**/sign-in/")
    officer.go(f"{prefix}/desk/")
    page.click("#passkey-login")
    page.wait_for_url("**/desk/")
    expect(page.locator("h1")).to_be_visible()
    assert officer.errors == []


def test_without_scripts_an_officer_comes_in_with_a_password_and_a_code(
    visit: Visit, link: Callable[[str], str]
) -> None:
    officer = visit(java_script_enabled=False)
    page = officer.page
    officer.go(link("no-script"))
    page.click("main button.btn")
    page.click("a[href='/staff/password/']")
    page.fill("[name=new_password1]", "short")
    page.fill("[name=new_password2]", "short")
    page.click("main button.btn")
    expect(page.locator(".errors")).to_be_visible()
    page.fill("[name=new_password1]", PASSWORD)
    page.fill("[name=new_password2]", PASSWORD)
    page.click("main button.btn")
    secret = page.locator(".secret").inner_text()
    page.fill("[name=code]", code_of(secret))
    page.click("main button.btn")
    page.wait_for_url("**/staff/ways/")
    code = code_of(secret)
    for is_new in (True, False):
        officer.go("/sign-out/")
        page.click("main button.btn")
        officer.go("/sign-in/?next=/desk/uses/")
        page.fill("[name=login]", "no-script")
        page.fill("[name=password]", PASSWORD)
        page.click("main form[action='/sign-in/'] button")
        page.wait_for_url("**/sign-in/code/")
        code = code_of(secret) if is_new else code
        page.fill("[name=code]", code)
        page.click("main form:has([name=code]) button")
        if is_new:
            page.wait_for_url("**/desk/**")
            expect(page.locator("h1")).to_be_visible()
        else:
            expect(page.locator(".errors")).to_be_visible()


def test_everything_is_reached_with_the_keyboard_alone(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    visitor.go("/policy/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    reached: set[str] = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))
        assert page.evaluate("document.activeElement.getBoundingClientRect().height") > 0
    assert {"A", "SUMMARY"} <= reached
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


@pytest.mark.parametrize(
    "path", [PUBLIC[2], *(pytest.param(path, marks=pytest.mark.long) for path in PUBLIC if path != PUBLIC[2])]
)
def test_a_page_fits_at_320_pixels_and_at_four_times_its_size(visit: Visit, path: str) -> None:
    visitor = visit({"width": 320, "height": 256}, forced_colors="active", reduced_motion="reduce")
    visitor.go(path)
    assert visitor.faults() == []
    assert visitor.page.evaluate("document.getAnimations().length") == 0


def test_the_first_page_is_less_than_a_hundred_kilobytes(visit: Visit) -> None:
    visitor = visit()
    sizes: list[int] = []
    visitor.page.on("requestfinished", lambda one: sizes.append(sum(map(int, map(str, one.sizes().values())))))
    visitor.go("/")
    visitor.page.wait_for_load_state("networkidle")
    assert 2 <= len(sizes) <= 4
    assert sum(sizes) < 100_000


def test_chromium_is_there_where_it_must_be() -> None:
    assert CHROMIUM
    assert Path(CHROMIUM).exists()
