"""What is asked of every page finds what would be wrong with one."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser

from tests.web.browsing import NEEDS_CHROMIUM, faults

PAGE = """<!doctype html><html lang="en"><head><title>Page</title><style>
body {{ background: white; color: black }} .dark {{ background: #222 }} .dark p {{ color: white }}
.fold:not([open]) p {{ color: #ddd }} .grey {{ color: #888 }} .pale {{ color: #ccc; background: white }}
</style></head><body><main><h1>Page</h1>{}</main></body></html>"""
Look: TypeAlias = Callable[[str], list[str]]
WELL = "<p>One</p><p>Two</p><div class=dark><p>Three</p></div><input aria-label=Four value=Four>"


@pytest.fixture(scope="module")
def looked(browser: Browser) -> Generator[Look]:
    """What is found on a page with this in it."""
    page = browser.new_page()

    def look(inside: str) -> list[str]:
        page.set_content(PAGE.format(inside))
        return faults(page)

    yield look
    page.close()


@NEEDS_CHROMIUM
def test_a_page_without_a_fault_is_clean(looked: Look) -> None:
    assert looked(WELL) == []


@NEEDS_CHROMIUM
@pytest.mark.parametrize(
    ("inside", "rule"),
    [
        ('<p>Three</p><p style="color: #ddd">Pale, and otherwise as the others</p>', "color-contrast"),
        ('<ul><li>On white</li><li style="background: #111">On black</li></ul>', "color-contrast"),
        ('<ul><li hidden>Hidden</li><li style="color: #eee">Shown after it</li></ul>', "color-contrast"),
        ("<details class=fold><summary>Fold</summary><p>Hidden</p></details><div class=fold><p>Pale</p></div>",
         "color-contrast"),
        ('<input aria-label="Five" value="Five" style="color: #eee">', "color-contrast"),
        ('<p>Full</p><p style="opacity: 0.3">Faint</p>', "color-contrast"),
        ('<h2 class=grey>Large enough</h2><h2 class=grey style="font-size: 1rem; font-weight: 400">Too small</h2>',
         "color-contrast"),
        ('<input disabled class=pale aria-label=Five value=Five><input class=pale aria-label=Six value=Six>',
         "color-contrast"),
        ("<img src=data:,>", "image-alt"),
        ("<h1>Another</h1><h4>Deeper</h4>", "heading-order"),
        ('<p style="width: 200vw">Wide</p>', "scrolls sideways"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_also_beside_what_is_like_it(looked: Look, inside: str, rule: str) -> None:
    assert any(one.startswith(rule) for one in looked(WELL + inside)), looked(WELL + inside)
