"""Whoever objected to being counted, until the day (UTC) is over: by number, as nobody else knows them.

An objection needs no cookie and nothing that identifies: it is kept as the numbers that its network and browser have
on our sites that day, under the key of that day. When the key is destroyed, a number says nothing any more, and the
file goes. Whoever never wants to be counted, on any site, lets their browser send Global Privacy Control.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from houvast.visits.committing import sync

FOLDER = "objections"
_BYTES = 8
MOST = 1_000_000
"""Objections of a day that are taken: more is a flood, and each is a line of 8 bytes in memory."""


class Objections:
    """Objections by day, in files of 8 bytes a number within a folder of visits."""

    def __init__(self, folder: Path) -> None:
        self._home = folder / FOLDER
        self._day: date | None = None
        self._numbers: set[int] = set()
        self._read = 0

    def add(self, day: date, numbers: Iterable[int]) -> None:
        """Keep the numbers of one who objected. Raises OSError when the disk does not take it."""
        new = [number for number in numbers if not self.has(day, number)]
        if not new or len(self._numbers) >= MOST:
            return
        file = self._file(day)
        if not self._home.is_dir():
            self._home.mkdir(parents=True, exist_ok=True, mode=0o700)
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(opened, b"".join(number.to_bytes(_BYTES, "little") for number in new))
            os.fsync(opened)
        finally:
            os.close(opened)
        sync(self._home)
        self._numbers.update(new)

    def has(self, day: date, number: int) -> bool:
        """Whether the visitor of a number objected that day."""
        if day != self._day:
            self._day, self._numbers, self._read = day, set(), 0
            self.refresh()
        return number in self._numbers

    def refresh(self) -> None:
        """Take in what other processes wrote."""
        if self._day is None:
            return
        try:
            with self._file(self._day).open("rb") as file:
                file.seek(self._read)
                data = file.read()
        except FileNotFoundError:
            return
        whole = len(data) - len(data) % _BYTES
        self._read += whole
        self._numbers.update(int.from_bytes(data[at : at + _BYTES], "little") for at in range(0, whole, _BYTES))

    def sweep(self, before: date) -> int:
        """Take away the objections of days before one: their keys are gone, and they say nothing. How many files."""
        old = [file for file in self._home.glob("????-??-??") if date.fromisoformat(file.name) < before]
        for file in old:
            file.unlink()
        return len(old)

    def _file(self, day: date) -> Path:
        return self._home / day.isoformat()
