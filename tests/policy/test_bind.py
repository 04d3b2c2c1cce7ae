"""A text and its promises: nothing lost, nothing ambiguous, nothing left over."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houvast.policy.bind import Span, bind, headings_of, nearest

Published: TypeAlias = tuple[str, dict[str, Any], dict[str, list[Span]], list[Span]]

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
TEXT = "# Kop\n\nEen zin. Een zin\nover twee regels.\n\n- een punt;\n2. nog een punt\n"


@pytest.fixture(scope="module")
def published() -> Published:
    if not (REFERENCE / "promises.json").exists():
        reason = f"THE PUBLISHED TEXT IS NOT BESIDE THIS CHECKOUT ({REFERENCE}): its binding was not tested"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    promises = json.loads((REFERENCE / "promises.json").read_text("utf-8"))
    text = (REFERENCE / promises["text"]["file"]).read_text("utf-8")
    claims = {one["id"]: [tuple(span) for span in one["spans"]] for one in promises["promises"]}
    return text, promises, claims, [tuple(span) for span in promises["headings"]]


def test_no_character_of_the_published_text_is_left_over(published: Published) -> None:
    text, _, claims, headings = published
    found = bind(text, claims, headings)
    assert len(found.spans) == 58
    assert (found.left_over, found.lost, found.ambiguous) == ((), (), ())


def test_each_span_of_the_published_text_is_the_sentence_that_was_split(published: Published) -> None:
    text, promises, claims, headings = published
    assert hashlib.sha256(text.encode()).hexdigest() == promises["text"]["sha256"]
    spans = bind(text, claims, headings).spans
    for one in promises["promises"]:
        words = "".join(text[start:end] for start, end in spans[one["id"]])
        assert hashlib.sha256(words.encode()).hexdigest() == one["sha256"], one["id"]


def test_every_promise_of_the_published_text_is_needed(published: Published) -> None:
    text, _, claims, headings = published
    for name in claims:
        without = {other: spans for other, spans in claims.items() if other != name}
        assert bind(text, without, headings).left_over, name


def test_headings_hyphens_and_numbers_belong_to_nobody() -> None:
    found = bind(TEXT, {"a": ["Een zin. Een zin over twee regels."], "b": ["een punt;", "nog een punt"]})
    assert (found.lost, found.ambiguous, found.left_over) == ((), (), ())
    assert found.spans["b"] == ((45, 54), (58, 70))


def test_a_quote_may_run_over_the_end_of_a_line_but_not_of_a_paragraph() -> None:
    text = "een twee\ndrie\n\nvier"
    assert bind(text, {"a": ["twee drie"]}).spans["a"] == ((4, 13),)
    assert [quote.words for quote in bind(text, {"a": ["drie vier"]}).lost] == ["drie vier"]


def test_a_quote_that_stands_twice_is_ambiguous_even_when_it_overlaps_itself() -> None:
    found = bind("na na na", {"a": ["na na"]})
    assert [quote.found for quote in found.ambiguous] == [((0, 5), (3, 8))]
    assert found.spans == {"a": ()}


def test_an_empty_quote_is_lost() -> None:
    assert len(bind("tekst", {"a": [" "]}).lost) == 1


def test_two_promises_may_share_words() -> None:
    found = bind("een twee drie", {"a": ["een twee"], "b": ["twee drie"]})
    assert (found.lost, found.ambiguous, found.left_over) == ((), (), ())


def test_words_of_nobody_are_told_line_by_line() -> None:
    text = "een twee drie\nvier"
    assert [text[slice(*span)] for span in bind(text, {"a": ["twee"]}).left_over] == ["een", "drie", "vier"]


def test_a_span_outside_the_text_is_lost() -> None:
    assert [quote.number for quote in bind("kort", {"a": [(0, 4), (2, 9)]}).lost] == [1]


def test_a_hyphen_within_a_line_is_no_list() -> None:
    assert bind("een - twee", {"a": ["een"]}).left_over == ((4, 10),)


def test_a_number_sign_without_space_is_no_heading() -> None:
    assert headings_of("#kop\n## kop\n#\n") == ((5, 11), (12, 13))


def test_the_sentence_most_like_a_lost_quote_is_found() -> None:
    assert nearest(TEXT, "een punten;") == "een punt;"
    assert nearest(TEXT, "iets heel anders") == ""


@given(text=st.text("ab# \n-1.", max_size=40), cut=st.data())
def test_every_character_belongs_to_a_promise_or_a_heading_or_is_left_over(text: str, cut: st.DataObject) -> None:
    start = cut.draw(st.integers(0, len(text)))
    end = cut.draw(st.integers(start, len(text)))
    found = bind(text, {"a": [(start, end)] if start < end else []}, headings=[])
    covered = {n for first, last in (*found.spans["a"], *found.left_over) for n in range(first, last)}
    free = {n for n, character in enumerate(text) if character.isspace() or character in "-1."}
    assert set(range(len(text))) - free <= covered
