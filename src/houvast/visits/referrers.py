"""The referring site of a visit: its registrable domain by the public suffix list, and nothing else of the address.

The list is the one that comes with publicsuffixlist; nothing is fetched.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

from houvast.visits.model import NONE, OWN

LONGEST = 2048
"""Characters of a referrer that are looked at. A host ends long before."""
_HTTP = re.compile(r"\s*https?:[/\\]{2,}([^/\\?#]*)", re.IGNORECASE)
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+", re.ASCII)
_LAST_NUMBER = re.compile(r"(^|\.)(\d+|0x[0-9a-f]*)$")
"""A host whose last part is a number is an IPv4 address, whatever the rest (URL Standard, host parsing)."""


def site(text: str, own: frozenset[str]) -> str:
    """The site that a Referer names: its registrable domain in lower case (IDN as punycode), OWN, or NONE.

    `own`: our own hosts, lower case and without port. Never a path, a query, a port or a user; an address, a name
    without a known suffix, and what is no http(s) URL are NONE.
    """
    found = _HTTP.match(text[:LONGEST])
    if not found:
        return NONE
    host = found.group(1).rpartition("@")[2].lower()
    if not host.startswith("["):
        host = host.partition(":")[0]
    host = host.removesuffix(".")
    return OWN if host in own else _registrable(host)


@lru_cache(maxsize=16_384)
def _registrable(host: str) -> str:
    name = host if host.isascii() else _punycode(host)
    if len(name) > 253 or not _HOST.fullmatch(name) or _LAST_NUMBER.search(name):
        return NONE
    return _list().privatesuffix(name) or NONE


def _punycode(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


@cache
def _list() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)
