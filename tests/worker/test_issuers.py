"""The worker asks issuers what they are; what it cannot learn is an alarm, and what it learned stays for a day."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path

import pytest

from houvast.app import desk
from houvast.database import connect
from houvast.worker.issuers import Issuers
from tests.web.elsewhere import Hostile, hostile, issuer_at
from tests.worker.conftest import Office

KEYS = "SELECT i.name, i.exchange, k.kid FROM houvast.oidc_issuer i LEFT JOIN houvast.oidc_key k USING (name)"


@pytest.fixture
def other() -> Generator[Hostile]:
    with hostile() as found:
        yield found


def test_issuers_are_asked_kept_and_forgotten(office: Office, other: Hostile, tmp_path: Path) -> None:
    target, issuer = office.target, issuer_at(other.base, tmp_path)
    settings = replace(office.settings(), issuers=(issuer,))
    with connect(target.url) as database:
        desk.prepare(target.url)
        assert Issuers(target, settings).once()
        assert database.execute(KEYS).fetchall() == [("acme", f"{other.base}/token", "1")]
        alarms: Callable[[], list[str]] = lambda: [one.kind for one in desk.alarms(database)]  # noqa: E731
        other.describe(issuer="https://id.example")
        assert not Issuers(target, settings).once()
        assert "issuer" in alarms()
        assert database.execute(KEYS).fetchall() == [("acme", f"{other.base}/token", "1")]
        other.describe()
        assert Issuers(target, settings).once()
        assert "issuer" not in alarms()
        moved = replace(issuer, issuer="https://id.example")
        assert not Issuers(target, replace(settings, issuers=(moved,))).once()
        assert database.execute(KEYS).fetchall() == [("acme", None, None)]  # nothing of the old one counts
        assert Issuers(target, replace(settings, issuers=())).once()
        assert database.execute(KEYS).fetchall() == []
