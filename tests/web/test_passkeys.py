"""Passkeys of people, in a browser with a device that keeps them: made when signed in, used to come in, taken away."""

from __future__ import annotations

import pytest

from houvast.database import Connection
from tests.web.asking import Reader
from tests.web.browsing import IN_TURN, NEEDS_CHROMIUM
from tests.web.conftest import Visit
from tests.web.visiting import customer, mailed


@NEEDS_CHROMIUM
@pytest.mark.parametrize(("prefix", "viewport", "scheme"), IN_TURN)
def test_a_passkey_is_made_used_and_taken_away(
    visit: Visit, admin: Connection, prefix: str, viewport: dict[str, int], scheme: str
) -> None:
    whom, visitor = customer(admin, 5), visit(viewport, scheme)
    page = visitor.page
    visitor.add_key()
    visitor.go(f"{prefix}/me/code/")
    page.fill("#address", whom.address)
    page.click("main button.btn")
    page.fill("#code", mailed(admin)[0])
    page.click("main button.btn")
    page.wait_for_url(f"**{prefix}/me/")
    visitor.go(f"{prefix}/me/passkeys/")
    assert visitor.faults() == []
    page.click("#passkey button")
    page.wait_for_selector("#k1")
    assert visitor.faults() == []
    visitor.go(f"{prefix}/me/")
    page.click("form[action$='/me/out/'] button")
    visitor.go(f"{prefix}/me/passkey/")
    assert visitor.faults() == []
    page.click("#passkey button")
    page.wait_for_url(f"**{prefix}/me/")
    visitor.go(f"{prefix}/me/data/")
    assert whom.address in page.content()
    visitor.go(f"{prefix}/me/passkeys/")
    page.locator("form:has(input[name=remove]) button").click()
    page.wait_for_selector("#k1", state="detached")
    visitor.go(f"{prefix}/me/passkey/")
    page.click("#passkey button")
    page.wait_for_selector("main p[role=alert]:not([hidden])")
    assert visitor.faults() == []
    assert admin.execute("SELECT count(*) FROM houvast.passkey WHERE key = %s", (whom.key,)).fetchone() == (0,)


_SOME = {"authenticator": "AA", "credential": "AA", "signature": "AA"}


@pytest.mark.parametrize(
    "given", [{}, {**_SOME, "client": "!"}, {**_SOME, "client": "e30"}, {**_SOME, "client": "A" * 9000}]
)
def test_what_no_browser_sends_opens_nothing(reader: Reader, admin: Connection, given: dict[str, str]) -> None:
    customer(admin)
    reader.get("/me/passkey/")
    assert reader.post("/me/passkey/", given).status == 422
    assert reader.cookies.get("houvast_person", "") == ""
