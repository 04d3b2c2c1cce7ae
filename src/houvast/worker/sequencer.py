"""The sequencer beside the jobs: publishes the log about once a second, on a connection of its own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from houvast.app import desk
from houvast.app.evidence import Log
from houvast.database import Connection
from houvast.evidence import rows
from houvast.evidence.cosigning import Cosigned
from houvast.evidence.sequence import SequencerBusy
from houvast.worker.beside import EVERY, Beside
from houvast.worker.jobs import LOG

SHORTEST_WAIT = 0.05
ALARM, KEY = "evidence", "sequencer"


@dataclass
class Sequencer(Beside):
    """A thread that publishes what waits, about once a second, also when a round takes a part of it."""

    name: ClassVar[str] = "evidence"
    alarm: ClassVar[tuple[str, str, str | None]] = (ALARM, KEY, None)
    says: ClassVar[Mapping[str, str]] = {
        "nl": "Het logboek wordt niet bijgewerkt",
        "en": "The log is not being published",
    }
    busy: ClassVar[tuple[type[Exception], ...]] = (SequencerBusy,)
    _away: frozenset[str] = field(init=False, default=frozenset())

    def _now(self, connection: Connection) -> None:
        self._round(connection, Log.of(self.target, self.settings))

    def _rounds(self, connection: Connection) -> None:
        """Until it is stopped, or a round fails. The first looks at the store, also when nothing waits."""
        log, began = Log.of(self.target, self.settings), time.monotonic()
        self._round(connection, log)
        self._wait = EVERY
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
