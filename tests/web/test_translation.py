"""What checks find is read in Dutch where the page is Dutch; the English stands in one place, the check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from houvast.policy import load_versions
from houvast.policy.contradictions import contradictions
from houvast.policy.regime import regime
from houvast.web.translation import table, translated
from tests.policy.small import findings, write
from tests.web.conftest import Enter, Kept
from tests.web.english import phrases

HOLE = re.compile("«[a-z]*»")
SPELT_OUT = {
    # A phrase with a choice of words in it stands there once for each choice.
    "Use «» permits `«»` for `«»`, never «» forbids it. The never wins«»: this use never works.",
    "`«»` has a term«» already, in line «».", " for `«»`", "Category `«»`", "Write `«»`«». «».",
    "This is not YAML: «»«».",
}  # fmt: skip
CHOICES = {
    "Use «» permits `«»` for `«»`, never «» forbids it. The never wins («»): this use never works.",
    "Use «» permits `«»` for `«»`, never «» forbids it. The never wins: this use never works.",
    "`«»` has a term already, in line «».", "`«»` has a term for `«»` already, in line «».", "Write `«»`. «».",
    "Write `«»` or less. «».", "Write `«»` or more. «».", "Write `«»` too. «».", "which", "the law asks for it",
    "a text", "a list", "a mapping", "empty", "From «»: «»", "Add `«»:` under `circumstances:`.",
    "Or say it in words under `circumstances:` («»: {nl: ...}).", "Or say it in words under `events:` («»: {nl: ...}).",
}  # fmt: skip
"""Those choices, and words that stand in a hole."""


@pytest.fixture(scope="module")
def known() -> set[str]:
    ours = table("nl")
    assert ours
    return {HOLE.sub("«»", phrase.english) for _, phrase in (*ours.phrases, *ours.titles)}


def test_every_phrase_of_every_check_is_there_in_dutch(known: set[str]) -> None:
    found = phrases()
    assert len(found) > 200
    assert found - known - SPELT_OUT == set()


def test_no_phrase_is_there_that_no_check_says() -> None:
    ours = table("nl")
    assert ours
    english = {HOLE.sub("«»", phrase.english) for _, phrase in ours.phrases}
    duties = (duty for values in regime("nl-avg").duties.values() for duty in values)
    assert english - phrases() - {duty.todo["en"] for duty in duties} == CHOICES


def test_both_sides_of_a_phrase_have_the_same_holes() -> None:
    ours = table("nl")
    assert ours
    for _, phrase in (*ours.phrases, *ours.titles):
        assert set(HOLE.findall(phrase.english)) == set(HOLE.findall(phrase.said)), phrase.english
        assert len(HOLE.findall(phrase.english)) == len(set(HOLE.findall(phrase.english))), phrase.english


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("basis: contract, while: ticket.open", "while: ticket.open", "Gebruik U1 heeft geen grondslag."),
        ("for: billing, basis", "for: biling, basis", "U2 noemt het doel `biling`, maar dat staat niet in dit beleid."),
        ("until: ticket.closed, plus: P1Y", "until: ticket.closed, plus: soon",
         "`soon` is geen getal: niemand weet wanneer de termijn eindigt."),
        ("version: 1", "version: one", "`one` is geen nummer van een versie."),
        ("    of: [customer]\n", "    of: customer\n    off: x\n", "Categorie `contact` kent het woord `off` niet."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_dutch(tmp_path: Path, old: str, new: str, said: str) -> None:
    write(tmp_path, old=old, new=new)
    assert said in [translated(one.message, "nl") for one in findings(tmp_path)]


def test_what_to_do_is_told_in_dutch_too(tmp_path: Path) -> None:
    write(tmp_path, old="for: billing, basis", new="for: biling, basis")
    assert "Bedoelt u `billing`?" in [translated(one.todo, "nl") for one in findings(tmp_path)]


def test_english_stays_as_it_is() -> None:
    assert translated("Use U1 has no legal basis.", "en") == "Use U1 has no legal basis."
    assert translated("Something that no check says.", "nl") == "Something that no check says."


def test_every_contradiction_of_the_sample_is_told_in_dutch(kept: Kept) -> None:
    found = contradictions(load_versions(kept.site.folder)[-1])
    assert found
    for one in found:
        for text in (one.conflict, one.rule if one.settled else one.todo):
            assert translated(text, "nl") != text


def test_the_page_with_gaps_is_dutch_where_the_reader_is(kept: Kept, enter: Enter) -> None:
    file = kept.site.folder / "policy.yaml"
    right = file.read_text()
    officer = enter("dutch", "officer")
    try:
        file.write_text(right.replace("basis: contract, while: subscription.live", "while: subscription.live", 1))
        wrong = officer.get("/desk/checks/").text
        assert "heeft geen grondslag." in wrong
        assert "Use U2 has no legal basis." in officer.get("/en/desk/checks/").text
        assert "heeft geen grondslag." in officer.get("/desk/source/policy/").text
    finally:
        file.write_text(right)
    whole = officer.get("/desk/checks/").text
    assert "alleen een uitdrukkelijk antwoord telt" in whole
    assert "<code>basis</code> van elk gebruik" in whole
    assert 'lang="en"' not in whole.replace('hreflang="en"', "").split("<main")[1]


def test_what_an_author_wrote_stays_text(kept: Kept, enter: Enter) -> None:
    file = kept.site.folder / "policy.yaml"
    right = file.read_text()
    try:
        file.write_text(right.replace("for: order, basis", 'for: "<script>alert(1)</script>", basis', 1))
        page = enter("scripted", "officer").get("/desk/checks/").text
    finally:
        file.write_text(right)
    assert "<script" not in page
    assert "<code>&lt;script&gt;alert(1)&lt;/script&gt;</code>" in page


def test_what_the_law_says_to_write_is_said_in_both_languages() -> None:
    for values in regime("nl-avg").duties.values():
        for duty in values:
            said: Mapping[str, str] = duty.todo
            assert set(said) == {"nl", "en"}
            assert said["nl"] != said["en"]
