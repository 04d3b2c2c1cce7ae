"""Real connections to the live database: the administrator's, and those of each login."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from houvast.database import Connection, connect, run
from houvast.database.connect import sql, undo

_NAME = "houvast prove"
_LATER = "-c synchronous_commit=off"
"""What a proof writes is of its own canaries: nobody loses anything by a crash, and each use costs half."""
_FORGET = "; ".join(
    (
        "CLOSE ALL",
        "SET SESSION AUTHORIZATION DEFAULT",
        "RESET ALL",
        "DEALLOCATE ALL",
        "UNLISTEN *",
        "SELECT pg_catalog.pg_advisory_unlock_all()",
        "DISCARD SEQUENCES",
        "DISCARD TEMP",
    )
)
"""All of DISCARD ALL but the plans of functions, which take longer to make than an attempt, and know nothing."""
ADMIN = ""
"""Stands for the administrator among the logins that have sessions."""
_ANY = "*"


def _none_kept() -> dict[str, list[Connection]]:
    return defaultdict(list)


@dataclass(frozen=True)
class Door:
    """How `prove` reaches a database: `administrator` is a URL, `login` gives the URL of a login.

    `borrowed`: the administrator takes on a login's authorization instead, which needs no password of it. `mark`: what the
    database was told of this proof, so that the uses that it opens count for nobody's limit. `kept`: sessions that are free.
    `made`: every session of a login, which end with the proof whatever became of them.
    """

    administrator: str
    login: Callable[[str], str]
    borrowed: bool = False
    mark: str = ""
    kept: dict[str, list[Connection]] = field(default_factory=_none_kept, compare=False)
    made: list[Connection] = field(default_factory=list[Connection], compare=False)

    def administer(self) -> Connection:
        """A connection with every right, to make canaries and take them away."""
        return connect(_with(self.administrator, self._marked), application_name=_NAME)

    def connect_as(self, login: str, options: str = "") -> Connection:
        """A connection as an application would make it; `options` as PGOPTIONS."""
        url = self.administrator if self.borrowed else self.login(login)
        later = _LATER if self.mark else ""
        connection = connect(_with(url, options, self._marked, later), application_name=_NAME)
        self.made.append(connection)
        self._become(connection, login)
        connection.prepare_threshold = None  # `renew` takes prepared statements away
        return connection

    def take(self, login: str) -> Connection:
        """A session of a login, or of `ADMIN`, that knows nothing of what was done before: one that is free, made as new.

        PostgreSQL reads every row policy of a table again for each new session, which takes longer than an attempt.
        """
        while found := _last(self._free(login)):
            if not found.closed:
                self.renew(found, login)
                return found
        if login != ADMIN:
            return self.connect_as(login)
        found = self.administer()
        self.made.append(found)
        return found

    def give(self, login: str, connection: Connection | None) -> None:
        """Keep a session for whoever takes the next one."""
        if connection and not connection.closed:
            self._free(login).append(connection)

    def _free(self, login: str) -> list[Connection]:
        """The sessions that are free for a login: where it is borrowed, those of any."""
        return self.kept[_ANY if self.borrowed and login != ADMIN else login]

    @contextmanager
    def session(self, login: str) -> Generator[Connection]:
        """A session as `take` gives it, kept again afterwards."""
        found = self.take(login)
        try:
            yield found
        finally:
            self.give(login, found)

    def renew(self, connection: Connection, login: str) -> None:
        """Let a session forget everything: what is open in it, its settings, and whose it was."""
        undo(connection)
        run(connection, _FORGET)
        self._become(connection, login)

    def end(self) -> None:
        """End every session that was made."""
        self.kept.clear()
        while self.made:
            self.made.pop().close()

    @property
    def _marked(self) -> str:
        """The mark as an option: a use that the administrator opens as a login is no login's either. A pool takes none."""
        return f"-c houvast.trying={self.mark}" if self.mark else ""

    def _become(self, connection: Connection, login: str) -> None:
        if self.borrowed and login != ADMIN:
            connection.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(login)))


def _last(free: list[Connection]) -> Connection | None:
    """One of them, which nobody else gets: several threads ask."""
    try:
        return free.pop()
    except IndexError:
        return None


def _with(url: str, *options: str) -> str:
    """A URL with options for the session, as PGOPTIONS."""
    said = " ".join(filter(None, options))
    return url + ("&" if "?" in url else "?") + "options=" + quote(said, safe="") if said else url
