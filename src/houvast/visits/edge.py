"""The minimiser: one request in, one visit of closed values out, or the reason why it is not counted. Pure.

It is the meaning of every way by which visits come in; the reader of logs, which is faster, is held to it by tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Protocol, TypeAlias

from houvast.visits.addresses import Proxies, client, used
from houvast.visits.agents import Agents
from houvast.visits.languages import primary
from houvast.visits.model import Declared, Precision, Site, Visit
from houvast.visits.pages import Pages
from houvast.visits.referrers import LONGEST
from houvast.visits.referrers import site as referring

COUNTED = frozenset({200, 304})
"""Answers that showed somebody a page."""
LAST = datetime.max.replace(tzinfo=UTC)


class Reason(StrEnum):
    """Why a request is not counted. Nothing else is kept of it."""

    METHOD = "method"
    STATUS = "status"
    HOST = "host"
    GPC = "gpc"
    OBJECTED = "objected"


@dataclass(frozen=True, slots=True)
class Left:
    """A request that is not counted."""

    reason: Reason


@dataclass(slots=True)  # not frozen: that takes twice as long to make
class Request:
    """One request as it came, in memory only. Headers as text in Latin-1; "" for one that did not come.

    `at`: aware. `host`: the header Host. `target`: path and query. `remote`: who connected. `forwarded`:
    X-Forwarded-For. `gpc`: the header Sec-GPC.
    """

    at: datetime
    host: str
    target: str
    remote: str
    method: str = "GET"
    status: int = 200
    forwarded: str = ""
    agent: str = ""
    language: str = ""
    referrer: str = ""
    gpc: str = ""


Facts: TypeAlias = tuple[datetime, str, str, str, int | None, str, str, bool]
"""The columns of a visit (`model.Visit`) without the number of its visitor, in their order."""
_LEFT = {reason: Left(reason) for reason in Reason}


class DayKeys(Protocol):
    """Where the keys of days come from: `keys_of_day.Keys`."""

    def of(self, day: date, /) -> bytes | None:
        """The key of a day, None when there is none (any more)."""
        ...


class Objected(Protocol):
    """Who objected today: `objecting.Objections`."""

    def has(self, day: date, number: int, /) -> bool:
        """Whether the visitor of that number does not want to be counted."""
        ...


class Numbers:
    """The numbers of visitors of one day: `keys_of_day.visitor`, with what is the same for all of a site done once."""

    def __init__(self, key: bytes, sites: Iterable[str]) -> None:
        self._begun = {site: blake2b(site.encode() + b"\0", digest_size=8, key=key) for site in sites}

    def of(self, site: str, address: str, agent: bytes) -> int:
        """The number of who has an address and a user agent."""
        whole = self._begun[site].copy()
        whole.update(address.encode() + b"\0" + agent)
        return int.from_bytes(whole.digest(), "little")


class Minimiser:
    """Makes visits of requests to what an organisation declares."""

    def __init__(self, declared: Declared, keys: DayKeys, objected: Objected | None = None) -> None:
        """Raises ValueError for a proxy that is no network."""
        self._sites = {host: site for site in declared.sites for host in site.hosts}
        self._default = next((site for site in declared.sites if site.name == declared.site_by_default), None)
        self._own = frozenset(self._sites)
        self._pages = {site.name: Pages(site.pages) for site in declared.sites}
        self._rules, self._proxies = declared.rules, Proxies(declared.proxies)
        self._agents, self._keys, self._objected = Agents(), keys, objected
        self._last = (LAST, LAST, LAST.date())
        self._referring = lru_cache(maxsize=16_384)(partial(referring, own=self._own))
        self._of_day: tuple[date, Numbers | None] | None = None

    def warm(self) -> None:
        """Read the lists of browsers, suffixes and languages now, so that no first visitor waits for it."""
        self._agents.one("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
        referring("https://voorbeeld.nl", self._own)
        primary("nl")

    def visit(self, request: Request) -> Visit | Left:
        """What is stored of a request, or why nothing is."""
        found = self.facts(request)
        return found if isinstance(found, Left) else Visit(*found[0], found[1])

    def facts(self, request: Request) -> tuple[Facts, int | None] | Left:
        """What is stored of a request: what it shares with others, and the number of its visitor; or why nothing is."""
        site = self.site(request.host)
        if site is None:
            return _LEFT[Reason.HOST]
        if request.method != "GET":
            return _LEFT[Reason.METHOD]
        if request.status not in COUNTED:
            return _LEFT[Reason.STATUS]
        if request.gpc and request.gpc.strip() == "1":
            return _LEFT[Reason.GPC]
        (at, day), name, agent = self._cut(request.at), site.name, request.agent
        number = self.number(day, name, self.address(request), agent)
        if number is not None and self._objected and self._objected.has(day, number):
            return _LEFT[Reason.OBJECTED]
        kept, page = self._agents.one(agent), self._pages[name].of(request.target)
        language, referrer = primary(request.language), self._referring(request.referrer[:LONGEST])
        return (at, name, page, kept.browser, kept.version, language, referrer, kept.robot), number

    def _cut(self, at: datetime) -> tuple[datetime, date]:
        """A time as precisely as it is kept, and its day; that of the last request when it is the same."""
        cut, after, day = self._last
        if cut <= at < after:
            return cut, day
        utc = at.astimezone(UTC)
        hour = self._rules.precision is Precision.HOUR
        cut = utc.replace(minute=0 if hour else utc.minute, second=0, microsecond=0)
        length = timedelta(hours=1) if hour else timedelta(minutes=1)
        self._last = (cut, cut + min(length, LAST - cut), cut.date())
        return cut, cut.date()

    def site(self, host: str) -> Site | None:
        """The declared site of a header Host, None when there is none."""
        if not host:
            return self._default
        return self._sites.get(host) or self._sites.get(
            host[:300].lower().rpartition("@")[2].partition(":")[0].rstrip(".")
        )

    def address(self, request: Request) -> str:
        """The address of whoever asks, believed from declared proxies alone."""
        return client(request.remote, request.forwarded, self._proxies)

    def believed(self, remote: str, forwarded: str) -> str:
        """The same, before there is a request."""
        return client(remote, forwarded, self._proxies)

    def numbers(self, request: Request) -> tuple[int, ...]:
        """The numbers that whoever asks has today, one for each site."""
        day, address = request.at.astimezone(UTC).date(), self.address(request)
        found = (self.number(day, name, address, request.agent) for name in self._pages)
        return tuple(number for number in found if number is not None)

    def number(self, day: date, site: str, address: str, agent: str) -> int | None:
        """The number of a visitor on a site and day, None without an address or without the key of that day."""
        known = self._of_day
        if known is None or known[0] != day:
            key = self._keys.of(day)
            known = self._of_day = (day, Numbers(key, self._pages) if key else None)
        numbers = known[1]
        if numbers is None or not address:
            return None
        return numbers.of(site, used(address, self._rules.address), agent.encode("latin-1", "replace"))

    def forget(self) -> None:
        """Forget the key of the day, which is asked for again: so it is not used longer than it is there."""
        self._of_day = None
