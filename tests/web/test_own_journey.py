"""Somebody with a browser: from a code to a copy on their disk, a request followed, and a closed account."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from houvast.app import preparing
from houvast.database import connect
from tests.web.browsing import DESKTOP, NEEDS_CHROMIUM, PHONE
from tests.web.conftest import Kept, Visit
from tests.web.visiting import customer, mailed

pytestmark = NEEDS_CHROMIUM


@pytest.mark.parametrize(
    ("prefix", "viewport", "scheme"),
    [("", PHONE, "dark"), pytest.param("/en", DESKTOP, "light", marks=pytest.mark.long)],
)
def test_from_a_code_to_a_copy_a_request_and_a_closed_account(
    kept: Kept, visit: Visit, tmp_path: Path, prefix: str, viewport: dict[str, int], scheme: str
) -> None:
    visitor = visit(viewport, scheme, java_script_enabled=True, accept_downloads=True)
    page = visitor.page
    with connect(kept.target.url) as admin:
        whom = customer(admin, 8 if prefix else 9)
        visitor.go(f"{prefix}/me/code/")
        page.fill("#address", whom.address)
        page.click("main button.btn")
        page.fill("#code", mailed(admin)[0])
        page.click("main button.btn")
        for path in ("/me/", "/me/ask/", "/me/data/", "/me/choices/", "/me/copy/", "/me/requests/", "/me/ask/erasure/"):
            visitor.go(prefix + path)
            assert (path, visitor.faults()) == (path, [])
        visitor.go(f"{prefix}/me/ask/rectification/")
        page.fill("#words", "Mijn voornaam heeft een e.")
        page.click("main form button.btn")
        assert visitor.faults() == []
        visitor.go(f"{prefix}/me/copy/")
        page.click("#access ~ form button")
        preparing.make(kept.target, admin)
        visitor.go(f"{prefix}/me/copy/")
        assert visitor.faults() == []
        with page.expect_download() as taken:
            page.click("button[value=take]")
        taken.value.save_as(tmp_path / "copy.zip")
        assert any(name.endswith("summary.html") for name in zipfile.ZipFile(tmp_path / "copy.zip").namelist())
        visitor.go(f"{prefix}/me/requests/")
        code = page.locator("input[name=code]").first.input_value()
        visitor.go(f"{prefix}/follow/")
        page.fill("#code", code)
        page.click("main button.btn")
        assert visitor.faults() == []
        visitor.go(f"{prefix}/me/ask/closing/")
        page.click("main form button.btn")
        assert visitor.faults() == []
        closed = "SELECT closed_at IS NOT NULL FROM account WHERE id::text = %s"
        assert admin.execute(closed, (whom.key,)).fetchone() == (True,)
