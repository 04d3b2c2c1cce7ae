"""The access log of the sample company's websites: made up, and the same for the same seed and day.

Addresses are of documentation (RFC 5737, RFC 3849), referring sites of RFC 2606. It is what a web server would have
written: host, address, time, request, answer, referrer, user agent, Accept-Language and Sec-GPC.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Final, Generic, NamedTuple, TypeVar

LINES: Final = 20_000
DAYS: Final = 42
T = TypeVar("T")


@dataclass(frozen=True)
class _Pool(Generic[T]):
    """What is drawn from, each with its share."""

    shares: Mapping[T, int]

    @cached_property
    def _drawn_from(self) -> tuple[list[T], list[int]]:
        return list(self.shares), list(accumulate(self.shares.values()))

    def draw(self, dice: random.Random) -> T:
        values, upto = self._drawn_from
        return dice.choices(values, cum_weights=upto)[0]


_PATHS: Final = {
    "www.lakana.example": _Pool({
        "/": 40, "/pricing": 14, "/product/tools": 12, "/product/cloud": 9, "/news": 7, "/news/autumn": 5,
        "/privacy": 4, "/contact": 5, "/jobs": 3, "/old-page": 1,
    }),
    "shop.lakana.example": _Pool({
        "/": 30, "/c/licences": 25, "/p/tools-1": 20, "/p/tools-2": 10, "/basket": 9, "/checkout": 6,
    }),
    "docs.lakana.example": _Pool({
        "/": 25, "/start": 22, "/guides/first-steps": 18, "/guides/backup": 10, "/reference/api": 15,
        "/search?q=how": 10,
    }),
}  # fmt: skip
_HOSTS: Final = _Pool({"www.lakana.example": 55, "shop.lakana.example": 25, "docs.lakana.example": 20})
_WINDOWS, _MAC = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_CHROME, _SAFARI = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0", "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_AGENTS: Final = _Pool({
    f"{_WINDOWS} {_CHROME} Safari/537.36": 34,
    f"Mozilla/5.0 (Linux; Android 10; K) {_CHROME} Mobile Safari/537.36": 22,
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {_SAFARI} Version/18.6 Mobile/15E148 Safari/604.1": 18,
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0": 11,
    f"{_WINDOWS} {_CHROME} Safari/537.36 Edg/142.0.0.0": 10,
    f"{_MAC} {_SAFARI} Version/18.6 Safari/605.1.15": 5,
})  # fmt: skip
_ROBOT: Final = "Mozilla/5.0 (compatible; made-up-bot/1.0; +https://bot.example/)"
_LANGUAGES: Final = _Pool({
    "nl-NL,nl;q=0.9,en;q=0.8": 58, "en-GB,en;q=0.9": 22, "de-DE,de;q=0.9": 10, "fr-BE,fr;q=0.9": 6, "-": 4,
})  # fmt: skip
_REFERRERS: Final = _Pool({
    "-": 52, "https://www.example.com/search?q=tools": 26, "https://news.example.org/": 14,
    "https://www.example.net/a/b": 8,
})  # fmt: skip
_STATUS: Final = _Pool({200: 90, 304: 5, 404: 3, 301: 2})
_HOURS: Final = _Pool(
    dict(enumerate((2, 1, 1, 1, 1, 2, 4, 8, 14, 18, 20, 19, 17, 18, 19, 18, 16, 14, 12, 13, 14, 11, 7, 4)))
)
_WEEK: Final = (10, 10, 11, 10, 9, 5, 5)
_SIX, _ROBOTS, _OBJECT = 0.15, 0.06, 0.07
"""Shares of visitors with IPv6, that are robots, and that send Global Privacy Control."""
_PAGES: Final = 2.7
"""How many pages one visitor asks for in a day, about."""


class _Visitor(NamedTuple):
    address: str
    agent: str
    language: str
    gpc: str


def access_log(until: date, *, lines: int = LINES, days: int = DAYS, seed: int = 1) -> Iterator[str]:
    """About so many lines of the days before one, in the order of time."""
    dice = random.Random(f"{seed} {until.isoformat()}")  # noqa: S311 (made up, and the same every time)
    shares = [_WEEK[(until - timedelta(days=days - n)).weekday()] for n in range(days)]
    for number, share in enumerate(shares):
        day = until - timedelta(days=days - number)
        yield from sorted(_day(dice, day, round(lines * share / sum(shares))), key=lambda line: line.partition("[")[2])


def _day(dice: random.Random, day: date, lines: int) -> Iterator[str]:
    """The lines of a day, visitor by visitor."""
    left = lines
    while left > 0:
        visitor = _somebody(dice)
        host, came_from = _HOSTS.draw(dice), _REFERRERS.draw(dice)
        at = datetime.combine(day, time(_HOURS.draw(dice), dice.randrange(60), dice.randrange(60)), UTC)
        for _ in range(min(left, 1 + int(dice.expovariate(1 / (_PAGES - 1))))):
            yield _line(dice, host, visitor, at, came_from)
            came_from = f"https://{host}/"
            at = min(at + timedelta(seconds=dice.randrange(5, 240)), datetime.combine(day, time(23, 59, 59), UTC))
            left -= 1


def _somebody(dice: random.Random) -> _Visitor:
    network = dice.choice(("192.0.2", "198.51.100", "203.0.113"))
    address = f"{network}.{dice.randrange(1, 255)}"
    if dice.random() < _SIX:
        address = f"2001:db8:{dice.randrange(65_536):x}::{dice.randrange(1, 65_536):x}"
    if dice.random() < _ROBOTS:
        return _Visitor(address, _ROBOT, "-", "-")
    return _Visitor(address, _AGENTS.draw(dice), _LANGUAGES.draw(dice), "1" if dice.random() < _OBJECT else "-")


def _line(dice: random.Random, host: str, visitor: _Visitor, at: datetime, came_from: str) -> str:
    path, status, size = _PATHS[host].draw(dice), _STATUS.draw(dice), dice.randrange(900, 90_000)
    asked = f'[{at:%d/%b/%Y:%H:%M:%S} +0000] "GET {path} HTTP/1.1" {status} {size} "{came_from}"'
    return f'{host} {visitor.address} - - {asked} "{visitor.agent}" "{visitor.language}" "{visitor.gpc}"\n'
