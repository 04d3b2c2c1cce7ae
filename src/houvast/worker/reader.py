"""The reader beside the jobs: takes in mail to the address for privacy, on a connection of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from houvast.app import desk, intake
from houvast.app.imap import MailboxBusy, collect
from houvast.cases import inbox
from houvast.database import Connection
from houvast.worker.beside import Beside
from houvast.worker.jobs import LOG

EVERY = 20.0
"""Seconds from one look into the mailbox to the next."""
ALARM, KEY = "mailbox", "inbox"


@dataclass
class Reader(Beside):
    """A thread that looks into the mailbox, until it is stopped; none is set: it does nothing."""

    name: ClassVar[str] = "mailbox"
    alarm: ClassVar[tuple[str, str, str | None]] = (ALARM, KEY, "C32")
    says: ClassVar[Mapping[str, str]] = {
        "nl": "De mailbox voor privacy wordt niet gelezen",
        "en": "The mailbox for privacy is not being read",
    }
    busy: ClassVar[tuple[type[Exception], ...]] = (MailboxBusy,)

    def _now(self, connection: Connection) -> None:
        settings = self.settings.inbox
        if settings is None or not inbox.there(connection):
            return
        new = collect(connection, settings, intake.ours(self.settings, self.target.project.versions[-1]))
        if new:
            LOG.info("mailbox: %s mails were taken in", new)
        if desk.exists(connection):
            desk.settle(connection, ALARM, ())

    def _rounds(self, connection: Connection) -> None:
        while not self._stopping.is_set():
            self._now(connection)
            self._went_well(connection)
            self._stopping.wait(EVERY)
