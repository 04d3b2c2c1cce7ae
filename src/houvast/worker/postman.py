"""The postman beside the jobs: sends mail to people within seconds, on a connection of its own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from houvast.app import clocks, desk, outgoing
from houvast.app.places import pages_origin
from houvast.cases import inbox, store
from houvast.database import Connection
from houvast.errors import HouvastError
from houvast.worker.beside import Beside
from houvast.worker.jobs import LOG

SWEEP = 60.0
"""Seconds between two times that what has had its time is taken away."""
ALARM, KEY = "outgoing", "mail"


@dataclass
class Postman(Beside):
    """A thread that sends what waits, until it is stopped."""

    name: ClassVar[str] = "outgoing"
    alarm: ClassVar[tuple[str, str, str | None]] = (ALARM, KEY, "C35")
    says: ClassVar[Mapping[str, str]] = {
        "nl": "Post aan mensen gaat niet weg",
        "en": "Mail to people is not being sent",
    }
    _swept: float = field(init=False, default=-SWEEP)

    def _now(self, connection: Connection) -> None:
        if not outgoing.there(connection):
            return
        if time.monotonic() - self._swept > SWEEP:
            outgoing.sweep(connection)
            if desk.exists(connection):
                clocks.watch(connection, self.settings.inbox.days if self.settings.inbox else clocks.LOOKED)
            if store.there(connection):
                store.forget(connection)
            if inbox.there(connection):
                inbox.forget(connection)
            self._swept = time.monotonic()
            if desk.exists(connection) and not outgoing.stuck(connection):
                desk.settle(connection, ALARM, ())
        outgoing.take_agents(connection)
        mail = self.settings.mail
        if not outgoing.waits(connection):
            return
        if mail is None or not mail.server:
            if outgoing.stuck(connection):
                raise HouvastError("no mail server is set.")
            return
        policy = self.target.project.versions[-1]
        name, contact = policy.controller.get("name", policy.name), policy.controller.get("contact", mail.sender)
        done = outgoing.post(connection, outgoing.Sender(mail, pages_origin(), name, contact))
        LOG.info("outgoing: %s sent, %s not to be sent", done.sent, done.dropped)

    def _fail(self, error: Exception) -> None:
        self._swept = -SWEEP  # the next round that goes well settles the alarm
        super()._fail(error)
