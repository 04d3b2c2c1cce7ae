"""The emergency entrance: a login gets a purpose for some minutes, for an officer says why; another one looks at it.

The database checks who, why and how long. Giving and taking the purpose is an administrator's work, as for `apply`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from houvast.app import desk
from houvast.app.people import there
from houvast.app.target import Target
from houvast.database import Connection, queries
from houvast.database.connect import sql
from houvast.errors import UsageError

_SQL = queries("houvast.app", "emergencies.sql")
ALARM = "emergency"
_FIFTEEN = 160000
"""From this version on a membership says for itself that it is not inherited."""


@dataclass(frozen=True)
class Emergency:
    """One of them. `who` and `reviewer`: role and number of the officers; None: not yet."""

    number: int
    purpose: str
    login: str
    reason: str
    minutes: int
    who: str
    opened_at: datetime
    until: datetime
    ended_at: datetime | None
    reviewed_at: datetime | None
    reviewer: str | None


def enter(target: Target, purpose: str, login: str, *, by: str, code: str, reason: str, minutes: int) -> Emergency:
    """Give a login a purpose for some minutes; told in the log, as an alarm and in a letter. Raises DatabaseRefusal."""
    values = {"purpose": purpose, "login": login, "by": by, "code": code, "reason": reason, "minutes": minutes}
    with there(target) as connection, connection.transaction():
        row = connection.execute(_SQL["open"], values).fetchone()
        made = _one(connection, int(row[0]) if row else 0)
        options = sql.SQL(" WITH INHERIT FALSE, SET TRUE" if connection.info.server_version >= _FIFTEEN else "")
        connection.execute(_membership(connection, made, "GRANT {} TO {}") + options)
        follow(connection)
    return made


def leave(target: Target, number: int) -> Emergency:
    """End one before its time. Raises DatabaseRefusal, UsageError."""
    with there(target) as connection:
        return _end(connection, number)


def review(target: Target, number: int, *, by: str, code: str) -> None:
    """Another officer looked at one. Raises DatabaseRefusal."""
    with there(target) as connection, connection.transaction():
        connection.execute(_SQL["review"], {"number": number, "by": by, "code": code})
        follow(connection)


def known(target: Target) -> tuple[Emergency, ...]:
    """Every one, those at which nobody looked first. Raises DatabaseRefusal."""
    with there(target) as connection:
        return _all(connection)


def end_due(connection: Connection) -> int:
    """End those whose time is over; how many."""
    if connection.execute(_SQL["there"]).fetchone() != (True,):
        return 0
    due = [int(row[0]) for row in connection.execute(_SQL["due"]).fetchall()]
    for number in due:
        _end(connection, number)
    return len(due)


def follow(connection: Connection) -> None:
    """An alarm for each at which no other officer looked yet."""
    if not desk.exists(connection):
        return
    waiting = [one for one in _all(connection) if one.reviewed_at is None]
    for one in waiting:
        until = f"{one.until:%Y-%m-%d %H:%M} UTC"
        desk.raise_alarm(connection, ALARM, str(one.number), {
            "nl": f"Nooddeur {one.number}: login {one.login} kreeg doel {one.purpose} tot {until}, van {one.who}."
                  f" Een andere privacy-functionaris kijkt ernaar: houvast emergency review {one.number}",
            "en": f"Emergency {one.number}: login {one.login} got purpose {one.purpose} until {until}, of {one.who}."
                  f" Another officer looks at it: houvast emergency review {one.number}",
        }, "C38")  # fmt: skip
    desk.settle(connection, ALARM, {str(one.number) for one in waiting})


def _end(connection: Connection, number: int) -> Emergency:
    with connection.transaction():
        one = _one(connection, number)
        if one.ended_at is None:
            connection.execute(_membership(connection, one, "REVOKE {} FROM {}"))
            connection.execute(_SQL["close_uses"], {"login": one.login, "purpose": one.purpose})
            connection.execute(_SQL["end"], (number,))
    return one


def _membership(connection: Connection, one: Emergency, text: str) -> sql.Composed:
    row = connection.execute(_SQL["role"], (one.purpose,)).fetchone()
    role = sql.Identifier(str(row[0]) if row else "")
    return sql.SQL(text).format(role, sql.Identifier(one.login))  # pyright: ignore[reportArgumentType]


def _one(connection: Connection, number: int) -> Emergency:
    row = connection.execute(_SQL["one"], (number,)).fetchone()
    if row is None:
        raise UsageError(f"There is no emergency {number}.", todo="houvast emergency list names them.")
    return Emergency(*row)


def _all(connection: Connection) -> tuple[Emergency, ...]:
    return tuple(Emergency(*row) for row in connection.execute(_SQL["list"]).fetchall())
