"""Somebody with a browser: from the mail with a code to an objection that holds, on a phone and at a desk."""

from __future__ import annotations

import pytest

from houvast.database import Connection
from tests.web.browsing import DESKTOP, NEEDS_CHROMIUM, PHONE
from tests.web.conftest import Visit
from tests.web.visiting import Customer, customer, mailed

pytestmark = NEEDS_CHROMIUM
NARROW = {"width": 320, "height": 256}
MARKETING = "SELECT bool_or(stand = 'objected') FROM houvast.stand WHERE key = %s AND about = 'marketing'"


@pytest.fixture
def whom(admin: Connection) -> Customer:
    return customer(admin, 2)


@pytest.mark.parametrize(
    ("prefix", "viewport", "scheme"),
    [("", PHONE, "dark"), pytest.param("/en", DESKTOP, "light", marks=pytest.mark.long)],
)
def test_from_the_mail_to_an_objection_in_force(
    visit: Visit, admin: Connection, whom: Customer, prefix: str, viewport: dict[str, int], scheme: str
) -> None:
    visitor = visit(viewport, scheme, java_script_enabled=True)
    page = visitor.page
    visitor.go(f"{prefix}/me/")
    assert visitor.faults() == []
    page.click("main a.btn")
    assert visitor.faults() == []
    page.fill("#address", whom.address)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{prefix}/me/enter/")
    page.fill("#code", "0000-0000")
    page.click("main button.btn")
    assert page.locator("#code-error").is_visible()
    assert visitor.faults() == []
    page.fill("#code", f" {mailed(admin)[0].lower()} ")
    page.click("main button.btn")
    page.wait_for_url(f"**{prefix}/me/")
    for path in ("/me/", "/me/data/", "/me/uses/", "/me/choices/"):
        visitor.go(prefix + path)
        assert (path, visitor.faults()) == (path, [])
    page.click("button[value='marketing:no']")
    page.wait_for_url(f"**{prefix}/me/choices/")
    assert admin.execute(MARKETING, (whom.key,)).fetchone() == (True,)
    page.click("button[value='marketing:yes']")
    assert admin.execute(MARKETING, (whom.key,)).fetchone() != (True,)
    visitor.go(f"{prefix}/me/")
    page.click("main form .btn")
    assert page.locator("main a.btn").first.is_visible()


def test_no_page_of_people_is_wider_than_320_pixels(visit: Visit, admin: Connection, whom: Customer) -> None:
    visitor = visit(NARROW, "dark", forced_colors="active")
    page = visitor.page
    visitor.go("/me/code/")
    page.fill("#address", whom.address)
    page.click("main button.btn")
    visitor.go("/me/stop/x/")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    visitor.go("/me/enter/")
    page.fill("#code", mailed(admin)[0])
    page.click("main button.btn")
    for prefix in ("", "/en"):
        for path in ("/me/", "/me/data/", "/me/uses/", "/me/choices/"):
            visitor.go(prefix + path)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert (prefix + path, wide) == (prefix + path, 0)
