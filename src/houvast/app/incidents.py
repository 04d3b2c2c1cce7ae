"""Security incidents: while one is open, whoever has the purpose sees whole addresses of visitors (promise C23).

The database checks who, with what words and how long; a use names the incident, and ends with it.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from houvast.app.people import there
from houvast.app.target import Target
from houvast.database import Connection, queries
from houvast.errors import DatabaseRefusal
from houvast.visits import security

_SQL = queries("houvast.app", "incidents.sql")


@dataclass(frozen=True)
class Incident:
    """One of them. `who`: role and number of the officer. `ended_at`: None: nobody ended it. `uses`: that named it."""

    number: int
    what: str
    who: str
    opened_at: datetime
    until: datetime
    ended_at: datetime | None
    uses: int


def begin(target: Target, what: str, *, by: str, code: str, days: int) -> Incident:
    """Open one; told in the log. Raises DatabaseRefusal."""
    with _kept(target) as connection, connection.transaction():
        row = connection.execute(_SQL["open"], {"what": what, "by": by, "code": code, "days": days}).fetchone()
        return next(one for one in _all(connection) if row and one.number == row[0])


def end(target: Target, number: int, *, by: str) -> None:
    """End one: from its next statement on nobody sees an address in it. Raises DatabaseRefusal."""
    with _kept(target) as connection:
        connection.execute(_SQL["end"], {"number": number, "by": by})


def known(target: Target) -> tuple[Incident, ...]:
    """Every one, those that are open first. Raises DatabaseRefusal."""
    with _kept(target) as connection:
        return _all(connection)


@contextmanager
def _kept(target: Target) -> Generator[Connection]:
    with there(target) as connection:
        if not security.there(connection):
            raise DatabaseRefusal("This database keeps no whole addresses, and so no incidents (promise C23).",
                                  todo="Say `security` under `visits` in the policy, and apply it.")  # fmt: skip
        yield connection


def _all(connection: Connection) -> tuple[Incident, ...]:
    return tuple(Incident(*row) for row in connection.execute(_SQL["list"]).fetchall())
