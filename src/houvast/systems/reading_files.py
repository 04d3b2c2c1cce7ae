"""Looks whether somebody is still in files: in their names, and in what they hold, also packed or as mail hides it.

It shares nothing with what erases, and reads block by block. A place is told without the value that was found there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import PurePosixPath
from typing import IO, Protocol

from houvast.screening import Values, look_into
from houvast.screening.standing import alone
from houvast.systems.connector import Needles, Remains


class Opens(Protocol):
    """What is needed of fsspec, which has no types."""

    def open(self, path: str, mode: str) -> AbstractContextManager[IO[bytes]]: ...


def remaining(
    files: Opens, names: Iterable[str], short: Callable[[str], str], needles: Needles, *, stays: bool
) -> Remains:
    """In which of these files one of the values stands by itself. `short`: a name as it is told; `stays`: a law keeps them.

    Raises OSError when the files are not there.
    """
    values, patterns = Values(needles.texts), [alone(one) for one in needles.texts]
    places: dict[str, int] = {}
    unread: dict[str, str] = {}
    closed: Counter[str] = Counter()
    for name in names:
        place = _without(short(name), needles.texts)
        try:
            with files.open(name, "rb") as file:
                looked = look_into(file, values)
        except (PermissionError, ValueError):  # ValueError: of a store in which nothing can be read a second time
            unread[place] = "it cannot be read"
            continue
        if looked.found or _is_named(short(name), patterns):
            places[place] = places.get(place, 0) + 1
        if looked.unread:
            unread[place] = ", ".join(looked.unread)
        closed.update(list(looked.closed))
    return Remains({}, places, unread, closed) if stays else Remains(places, {}, unread, closed)


def _is_named(name: str, patterns: Iterable[re.Pattern[str]]) -> bool:
    """Whether a file, or a folder on the way to it, is called so, with or without what tells its kind."""
    ways = [way for part in PurePosixPath(name.lower()).parts for way in (part, PurePosixPath(part).stem)]
    return any(pattern.search(way) for pattern in patterns for way in ways)


def _without(name: str, texts: Iterable[str]) -> str:
    for text in texts:
        name = re.sub(re.escape(text), "[...]", name, flags=re.IGNORECASE)
    return name
