"""One batch: a block of lines becomes files of visits that do not count yet, and counts."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from houvast.visits.objecting import FOLDER as OBJECTIONS
from houvast.visits.objecting import Objections
from houvast.visits.reading import writing
from houvast.visits.reading.formats import Format
from houvast.visits.reading.minimising import Minimiser, Whole
from houvast.visits.reading.scanning import scan


@dataclass
class Done:
    """What came of a batch. `files`: written, for a commit to name; `whole`: whole addresses, when they are told."""

    lines: int = 0
    stored: int = 0
    robots: int = 0
    numberless: int = 0
    files: list[str] = field(default_factory=list[str])
    skipped: Counter[str] = field(default_factory=Counter[str])
    whole: list[Whole] = field(default_factory=list[Whole])


def digest(lines: bytes, format_: Format, minimiser: Minimiser, folder: Path, batch: str, now: datetime) -> Done:
    """Make visits of lines, and write them. Raises OSError when the disk does not take them."""
    minimiser.objected = Objections(folder) if (folder / OBJECTIONS).is_dir() else None  # as they are now
    columns = scan(lines, format_)
    rows = minimiser.rows(columns, now)
    files = [writing.write(folder, batch, day, table) for day, table in rows.visits.items()]
    return Done(columns.lines, rows.stored, rows.robots, rows.numberless, files, rows.skipped, rows.whole)
