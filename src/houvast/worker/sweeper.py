"""The sweeper beside the jobs: destroys keys of days, and takes away visits past their term."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from houvast.app import desk, visits
from houvast.database import Connection
from houvast.worker.beside import Beside
from houvast.worker.jobs import LOG

EVERY = 600.0
"""Seconds from one look to the next: a key serves 22 hours after its day, and must be gone after 24."""


@dataclass
class Sweeper(Beside):
    """A thread that does so until it is stopped, for a project that counts visits."""

    name: ClassVar[str] = "visits"
    alarm: ClassVar[tuple[str, str, str | None]] = ("visits", "unswept", visits.PROMISE)
    says: ClassVar[Mapping[str, str]] = {
        "nl": "Sleutels en oude bezoeken worden niet weggedaan",
        "en": "Keys and old visits are not taken away",
    }

    def _now(self, connection: Connection) -> None:
        if not visits.counts(self.target.project):
            return
        found = visits.counting(self.target.project)
        swept = visits.sweep(found, connection)
        if swept.keys or swept.files:
            LOG.info("visits: keys of %s days destroyed, %s files past their term", len(swept.keys), swept.files)
        if desk.exists(connection):
            desk.settle(connection, self.alarm[0], ())

    def _rounds(self, connection: Connection) -> None:
        while not self._stopping.is_set():
            self._now(connection)
            self._went_well(connection)
            self._stopping.wait(EVERY)
