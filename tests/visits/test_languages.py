"""The primary tag of the language asked for first."""

from __future__ import annotations

import pytest

from houvast.visits.languages import primary


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nl-NL,nl;q=0.9,en-US;q=0.8,en;q=0.7", "nl"),
        ("en;q=0.1,fy", "fy"),
        ("FY_nl", "fy"),
        ("en,nl", "en"),
        ("nld", "nl"),
        ("dut", "nl"),
        ("iw-IL", "he"),
        ("haw", "haw"),
        ("zh-Hant-TW", "zh"),
        ("*", "none"),
        ("", "none"),
        ("x-klingon", "none"),
        ("i-jan", "none"),
        ("jansen", "none"),
        ("und", "none"),
        ("qq,nl;q=0.5", "nl"),
        ("en;q=0", "none"),
        ("en;q=nan,nl;q=0.1", "nl"),
        ("en;q=7,nl;q=0.1", "nl"),
        ("en;q=abc,fr;q=0.5", "fr"),
        ("nl;level=1", "nl"),
        (",,;;nl", "none"),
        ("nl" + "," * 100_000, "nl"),
    ],
)
def test_a_language_is_a_known_tag_or_none(text: str, found: str) -> None:
    assert primary(text) == found
