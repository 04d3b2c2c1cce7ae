"""Two real support archives go from request to certificate in Chromium, each by everybody's own hand."""

# pyright: reportUnusedImport=false
from __future__ import annotations

import io
import json
import os
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from houvast.app.custody import Custody
from houvast.app.evidence import Log
from houvast.database import Connection
from houvast.diagnostics import store
from houvast.evidence.verify import verify_file
from houvast.web.words import wording
from tests.diagnostics.help_desk import whole_round
from tests.web.browsing import DESKTOP, NEEDS_CHROMIUM, PHONE
from tests.web.conftest import Kept, Staff, Visit
from tests.web.test_exchange import admin, exchange, worker  # noqa: F401 (fixtures)
from tests.web.test_exchange_journey import seen

SHARED = Path(os.environ.get("HOUVAST_SHARED") or Path(__file__).resolve().parents[3] / "shared") / "pii-open"
pytestmark = [
    NEEDS_CHROMIUM,
    pytest.mark.long,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(
        not SHARED.is_dir(), reason="NOT TESTED: the real support archives are not in ../shared/pii-open"
    ),
]


@pytest.mark.parametrize(
    ("name", "language", "viewport", "scheme"),
    [("must-gather-aws", "nl", PHONE, "light"), ("must-gather-azure", "en", DESKTOP, "dark")],
)
def test_a_real_archive_goes_from_request_to_certificate(
    kept: Kept, visit: Visit, staff: Staff, admin: Connection, worker: Custody,  # noqa: F811
    name: str, language: str, viewport: dict[str, int], scheme: str,
) -> None:  # fmt: skip
    words, prefix = wording(language)["exchange"], "" if language == "nl" else f"/{language}"
    how = {"viewport": viewport, "scheme": scheme}
    support = staff(f"archive{language}", "support", **how)
    support.go(f"{prefix}/desk/exchange/")
    until = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    for field, text in (("ticket", f"{name} {language}"), ("wants", "the must-gather"), ("why", "nodes do not answer"),
                        ("until", until)):  # fmt: skip
        support.page.fill(f"#{field}", text)
    support.page.select_option("#language", language)
    support.page.click("main button.btn:last-of-type")
    link = urlsplit(support.page.locator(".done code").inner_text()).path

    customer = visit(viewport, scheme)
    page = customer.page
    page.set_default_timeout(120_000)
    customer.go(link)
    page.click("main button.btn")
    page.check("#entitled")
    page.click("main button.btn")
    page.set_input_files("#file", SHARED / f"{name}.tar.xz")
    page.click("#send-form button")
    page.wait_for_selector("#files")
    assert whole_round(worker, admin).trouble is None
    page.reload()
    assert page.locator("svg.meter rect").count() > 10
    seen(customer, f"archive-found-{name}", language)
    page.locator(f"a:has-text('{words['show']}')").last.click()
    page.click("main button.btn")
    assert page.locator(".found mark").count() > 0
    seen(customer, f"archive-lines-{name}", language)
    page.click(".crumb a")
    page.click(f"button:has-text('{words['redact']}')")
    assert whole_round(worker, admin).trouble is None
    page.reload()
    assert page.locator("svg.meter").count() == 0, "something is left in what was blacked out"
    seen(customer, f"archive-redacted-{name}", language)
    page.click(f"button:has-text('{words['submit']}')")

    number = max(one.number for one in store.problems(admin, "anna"))
    path = f"{prefix}/desk/exchange/{number}/"
    support.go(path)
    support.page.click("button[value=accept]")
    officer = staff(f"archiveofficer{language}", "officer", **how)
    officer.go(path)
    officer.page.fill("#who", f"archive{language}")
    officer.page.click("button[value=grant]")
    support.go(path)
    support.page.fill("[name=reason]", "to find the cause")
    with support.page.expect_download(timeout=120_000) as got:
        support.page.click("button[value=open]")
    opened = Path(got.value.path()).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(opened)) as archive:
        assert sum(one.isfile() for one in archive) > 1000
    support.go(path)
    seen(support, f"archive-desk-{name}", language)
    page.reload()
    assert "to find the cause" in page.locator(".timeline").inner_text()
    page.click("button[value=destroy]")
    support.page.click("button[value=close]")
    assert whole_round(worker, admin).certified == 1
    page.reload()
    seen(customer, f"archive-gone-{name}", language)
    with page.expect_download() as got:
        page.click(f"a:has-text('{words['certificate']}')")
    told = json.loads(Path(got.value.path()).read_text())
    assert [one["ended"] for one in told["bundles"]] == ["replaced", "destroyed"]
    assert all(one["key_destroyed"] for one in told["bundles"])
    Log.of(kept.target).integrate(admin)
    with page.expect_download() as got:
        page.click(f"a:has-text('{words['receipt']}')")
    assert dict(verify_file(Path(got.value.path())).kinds) == {"exchange_certified": 1}
    assert customer.errors == support.errors == officer.errors == []
