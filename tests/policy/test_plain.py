"""How plain a text is: counted by hand here, and by the measure."""

from __future__ import annotations

import pytest

from houvast.app.notices import how_plain
from houvast.app.places import sample_project
from houvast.errors import NOWHERE, UsageError
from houvast.policy import load_policy
from houvast.policy.plain import hard_phrases, plainness, syllables_of
from houvast.policy.words import spoken, words


def reasons(text: str, lang: str) -> list[str]:
    return [reason for one in plainness(text, lang, "t").hard for reason in one.reasons]


def test_sentences_and_words_are_counted() -> None:
    found = plainness("# Kop telt niet\n\nWij mailen u. Dat doen wij één keer!\n\n- om te leveren;\n", "nl", "t")
    assert (found.sentences, found.words) == (3, 3 + 5 + 3)
    assert found.figures["words a sentence"] == pytest.approx(11 / 3)


def test_an_abbreviation_or_address_ends_no_sentence() -> None:
    assert plainness("Klein B.V. mailt via a.b@klein.example met u.", "nl", "t").sentences == 1


@pytest.mark.parametrize(
    ("word", "lang", "number"),
    [
        ("gegevens", "nl", 3),
        ("wij", "nl", 1),
        ("theater", "nl", 3),
        ("ideeën", "nl", 3),
        ("februari", "nl", 4),
        ("bijeenkomsten", "nl", 4),
        ("data", "en", 2),
        ("used", "en", 1),
        ("wanted", "en", 2),
        ("table", "en", 2),
        ("policy", "en", 3),
        ("area", "en", 3),
    ],
)
def test_syllables(word: str, lang: str, number: int) -> None:
    assert syllables_of(word, lang) == number


def test_flesch_is_the_published_formula() -> None:
    assert plainness("The cat sat.", "en", "t").flesch == pytest.approx(206.835 - 1.015 * 3 - 84.6 * 1)
    assert plainness("De kat zat.", "nl", "t").flesch == pytest.approx(206.84 - 0.93 * 3 - 77 * 1)


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Uw gegevens worden door ons bewaard.", "nl"),
        ("Een brief die wordt verstuurd.", "nl"),
        ("Your data is kept by us.", "en"),
        ("It can be recognised.", "en"),
    ],
)
def test_a_passive_sentence_is_hard(text: str, lang: str) -> None:
    assert any(reason.startswith("passive") for reason in reasons(text, lang))


@pytest.mark.parametrize(
    ("text", "lang"), [("Wij bewaren uw gegevens.", "nl"), ("Het wordt morgen warm.", "nl"), ("We keep it.", "en")]
)
def test_an_active_sentence_is_not(text: str, lang: str) -> None:
    assert reasons(text, lang) == []


def test_a_long_sentence_is_hard() -> None:
    assert reasons("Wij " + "en " * 20 + "u.", "nl") == ["22 words"]
    assert reasons("Wij " + "en " * 18 + "u.", "nl") == []


def test_clauses_below_another_are_counted() -> None:
    text = "Wij zeggen dat u iets mag als u wilt, omdat wij zo zijn."
    assert reasons(text, "nl") == ["3 clauses below another"]


def test_long_words_are_named() -> None:
    text = "Verantwoordelijke, toezichthouder en gegevensbescherming."
    assert reasons(text, "nl") == ["long words: Verantwoordelijke, toezichthouder, gegevensbescherming"]


def test_a_hard_sentence_has_file_line_and_column() -> None:
    text = "# Kop\n\nKort.\nOok kort. Uw post\nwordt door ons bewaard.\n\n- kort\n- uw post wordt hier bewaard\n"
    places = [str(one.place) for one in plainness(text, "nl", "text.nl.md").hard]
    assert places == ["text.nl.md:4:11", "text.nl.md:8:3"]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_sample_policy_reaches_its_goals(lang: str) -> None:
    text, phrases = how_plain(load_policy(sample_project() / "policy.yaml"), lang)
    assert text.missed == ()
    assert len(text.hard) < 0.1 * text.sentences
    assert len(phrases) < 10


@pytest.mark.parametrize("lang", spoken())
def test_what_houvast_adds_is_not_hard(lang: str) -> None:
    said = words(lang)
    own = [*said.says.values(), *said.basis.values(), *said.circumstances.values(), *said.events.values()]
    assert hard_phrases([(NOWHERE, text) for text in own], lang) == ()


def test_a_language_that_cannot_be_measured_is_wrong_usage() -> None:
    with pytest.raises(UsageError):
        plainness("Bonjour.", "fr", "t")


@pytest.mark.parametrize("many", [30_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_a_very_long_text_is_measured(many: int) -> None:
    found = plainness("Wij mailen u. " * many + "\n" + "woord " * many, "nl", "t")
    assert found.sentences == many + 1
