"""What controls say to people, in Dutch and English: `wording/LANGUAGE.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from houvast.controls.model import Standing
from houvast.reading import read_words

LANGUAGES = ("nl", "en")
_FOLDER = Path(__file__).parent / "wording"


@cache
def wording(language: str) -> Mapping[str, Mapping[str, str]]:
    """`stands`, `sorts` and `found`, each by its code."""
    return read_words(_FOLDER / f"{language}.yaml", "the words of controls")


def label(one: Standing, language: str) -> str:
    """What people call a control."""
    return one.control.label.get(language, one.control.name)


def stands(one: Standing, language: str) -> str:
    """How it stands, in a word or two."""
    return wording(language)["stands"][one.stands]


def found(one: Standing, language: str) -> tuple[str, ...]:
    """What is wrong with it, a sentence each."""
    said = wording(language)["found"]
    return tuple(said.get(wrong.code, wrong.code).format(about=wrong.about) for wrong in one.found)
