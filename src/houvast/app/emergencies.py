"""The emergency entrance: a login gets a purpose, or more than its limit, for some minutes; another officer looks.

The database checks who, why and how long. Giving and taking the purpose is an administrator's work, as for `apply`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from houvast.app import desk
from houvast.app.people import there
from houvast.app.target import Target
from houvast.database import Connection, DatabaseError, queries
from houvast.database.connect import sql
from houvast.errors import UsageError

_SQL = queries("houvast.app", "emergencies.sql")
ALARM = "emergency"
STAYS = "emergency_stays"
"""Alarm: its time is over, and it could not be ended."""
_FIFTEEN = 160000
"""From this version on a membership says for itself that it is not inherited."""
_GIVE, _TAKE = sql.SQL("GRANT {} TO {}"), sql.SQL("REVOKE {} FROM {}")
_GIVE_ALONE = sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE")


@dataclass(frozen=True)
class Emergency:
    """One of them. `who` and `reviewer`: role and number of the officers; None: not yet.

    `lifts`: a limit of use, of a purpose that the login has.
    """

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
    lifts: bool


def enter(target: Target, purpose: str, login: str, *, by: str, code: str, reason: str, minutes: int) -> Emergency:
    """Give a login a purpose for some minutes; told in the log, as an alarm and in a letter. Raises DatabaseRefusal."""
    values = {"purpose": purpose, "login": login, "by": by, "code": code, "reason": reason, "minutes": minutes}
    with there(target) as connection, connection.transaction():
        row = connection.execute(_SQL["open"], values).fetchone()
        made = _one(connection, int(row[0]) if row else 0)
        _membership(connection, made, _GIVE_ALONE if connection.info.server_version >= _FIFTEEN else _GIVE)
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
    """End those whose time is over; how many. One that cannot be ended is an alarm, and keeps nothing else waiting."""
    failed: list[int] = []
    due = _numbers(connection, "due")
    for number in due:
        try:
            _end(connection, number)
        except DatabaseError:
            failed.append(number)
    if desk.exists(connection):
        for number in failed:
            todo = f"houvast emergency end {number}"
            desk.raise_alarm(connection, STAYS, str(number), {
                "nl": f"Nooddeur {number} kan niet dicht, en zijn tijd is om. Wat te doen staat, zegt {todo}",
                "en": f"Emergency {number} cannot be ended, and its time is over. What to do, says {todo}",
            }, "C38")  # fmt: skip
        desk.settle(connection, STAYS, {str(number) for number in failed})
    return len(due) - len(failed)


def end_all(connection: Connection) -> int:
    """End every one that is open, in the transaction of the caller; how many."""
    found = _numbers(connection, "open_ones")
    for number in found:
        _end(connection, number)
    return len(found)


def follow(connection: Connection) -> None:
    """An alarm for each at which no other officer looked yet."""
    if not desk.exists(connection):
        return
    waiting = [one for one in _all(connection) if one.reviewed_at is None]
    for one in waiting:
        until = f"{one.until:%Y-%m-%d %H:%M} UTC"
        nl, en = (" boven de grens", " beyond its limit") if one.lifts else ("", "")
        desk.raise_alarm(connection, ALARM, str(one.number), {
            "nl": f"Nooddeur {one.number}: login {one.login} kreeg doel {one.purpose}{nl} tot {until}, van"
                  f" {one.who}. Een andere privacy-functionaris kijkt ernaar: houvast emergency review {one.number}",
            "en": f"Emergency {one.number}: login {one.login} got purpose {one.purpose}{en} until {until},"
                  f" of {one.who}. Another officer looks at it: houvast emergency review {one.number}",
        }, "C38")  # fmt: skip
    desk.settle(connection, ALARM, {str(one.number) for one in waiting})


def _end(connection: Connection, number: int) -> Emergency:
    with connection.transaction():
        one = _one(connection, number)
        if one.ended_at is None:
            _membership(connection, one, _TAKE)
            connection.execute(_SQL["close_uses"], {"login": one.login, "purpose": one.purpose})
            connection.execute(_SQL["end"], (number,))
    return one


def _membership(connection: Connection, one: Emergency, change: sql.SQL) -> None:
    """Give or take it; nothing where role or login are no longer, or where the login has the purpose anyway."""
    if one.lifts:
        return
    row = connection.execute(_SQL["role"], {"purpose": one.purpose, "login": one.login}).fetchone()
    if row:
        connection.execute(change.format(sql.Identifier(row[0]), sql.Identifier(one.login)))


def _numbers(connection: Connection, which: str) -> list[int]:
    if connection.execute(_SQL["there"]).fetchone() != (True,):
        return []
    return [int(row[0]) for row in connection.execute(_SQL[which]).fetchall()]


def _one(connection: Connection, number: int) -> Emergency:
    row = connection.execute(_SQL["one"], (number,)).fetchone()
    if row is None:
        raise UsageError(f"There is no emergency {number}.", todo="houvast emergency list names them.")
    return Emergency(*row)


def _all(connection: Connection) -> tuple[Emergency, ...]:
    return tuple(Emergency(*row) for row in connection.execute(_SQL["list"]).fetchall())
