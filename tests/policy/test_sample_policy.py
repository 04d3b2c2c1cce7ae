"""The sample policy of Lakana: complete, bound to its texts, plain, and in our own words."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from houvast.policy.model import Policy

ROOT = Path(__file__).parents[2]
LAKANA = ROOT / "policies" / "lakana"
PUBLISHED = ROOT.parent / "shared" / "reference" / "privacybeleid-nl.txt"
LANGUAGES = ("nl", "en")
CLAUSES = [f"C{number:02}" for number in range(1, 59)]
DUTIES = [f"G{number:02}" for number in range(1, 20)]
EXCLUSIVE = {
    "volunteered": {"community", "beta", "event"},
    "post": {"community"},
    "sign_in": {"account", "community"},
    "business": {"business"},
    "question": {"answer"},
    "invoice": {"billing", "tax", "enforce", "dispute"},
    "diagnostic": {"fix", "support", "improve_product"},
    "visit": {"understand", "improve", "security"},
    "visit_raw": {"security"},
}
ALWAYS = {"rights", "retention", "migration"}
RUN = 8
MOST_WORDS = 14


@pytest.fixture(scope="module")
def lakana() -> Policy:
    from houvast.policy.load import load_policy

    return load_policy(LAKANA / "policy.yaml")


def prose(language: str) -> str:
    """The text without headings and without the hyphens of lists."""
    text = (LAKANA / f"text.{language}.md").read_text("utf-8")
    return re.sub(r"^(#.*|- )", "", text, flags=re.MULTILINE)


def sentences(language: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.!?])\s+|\n+", prose(language)) if one.strip()]


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def published() -> str:
    if PUBLISHED.exists():
        return PUBLISHED.read_text("utf-8")
    if os.environ.get("CI") == "true":
        pytest.fail(f"the published text is not at {PUBLISHED}")
    pytest.skip(f"NOT CHECKED against the published text: it is not at {PUBLISHED}")


def test_the_sample_policy_has_no_findings(lakana: Policy):
    from houvast.policy.check import check

    assert [str(finding) for finding in check(lakana)] == []


def test_every_clause_and_every_duty_of_the_law_is_there(lakana: Policy):
    assert [name for name in (*CLAUSES, *DUTIES) if name not in lakana.promises] == []


def test_every_clause_and_every_duty_has_a_sentence_in_each_language(lakana: Policy):
    silent = [(p.id, lang) for p in lakana.promises.values() for lang in LANGUAGES if not p.says.get(lang)]
    assert silent == []


def test_what_goes_beyond_text_and_law_is_marked_as_the_authors(lakana: Policy):
    marked = {promise.id for promise in lakana.promises.values() if promise.added == "author"}
    assert marked == set(lakana.promises) - set(CLAUSES) - set(DUTIES)
    assert all(name.startswith("A") for name in marked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_quote_stands_once_in_its_text_and_together_they_are_the_whole_text(lakana: Policy, language: str):
    quotes = [quote for promise in lakana.promises.values() for quote in promise.says[language]]
    text = lakana.texts[language]
    assert [quote for quote in quotes if text.count(quote) != 1] == []
    rest = prose(language)
    for quote in sorted(quotes, key=len, reverse=True):
        rest = rest.replace(quote, "")
    assert rest.split() == []


def test_both_texts_say_the_same_promises_in_the_same_order(lakana: Policy):
    def order(language: str) -> list[str]:
        starts = {
            lakana.texts[language].index(quote): promise.id
            for promise in lakana.promises.values()
            for quote in promise.says[language]
        }
        return [starts[start] for start in sorted(starts)]

    assert order("nl") == order("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_short(language: str):
    lengths = [len(sentence.split()) for sentence in sentences(language)]
    assert sum(lengths) / len(lengths) <= MOST_WORDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_eight_words_in_a_row_come_from_the_published_text(language: str):
    assert runs(prose(language)) & runs(published()) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_names_the_controller_as_the_policy_does(lakana: Policy, language: str):
    said = [lakana.controller[key] for key in ("name", "address", "contact", "officer")]
    assert [words for words in said if words not in lakana.texts[language]] == []


def test_every_purpose_says_in_both_languages_what_it_is_and_what_to_do_instead(lakana: Policy):
    for purpose in lakana.purposes.values():
        assert set(purpose.label) == set(purpose.instead) == set(LANGUAGES), purpose.name


@pytest.mark.parametrize(("category", "purposes"), EXCLUSIVE.items())
def test_exclusive_data_serve_their_own_purposes_and_a_never_closes_the_rest(
    lakana: Policy, category: str, purposes: set[str]
):
    used = {name for name in lakana.purposes if lakana.use(category, name)}
    open_to = {name for name in lakana.purposes if not lakana.never(category, name)}
    assert used == open_to == purposes | ALWAYS


def test_marketing_reads_contact_data_and_nothing_else(lakana: Policy):
    uses = [use for use in lakana.uses if "marketing" in use.purposes]
    assert [(use.categories, [str(action) for action in use.actions]) for use in uses] == [(("contact",), ["read"])]


def test_nobody_deletes_what_is_not_theirs_to_delete(lakana: Policy):
    deleting = {p for use in lakana.uses if "delete" in use.actions for p in use.purposes}
    assert deleting == {
        "account",
        "community",
        "beta",
        "event",
        "business",
        "rights",
        "retention",
        "migration",
    }


def test_an_invoice_outlives_billing_and_enforcing_for_the_tax_office_alone(lakana: Policy):
    terms = {p: lakana.term("invoice", p) for p in ("billing", "enforce", "tax")}
    assert {name: str(term.plus) for name, term in terms.items() if term} == {
        "billing": "P2Y",
        "enforce": "P5Y",
        "tax": "P7Y",
    }
    assert [name for name, term in terms.items() if term and term.statute] == ["tax"]


def test_every_category_has_a_common_term_and_the_text_tells_its_number(lakana: Policy):
    common = {term.category: term for term in lakana.terms if not term.purposes}
    assert set(common) == set(lakana.categories)
    told = {
        lang: " ".join((*lakana.promises["A18"].says[lang], *lakana.promises["G03"].says[lang])) for lang in LANGUAGES
    }
    units = {"nl": ("jaar", "maanden", "dagen"), "en": ("years", "months", "days")}
    for term in lakana.terms:
        for lang in LANGUAGES:
            numbers = zip((term.plus.years, term.plus.months, term.plus.days), units[lang], strict=True)
            missing = [f"{n} {unit}" for n, unit in numbers if n and f"{n} {unit}" not in told[lang]]
            assert missing == [], term.category
