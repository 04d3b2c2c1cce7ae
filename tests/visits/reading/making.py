"""Sites, keys and lines of logs for tests."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from houvast.visits import store
from houvast.visits.keys_of_day import Keys
from houvast.visits.model import Declared, Page, Rules, Site
from houvast.visits.reading.holding import alone
from houvast.visits.reading.ingest import Reader
from houvast.visits.reading.streams import opened

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DECLARED = Declared(
    (
        Site("www", ("www.lakana.example",), (Page("home", ("/",)), Page("news", ("/news", "/news/**"))), {}),
        Site("shop", ("shop.lakana.example",), (Page("product", ("/p/*",)),), {}),
    ),
    Rules(),
    ("10.0.0.0/8",),
    "www",
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"


@dataclass
class FixedKeys:
    """The same key for every day, but none of `late`."""

    late: set[date] = field(default_factory=set[date])

    def of(self, day: date) -> bytes | None:
        return None if day in self.late else b"k" * 32


def line(number: int = 1, *, at: str = "26/Nov/2026:09:30:00 +0000", path: str = "/", agent: str = FIREFOX,
         address: str = "", status: int = 200, referrer: str = "-") -> str:  # fmt: skip
    """A line in combined format; another number is another visitor."""
    address = address or f"192.0.2.{number % 250 + 1}"
    return f'{address} - - [{at}] "GET {path} HTTP/1.1" {status} 1234 "{referrer}" "{agent}"\n'


def lines(first: int, last: int) -> str:
    """Lines of which each has a user agent of its own, and so a number of its own."""
    return "".join(line(number, agent=f"{FIREFOX} n{number}") for number in range(first, last))


def reader(folder: Path, now: datetime = NOW) -> Reader:
    return Reader(folder, DECLARED, Keys(folder / "keys", lambda: now))


def read(folder: Path, *logs: Path, now: datetime = NOW) -> Reader:
    """Read logs as one command does."""
    with alone(folder):
        found = reader(folder, now)
        for log in logs:
            with opened(log) as stream:
                found.read(stream)
        return found


def visits(folder: Path) -> pa.Table:
    """Every visit that counts."""
    files = store.files(folder)
    return pa.concat_tables([pq.read_table(file) for file in files]) if files else pa.table({"visitor": []})


def visitors(folder: Path) -> int:
    """How many different visitors were counted; fails when one was counted twice, of `lines`."""
    numbers = visits(folder).column("visitor").to_pylist()
    assert len(numbers) == len(set(numbers)), "a line was counted twice"
    return len(numbers)


def append(log: Path, first: int, last: int) -> Callable[[], object]:
    """What adds lines to a log when it is called."""

    def write() -> None:
        with log.open("a") as file:
            file.write(lines(first, last))

    return write
