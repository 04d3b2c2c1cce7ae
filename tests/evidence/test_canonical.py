"""One value, one way to write it (RFC 8785)."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from houvast.evidence.canonical import NotCanonical, canonical

_NAMES = st.text(st.characters(max_codepoint=127), max_size=8)
_PLAIN = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
_VALUES = st.recursive(
    _PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3), max_leaves=8
)


def test_the_example_of_the_standard_is_written_as_it_says() -> None:
    value = {"string": '€$\u000f\nA\'B"\\\\"/', "literals": [None, True, False]}
    assert canonical(value) == b'{"literals":[null,true,false],"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'


@given(_VALUES)
def test_what_is_written_reads_back_the_same(value: object) -> None:
    assert json.loads(canonical(value)) == value


@given(_VALUES)
def test_a_library_for_the_standard_writes_the_same(value: Any) -> None:
    assert rfc8785.dumps(value) == canonical(value)


@given(_VALUES)
def test_a_plain_encoder_of_the_verifier_writes_the_same(value: object) -> None:
    assert json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() == canonical(value)


@pytest.mark.parametrize(
    "value", [1.0, 1.5, float("nan"), 2**53, -(2**53), "\ud800", {"é": 1}, {1: 1}, b"", {"a": (1,)}, {"a": {1}}]
)
def test_what_languages_read_differently_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


def test_what_is_nested_too_deep_is_refused() -> None:
    value: object = 1
    for _ in range(20):
        value = [value]
    with pytest.raises(NotCanonical, match="levels"):
        canonical(value)
