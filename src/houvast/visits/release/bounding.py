"""Each visitor of a day counts in so many groups at most: done here in SQL, in a DuckDB of this one report."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Any

from houvast.database.queries import queries
from houvast.visits.release.model import TIMES, Key, Question
from houvast.visits.release.noise import SCALE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SQL = queries("houvast.visits.release", "bounding.sql")
_TIME = {key: f"date_diff('{key}', getvariable('first'), day)" for key in TIMES}
_MEMORY = "2GB"


@dataclass(frozen=True)
class Cells:
    """Groups of one table, and of how many parts (1 / SCALE of a visitor) each is: three columns of one length."""

    time: Sequence[int]
    code: Sequence[int]
    parts: Sequence[int]

    def chosen(self, which: Sequence[bool]) -> Cells:
        """Of these cells those that were chosen."""
        rows = [row for row, there in zip(self, which, strict=True) if there]
        return Cells(*([list(one) for one in zip(*rows, strict=True)] or ([], [], [])))

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        return zip(self.time, self.code, self.parts, strict=True)

    def __len__(self) -> int:
        return len(self.code)


class Bounding:
    """The visits of a question, each visitor of a day bounded to `most` groups. A context: what it made goes at its end.

    group: fewer visitors than this in a group, and the group does not exist.
    """

    def __init__(self, files: Sequence[Path], question: Question, most: int, group: int) -> None:
        self.question, self.most, self.group = question, most, group
        self.keys = [key for key in question.ordered if key not in TIMES]
        self._files = [str(one) for one in files]
        self._fewest = str(group - 1)

    def __enter__(self) -> Bounding:
        import duckdb

        self._spill = TemporaryDirectory(prefix="houvast-release-")  # what does not fit in memory goes with the report
        self.db: DuckDBPyConnection = duckdb.connect(
            config={"preserve_insertion_order": False, "memory_limit": _MEMORY, "temp_directory": self._spill.name, "autoinstall_known_extensions": False,
                    "autoload_known_extensions": False}
        )  # fmt: skip
        try:
            self._prepare()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    @property
    def first(self) -> date:
        """The day from which days, weeks or months are counted."""
        since = self.question.since
        if self.question.time is Key.WEEK:
            return since - timedelta(days=since.weekday())
        return since.replace(day=1) if self.question.time is Key.MONTH else since

    def time_of(self, number: int) -> str:
        """A day, the Monday of a week, or a month, as a report names it."""
        first = self.first
        if self.question.time is Key.MONTH:
            months = first.month - 1 + number
            return f"{first.year + months // 12}-{months % 12 + 1:02}"
        return (first + timedelta(days=number * (7 if self.question.time is Key.WEEK else 1))).isoformat()

    @property
    def times(self) -> int:
        """How many days, weeks or months there are; 1 when the question names none."""
        return self.question.times

    def named(self, cells: Cells) -> list[tuple[str, ...]]:
        """The values of each cell, in the order of the question's keys."""
        known = [[row[0] for row in self._run("values", key=key).fetchall()] for key in self.keys]
        return [self._named(time, code, known) for time, code, _ in cells]

    def _named(self, time: int, code: int, known: list[list[str]]) -> tuple[str, ...]:
        values = list[str]()
        for one in reversed(known):
            code, place = divmod(code, len(one))
            values.append(one[place])
        by_key = dict(zip(reversed(self.keys), values, strict=True))
        return tuple(self.time_of(time) if key in TIMES else by_key[key] for key in self.question.ordered)

    def totals(self) -> list[int]:
        """How many visitors of a day there were in each day, week or month; exact, so not to be told."""
        found = dict(self._run("totals").fetchall())
        return [found.get(time, 0) for time in range(self.times)]

    def counts(self, full: int) -> Cells:
        """Each group with enough visitors; squares of one visitor's parts are together `full` at most."""
        self._set("full", full)
        return self._cells("counts")

    def over_time(self) -> Cells:
        """Each group over the whole period, less its largest `group` - 1 visitors; squares together one at most."""
        return self._cells("over_time")

    def by_time(self, hoped: Mapping[int, float]) -> Cells:
        """The same in each day, week or month, of these groups (code -> hope) alone."""
        self._give("hoped", code=("int64", list(hoped)), hope=("float64", list(hoped.values())))
        return self._cells("by_time")

    def of_selected(self, cells: Cells, full: int) -> Cells:
        """How many there are in each of these, in their order."""
        self._give("selected", time=("int64", cells.time), code=("int64", cells.code))
        self._set("full", full)
        found = {(time, code): parts for time, code, parts in self._cells("of_selected")}
        return Cells(cells.time, cells.code, [found[time, code] for time, code, _ in cells])

    def _close(self) -> None:
        self.db.close()
        self._spill.cleanup()

    def _prepare(self) -> None:
        if self._files:
            self.db.from_parquet(self._files, hive_partitioning=False).create_view("visits")
        else:
            self.db.execute(_none())
        for name, value in {"site": self.question.site, "since": self.question.since, "until": self.question.until,
                            "first": self.first, "most": self.most, "group": self.group,
                            "salt": secrets.randbits(63)}.items():  # fmt: skip
            self._set(name, value)
        self._run("seen")
        joins, code = list[str](), "CAST(0 AS BIGINT)"
        for key in self.keys:
            self._run("codes", key=key)
            size = int((self._run("how_many", key=key).fetchone() or (0,))[0])
            joins.append(f"JOIN code_{key} ON code_{key}.value = seen.{key}")
            code = f"({code}) * {size} + code_{key}.code"
        codes = f"[min({code})]" if self.most == 1 else f"list_distinct(list({code}))"
        self._run(
            "units", time=_TIME[self.question.time] if self.question.time else "0", codes=codes, joins=" ".join(joins)
        )
        self._run("kept")

    def _give(self, name: str, **columns: tuple[str, Sequence[float]]) -> None:
        """A table for one query: for each column its type and values."""
        arrow: Any = import_module("pyarrow")
        table = {one: arrow.array(values, getattr(arrow, sort)()) for one, (sort, values) in columns.items()}
        self.db.register(name, arrow.table(table))

    def _set(self, name: str, value: object) -> None:
        self.db.execute(f'SET VARIABLE "{name}" = $1', [value])

    def _run(self, name: str, **filled: object) -> DuckDBPyConnection:
        text: str = _SQL[name]
        for key, value in {"scale": SCALE, "fewest": self._fewest, **filled}.items():
            text = text.replace(f"{{{key}}}", str(value))
        return self.db.execute(text)

    def _cells(self, name: str) -> Cells:
        found = self._run(name).fetchnumpy()
        return Cells(*(found[column].tolist() for column in ("time", "code", "parts")))


def _none() -> str:
    from houvast.visits.model import COLUMNS

    return "CREATE VIEW visits AS SELECT " + ", ".join(
        f'CAST(NULL AS {sort}) AS "{name}"' for name, sort in COLUMNS.items()
    ) + " WHERE false"  # fmt: skip
