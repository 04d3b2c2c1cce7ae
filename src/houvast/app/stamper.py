"""When the timestamp authority is asked, and what somebody must hear when it does not answer."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from houvast.app import desk
from houvast.app.settings import Timestamp
from houvast.database import Connection
from houvast.evidence import Checkpoint, Store
from houvast.evidence.problems import EvidenceError
from houvast.evidence.timestamping import stamp, stamps

ALARM = "timestamp"
AGAIN = 600.0
"""Seconds between two tries that fail; after the second one in a row it is an alarm."""


class Stamper:
    """Has checkpoints of one log stamped, at most once in the hours of the settings. What fails stops nothing."""

    def __init__(self, timestamp: Timestamp) -> None:
        self.failure: EvidenceError | None = None
        self._timestamp, self._failed, self._tries = timestamp, 0.0, 0

    def stamp(self, connection: Connection, store: Store, checkpoint: Checkpoint) -> None:
        """Have a published checkpoint stamped, if it is time; never within a transaction."""
        if self._tries and time.monotonic() - self._failed < AGAIN:
            return
        try:
            known = stamps(store)
            last = max(known.values(), default=None)
            soon = last and datetime.now(UTC) - last < timedelta(hours=self._timestamp.hours)
            if checkpoint.size == 0 or checkpoint.size in known or soon:
                return
            stamp(store, self._timestamp.url, checkpoint)
        except EvidenceError as error:
            self.failure, self._failed, self._tries = error, time.monotonic(), self._tries + 1
            if self._tries > 1 and desk.exists(connection):
                text = {"nl": f"Het logboek krijgt geen tijdstempel: {error.message}", "en": error.message}
                desk.raise_alarm(connection, ALARM, self._timestamp.url, text)
            return
        self.failure, self._tries = None, 0
        if desk.exists(connection):
            desk.settle(connection, ALARM, ())
