"""Sites, keys and requests for tests of how visits come in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from houvast.visits.edge import Request
from houvast.visits.model import Declared, Page, Rules, Site

AT = datetime(2026, 11, 25, 14, 47, 12, 123456, tzinfo=UTC)
PAGES = (Page("home", ("/",)), Page("product", ("/producten/*",)), Page("help", ("/hulp/**", "/help/**")))
SITES = (
    Site("shop", ("www.lakana.example", "lakana.example"), PAGES, {"nl": "Winkel", "en": "Shop"}),
    Site("desk", ("hulp.lakana.example",), (Page("home", ("/",)),), {"nl": "Hulp", "en": "Help"}),
)
PROXIES = ("10.0.0.0/8", "127.0.0.1", "2001:db8:1::/48")
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.7559.97 Safari/537.36"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:146.0) Gecko/20100101 Firefox/146.0"


class FixedKeys:
    """A key a day, unless that day's was destroyed."""

    def __init__(self, *gone: date) -> None:
        self.gone = set(gone)
        self.asked: list[date] = []

    def of(self, day: date) -> bytes | None:
        self.asked.append(day)
        return None if day in self.gone else day.isoformat().encode().ljust(32, b"k")


def declared(**rules: Any) -> Declared:
    return Declared(SITES, Rules(**rules), PROXIES)


def request(**changes: Any) -> Request:
    """A visit of a product, by a browser, in Dutch, from a search engine."""
    usual = Request(
        AT, "www.lakana.example", "/producten/12", "192.0.2.7", agent=CHROME, language="nl-NL,nl;q=0.9,en;q=0.8",
        referrer="https://www.search.co.uk/find?q=ziek",
    )  # fmt: skip
    return replace(usual, **changes)
