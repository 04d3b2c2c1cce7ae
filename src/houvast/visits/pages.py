"""Which declared page a path is. A path is never kept: it can hold a name, a number or an address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import unquote

from houvast.visits.model import OTHER, Page

LONGEST = 2048
"""Characters of a path that are looked at; a longer one is OTHER."""


class Pages:
    """The declared pages of one site; what it answered before it knows, up to some thousands of paths."""

    def __init__(self, pages: Sequence[Page]) -> None:
        """Pages are asked in their order: the first that a path fits is its name."""
        self._names = tuple(page.name for page in pages)
        every = "|".join(f"({'|'.join(map(_pattern, page.patterns))})" for page in pages if page.patterns)
        self._named = tuple(page.name for page in pages if page.patterns)
        self._every = re.compile(every) if every else None
        self._known = lru_cache(maxsize=16_384)(self._of)

    def of(self, target: str) -> str:
        """The name of the page of a request target (RFC 9112), or OTHER. What follows `?` or `#` is not looked at."""
        return self._known(target[: LONGEST + 1].partition("?")[0].partition("#")[0])

    def _of(self, path: str) -> str:
        if "%" in path:
            path = unquote(path, errors="replace")
        if "://" in path and not path.startswith("/"):  # the absolute form, of a proxy
            path = "/" + path.partition("://")[2].partition("/")[2]
        if len(path) > LONGEST or self._every is None:
            return OTHER
        found = self._every.fullmatch(path.rstrip("/") or "/")
        return self._named[(found.lastindex or 1) - 1] if found else OTHER


def _pattern(text: str) -> str:
    """`*` is one part of a path, `**` the rest of it, also none: /help/** is /help too."""
    parts = [part for part in text.split("/") if part]
    written = "".join(
        "(?:/.*)?" if part == "**" else "/" + "[^/]+".join(map(re.escape, part.split("*"))) for part in parts
    )
    return written or "/"
