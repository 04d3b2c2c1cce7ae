"""Columns of what lines say become rows of visits: every different value is looked at once, each line gets a number.

What is dropped is dropped here: addresses and user agents leave as a number under the key of the day, and what is no
visit leaves as a count.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

import socket
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from houvast.visits.addresses import Proxies, canonical, client, used
from houvast.visits.agents import Agents
from houvast.visits.edge import COUNTED, DayKeys, Objected
from houvast.visits.edge import Minimiser as Meaning
from houvast.visits.keys_of_day import AHEAD
from houvast.visits.languages import primary
from houvast.visits.model import Declared, Precision
from houvast.visits.pages import Pages
from houvast.visits.reading.formats import split_front
from houvast.visits.reading.line import Unread
from houvast.visits.reading.requests import target
from houvast.visits.reading.rows import DAY, EPOCH, Facts
from houvast.visits.reading.scanning import FIELDS, Columns
from houvast.visits.reading.times import NO_TIME
from houvast.visits.reading.values import Column, Flags, Known, Numbers, Why, Words, column, different_of, words_of
from houvast.visits.referrers import site as referring_site

_MOST: Final = 100_000
"""Values that are remembered from one batch to the next, of each sort."""
_STRANGE, _SHAPELESS = -1, -2
"""Instead of the number of a site: a host that is none of ours, and what stands before the time is no visitor."""
_CUT: Final = {Precision.HOUR: 3600, Precision.MINUTE: 60}


@dataclass(frozen=True)
class Whole:
    """What the store of whole addresses is given of a line: when (seconds since 1970), from where, at which site."""

    at: int
    address: str
    site: str


@dataclass
class Rows:
    """What came of lines. `visits`: a table of the store's columns, by day; `skipped`: why others are no visits."""

    visits: dict[date, pa.Table] = field(default_factory=dict["date", "pa.Table"])
    skipped: Counter[str] = field(default_factory=Counter[str])
    stored: int = 0
    robots: int = 0
    numberless: int = 0
    whole: list[Whole] = field(default_factory=list[Whole])


class Place(NamedTuple):
    """Whose request it is. `site`: its number, or why there is none; `told`: what of them is hashed, with the site."""

    site: int
    address: str
    told: bytes


@dataclass
class Minimiser:
    """Makes visits of lines, for one organisation. `site`: that of lines without a host, else the declared one.

    `objected`: who does not want to be counted. `whole`: whether whole addresses are told.
    """

    declared: Declared
    keys: DayKeys
    objected: Objected | None = None
    host_first: bool = False
    site: str = ""
    whole: bool = False
    agents: Agents = field(default_factory=Agents)

    def __post_init__(self) -> None:
        self._meaning = Meaning(self.declared, self.keys)
        self._names = [site.name for site in self.declared.sites]
        self._own = frozenset(host for site in self.declared.sites for host in site.hosts)
        self._proxies = Proxies(self.declared.proxies) if self.declared.proxies else None
        self._paths = [Pages(site.pages) for site in self.declared.sites]
        self._pages = Words(_MOST)
        self._referrers = Known(_MOST, lambda text: referring_site(text.decode("latin-1"), self._own))
        self._who: dict[bytes, Place] = {}

    def rows(self, columns: Columns, now: datetime) -> Rows:
        """The visits of these lines."""
        found = Rows(skipped=Counter(columns.unread))
        if not columns.at:
            return found
        at, status = np.concatenate(columns.at), np.concatenate(columns.status)
        text = {name: column(columns.text[name]) for name in FIELDS}
        places, who = self._visitors(text)
        site = np.array([one.site for one in places], np.int64)[who]
        why = self._why(at, site, now)
        page = self._page(text["request"], site, why)
        self._say_more(why, status, text["gpc"])
        numbers = self._numbers(at, who, places, text["agent"], why)
        why.count(found.skipped)
        kept = np.flatnonzero(why.free)
        if len(kept):
            self._visits(found, kept, at, site, page, text, numbers)
            if self.whole:
                each = zip(at[kept].tolist(), who[kept].tolist(), strict=True)
                found.whole = [Whole(when, places[one].address, self._names[places[one].site]) for when, one in each]
        return found

    def _why(self, at: Numbers, site: Numbers, now: datetime) -> Why:
        why = Why(len(at))
        why.say(Unread.SHAPE, site == _SHAPELESS)
        why.say(Unread.TIME, at == NO_TIME)
        why.say("ahead", at > int((now + AHEAD).timestamp()))
        why.say("old", at < int((now - self.declared.rules.keep).timestamp()))
        why.say("host", site < 0)
        return why

    def _say_more(self, why: Why, status: Numbers, gpc: Column) -> None:
        why.say("status", ~np.isin(status, list(COUNTED)))
        why.say("gpc", np.array([one.strip() == b"1" for one in gpc.values], np.bool_)[gpc.which])

    def _visitors(self, text: dict[str, Column]) -> tuple[list[Place], Numbers]:
        """Different visitors as site and address, and which of them each line is."""
        front, host, forwarded = text["front"], text["host"], text["forwarded"]
        if len(host.values) == 1 and (self._proxies is None or forwarded.values == [b""]):
            return self._places(front.values, host.values[0]), front.which
        sizes = (len(host.values), len(forwarded.values))
        different, which = different_of((front.which * sizes[0] + host.which) * sizes[1] + forwarded.which)
        rest, third = np.divmod(different, sizes[1])
        first, second = np.divmod(rest, sizes[0])
        each = zip(first.tolist(), second.tolist(), third.tolist(), strict=True)
        return [self._read_place(front.values[a], host.values[b], forwarded.values[c]) for a, b, c in each], which

    def _places(self, fronts: list[bytes], host: bytes) -> list[Place]:
        """Those of lines without a host of their own are remembered."""
        if host:
            return [self._read_place(one, host, b"") for one in fronts]
        known = self._who
        if len(known) > _MOST:
            known.clear()
        found = list(map(known.get, fronts))
        for number, one in enumerate(found):
            if one is None:
                known[fronts[number]] = found[number] = self._read_place(fronts[number], b"", b"")
        return [one for one in found if one]

    def _read_place(self, front: bytes, host: bytes, forwarded: bytes) -> Place:
        first, remote = split_front(front, host_first=self.host_first)
        if not remote:
            return Place(_SHAPELESS, "", b"")
        named = (host or first).decode("latin-1")
        site = self._meaning.site(named)
        name = self.site if self.site and not named else site.name if site else ""
        address = quick(remote)
        if forwarded and self._proxies is not None:
            address = client(remote.decode("latin-1"), forwarded.decode("latin-1"), self._proxies)
        if not name:
            return Place(_STRANGE, "", b"")
        told = f"{name}\0{used(address, self.declared.rules.address)}\0".encode() if address else b""
        return Place(self._names.index(name), address, told)

    def _page(self, request: Column, site: Numbers, why: Why) -> Numbers:
        """The number of each line's page among the words of pages; those that are no GET are told so."""
        sites = len(self._names) + 1
        different, which = different_of(request.which * sites + np.maximum(site, -1) + 1)
        numbers = np.empty(len(different), np.int64)
        for place, one in enumerate(different.tolist()):
            asked, at = request.values[one // sites], one % sites - 1
            numbers[place] = self._pages.number((at, asked), self._named) if at >= 0 else -1
        why.say("method", numbers[which] < 0)
        return numbers[which]

    def _named(self, key: tuple[int, bytes]) -> str | None:
        asked = target(key[1])
        return None if asked is None else self._paths[key[0]].of(asked)

    def _visits(self, found: Rows, kept: Numbers, at: Numbers, site: Numbers, page: Numbers, text: dict[str, Column],
                numbers: tuple[npt.NDArray[np.uint64], Flags]) -> None:  # fmt: skip
        """The rows of the lines that are kept, by day, in the order of their values."""
        read = self.agents.of([one.decode("latin-1") for one in text["agent"].values])
        agents = text["agent"].which[kept]
        robot = np.array([one.robot for one in read], np.bool_)[agents]
        versions = np.array([-1 if one.version is None else one.version for one in read], np.int64)
        languages = [primary(one.decode("latin-1")) for one in text["language"].values]
        referrers = [self._referrers.of(one) for one in text["referrer"].values]
        numbered = numbers[1][kept]
        columns = Facts(
            at[kept] - at[kept] % _CUT[self.declared.rules.precision],
            (site[kept], self._names),
            (page[kept], self._pages.words),
            words_of([one.browser for one in read], agents),
            versions[agents],
            words_of(languages, text["language"].which[kept]),
            words_of(referrers, text["referrer"].which[kept]),
            robot,
            numbers[0][kept],
            numbered,
        )
        found.visits = columns.by_day()
        found.stored, found.robots, found.numberless = len(kept), int(robot.sum()), int((~numbered).sum())

    def _numbers(self, at: Numbers, who: Numbers, places: list[Place], agent: Column, why: Why) -> tuple[npt.NDArray[np.uint64], Flags]:  # fmt: skip
        """The number of each line's visitor, and whether it has one: keyed BLAKE2b, once for each visitor of a day.

        Those who objected are told so. Lines that are no visits get no number: nobody computes what nobody needs.
        """
        kept = np.flatnonzero(why.free)
        number, numbered = np.zeros(len(at), np.uint64), np.zeros(len(at), np.bool_)
        if not len(kept):
            return number, numbered
        days = at[kept] // DAY
        first, spans = int(days.min()), int(days.max() - days.min()) + 1
        different, which = different_of((who[kept] * len(agent.values) + agent.which[kept]) * spans + (days - first))
        rest, day = np.divmod(different, spans)
        visitor, browser = np.divmod(rest, len(agent.values))
        found, has = np.zeros(len(different), np.uint64), np.zeros(len(different), np.bool_)
        told = [one.told for one in places]
        known = np.array(list(map(bool, told)), np.bool_)[visitor]
        for one in sorted(set(day.tolist())):
            key = self.keys.of(EPOCH + timedelta(days=first + one))
            if key is None:
                continue
            these = np.flatnonzero(known & (day == one))
            found[these], has[these] = _hashed(key, told, visitor[these], agent.values, browser[these]), True
        number[kept], numbered[kept] = found[which], has[which]
        if self.objected:
            objected = np.zeros(len(different), np.bool_)
            for place in np.flatnonzero(has)[np.argsort(day[has], kind="stable")].tolist():
                objected[place] = self.objected.has(EPOCH + timedelta(days=first + int(day[place])), int(found[place]))
            said = np.zeros(len(at), np.bool_)
            said[kept] = objected[which]
            why.say("objected", said)
        return number, numbered


def _hashed(
    key: bytes, told: list[bytes], visitor: Numbers, agents: list[bytes], agent: Numbers
) -> npt.NDArray[np.uint64]:
    """As `keys_of_day.visitor`, with what is the same for many put together once."""
    each = zip(visitor.tolist(), agent.tolist(), strict=True)
    return np.frombuffer(
        b"".join([blake2b(told[a] + agents[b], digest_size=8, key=key).digest() for a, b in each]), "<u8"
    )


def quick(text: bytes) -> str:
    """As `addresses.canonical`, quicker for what most lines have: an IPv4 address as it is usually written."""
    try:
        socket.inet_pton(socket.AF_INET, written := text.decode("latin-1"))
    except (OSError, ValueError):
        return canonical(text.decode("latin-1"))
    return written
