"""What is known of a visit once it is stored, and what an organisation declares about counting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

OTHER = "other"
"""A page, browser or referring site that is not in its closed list."""
NONE = "none"
"""No language, no referring site."""
OWN = "own"
"""A referring site that is one of ours."""
COLUMNS = {
    "at": "TIMESTAMP",
    "site": "VARCHAR",
    "page": "VARCHAR",
    "browser": "VARCHAR",
    "version": "USMALLINT",
    "language": "VARCHAR",
    "referrer": "VARCHAR",
    "robot": "BOOLEAN",
    "visitor": "UBIGINT",
}
"""The columns of the store of visits and their types in DuckDB; there are no others. As `Visit` has them."""


class Precision(StrEnum):
    """How precisely the time of a visit is kept."""

    HOUR = "hour"
    MINUTE = "minute"


class Address(StrEnum):
    """What becomes of the address of a visitor.

    KEYED: together with the user agent it gives a number under a random key of that day, which is destroyed; nothing
    of the address itself is kept. TRUNCATED: the same, of the first 24 bits of an IPv4 address or 48 of IPv6.
    """

    KEYED = "keyed"
    TRUNCATED = "truncated"


@dataclass(frozen=True)
class Visit:
    """A request for a page, as it is stored. Every value but `at` and `visitor` is of a closed list.

    `at`: UTC, cut to the hour or the minute. `version`: the major version of the browser, None when not known.
    `language`: the primary tag of the first language asked for (RFC 5646), lower case, or NONE.
    `referrer`: the registrable domain of the referring site, OWN, or NONE.
    `visitor`: a number that is the same for one visitor on one site within one day (UTC) and says nothing about any
    other day; None when the key of that day was already destroyed.
    """

    at: datetime
    site: str
    page: str
    browser: str
    version: int | None
    language: str
    referrer: str
    robot: bool
    visitor: int | None


@dataclass(frozen=True)
class Page:
    """A declared page: its name, and which paths are it. A pattern has `*` for one part of a path, `**` for the rest."""

    name: str
    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Site:
    """A site whose visits are counted. `hosts`: lower case, without port. `label`: by language."""

    name: str
    hosts: tuple[str, ...]
    pages: tuple[Page, ...]
    label: dict[str, str]


@dataclass(frozen=True)
class Rules:
    """What the policy says about counting (its section `visits`).

    `group`: the smallest number of visitor-days that a number may be about. `keep`: how long visits are kept.
    `security`: how long whole addresses are, in the store apart. `rho`, `delta`: how much may be released of a
    period in all (zero-concentrated differential privacy, Bun and Steinke 2016), `period`: of how many days.
    """

    precision: Precision = Precision.HOUR
    address: Address = Address.KEYED
    group: int = 10
    keep: timedelta = timedelta(days=396)
    security: timedelta = timedelta(days=14)
    rho: float = 0.1
    delta: float = 1e-6
    period: int = 30


@dataclass(frozen=True)
class Asked:
    """A question about trends that an organisation asks time and again. `label`: by language.

    `by`: columns by which to group, "day" or "week" among them; `where`: column and value; `measure`: what is counted.
    """

    name: str
    label: dict[str, str]
    by: tuple[str, ...]
    where: tuple[tuple[str, str], ...] = ()
    measure: str = "visitor-days"


@dataclass(frozen=True)
class Declared:
    """What one organisation declares: its sites, whose word about an address is believed, and the policy's rules.

    `proxies`: networks (CIDR) whose X-Forwarded-For is believed. `hosts_by_default`: the site of a line that names no
    host; a line of an unknown host is counted as such and not stored.
    """

    sites: tuple[Site, ...]
    rules: Rules = Rules()
    proxies: tuple[str, ...] = ()
    site_by_default: str = ""
    questions: tuple[Asked, ...] = ()
