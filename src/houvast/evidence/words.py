"""What entries and receipts say to people, in Dutch and English: `wording/LANGUAGE.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from houvast.reading import read_words

LANGUAGES = ("nl", "en")
_FOLDER = Path(__file__).parent / "wording"


@cache
def wording(language: str) -> Mapping[str, Mapping[str, str]]:
    """`kinds` and `fields` by the names that the registry gives them, and `receipt` for the page of receipts."""
    return read_words(_FOLDER / f"{language}.yaml", "the words of the log")
