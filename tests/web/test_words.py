"""Every word that a page asks for is there, in every language, and says the same."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from pathlib import Path

import pytest

from houvast.proof.words import known
from houvast.web.words import wording

TEMPLATES = Path(__file__).parents[2] / "src" / "houvast" / "web" / "templates"
_ASKED = re.compile(r"\bsay\.(\w+)\.(\w+)")


def _holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _all(language: str) -> dict[tuple[str, str], set[str]]:
    return {(page, word): _holes(text) for page, ours in wording(language).items() for word, text in ours.items()}


def test_both_languages_have_the_same_words_with_the_same_holes() -> None:
    assert _all("nl") == _all("en")


@pytest.mark.parametrize("page", sorted(TEMPLATES.rglob("*.html")), ids=lambda page: str(page.relative_to(TEMPLATES)))
def test_a_page_asks_only_for_words_that_are_there(page: Path) -> None:
    asked = set(_ASKED.findall(page.read_text("utf-8")))
    assert {(part, word) for part, word in asked if word not in wording("nl").get(part, {})} == set()


def test_what_is_said_of_a_promise_is_the_translation_of_what_is_said_now() -> None:
    dutch = known("nl")
    assert dutch.keys() == known("en").keys()
    stale = {
        name: f"promises.nl.yaml was translated from other words: translate anew, and write `english: {words.print}`"
        for name, words in known("en").items()
        if dutch[name].english != words.print
    }
    assert stale == {}


def test_other_english_words_have_another_print() -> None:
    words = known("en")["C25"]
    assert replace(words, by=words.by + " And more.").print != words.print
    assert replace(words, missing="").print != words.print


def test_what_is_said_of_a_promise_is_said_in_both_languages() -> None:
    both = {lang: {name: bool(words.missing) for name, words in known(lang).items()} for lang in ("en", "nl")}
    assert both["nl"] == both["en"]
