"""What a number of visits is about, in the words of people: pages, sites, languages, hours and days."""

from __future__ import annotations

from datetime import date

from houvast.visits.model import NONE, OTHER, OWN, Declared
from houvast.web.words import day, wording

_SAID = {OTHER, NONE, OWN}
DATES = {"day", "week", "month"}


def value(column: str, found: str, language: str, declared: Declared | None = None) -> str:
    """A value of a column in words; as it is where it is a name."""
    said = wording(language)["visits"]
    if column in DATES:
        when = day(date.fromisoformat(found if len(found) > len("2026-11") else f"{found}-01"), language)
        return said["of_week"].format(day=when) if column == "week" else when
    if column == "hour":
        return said["of_hour"].format(hour=f"{int(found):02}")
    if column == "site":
        return site(declared, found, language)
    if found.lower() in _SAID:
        return said.get(f"{column}_{found.lower()}", said[f"value_{found.lower()}"])
    return said.get(f"language_{found}", found) if column == "language" else found


def site(declared: Declared | None, name: str, language: str) -> str:
    """What people call a site."""
    ours = {one.name: one.label for one in declared.sites} if declared else {}
    return ours.get(name, {}).get(language) or name
