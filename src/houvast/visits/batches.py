"""Writes visits: rows to Parquet files of one day each, and a commit by which they count (see `store`).

A file is written beside, flushed to disk and renamed; then its commit is. Whoever is killed in between leaves a file
that does not count. Rows lie in the order of their values: the order in which visits came says more than their hour.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from houvast.visits.committing import commit, flush, made, sync
from houvast.visits.edge import Facts
from houvast.visits.model import COLUMNS, Visit
from houvast.visits.store import commits, day_folder

__all__ = ["SCHEMA", "commit", "commits", "store", "sync", "table", "table_of", "write"]

_TYPES: Final[dict[str, pa.DataType]] = {
    "TIMESTAMP": pa.timestamp("us"), "VARCHAR": pa.string(), "USMALLINT": pa.uint16(), "BOOLEAN": pa.bool_(), "UBIGINT": pa.uint64(),
}  # fmt: skip
SCHEMA: Final = pa.schema([pa.field(name, _TYPES[kind]) for name, kind in COLUMNS.items()])
"""The columns of the store of visits for Arrow; times are UTC without saying so, as DuckDB's TIMESTAMP."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,99}")


def store(
    folder: Path, batch: str, visits: pa.Table | Iterable[Visit], sources: Mapping[str, Any] | None = None
) -> int:
    """Write visits and let them count; the number of the commit. `sources`: how far what they came from was read.

    Raises ValueError for a name or columns that are not right, OSError when the disk does not take it: then nothing
    counts.
    """
    return commit(folder, write(folder, batch, visits), sources or {})


def write(folder: Path, batch: str, visits: pa.Table | Iterable[Visit]) -> list[str]:
    """Write visits to one file a day that does not count yet; their names within the folder.

    `batch`: a name (a-z, 0-9, dot, dash) that the same rows have every time, and no other rows: so whoever writes a
    batch again after a crash replaces the file.
    """
    if not _NAME.fullmatch(batch):
        raise ValueError(f"{batch!r} is no name of a batch: a-z, 0-9, dot and dash.")
    rows = visits if isinstance(visits, pa.Table) else table(visits)
    if rows.schema != SCHEMA:
        raise ValueError(f"A batch has the columns {', '.join(SCHEMA.names)} with their types, and no others.")
    return [_one_day(folder, batch, day, rows) for day in _days(rows)]


def table(visits: Iterable[Visit]) -> pa.Table:
    """Visits as Arrow has them."""
    rows = list(visits)
    columns = {name: pa.array([getattr(row, name) for row in rows], SCHEMA.field(name).type) for name in SCHEMA.names}
    return pa.table(columns, schema=SCHEMA)


def table_of(rows: Sequence[tuple[Facts, int | None]]) -> pa.Table:
    """The same of facts and numbers: each different row of facts is looked at once."""
    places: dict[Facts, int] = {}
    which = np.fromiter((places.setdefault(facts, len(places)) for facts, _ in rows), np.int64, len(rows))
    each = table(Visit(*facts, None) for facts in places).drop_columns("visitor")
    numbers = pa.array([number for _, number in rows], SCHEMA.field("visitor").type)
    return each.take(pa.array(which)).append_column(SCHEMA.field("visitor"), numbers)


def _days(rows: pa.Table) -> list[date]:
    import pyarrow.compute as pc  # late: who reads logs does not need it, and it takes a quarter of a second

    return sorted(pc.unique(pc.cast(rows.column("at"), pa.date32())).to_pylist())


def _one_day(folder: Path, batch: str, day: date, rows: pa.Table) -> str:
    import pyarrow.compute as pc

    home = day_folder(folder, day)
    made(home)
    name, beside = f"{batch}.parquet", home / f".{batch}.{secrets.token_hex(4)}"
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None)
    at = rows.column("at")
    inside = pc.and_(pc.greater_equal(at, begin), pc.less(at, begin + timedelta(days=1)))
    of_day = rows.filter(inside).sort_by([(name, "ascending") for name in SCHEMA.names])
    try:
        pq.write_table(of_day, beside, compression="zstd")
        flush(beside)
        beside.replace(home / name)
    finally:
        beside.unlink(missing_ok=True)
    sync(home)
    return f"{home.name}/{name}"
