"""One batch: a block of lines becomes files of visits that do not count yet, and counts."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

from datetime import datetime
from pathlib import Path

from houvast.visits.objecting import FOLDER as OBJECTIONS
from houvast.visits.objecting import Objections
from houvast.visits.reading import writing
from houvast.visits.reading.done import Done
from houvast.visits.reading.formats import Format
from houvast.visits.reading.minimising import Minimiser
from houvast.visits.reading.scanning import scan


def digest(lines: bytes, format_: Format, minimiser: Minimiser, folder: Path, batch: str, now: datetime) -> Done:
    """Make visits of lines, and write them. Raises OSError when the disk does not take them."""
    minimiser.objected = Objections(folder) if (folder / OBJECTIONS).is_dir() else None  # as they are now
    columns = scan(lines, format_)
    rows = minimiser.rows(columns, now)
    files = [writing.write(folder, batch, day, table) for day, table in rows.visits.items()]
    return Done(columns.lines, rows.stored, rows.robots, rows.numberless, rows.skipped, files, rows.whole)
