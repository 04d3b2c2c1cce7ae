"""The language of a visit: the primary tag of what a browser asks for first."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from houvast.visits.model import NONE

LONGEST = 512
"""Characters of an Accept-Language that are looked at."""


def primary(text: str) -> str:
    """The primary tag of the language asked for first, by weight and then by place (RFC 9110, 12.5.4), or NONE.

    Two letters where ISO 639-1 has them, else three (ISO 639-2). Regions, scripts and what is no language are left:
    a rare tag says more of somebody than their language.
    """
    return _primary(text[:LONGEST])


@lru_cache(maxsize=16_384)
def _primary(text: str) -> str:
    known, best, found = _known(), 0.0, NONE
    for one in text.split(","):
        tag, _, weight = one.partition(";")
        language = known.get(tag.strip().lower().replace("_", "-").partition("-")[0])
        if language and (asked := _weight(weight)) > best:
            best, found = asked, language
    return found


def _weight(text: str) -> float:
    name, _, number = text.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        weight = float(number)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


@cache
def _known() -> dict[str, str]:
    """Every tag that is known, and how it is written."""
    lines = files("houvast.visits").joinpath("languages.txt").read_text(encoding="ascii").splitlines()
    words = [word.partition("=") for line in lines if not line.startswith("#") for word in line.split()]
    return {word: better or word for word, _, better in words}
