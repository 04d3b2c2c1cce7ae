"""Takes away what is kept no longer: visits past their term, keys of days, and what a crash left."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

import json
import os
import secrets
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from houvast.visits import batches, store
from houvast.visits.keys_of_day import Keys
from houvast.visits.objecting import Objections
from houvast.visits.store import COMMITS

LEFT: Final = 24 * 3600
"""Seconds after which a file that no commit names is what a crash left."""
_FEW: Final = 32
"""Files of a day that may lie beside one another."""
_MANY: Final = 64
"""Commits that are put together into one."""


@dataclass(frozen=True)
class Swept:
    """`keys`: the days whose keys are gone and of which that is to be told; `files`: of visits past their term;
    `left`: what crashes left; `commits`: put together."""

    keys: tuple[date, ...]
    files: int = 0
    left: int = 0
    commits: int = 0


def sweep(folder: Path, keys: Keys, keep: timedelta) -> Swept:
    """Take away what is kept no longer. Nobody else reads logs meanwhile (`ingest.alone`). Raises OSError."""
    gone = keys.destroy()
    today = keys.now().date()
    Objections(folder).sweep(min(keys.there(), default=today))
    files = _past(folder, today - keep)
    for home in folder.glob("day=????-??-??"):
        if date.fromisoformat(home.name.removeprefix("day=")) < today:
            merge(folder, home)
    left = _left(folder)
    return Swept(gone, files, left, fold(folder))


def _past(folder: Path, first: date) -> int:
    """Days that lie wholly before the first that is kept."""
    taken = 0
    for home in sorted(folder.glob("day=????-??-??")):
        if date.fromisoformat(home.name.removeprefix("day=")) < first:
            for file in home.iterdir():
                file.unlink()
                taken += file.suffix == ".parquet"
            home.rmdir()
    return taken


def merge(folder: Path, home: Path, few: int = _FEW) -> int:
    """Put the files of a day that is over, which logs were read into, together into one; how many there were."""
    found = [file for file in store.files(folder) if file.parent == home and file.name.startswith("log-")]
    if len(found) <= few:
        return 0
    rows = pa.concat_tables([pq.ParquetFile(file).read() for file in found])
    new = batches.write(folder, f"log-merged-{secrets.token_hex(8)}", rows)
    batches.commit(folder, new, {}, instead_of=[f"{home.name}/{file.name}" for file in found])
    return len(found)


def _left(folder: Path) -> int:
    counted = {str(file) for file in store.files(folder)}
    taken = 0
    for file in (*folder.glob("day=????-??-??/*"), *folder.glob("day=????-??-??/.*"), *(folder / COMMITS).glob(".*")):
        if str(file) not in counted and file.is_file() and time.time() - file.stat().st_mtime > LEFT:
            file.unlink()
            taken += 1
    return taken


def fold(folder: Path, many: int = _MANY) -> int:
    """Put commits together into the last of them, when there are many; how many there were.

    The last is replaced by what all of them say, and only then are the others taken away: at every moment the same
    files count, and the same places of logs.
    """
    found = batches.commits(folder)
    if len(found) < many:
        return 0
    last = max(found)
    said: dict[str, Any] = {"files": _files(folder, found), "sources": {}}
    replaced, left = set[str](), Counter[str]()
    for commit in found.values():
        said["sources"].update(commit["sources"])
        left.update(commit.get("left", {}))
        replaced.update(name for name in commit.get("instead_of", ()) if (folder / name).exists())
    said |= {name: told for name, told in (("instead_of", sorted(replaced)), ("left", dict(left))) if told}
    home = folder / COMMITS
    beside = home / f".{secrets.token_hex(8)}"
    with beside.open("wb") as file:
        file.write(json.dumps(said).encode())
        file.flush()
        os.fsync(file.fileno())
    beside.replace(home / f"{last:08}.json")
    batches.sync(home)
    for number in found:
        if number != last:
            (home / f"{number:08}.json").unlink()
    batches.sync(home)
    return len(found)


def _files(folder: Path, found: dict[int, dict[str, Any]]) -> list[str]:
    replaced = {name for commit in found.values() for name in commit.get("instead_of", ())}
    named = {name for commit in found.values() for name in commit["files"]}
    return sorted(name for name in named - replaced if (folder / name).exists())
