"""Writes the rows of one batch and one day, which are in order already, to a file that does not count yet."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from houvast.visits.committing import sync
from houvast.visits.store import day_folder


def write(folder: Path, batch: str, day: date, rows: pa.Table) -> str:
    """The file's name within the folder. The same batch written again replaces it. Raises OSError."""
    home = day_folder(folder, day)
    if not home.is_dir():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync(folder)
    name, beside = f"{batch}.parquet", home / f".{batch}.{os.getpid()}"
    try:
        with beside.open("wb") as file:
            pq.write_table(rows, file, compression="zstd", store_schema=False)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(home / name)
    finally:
        beside.unlink(missing_ok=True)
    sync(home)
    return f"{home.name}/{name}"
