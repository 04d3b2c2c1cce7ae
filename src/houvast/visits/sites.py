"""Which site a host is, and which page a path is: names that an organisation declared, and nothing else of either."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from houvast.visits.model import OTHER, Declared, Page

LONGEST = 2048
"""Characters of a path that are looked at: a longer one is page `other`."""
_WILD = re.compile(r"(\*\*|\*)")
_ABSOLUTE = re.compile(r"https?://[^/?#]*", re.IGNORECASE)


class Sites:
    """The sites of an organisation, by host and path."""

    def __init__(self, declared: Declared) -> None:
        self._by_host = {host: site.name for site in declared.sites for host in site.hosts}
        self._pages = {site.name: tuple(map(_compiled, site.pages)) for site in declared.sites}
        self._default = declared.site_by_default
        self.hosts = frozenset(self._by_host)

    def site(self, host: str) -> str:
        """The site of a host as a request names it, that by default where it names none; "" when it is not ours."""
        return self._by_host.get(bare(host), "") if host else self._default

    def page(self, site: str, target: str) -> str:
        """The first declared page that the path of a site is, or OTHER. `target`: with or without query and host."""
        if len(target) > LONGEST:
            return OTHER
        asked = path(target)
        return next((name for name, pattern in self._pages[site] if pattern.fullmatch(asked)), OTHER)


def _compiled(page: Page) -> tuple[str, re.Pattern[str]]:
    """`*` is one part of a path, `**` the rest of it; everything else is itself."""
    wild = {"**": ".*", "*": "[^/]+"}
    found = (
        "".join(wild.get(part) or re.escape(part) for part in _WILD.split(pattern.rstrip("/") or "/"))
        for pattern in page.patterns
    )
    return page.name, re.compile("|".join(f"(?:{one})" for one in found), re.DOTALL)


def bare(host: str) -> str:
    """A host in lower case, without port and the dot at its end."""
    name = host.lower() if host.startswith("[") else host.lower().partition(":")[0]
    return name.removesuffix(".")


def path(target: str) -> str:
    """The path of what is asked for: without host, query and the slash at its end, and with its %-escapes read once."""
    raw = _ABSOLUTE.sub("", target, count=1).partition("?")[0].partition("#")[0]
    read = unquote_to_bytes(raw.encode("latin-1", "replace")).decode("utf-8", "replace") if "%" in raw else raw
    return read.rstrip("/") or "/"
