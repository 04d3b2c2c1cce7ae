"""What works beside the jobs: a thread with its own connection, that begins again after an error, later each time."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from houvast.app import Target, desk
from houvast.app.recording import said
from houvast.app.settings import Settings
from houvast.database import Connection, DatabaseError
from houvast.errors import HouvastError
from houvast.worker.jobs import LOG

EVERY = 1.0
"""Seconds from one look to the next."""
LONGEST_WAIT = 60.0
FAILED = (HouvastError, DatabaseError, OSError)


@dataclass
class Beside(ABC):
    """A thread that works until it is stopped. What fails is an alarm, which says no more than may stand in a log.

    `name`: in the log; `alarm`: kind, key and promise of the alarm; `says`: its words by language, before the reason;
    `busy`: raised when another worker does the same.
    """

    target: Target
    settings: Settings
    _stopping: threading.Event = field(init=False, default_factory=threading.Event)
    _thread: threading.Thread | None = field(init=False, default=None)
    _wait: float = field(init=False, default=EVERY)
    _lost: bool = field(init=False, default=False)
    name: ClassVar[str]
    alarm: ClassVar[tuple[str, str, str | None]]
    says: ClassVar[Mapping[str, str]]
    busy: ClassVar[tuple[type[Exception], ...]] = ()

    def start(self) -> None:
        """Begin to work beside this thread."""
        self._thread = threading.Thread(target=self._work, name=self.name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the round of the moment, which a later worker would do again."""
        self._stopping.set()
        if self._thread:
            self._thread.join(LONGEST_WAIT)

    def once(self) -> bool:
        """Do what waits now; whether it could be done."""
        try:
            with self.target.connect() as connection:
                self._now(connection)
        except self.busy:
            return True
        except FAILED as error:
            self._fail(error)
            return False
        return True

    @abstractmethod
    def _now(self, connection: Connection) -> None:
        """One round."""

    def _rounds(self, connection: Connection) -> None:
        """Round after round, until it is stopped or one fails."""
        while not self._stopping.wait(EVERY):
            self._now(connection)
            self._went_well(connection)

    def _went_well(self, connection: Connection) -> None:
        """After a round: settles the alarm that a lost connection raised; of other reasons each thread knows when."""
        self._wait = EVERY
        if self._lost and desk.exists(connection):
            desk.settle(connection, self.alarm[0], ())
        self._lost = False

    def _work(self) -> None:
        while not self._stopping.wait(self._wait):
            try:
                with self.target.connect() as connection:
                    self._rounds(connection)
            except self.busy:
                self._wait = min(self._wait * 2, LONGEST_WAIT)
            except Exception as error:  # noqa: BLE001 - whatever somebody outside sends: the thread goes on, with an alarm
                self._fail(error)
                self._wait = min(self._wait * 2, LONGEST_WAIT)

    def _fail(self, error: Exception) -> None:
        self._lost = isinstance(error, DatabaseError)
        why = said(error) if isinstance(error, (HouvastError, DatabaseError)) else type(error).__name__
        LOG.warning("%s failed: %s", self.name, why)
        kind, key, promise = self.alarm
        try:
            with self.target.connect() as connection:
                if desk.exists(connection):
                    text = {language: f"{words}: {why}" for language, words in self.says.items()}
                    desk.raise_alarm(connection, kind, key, text, promise)
        except FAILED:
            LOG.warning("%s: the alarm could not be raised", self.name)
