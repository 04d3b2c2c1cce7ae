"""A refused call to open a use is in the log, whatever was rolled back."""

from __future__ import annotations

import time
from collections.abc import Iterator

from houvast.database import Connection, queries
from houvast.database.connect import DatabaseError
from houvast.proof.door import Door
from houvast.proof.field import Field
from houvast.proof.probe import Opened
from houvast.proof.report import Attempt

SORT = "refusal"
PATIENCE = 8.0
"""Seconds: a call that left no trace is given up after three, and those after it come then."""
_SQL = queries("houvast.proof", "register.sql")
_TOLD = "told"
_NOWHERE = Opened("hv-no-such-purpose")


def refusals(connection: Connection, door: Door, field: Field) -> Iterator[Attempt]:
    """Every such attempt, by a login that may open something."""
    login = next((one.name for one in field.map.logins.values() if one.purposes), "")
    call = _NOWHERE.sql()
    block = f"DO $$ BEGIN PERFORM {call.removeprefix('SELECT ')}; EXCEPTION WHEN OTHERS THEN NULL; END $$"
    ways = {
        "": (call,),
        ", in a transaction that is rolled back": ("BEGIN", call, "ROLLBACK"),
        ", behind a savepoint that is rolled back": ("BEGIN", "SAVEPOINT s", call, "ROLLBACK TO s", "COMMIT"),
        ", in a block that catches the refusal": (block,),
    }
    for words, steps in ways.items() if login else ():
        seen = _seen(connection, door, login, steps)
        yield Attempt(f"a call of {login} that is refused{words} is told in the log", login, "; ".join(steps),
                      not words, _TOLD, seen, SORT)  # fmt: skip


def gather(connection: Connection) -> None:
    """Take refused calls into the log, as often as somebody who keeps it would: there is room for 64 of them."""
    connection.execute(_SQL["gather"])


def _seen(connection: Connection, door: Door, login: str, steps: tuple[str, ...]) -> str:
    """Whether one more refused call of the login is told than before."""
    _drain(connection)
    before = _count(connection, login)
    with door.session(login) as session:
        for step in steps:
            try:
                session.execute(step.encode())
            except DatabaseError as error:
                if error.sqlstate != "42501":
                    return f"error: {error.sqlstate}"
    begun = time.monotonic()
    while _count(connection, login) <= before:
        if time.monotonic() - begun > PATIENCE:
            return "not told"
        gather(connection)
        time.sleep(0.01)
    return _TOLD


def _drain(connection: Connection) -> None:
    """What was refused before has been taken, and its slots are free."""
    for _ in range(2):
        gather(connection)


def _count(connection: Connection, login: str) -> int:
    row = connection.execute(_SQL["refused"], {"login": login}).fetchone()
    return int(row[0]) if row else 0
