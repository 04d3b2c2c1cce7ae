"""Columns of what lines say become rows of visits: every different value is looked at once, each line gets a number.

What is dropped is dropped here: addresses and user agents leave as a number under the key of the day, and what is no
visit leaves as a count.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from houvast.visits.agents import Agents
from houvast.visits.edge import COUNTED, DayKeys, Objected
from houvast.visits.edge import Minimiser as Meaning
from houvast.visits.keys_of_day import AHEAD
from houvast.visits.languages import primary
from houvast.visits.model import Declared, Precision
from houvast.visits.pages import Pages
from houvast.visits.reading.done import Whole
from houvast.visits.reading.line import Unread
from houvast.visits.reading.requests import path
from houvast.visits.reading.rows import DAY, EPOCH, Facts
from houvast.visits.reading.scanning import FIELDS, Columns
from houvast.visits.reading.times import NO_TIME
from houvast.visits.reading.values import Column, Flags, Known, Numbers, Why, Words, column, different_of, words_of
from houvast.visits.reading.visitors import SHAPELESS, Visitors, Who
from houvast.visits.referrers import site as referring_site

_MOST: Final = 100_000
"""Values that are remembered from one batch to the next, of each sort."""
_CUT: Final = {Precision.HOUR: 3600, Precision.MINUTE: 60}


@dataclass
class Rows:
    """What came of lines. `visits`: a table of the store's columns, by day; `skipped`: why others are no visits."""

    visits: dict[date, pa.Table] = field(default_factory=dict["date", "pa.Table"])
    skipped: Counter[str] = field(default_factory=Counter[str])
    stored: int = 0
    robots: int = 0
    numberless: int = 0
    whole: list[Whole] = field(default_factory=list[Whole])


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
        self._who = Who(
            self.declared, Meaning(self.declared, self.keys), self.site, host_first=self.host_first, whole=self.whole
        )
        self._names = [site.name for site in self.declared.sites]
        self._own = frozenset(host for site in self.declared.sites for host in site.hosts)
        self._paths = [Pages(site.pages) for site in self.declared.sites]
        self._pages = Words(_MOST)
        self._requests: list[dict[bytes, int]] = [{} for _ in self._names]
        self._referrers = Known(_MOST, lambda text: referring_site(text.decode("latin-1"), self._own))

    def rows(self, columns: Columns, now: datetime) -> Rows:
        """The visits of these lines."""
        found = Rows(skipped=Counter(columns.unread))
        if not columns.at:
            return found
        at, status = np.concatenate(columns.at), np.concatenate(columns.status)
        text = {name: column(columns.text[name]) for name in FIELDS}
        visitors, who = self._who.of(text["front"], text["host"], text["forwarded"])
        site = np.array(visitors.sites, np.int64)[who]
        why = self._why(at, site, now)
        page = self._page(text["request"], site, why)
        self._say_more(why, status, text["gpc"])
        numbers = self._numbers(at, who, visitors, text["agent"], why)
        why.count(found.skipped)
        kept = np.flatnonzero(why.free)
        if len(kept):
            self._visits(found, kept, at, site, page, text, numbers)
            if self.whole:
                each = zip(at[kept].tolist(), who[kept].tolist(), strict=True)
                found.whole = [
                    Whole(when, visitors.addresses[one], self._names[visitors.sites[one]]) for when, one in each
                ]
        return found

    def _why(self, at: Numbers, site: Numbers, now: datetime) -> Why:
        why = Why(len(at))
        why.say(Unread.SHAPE, site == SHAPELESS)
        why.say(Unread.TIME, at == NO_TIME)
        why.say("ahead", at > int((now + AHEAD).timestamp()))
        why.say("old", at < int((now - self.declared.rules.keep).timestamp()))
        why.say("host", site < 0)
        return why

    def _say_more(self, why: Why, status: Numbers, gpc: Column) -> None:
        why.say("status", ~np.isin(status, list(COUNTED)))
        why.say("gpc", np.array([one.strip() == b"1" for one in gpc.values], np.bool_)[gpc.which])

    def _page(self, request: Column, site: Numbers, why: Why) -> Numbers:
        """The number of each line's page among the words of pages; those that are no GET are told so."""
        sites = len(self._names) + 1
        different, which = different_of(request.which * sites + np.maximum(site, -1) + 1)
        asked, at = np.divmod(different, sites)
        each = zip(asked.tolist(), (at - 1).tolist(), strict=True)
        numbers = np.array(
            [self._page_of(request.values[one], site) if site >= 0 else -1 for one, site in each], np.int64
        )
        why.say("method", numbers[which] < 0)
        return numbers[which]

    def _page_of(self, request: bytes, site: int) -> int:
        """What comes with a question is looked at by its path: there are few paths, and questions without end."""
        known = self._requests[site]
        number = known.get(request)
        if number is None:
            asked = path(request)
            number = -1 if asked is None else self._pages.number((site, asked), self._named)
            if b"?" not in request:
                known[request] = number
                if len(known) > _MOST:
                    known.clear()
        return number

    def _named(self, key: tuple[int, bytes]) -> str:
        return self._paths[key[0]].of(key[1].decode("latin-1"))

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

    def _numbers(self, at: Numbers, who: Numbers, visitors: Visitors, agent: Column, why: Why) -> tuple[npt.NDArray[np.uint64], Flags]:  # fmt: skip
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
        known = np.array(list(map(bool, visitors.told)), np.bool_)[visitor]
        for one in sorted(set(day.tolist())):
            key = self.keys.of(EPOCH + timedelta(days=first + one))
            if key is None:
                continue
            these = np.flatnonzero(known & (day == one))
            each = zip(visitor[these].tolist(), browser[these].tolist(), strict=True)
            found[these], has[these] = self._who.hashed(key, visitors, agent.values, each), True
        number[kept], numbered[kept] = found[which], has[which]
        if self.objected:
            objected = np.zeros(len(different), np.bool_)
            for place in np.flatnonzero(has)[np.argsort(day[has], kind="stable")].tolist():
                objected[place] = self.objected.has(EPOCH + timedelta(days=first + int(day[place])), int(found[place]))
            said = np.zeros(len(at), np.bool_)
            said[kept] = objected[which]
            why.say("objected", said)
        return number, numbered
