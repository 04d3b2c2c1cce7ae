"""Whatever the registry can write can be said, in Dutch and English."""

from __future__ import annotations

import pytest

from houvast.evidence.kinds import KINDS, SUBJECT
from houvast.evidence.words import LANGUAGES, wording


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_kind_and_field_has_words_and_no_other_has(language: str) -> None:
    words = wording(language)
    fields = {SUBJECT, *(field.name for one in KINDS.values() for field in one.body)}
    fields |= {name for one in KINDS.values() for name in one.sealed or {}}
    assert set(words["kinds"]) == set(KINDS)
    assert set(words["fields"]) == fields
    assert all(text.strip() for part in words.values() for text in part.values())


def test_both_languages_say_the_same_of_receipts() -> None:
    assert wording("nl")["receipt"].keys() == wording("en")["receipt"].keys()
