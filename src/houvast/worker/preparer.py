"""The preparer beside the jobs: makes what people asked for in their session, within seconds, one worker at a time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from houvast.app import desk, preparing
from houvast.app.recording import said
from houvast.database import Connection
from houvast.errors import HouvastError
from houvast.worker.beside import Beside
from houvast.worker.jobs import LOG

SWEEP = 60.0
"""Seconds between two times that what has had its time is taken away."""
ALARM, KEY = "prepared", "copies"


class Elsewhere(HouvastError):
    """Another worker makes these things."""

    code = "elsewhere"


@dataclass
class Preparer(Beside):
    """A thread that makes what waits, until it is stopped."""

    name: ClassVar[str] = "prepared"
    alarm: ClassVar[tuple[str, str, str | None]] = (ALARM, KEY, "C33")
    says: ClassVar[Mapping[str, str]] = {
        "nl": "Een kopie voor iemand kan niet worden gemaakt",
        "en": "A copy for somebody cannot be made",
    }
    busy: ClassVar[tuple[type[Exception], ...]] = (Elsewhere,)
    _swept: float = field(init=False, default=-SWEEP)

    def _now(self, connection: Connection) -> None:
        if not preparing.there(connection):
            return
        if not self._ours(connection):
            raise Elsewhere("Another worker makes what people asked for.", todo="Nothing has to be done.")
        if time.monotonic() - self._swept > SWEEP:
            preparing.sweep(connection)
            self._swept = time.monotonic()
        done = preparing.make(self.target, connection)
        if done.made:
            LOG.info("prepared: %s", done.made)
            if desk.exists(connection) and not done.trouble:
                desk.settle(connection, ALARM, ())
        if done.trouble is not None:
            if not done.failed:
                LOG.warning(
                    "prepared: %s", said(done.trouble) if isinstance(done.trouble, HouvastError) else "an error"
                )
                return
            raise done.trouble

    def _ours(self, connection: Connection) -> bool:
        """Asked once for each connection: the lock is held until it ends."""
        if getattr(self, "_held", None) is not connection:
            if not preparing.alone(connection):
                return False
            self._held = connection
        return True
