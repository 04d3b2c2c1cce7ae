"""Letters are whole in both languages, name what they must, and are refused while a word is missing."""

from __future__ import annotations

from datetime import date

import pytest

from houvast.cases.writing import LANGUAGES, day, holes, kinds, template, write
from houvast.errors import UsageError
from houvast.evidence.kinds import LETTERS
from houvast.policy.plain import plainness

VALUES = {
    "court_term": "6 weken",
    "authority": "Autoriteit Persoonsgegevens",
    "authority_site": "autoriteitpersoonsgegevens.nl",
}
NO = ("refusal", "objection_dismissed", "erased", "complaint")


def filled(kind: str, language: str) -> dict[str, str]:
    """A value for every hole."""
    return {name: VALUES.get(name, f"some {name}") for name in holes(kind, language)}


def test_there_is_a_letter_of_every_kind_in_both_languages() -> None:
    assert set(kinds()) == set(LETTERS)
    for kind in kinds():
        assert holes(kind, "nl") == holes(kind, "en")
        for language in LANGUAGES:
            subject, text = template(kind, language)
            assert 10 < len(subject) < 70
            assert not subject.endswith(".")
            assert text.count("\n") > 4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_says_everything_it_is_given_and_nothing_is_left_open(kind: str, language: str) -> None:
    values = filled(kind, language)
    letter = write(kind, language, values)
    assert "{" not in letter.subject + letter.body
    for name, value in values.items():
        assert value in letter.body, name
    for name in values:
        with pytest.raises(UsageError, match=name):
            write(kind, language, {**values, name: "  "})


@pytest.mark.parametrize("kind", NO)
def test_a_letter_that_says_no_names_authority_and_court(kind: str) -> None:
    for language, court in (("nl", "rechtbank"), ("en", "court")):
        body = write(kind, language, filled(kind, language)).body
        assert court in body
        assert "Autoriteit Persoonsgegevens" in body
        assert "6 weken" in body


def test_a_reason_brings_its_words_and_articles() -> None:
    values = {**filled("refusal", "en"), "reason": "", "law": ""}
    letter = write("refusal", "en", values, "legally_required")
    assert "The law says that we must keep these data. (AVG 17(3)(b))" in letter.body
    with pytest.raises(UsageError, match="no reason of the law"):
        write("refusal", "en", values, "because")


def test_what_somebody_writes_is_not_filled_in_again() -> None:
    values = {**filled("done", "en"), "explanation": "We removed {reference}, and \\1 too."}
    assert "We removed {reference}, and \\1 too." in write("done", "en", values).body


@pytest.mark.parametrize("language", LANGUAGES)
def test_letters_are_in_plain_words(language: str) -> None:
    some = [write(kind, language, dict.fromkeys(holes(kind, language), "it")).body for kind in kinds()]
    text = "\n\n".join(some)
    measured = plainness(text, language, "")
    assert measured is not None
    assert not measured.missed, measured


def test_a_day_is_written_in_words() -> None:
    assert (day(date(2026, 11, 26), "nl"), day(date(2026, 3, 1), "en")) == ("26 november 2026", "1 March 2026")


def test_a_letter_or_language_that_is_not_there_is_said() -> None:
    with pytest.raises(UsageError, match="no letter"):
        template("refusel", "nl")
    with pytest.raises(UsageError, match="no letters in"):
        template("refusal", "de")
