"""The words of the pages, from `wording/LANGUAGE.yaml`; dates and numbers as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from houvast.document import Findings, parse
from houvast.policy.words import words as policy_words
from houvast.reading import Section

_FOLDER = Path(__file__).parent / "wording"


@cache
def wording(language: str) -> Mapping[str, Mapping[str, str]]:
    """The words of a language, by page and name."""
    file, findings = f"{language}.yaml", Findings()
    root = Section(parse((_FOLDER / file).read_text("utf-8"), file), findings, "the words of the pages")
    found = {name: dict(root.pairs(name)) for name in root.names()}
    findings.stop_if_any()
    return found


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
