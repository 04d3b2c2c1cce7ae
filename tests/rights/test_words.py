"""Values as people read them, in their language."""

from __future__ import annotations

import pytest

from houvast.rights.words import shown


@pytest.mark.parametrize(
    ("value", "nl", "en"),
    [
        (True, "Ja", "Yes"),
        (False, "Nee", "No"),
        (None, "", ""),
        (0, "0", "0"),
        ("12.50", "12.50", "12.50"),
        ({"a": "ë", "b": [None]}, '{"a": "ë", "b": [null]}', '{"a": "ë", "b": [null]}'),
    ],
)
def test_a_value_is_said_in_the_language_of_the_reader(value: object, nl: str, en: str) -> None:
    assert (shown(value, "nl"), shown(value, "en")) == (nl, en)
