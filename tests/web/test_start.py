"""What stops the pages from starting, and what a lost database does to them."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from houvast.database.server import FAST_AND_UNSAFE
from houvast.errors import UsageError
from houvast.web.keys import secret
from houvast.web.settings import hang_up, site_settings
from tests.web.asking import Reader
from tests.web.conftest import Kept


def test_the_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    first = secret(tmp_path / "keys")
    assert secret(tmp_path / "keys") == first
    assert stat.S_IMODE((tmp_path / "keys" / "secret").stat().st_mode) == 0o600


@pytest.mark.parametrize(("mode", "text", "says"), [(0o644, "x" * 60, "Others may read"), (0o600, "short", "whole")])
def test_a_secret_that_others_read_or_that_is_cut_stops_the_start(
    tmp_path: Path, mode: int, text: str, says: str
) -> None:
    (tmp_path / "secret").write_text(text)
    (tmp_path / "secret").chmod(mode)
    with pytest.raises(UsageError, match=says):
        secret(tmp_path)


def test_pages_for_the_world_need_https(kept: Kept) -> None:
    with pytest.raises(UsageError, match="not https"):
        site_settings(replace(kept.site, origin="http://privacy.example"))
    safe = site_settings(replace(kept.site, origin="https://privacy.example"))
    assert safe["SESSION_COOKIE_SECURE"] is safe["CSRF_COOKIE_SECURE"] is True
    assert safe["SECURE_HSTS_SECONDS"]
    assert safe["ALLOWED_HOSTS"] == ["privacy.example"]


def test_without_the_database_a_calm_page_and_back_by_itself(kept: Kept, reader: Reader) -> None:
    assert reader.get("/policy/").status == 200
    kept.server.stop()
    try:
        for path in ("/", "/policy/", "/en/policy/C10/", "/sign-in/"):
            said = reader.get(path)
            assert said.status == (200 if path == "/sign-in/" else 503), path
            if said.status == 503:
                assert said.headers["Retry-After"] == "10"
                assert "Traceback" not in said.text
        reader.get("/sign-in/")
        assert reader.post("/sign-in/", {"login": "noor", "password": "whatever it is"}).status == 503
        assert "Even geduld" in reader.get("/policy/").text
    finally:
        type(kept.server).start(kept.server.data, settings=FAST_AND_UNSAFE)
    assert reader.get("/policy/").status == 200
    assert reader.get("/health").text == "ok"
    hang_up(kept.site)  # other tests ask outside of requests too, on connections that are lost now


def test_a_mistake_in_the_policy_shows_at_its_line_while_the_pages_go_on(kept: Kept, reader: Reader) -> None:
    from houvast.web.source import findings, source

    file = kept.site.folder / "policy.yaml"
    right = file.read_text()
    try:
        file.write_text(right.replace("basis: contract", "basis: contrakt", 1))
        assert reader.get("/policy/").status == 200
        wrong, _ = findings(kept.site.folder)
        shown = source(kept.site.folder, "policy.yaml", wrong)
        assert any("contrakt" in line.text for line in shown.lines if line.findings)
    finally:
        file.write_text(right)
