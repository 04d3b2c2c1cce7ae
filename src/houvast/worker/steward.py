"""The steward beside the jobs: does what other systems still have to do for requests, and takes in what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from houvast.app import answers, desk, remembering, steps
from houvast.database import Connection
from houvast.errors import HouvastError
from houvast.systems import store
from houvast.worker.beside import Beside
from houvast.worker.jobs import LOG

PATIENCE = 5
"""After so many tries a system that is away is an alarm; it is tried on all the same."""
ALARM, KEY = "systems", "away"


@dataclass
class Steward(Beside):
    """A thread that does the steps of requests, until it is stopped; what fails, later each time, an hour at most."""

    name: ClassVar[str] = "systems"
    alarm: ClassVar[tuple[str, str, str | None]] = (ALARM, KEY, "G05")
    says: ClassVar[Mapping[str, str]] = {
        "nl": "Een ander systeem doet zijn deel van een verzoek niet",
        "en": "Another system does not do its part of a request",
    }

    def _now(self, connection: Connection) -> None:
        if not store.there(connection):
            return
        answers.take_in(self.target, connection)
        remembering.mirror(self.target, connection)
        if store.due(connection):
            done = steps.work(self.target)
            LOG.info("systems: %s steps done, %s later", done.done, done.later)
        late = sorted(
            {one.system for one in store.unfinished(connection) if one.tries >= PATIENCE and one.what != "access"}
        )
        if late:
            raise HouvastError(f"waiting for {', '.join(late)}.")
        if desk.exists(connection):
            desk.settle(connection, ALARM, ())
