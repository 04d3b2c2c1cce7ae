"""The controller beside the jobs: measures each control when it is due, and raises an alarm for one that is red."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from houvast.app import controlling
from houvast.database import Connection
from houvast.worker.beside import Beside
from houvast.worker.jobs import LOG

EVERY = 60.0
"""Seconds from one look at what is due to the next."""


@dataclass
class Controller(Beside):
    """A thread that measures controls, until it is stopped."""

    name: ClassVar[str] = "controls"
    alarm: ClassVar[tuple[str, str, str | None]] = ("controls", "unmeasured", "C36")
    says: ClassVar[Mapping[str, str]] = {
        "nl": "De maatregelen worden niet gemeten",
        "en": "Controls are not being measured",
    }

    def _now(self, connection: Connection) -> None:
        done = controlling.keep_up(self.target, connection)
        if done:
            LOG.info("controls: %s were measured", done)

    def _rounds(self, connection: Connection) -> None:
        while not self._stopping.is_set():
            self._now(connection)
            self._went_well(connection)
            self._stopping.wait(EVERY)
