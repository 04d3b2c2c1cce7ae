"""What the database refuses is read in Dutch where the page is Dutch; the English stands in one place, the SQL."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from houvast.cases.store import Refused
from houvast.compiler import mending
from houvast.web.translation import mended, refused, table

SQL = Path(__file__).parents[2] / "src" / "houvast" / "compiler" / "sql"
_CALL = re.compile(
    r"says_no\(\s*(?:format\()?'((?:[^']|'')*)'.*?'(?:[CG]\d\d|\{PROMISE\})',\s*(?:format\()?'((?:[^']|'')*)'",
    re.DOTALL,
)
_HOLE = re.compile("«[a-z]*»|%s")
TRENDS = {
    "There are mistakes in visits.yaml.",
    "Run houvast visits status: it lists them.",
    "visits are grouped by page, referrer, language, browser, hour, day or week, and by nothing else",
    "Ask by at most two of page, referrer, language, browser, hour, and by day or by week.",
    "A question names each column once.",
    "a question is about two columns at most, chosen ones included",
    "A line in time is by day or by week.",
    "that is no value of «», as answers name them",
    "This site is not declared.",
    "A question is about days that are over, the first before the last (days of UTC).",
    "Ask until «», or earlier.",
    "A question is about 400 days at most.",
    "Ask for a shorter time.",
    "A line by week begins on a Monday and ends on a Sunday.",
    "Ask for whole weeks.",
    "Visits are counted as visitor-days or as visits.",
    "Choose one of the two.",
    "This is not a day.",
    "Write it as 2026-11-25.",
    "no policy that counts visits was applied to this database",
}
"""What is no question about visits (`visits.trends.question`)."""
FROM_PYTHON = {"People of this kind have no account.", "Ask for erasure, or to stop the use.", *TRENDS}


def said() -> set[str]:
    """Every sentence and every hint that `says_no` is called with."""
    calls = [
        call
        for file in (*SQL.glob("*.sql"), *SQL.parent.glob("*.py"))
        for call in _CALL.findall(file.read_text("utf-8"))
    ]
    assert len(calls) > 100
    return {_HOLE.sub("«»", text.replace("''", "'")) for call in calls for text in call}


def test_what_to_do_about_drift_is_said_in_dutch_but_for_sql() -> None:
    said = [*mending.BY_KIND.values(), mending.OTHER, mending.APPLY]
    plain = [text for text in said if re.search(r"[a-z]{2}", re.sub(r"\([^)]*\)|pg_\w+\(", "", text))]
    assert len(plain) > 20
    assert [text for text in plain if mended(text, "nl") == text] == []
    assert mended(mending.todo("new", "grant", "public.t", "SELECT to someone", ""), "nl") == (
        "REVOKE SELECT ON public.t FROM someone. Hoort het zo? Dan onthoudt houvast apply het."
    )


def test_every_refusal_is_there_in_dutch_and_nothing_else() -> None:
    ours = table("nl", "refusals")
    assert ours
    known = {_HOLE.sub("«»", phrase.english) for _, phrase in ours.phrases}
    assert known - FROM_PYTHON == said()


def test_both_sides_of_a_refusal_have_the_same_holes() -> None:
    ours = table("nl", "refusals")
    assert ours
    for _, phrase in ours.phrases:
        assert set(_HOLE.findall(phrase.english)) == set(_HOLE.findall(phrase.said)), phrase.english


@pytest.mark.parametrize(
    ("message", "dutch"),
    [
        ("Nobody approves their own letter (promise G10).", "Niemand keurt een eigen brief goed (belofte G10)."),
        (
            "A request that is received cannot become review (promise G18).",
            "Een verzoek dat ontvangen is, kan niet nagekeken worden (belofte G18).",
        ),
        ("People of this kind have no account.", "Mensen van deze soort hebben geen account."),
        ("Something that nobody wrote down (promise C01).", "Something that nobody wrote down (promise C01)."),
    ],
)
def test_a_refusal_is_told_in_the_language_of_the_page(message: str, dutch: str) -> None:
    error = Refused(message, todo="Ask another of the staff.")
    assert refused(error, "nl") == (dutch, "Vraag het aan een andere medewerker.")
    assert refused(error, "en") == (message, "Ask another of the staff.")
