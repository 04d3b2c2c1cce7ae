"""A migration that never was: the administrator changes a table, a login tries, and all of it is rolled back."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager

from houvast.compiler.words import ident
from houvast.database import Connection, LockTimeout, run
from houvast.proof.door import ADMIN, Door
from houvast.proof.probe import Opened, Probe

PATIENCE = "100ms"
TRIES = 50


class Migrated:
    """One session of the administrator's, that becomes a login within a transaction."""

    def __init__(self, door: Door, login: str) -> None:
        self.door = door
        self.login = login
        self.connection: Connection | None = None
        self.opened: Opened | None = None

    def close(self) -> None:
        """Let others have the session."""
        self.door.give(ADMIN, self.connection)

    @contextmanager
    def as_login(self, probe: Probe) -> Generator[Connection]:
        """The session as the login with its use open, after the probe's migration; undone at the end.

        The table is locked for as long as the attempt takes, and nobody waits longer than 100 ms for that.
        """
        connection = self._opened(probe.opened)
        try:
            self._migrate(connection, probe.migration)
            run(connection, f"SET LOCAL SESSION AUTHORIZATION {ident(self.login)}")
            run(connection, f"SET LOCAL ROLE {ident(probe.role)}")
            yield connection
        finally:
            run(connection, "ROLLBACK")

    def _opened(self, opened: Opened | None) -> Connection:
        """The session, with the login's use: recorded and committed before anything is changed."""
        self.connection = self.connection or self.door.take(ADMIN)
        if opened and opened != self.opened:
            run(self.connection, f"SET SESSION AUTHORIZATION {ident(self.login)}")
            try:
                run(self.connection, opened.sql())
                self.opened = opened
            finally:
                run(self.connection, "RESET SESSION AUTHORIZATION")
        return self.connection

    def _migrate(self, connection: Connection, migration: str) -> None:
        for number in range(TRIES):
            run(connection, "BEGIN")
            try:
                run(connection, f"SET LOCAL lock_timeout = '{PATIENCE}'")
                run(connection, migration)
            except LockTimeout:
                if number == TRIES - 1:
                    raise
                run(connection, "ROLLBACK")
                time.sleep(0.1)
            else:
                return
