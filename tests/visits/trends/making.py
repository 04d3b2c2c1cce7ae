"""Made-up visits as they lie in a store, and the same counted in plain Python: what the engines must agree with."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportUnknownLambdaType=false
from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from houvast.visits.model import NONE, OWN, Declared, Page, Rules, Site, Visit
from houvast.visits.store import COMMITS, day_folder

SITE = "www"
KEY = bytes(range(32))
MONDAY = date(2026, 11, 2)
PAGES = ("home", "products", "contact", "help", "other")
BROWSERS = ("Firefox", "Chrome", "Safari", "Other")
LANGUAGES = ("nl", "en", "de", NONE)
REFERRERS = (OWN, NONE, "search.example", "news.example", "blog.example")
DECLARED = Declared(
    (
        Site(SITE, ("www.example.org",), tuple(Page(one, (f"/{one}",)) for one in PAGES), {"nl": "Site", "en": "Site"}),
        Site("shop", ("shop.example.org",), (Page("home", ("/",)),), {"nl": "Winkel", "en": "Shop"}),
    ),
    Rules(group=10),
)
_SCHEMA = pa.schema(
    [("at", pa.timestamp("us")), ("site", pa.string()), ("page", pa.string()), ("browser", pa.string()),
     ("version", pa.uint16()), ("language", pa.string()), ("referrer", pa.string()), ("robot", pa.bool_()),
     ("visitor", pa.uint64())]
)  # fmt: skip


def visits(day: date, visitors: int, seed: int = 0, site: str = SITE) -> list[Visit]:
    """Visits of one day: most people look at a few pages, some at many; one in twenty is a robot."""
    random, found = Random(f"{seed} {day} {site}"), list[Visit]()
    for _ in range(visitors):
        visitor = random.getrandbits(64)
        browser, language = random.choice(BROWSERS), random.choices(LANGUAGES, (6, 3, 1, 1))[0]
        robot, hour = random.random() < 0.05, random.randrange(24)
        for number in range(random.choices((1, 2, 4, 12), (5, 3, 2, 1))[0]):
            at = datetime(day.year, day.month, day.day, min(23, hour + number // 6), tzinfo=UTC)
            page = random.choices(PAGES, (9, 5, 3, 2, 1))[0]
            referrer = OWN if number and random.random() < 0.8 else random.choice(REFERRERS[1:])
            who = None if random.random() < 0.02 else visitor
            found.append(Visit(at, site, page, browser, 100 + number, language, referrer, robot, who))
    return found


def put(folder: Path, day: date, rows: Sequence[Visit], batch: str = "00000001") -> None:
    """Write them as a batch, and the commit by which it counts."""
    day_folder(folder, day).mkdir(parents=True, exist_ok=True)
    table = pa.table({name: [getattr(one, name) for one in rows] for name in _SCHEMA.names}
                     | {"at": [one.at.replace(tzinfo=None) for one in rows]}, _SCHEMA)  # fmt: skip
    file = day_folder(folder, day) / f"{batch}.parquet"
    pq.write_table(table, file, compression="zstd")
    commits = folder / COMMITS
    commits.mkdir(exist_ok=True)
    number = len([*commits.iterdir()]) + 1
    named: dict[str, object] = {"files": [str(file.relative_to(folder))], "sources": {}}
    (commits / f"{number:08}.json").write_text(json.dumps(named))


def filled(folder: Path, days: int, visitors: int, first: date = MONDAY) -> dict[date, list[Visit]]:
    """A store of some days, and what lies in it."""
    made = {first + timedelta(days=one): visits(first + timedelta(days=one), visitors) for one in range(days)}
    for day, rows in made.items():
        put(folder, day, rows)
    return made


def plainly(
    rows: Iterable[Visit], columns: Sequence[str], cap: int, *, robots: bool = False
) -> Counter[tuple[str, ...]]:
    """What the table of one day must hold, said once more in plain Python."""
    by_visitor: dict[int, list[Visit]] = {}
    for one in rows:
        if one.site == SITE and one.robot == robots and one.visitor is not None:
            by_visitor.setdefault(one.visitor, []).append(one)
    found: Counter[tuple[str, ...]] = Counter()
    for visitor, seen in by_visitor.items():
        seen.sort(key=lambda one: _order(one, visitor))
        found.update(tuple(_value(one, name) for name in columns) for one in seen[:cap])
    return found


def _order(one: Visit, visitor: int) -> tuple[object, ...]:
    mix = (visitor % 9973 * (len(one.page) * 37 + ord(one.page[0]))) % 9973
    return (one.at, one.referrer == OWN, mix, one.page, one.referrer, one.language, one.browser)


def _value(one: Visit, name: str) -> str:
    return str(one.at.hour) if name == "hour" else str(getattr(one, name))
