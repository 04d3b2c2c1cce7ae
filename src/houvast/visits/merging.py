"""Puts the batches of an hour together into one file a day.

Many small files would tell when within the hour each visit was, by their age and order, and make every question slow.
"""

from __future__ import annotations

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from houvast.visits import batches
from houvast.visits.store import files

PREFIX = "edge-"
"""How the names of batches begin that are written as visits come."""
PATIENCE = timedelta(hours=2)
"""How old a file must be that does not count (any more) before it is taken away: somebody may still read it."""


def merge(folder: Path, writer: str, now: datetime) -> int:
    """Put the batches of a writer together; how many there were. Only the writer itself may: nobody else adds to them.

    Takes away what others put together before, or left when they were killed.
    """
    counted = files(folder)
    _take_away(folder, set(counted), now)
    old = [file for file in counted if file.name.startswith(f"{PREFIX}{writer}-") and "-h" not in file.name]
    if len(old) < 2:
        return 0
    rows = pa.concat_tables([pq.ParquetFile(file).read() for file in old])
    last = max(file.stem for file in old).rpartition("-")[2]
    new = batches.write(folder, f"{PREFIX}{writer}-h{last}", rows)
    batches.commit(folder, new, {}, instead_of=[f"{file.parent.name}/{file.name}" for file in old])
    return len(old)


def _take_away(folder: Path, counted: set[Path], now: datetime) -> None:
    before = (now - PATIENCE).timestamp()
    for file in folder.glob(f"day=*/{PREFIX}*.parquet"):
        if file not in counted and file.stat().st_mtime < before:
            file.unlink(missing_ok=True)
