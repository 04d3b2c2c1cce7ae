"""Which declared page a path is."""

from __future__ import annotations

import pytest

from houvast.visits.model import Page
from houvast.visits.pages import Pages

PAGES = Pages([
    Page("home", ("/",)), Page("new", ("/producten/nieuw",)), Page("product", ("/producten/*", "/p/*-*.html")),
    Page("help", ("/hulp/**",)), Page("cafe", ("/café",)), Page("nothing", ()), Page("dots", ("/a.b",)),
])  # fmt: skip


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "home"),
        ("/?naam=jan", "home"),
        ("/producten/12", "product"),
        ("/producten/12/", "product"),
        ("/producten/nieuw", "new"),
        ("/producten/12/beoordelingen", "other"),
        ("/producten", "other"),
        ("/producten/", "other"),
        ("/p/stoel-12.html", "product"),
        ("/p/stoel.html", "other"),
        ("/hulp", "help"),
        ("/hulp/a/b/c?x#y", "help"),
        ("/hulpje", "other"),
        ("/caf%C3%A9", "cafe"),
        ("/a.b", "dots"),
        ("/axb", "other"),
        ("http://www.lakana.example/hulp/x", "help"),
        ("http://www.lakana.example", "home"),
        ("*", "other"),
        ("/%ff%00", "other"),
        ("/hulp/" + "x" * 5000, "other"),
        ("/producten/1\n2", "product"),
    ],
)
def test_a_path_is_the_first_page_that_it_fits(path: str, name: str) -> None:
    assert PAGES.of(path) == name


def test_a_site_without_pages_has_others_alone() -> None:
    assert Pages([]).of("/") == "other"
