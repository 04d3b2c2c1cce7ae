"""Commits of the store of visits: files count, and how far what they came from was read, at once or not at all.

It needs nothing of Arrow, so that who reads logs in other processes need not load it.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from houvast.visits.store import COMMITS


def commit(
    folder: Path, files: Sequence[str], sources: Mapping[str, Any], *, instead_of: Sequence[str] = (),
    left: Mapping[str, int] | None = None,
) -> int:  # fmt: skip
    """Let files count, and what was read of their sources, at once; the number of the commit, which nobody else gets.

    `instead_of`: files that no longer count, as their rows lie in `files`. `left`: how many requests were not counted,
    by reason (`edge.Reason`).
    """
    home = folder / COMMITS
    made(home)
    said: dict[str, Any] = {"files": list(files), "sources": dict(sources)}
    if instead_of:
        said["instead_of"] = list(instead_of)
    if left:
        said["left"] = dict(left)
    beside = home / f".{secrets.token_hex(8)}"
    try:
        _flushed(beside, json.dumps(said).encode())
        number = _linked(beside, home)
    finally:
        beside.unlink(missing_ok=True)
    sync(home)
    return number


def sync(folder: Path) -> None:
    """Flush a folder: the names in it survive a crash."""
    _flush(folder, os.O_DIRECTORY)


def _linked(beside: Path, home: Path) -> int:
    """A link fails where a name is taken: of two who commit at once, one tries the next number."""
    number = max((int(one.stem) for one in home.glob("*.json")), default=-1) + 1
    while True:
        try:
            os.link(beside, home / f"{number:08}.json")
        except FileExistsError:
            number += 1
        else:
            return number


def made(home: Path) -> None:
    """Make a folder that is not there."""
    if not home.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        sync(home.parent)


def _flushed(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    flush(file)


def flush(file: Path) -> None:
    """Flush a file: what is in it survives a crash."""
    _flush(file)


def _flush(what: Path, how: int = 0) -> None:
    opened = os.open(what, os.O_RDONLY | os.O_CLOEXEC | how)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
