"""In a browser, with a real provider: people come in with an account elsewhere, and take it away."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from houvast.app.settings import load_settings
from houvast.database import Connection, connect
from houvast.web.words import wording
from tests.web.browsing import DESKTOP, NEEDS_CHROMIUM, PHONE, Visitor
from tests.web.conftest import Kept, serving
from tests.web.elsewhere import Provider, known, provided
from tests.web.provider import CLIENT, PASSWORD, SECRET
from tests.web.visiting import customer

pytestmark = NEEDS_CHROMIUM
SETTINGS = """oidc:
  - name: acme
    issuer: {issuer}
    client: {client}
    secret_file: secret
    label: {{nl: Acme, en: Acme}}
    match: email
"""


@dataclass(frozen=True)
class Pages:
    """Where they are, and the folder of their project."""

    address: str
    folder: Path


@pytest.fixture
def admin(kept: Kept) -> Generator[Connection]:
    with connect(kept.target.url) as connection:
        connection.execute("TRUNCATE houvast.oidc_link, houvast.oidc_visit, houvast.oidc_issuer CASCADE")
        yield connection


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Generator[Provider]:
    with provided(tmp_path_factory.mktemp("provider")) as found:
        yield found


@pytest.fixture(scope="module")
def pages(kept: Kept, provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Generator[Pages]:
    """The pages of a program of its own, with the provider in its settings."""
    folder = tmp_path_factory.mktemp("site") / "policy"
    shutil.copytree(kept.site.folder, folder)
    settings = folder / "settings.yaml"
    settings.write_text(settings.read_text() + SETTINGS.format(issuer=provider.issuer, client=CLIENT))
    (folder / "secret").write_text(SECRET)
    (folder / "secret").chmod(0o600)
    site = replace(kept.site, folder=folder)
    with serving(replace(kept, site=site), str(tmp_path_factory.mktemp("home"))) as address:
        provider.allow(redirect=f"{address}/signed-in/acme/")
        yield Pages(address, folder)


@pytest.mark.parametrize(
    ("prefix", "more"),
    [
        ("", {"viewport": PHONE, "color_scheme": "dark"}),
        pytest.param("/en", {"viewport": DESKTOP}, marks=pytest.mark.long),
        pytest.param("/en", {"viewport": DESKTOP, "java_script_enabled": False}, marks=pytest.mark.long),
    ],
)
def test_people_come_in_with_an_account_elsewhere_and_take_it_away(
    browser: Browser, pages: Pages, provider: Provider, admin: Connection, prefix: str, more: dict[str, Any]
) -> None:
    whom = customer(admin, 9)
    scripts = more.get("java_script_enabled", True)
    provider.allow(name="ann", email=whom.address, checked=True)
    context = browser.new_context(**more)
    context.set_default_timeout(20_000)
    visitor = Visitor.of(pages.address, context)
    page = visitor.page

    def clean() -> None:
        assert not scripts or visitor.faults() == []

    def there() -> None:
        page.wait_for_url(f"{provider.base}/login/**")
        page.fill("input[name=username]", "ann")
        page.fill("input[name=password]", PASSWORD)
        page.click("button")

    visitor.go(f"{prefix}/me/elsewhere/acme/")
    assert page.locator("h1").inner_text() == wording(prefix.strip("/") or "nl")["who"]["elsewhere_away"]
    clean()
    known(admin, load_settings(pages.folder).issuers[0])
    visitor.go(f"{prefix}/me/")
    clean()
    ways = page.locator("main p.acts").first.locator("a")
    assert ways.evaluate_all("all => new Set(all.map(one => one.className + getComputedStyle(one).fontSize)).size") == 1
    page.click("a[href$='/me/elsewhere/acme/']")
    there()
    page.wait_for_url(f"{pages.address}{prefix}/me/")
    visitor.go(f"{prefix}/me/data/")
    assert whom.address in page.content()
    visitor.go(f"{prefix}/me/passkeys/")
    clean()
    page.click("form:has(input[name=unlink]) button")
    page.click("form:has(input[name=link]) button")
    clean()
    page.click("main a.btn")
    there()  # although they are still signed in there
    page.wait_for_url(f"{pages.address}{prefix}/me/passkeys/")
    assert page.locator("#l1").is_visible()
    page.click("form:has(input[name=unlink]) button")
    page.wait_for_selector("form:has(input[name=link])")
    visitor.go(f"{prefix}/me/")
    page.click("form[action$='/me/out/'] button")
    page.click("a[href$='/me/elsewhere/acme/']")
    page.wait_for_url(f"{pages.address}/signed-in/acme/**")
    assert page.locator("h1").inner_text() == wording(prefix.strip("/") or "nl")["who"]["elsewhere_not"]
    clean()
    assert {one for one in visitor.strange if not one.startswith(provider.base)} == set()
    context.close()
