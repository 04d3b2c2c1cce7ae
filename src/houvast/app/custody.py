"""What the worker does for bundles: screen and redact; and, beside that, end what had its time, destroy keys, certify.

The row of a bundle is the job, and names nothing but its number; killed at any moment, the next worker begins it again.
Screening can take hours, and what has ended does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from houvast.app.confining import Confined, NotRedacted
from houvast.app.exchange import Exchange
from houvast.database import Connection
from houvast.diagnostics import Screening, looking, store
from houvast.diagnostics.model import Refused
from houvast.diagnostics.sealing import Damaged
from houvast.diagnostics.store import Job
from houvast.errors import HouvastError

TRIES = 3
"""How often a bundle is tried before it counts as one that cannot be looked into."""
ORPHAN = timedelta(hours=1)
"""A key that no bundle has goes when it is so old: an upload that begins makes its key just before."""


@dataclass
class Round:
    """What one round did. `trouble`: the last error; `waits`: confirmations that are still to come."""

    screened: int = 0
    redacted: int = 0
    destroyed: int = 0
    certified: int = 0
    trouble: HouvastError | OSError | None = None
    waits: int = 0


@dataclass(frozen=True)
class Custody:
    """Looks after the bundles of an exchange."""

    exchange: Exchange
    confined: Confined = field(default_factory=Confined)

    def screen(self, connection: Connection, stop: Callable[[], bool] = lambda: False) -> Round:
        """Screen and redact what waits, one bundle after the other; between two, it may be asked to stop."""
        done = Round()
        while not stop() and (job := store.following(connection)):
            try:
                self._do(connection, job, done)
            except (HouvastError, OSError) as error:
                if isinstance(error, Refused) or not store.waits(connection, job.number):
                    continue  # it was withdrawn meanwhile, and perhaps destroyed
                done.trouble = error
                if job.tries >= TRIES or isinstance(error, (Damaged, NotRedacted)):
                    self._give_up(
                        connection,
                        job,
                        "damaged"
                        if isinstance(error, Damaged)
                        else "not_redacted"
                        if isinstance(error, NotRedacted)
                        else "trouble",
                    )
        return done

    def end(self, connection: Connection) -> Round:
        """End what had its time, destroy the keys of what has ended, certify."""
        done = Round()
        store.sweep(connection)
        looking.sweep(connection)
        self._destroy(connection, done)
        for number in store.certifiable(connection):
            store.certify(connection, number)
            done.certified += 1
        done.waits = store.unconfirmed(connection)
        return done

    def _do(self, connection: Connection, job: Job, done: Round) -> None:
        content = store.content(connection, job)
        if job.tries > TRIES:  # a worker died over it, more than once
            self._give_up(connection, job, "trouble")
        elif job.state == "quarantined":
            found, sha256 = self.confined.screen(self.exchange.read(content), content.size, content.format)
            store.screened(connection, job.number, found, sha256)
            done.screened += 1
        else:
            self._redact(connection, job)
            done.redacted += 1

    def _redact(self, connection: Connection, job: Job) -> None:
        content = store.content(connection, job)
        with connection.transaction():
            number, code = store.redaction(connection, job.number)
            self.exchange.vault.keys.make(code)
        size = 0
        child = self.confined.redact(self.exchange.read(content), content.size, content.format)
        try:
            with closing(child) as made:  # it ends with us, whatever comes of it
                for part in self.exchange.vault.put_all(code, made):
                    store.redacted_part(connection, number, part)
                    size += part.size
            store.redacted(connection, number, size)
        except (HouvastError, OSError):
            store.left(connection, job.number)
            if not store.waits(connection, job.number):
                self.exchange.vault.destroy(code)  # the last piece may have come after its destruction
            raise

    def _give_up(self, connection: Connection, job: Job, why: str) -> None:
        """It counts as one that could not be looked into: nobody opens it, and the customer sees why."""
        found = Screening("not_screened", "none", 0, 0, {}, (), why)
        try:
            store.screened(connection, job.number, found, None)
        except Refused:
            return  # it was withdrawn meanwhile

    def _destroy(self, connection: Connection, done: Round) -> None:
        for number, code in store.to_destroy(connection):
            try:
                self.exchange.vault.destroy(code)
            except (HouvastError, OSError) as error:
                done.trouble = error
                continue
            store.destroyed(connection, number)
            done.destroyed += 1
        keys = self.exchange.vault.keys
        for code in keys.bundles() - store.known(connection):
            if keys.made(code) < datetime.now(UTC) - ORPHAN:
                self.exchange.vault.destroy(code)
