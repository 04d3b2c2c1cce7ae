"""The words of the pages, from `wording/LANGUAGE.yaml`; dates and numbers as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from houvast.policy.words import words as policy_words
from houvast.reading import read_words

_FOLDER = Path(__file__).parent / "wording"


@cache
def wording(language: str) -> Mapping[str, Mapping[str, str]]:
    """The words of a language, by page and name."""
    return read_words(_FOLDER / f"{language}.yaml", "the words of the pages")


def day(when: date, language: str) -> str:
    """ "25 november 2026"."""
    return f"{when.day} {policy_words(language).months[when.month - 1]} {when.year}"


def moment(when: datetime, language: str, timezone: str) -> str:
    """ "25 november 2026, 06.00 uur", by the clock of the policy's country."""
    here = when.astimezone(ZoneInfo(timezone))
    return wording(language)["numbers"]["moment"].format(
        day=day(here.date(), language), hour=f"{here.hour:02}", minute=f"{here.minute:02}"
    )


def number(value: int, language: str) -> str:
    """ "1.892" in Dutch, "1,892" in English."""
    return f"{value:,}".replace(",", wording(language)["numbers"]["thousands"])
