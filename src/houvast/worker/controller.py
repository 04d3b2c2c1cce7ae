"""The controller beside the jobs: measures controls when they are due, ends emergencies in time, tells of limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from houvast.app import controlling, emergencies, limits
from houvast.database import Connection
from houvast.worker.beside import Beside
from houvast.worker.jobs import LOG

EVERY = 5.0
"""Seconds from one look at what is due to the next."""


@dataclass
class Controller(Beside):
    """A thread that does so until it is stopped."""

    name: ClassVar[str] = "controls"
    alarm: ClassVar[tuple[str, str, str | None]] = ("controls", "unmeasured", "C36")
    says: ClassVar[Mapping[str, str]] = {
        "nl": "De maatregelen worden niet gemeten",
        "en": "Controls are not being measured",
    }

    def _now(self, connection: Connection) -> None:
        ended = emergencies.end_due(connection)
        if ended:
            LOG.info("controls: %s emergencies ended", ended)
        limits.follow(connection)
        done = controlling.keep_up(self.target, connection)
        if done:
            LOG.info("controls: %s were measured", done)

    def _rounds(self, connection: Connection) -> None:
        while not self._stopping.is_set():
            self._now(connection)
            self._went_well(connection)
            self._stopping.wait(EVERY)
