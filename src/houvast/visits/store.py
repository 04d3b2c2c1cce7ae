"""Where visits lie: Parquet files by day, and a list of which of them count.

    FOLDER/day=2026-11-25/BATCH.parquet     rows of COLUMNS
    FOLDER/commits/00000042.json            {"files": [...], "sources": {...}}: what a batch added, and how far it read

A file counts when a commit names it, and none says that others are there `instead_of` it. A commit is written beside and renamed, so that rows and how far their source was
read come into force together, or not at all.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

COMMITS = "commits"


def day_folder(folder: Path, day: date) -> Path:
    """Where the visits of a day (UTC) lie."""
    return folder / f"day={day.isoformat()}"


def files(folder: Path, since: date | None = None, until: date | None = None) -> list[Path]:
    """The Parquet files that count, of the days from `since` to `until`, both included, in a fixed order."""
    found: set[str] = set()
    replaced: set[str] = set()
    for said in commits(folder).values():
        found.update(said["files"])
        replaced.update(said.get("instead_of", ()))
    return [
        folder / name
        for name in sorted(found - replaced)
        if (since is None or _day(name) >= since) and (until is None or _day(name) <= until)
        if (folder / name).exists()
    ]


def commits(folder: Path) -> dict[int, dict[str, Any]]:
    """Every commit by its number, in their order."""
    while True:
        try:
            found = sorted((folder / COMMITS).glob("*.json"))
            return {int(one.stem): json.loads(one.read_text(encoding="utf-8")) for one in found}
        except FileNotFoundError:
            continue  # some were put together meanwhile: the last of them says what they said


def _day(name: str) -> date:
    return date.fromisoformat(name.partition("/")[0].removeprefix("day="))
