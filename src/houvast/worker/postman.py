"""The postman beside the jobs: sends mail to people within seconds, on a connection of its own."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from houvast.app import Target, clocks, desk, outgoing
from houvast.app.places import pages_origin
from houvast.app.recording import said
from houvast.app.settings import Settings
from houvast.cases import store
from houvast.database import Connection, DatabaseError
from houvast.errors import HouvastError
from houvast.worker.jobs import LOG

EVERY = 1.0
"""Seconds from one look to the next."""
SWEEP = 60.0
"""Seconds between two times that what has had its time is taken away."""
LONGEST_WAIT = 60.0
ALARM, KEY = "outgoing", "mail"
_FAILED = (HouvastError, DatabaseError, OSError)


@dataclass
class Postman:
    """A thread that sends what waits, until it is stopped; after an error it begins again, later each time."""

    target: Target
    settings: Settings
    _stopping: threading.Event = field(init=False, default_factory=threading.Event)
    _thread: threading.Thread | None = field(init=False, default=None)
    _swept: float = field(init=False, default=-SWEEP)

    def start(self) -> None:
        """Begin to work beside this thread."""
        self._thread = threading.Thread(target=self._work, name="postman", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the piece of the moment, which a later worker would send again under the same number."""
        self._stopping.set()
        if self._thread:
            self._thread.join(LONGEST_WAIT)

    def once(self) -> bool:
        """Send what waits now; whether it could be. What fails is an alarm."""
        try:
            with self.target.connect() as connection:
                self._round(connection)
        except _FAILED as error:
            self._fail(error)
            return False
        return True

    def _work(self) -> None:
        wait = EVERY
        while not self._stopping.wait(wait):
            try:
                with self.target.connect() as connection:
                    while not self._stopping.wait(EVERY):
                        self._round(connection)
                        wait = EVERY
            except _FAILED as error:
                self._fail(error)
                wait = min(wait * 2, LONGEST_WAIT)

    def _round(self, connection: Connection) -> None:
        if not outgoing.there(connection):
            return
        if time.monotonic() - self._swept > SWEEP:
            outgoing.sweep(connection)
            if desk.exists(connection):
                clocks.watch(connection)
            if store.there(connection):
                store.forget(connection)
            self._swept = time.monotonic()
            if desk.exists(connection) and not outgoing.stuck(connection):
                desk.settle(connection, ALARM, ())
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

    def _fail(self, error: HouvastError | DatabaseError | OSError) -> None:
        why = type(error).__name__ if isinstance(error, OSError) else said(error)
        LOG.warning("outgoing failed: %s", why)
        self._swept = -SWEEP  # the next round that goes well settles the alarm
        text = {"nl": f"Post aan mensen gaat niet weg: {why}", "en": f"Mail to people is not being sent: {why}"}
        try:
            with self.target.connect() as connection:
                if desk.exists(connection):
                    desk.raise_alarm(connection, ALARM, KEY, text, "C35")
        except _FAILED:
            LOG.warning("outgoing: the alarm could not be raised")
