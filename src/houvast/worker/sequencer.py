"""The sequencer beside the jobs: publishes the log about once a second, on a connection of its own."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

from houvast.app import Target, desk
from houvast.app.evidence import Log
from houvast.app.recording import said
from houvast.app.settings import Settings
from houvast.database import Connection, DatabaseError
from houvast.errors import HouvastError
from houvast.evidence import rows
from houvast.evidence.cosigning import Cosigned
from houvast.evidence.sequence import SequencerBusy
from houvast.worker.jobs import LOG

EVERY = 1.0
"""Seconds from one look to the next, also when a round takes a part of them."""
SHORTEST_WAIT = 0.05
LONGEST_WAIT = 60.0
ALARM, KEY = "evidence", "sequencer"
_FAILED = (HouvastError, DatabaseError, OSError)


@dataclass
class Sequencer:
    """A thread that publishes what waits, until it is stopped; after an error it begins again, later each time."""

    target: Target
    settings: Settings
    _stopping: threading.Event = field(init=False, default_factory=threading.Event)
    _thread: threading.Thread | None = field(init=False, default=None)
    _away: frozenset[str] = field(init=False, default=frozenset())

    def start(self) -> None:
        """Begin to work beside this thread."""
        self._thread = threading.Thread(target=self._work, name="sequencer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the round of the moment, which a later worker would do again."""
        self._stopping.set()
        if self._thread:
            self._thread.join(LONGEST_WAIT)

    def once(self) -> bool:
        """Publish what waits now; whether it could be. What fails is an alarm."""
        try:
            with self.target.connect() as connection:
                self._round(connection, Log.of(self.target, self.settings))
        except SequencerBusy:
            return True
        except _FAILED as error:
            self._fail(error)
            return False
        return True

    def _work(self) -> None:
        wait = EVERY
        while not self._stopping.wait(wait):
            try:
                with self.target.connect() as connection:
                    self._rounds(connection, Log.of(self.target, self.settings))
            except SequencerBusy:
                wait = min(wait * 2, LONGEST_WAIT)
            except _FAILED as error:
                self._fail(error)
                wait = min(wait * 2, LONGEST_WAIT)
            else:
                wait = EVERY

    def _rounds(self, connection: Connection, log: Log) -> None:
        """Until it is stopped, or a round fails. The first looks at the store, also when nothing waits."""
        began = time.monotonic()
        self._round(connection, log)
        while not self._stopping.wait(max(began + EVERY - time.monotonic(), SHORTEST_WAIT)):
            began = time.monotonic()
            if log.is_due(connection):
                self._round(connection, log)

    def _round(self, connection: Connection, log: Log) -> None:
        if not rows.there(connection):
            return
        done = log.integrate(connection)
        self._say_who_is_away(log)
        if done.adopted:
            LOG.info("evidence: %s entries of the store were taken into the database", done.adopted)
        if done.set_back:
            LOG.warning("evidence: the clock of the database was set back by %s minutes", done.set_back)
        if desk.exists(connection):
            desk.settle(connection, ALARM, ())

    def _say_who_is_away(self, log: Log) -> None:
        """Once, when it begins; what lasts is an alarm."""
        reasons = {
            one.key.name: outcome.why
            for one, outcome in log.cosigner.outcomes.items()
            if not isinstance(outcome, Cosigned)
        }
        for name in reasons.keys() - self._away:
            LOG.warning("evidence: witness %s has not cosigned: %s", name, reasons[name])
        self._away = frozenset(reasons)

    def _fail(self, error: HouvastError | DatabaseError | OSError) -> None:
        why = type(error).__name__ if isinstance(error, OSError) else said(error)
        LOG.warning("evidence failed: %s", why)
        text = {
            "nl": f"Het logboek wordt niet bijgewerkt: {why}",
            "en": f"The log is not being published: {why}",
        }
        with suppress(*_FAILED), self.target.connect() as connection:
            if desk.exists(connection):
                desk.raise_alarm(connection, ALARM, KEY, text)
