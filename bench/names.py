"""Makes src/houvast/screening/names.txt.xz: given names and surnames from lists that may be shipped.

    python -m venv names && names/bin/pip install Faker zxcvbn
    PYTHONPATH=. names/bin/python -m bench.names src/houvast/screening/names.txt.xz

Faker (MIT) has names of some eighty countries; zxcvbn (MIT) those of the censuses of the United States of 1990 and
2000, which are in the public domain. Decision 0024 says which lists may not be shipped.
"""

from __future__ import annotations

import importlib
import lzma
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

_GIVEN = re.compile(r"[A-ZÀ-Ž][a-zß-ž'-]+(?:[A-ZÀ-Ž][a-zß-ž]+)?")
_LEAST = 3
"""Letters of a name; shorter ones are words of some language."""


def main(target: str) -> None:
    """Write the file, in small letters: given names, those of them that are words as well, and surnames."""
    given, surnames = faker("first"), faker("last")
    for key in ("male_names", "female_names"):
        given |= set(census(key))
    surnames |= set(census("surnames"))
    words = given & {word for key in ("english_wikipedia", "us_tv_and_film") for word in census(key)}
    text = "\n\n".join("\n".join(sorted(part)) for part in (given, words, surnames))
    Path(target).write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def faker(which: str) -> set[str]:
    """Names as Faker's providers have them, those of several words by word."""
    people: Any = importlib.import_module("faker.providers.person")
    found: set[str] = set()
    for module in pkgutil.iter_modules(people.__path__):
        if not module.ispkg:
            continue
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for name in dir(provider):
            if which in name and not re.search("format|prefix|suffix", name):
                found |= {text.lower() for text in _texts(getattr(provider, name)) if _GIVEN.fullmatch(text)}
    return {name for name in found if len(name) >= _LEAST}


def census(key: str) -> Iterator[str]:
    """Names of the censuses, or words of which none is a frequent name."""
    lists: Any = importlib.import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS
    yield from (name for name in lists[key] if len(name) >= _LEAST)


def _texts(values: object) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, (dict, list, tuple, set)):
        for one in cast("Iterable[object]", values):
            yield from _texts(one)


if __name__ == "__main__":
    main(sys.argv[1])
