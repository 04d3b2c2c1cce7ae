"""A synthetic access log in combined format, the same for the same seed: what real ones look like, and nobody in it.

31 days; 50 visitors of 1,000 lines, a fifth of them on any day; 12 % of them by IPv6; browsers of many versions and
systems, and the robots that crawler-user-agents lists; paths, referring sites and status codes as unevenly spread as
they are in life.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

DAYS = 31
START = datetime(2026, 10, 1, tzinfo=UTC)
_IPV6, _ROBOTS = 0.12, 0.06
_SYSTEMS = (
    "Windows NT 10.0; Win64; x64", "Windows NT 6.1; WOW64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64",
    "X11; CrOS x86_64 14541.0.0", "Linux; Android 10; K", "Linux; Android 13; SM-A536B", "Linux; Android 14; Pixel 8",
)  # fmt: skip
_PATHS = ("", "pricing", "docs", "docs/install", "docs/start", "blog", "contact", "jobs", "search", "cart", "account")
_REFERRERS = ("https://www.google.com/", "https://duckduckgo.com/", "https://www.bing.com/", "https://news.example/",
              "https://www.lakana.example/", "https://forum.example/t/", "http://blog.example.org/post/")  # fmt: skip


def write(file: Path, lines: int, *, seed: int = 1) -> int:
    """Write a log of so many lines; how many bytes it has."""
    with file.open("w", encoding="ascii") as opened:
        opened.writelines(_lines(lines, Random(seed)))
    return file.stat().st_size


def _lines(lines: int, random: Random) -> Iterator[str]:
    agents = _agents(random)
    weights = [1 / (rank + 8) for rank in range(len(agents))]
    visitors = [(_address(random), agent) for agent in random.choices(agents, weights, k=max(20, lines // 20))]
    paths, referrers = _spread(list(_all_paths(random))), _spread(list(_all_referrers(random)))
    step = timedelta(days=DAYS) / lines
    today: list[tuple[str, str]] = []
    day = -1
    for number in range(lines):
        at = START + step * number
        if (at - START).days != day:
            day = (at - START).days
            today = random.sample(visitors, max(4, len(visitors) // 5))
        address, agent = random.choice(today)
        referrer = "-" if random.random() < 0.4 else random.choice(referrers)
        query = f"?utm={random.getrandbits(20):x}" if random.random() < 0.05 else ""
        status = random.choices((200, 304, 301, 404, 500), (80, 9, 5, 5, 1))[0]
        method = "GET" if random.random() < 0.96 else "POST"
        yield (
            f"{address} - - [{at:%d/%b/%Y:%H:%M:%S} +0000] "
            f'"{method} {random.choice(paths)}{query} HTTP/1.1" {status} {random.randrange(200, 90_000)} '
            f'"{referrer}" "{agent}"\n'
        )


def _spread(found: list[str]) -> list[str]:
    """Each as often as its rank says (Zipf), in a list to choose from."""
    return [one for rank, one in enumerate(found) for _ in range(max(1, 2000 // (rank + 1)))]


def _all_paths(random: Random) -> Iterator[str]:
    yield from (f"/{path}" for path in _PATHS)
    yield from (f"/shop/{random.randrange(10**6)}" for _ in range(600))
    yield from (f"/blog/2026/{random.randrange(1, 13):02}/{random.getrandbits(32):x}" for _ in range(400))
    yield from (f"/static/{random.getrandbits(32):x}.{ending}" for ending in ("css", "js", "png") for _ in range(60))


def _all_referrers(random: Random) -> Iterator[str]:
    yield from _REFERRERS
    yield from (f"https://www.site{random.randrange(3000)}.example/p/{random.randrange(99)}" for _ in range(4000))


def _agents(random: Random) -> list[str]:
    browsers = [_browser(random) for _ in range(9_000)]
    robots = [one for robot in CRAWLER_USER_AGENTS_DATA for one in robot.get("instances", ()) if _plain(one)]
    found = [*browsers, *random.sample(robots, min(len(robots), int(len(browsers) * _ROBOTS / (1 - _ROBOTS))))]
    random.shuffle(found)
    return found


def _plain(agent: str) -> bool:
    return agent.isascii() and agent.isprintable() and '"' not in agent and "\\" not in agent


def _browser(random: Random) -> str:
    system, major, minor = random.choice(_SYSTEMS), random.randrange(90, 146), random.randrange(7000)
    webkit = f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.{minor}.{minor % 200}"
    return random.choice((
        f"{webkit} Safari/537.36", f"{webkit} Safari/537.36", f"{webkit} Mobile Safari/537.36",
        f"{webkit} Safari/537.36 Edg/{major}.0.{minor}.{minor % 99}", f"{webkit} Safari/537.36 OPR/{major - 14}.0.0.0",
        f"Mozilla/5.0 ({system}; rv:{major}.0) Gecko/20100101 Firefox/{major}.0",
        f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_{minor % 8}) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        f"Version/{major // 8}.{minor % 7} Safari/605.1.15",
        f"Mozilla/5.0 (iPhone; CPU iPhone OS {major // 8}_{minor % 7} like Mac OS X) AppleWebKit/605.1.15 "
        f"(KHTML, like Gecko) Version/{major // 8}.{minor % 7} Mobile/15E{minor % 300} Safari/604.1",
    ))  # fmt: skip


def _address(random: Random) -> str:
    if random.random() < _IPV6:
        return f"2001:db8:{random.getrandbits(16):x}:{random.getrandbits(16):x}::{random.getrandbits(16):x}"
    return f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"
