"""Makes the attempts over real connections, and says in a few words what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from houvast.database import Connection
from houvast.database.connect import DatabaseError, sql
from houvast.proof.door import Door
from houvast.proof.migrated import Migrated
from houvast.proof.probe import (
    ADMINISTRATOR,
    ALLOWED,
    CHANGED,
    FORBIDDEN,
    NOT_CHANGED,
    NOT_SEEN,
    PERMITTED,
    REFUSED,
    SEEN,
    Kind,
    Opened,
    Probe,
)
from houvast.proof.report import Attempt

MANY_REFUSED = 20


@dataclass(frozen=True)
class Answer:
    """What PostgreSQL answered to the last statement."""

    rows: Sequence[tuple[Any, ...]] = ()
    count: int = 0
    sqlstate: str = ""
    words: str = ""


def judged(probe: Probe, answer: Answer) -> str:
    """What was seen, without personal data."""
    if probe.marker and probe.marker in answer.words:
        return "canary seen in an error"
    if probe.kind is Kind.ORDER:
        return f"refused: {answer.sqlstate}" if answer.sqlstate else ALLOWED
    if probe.kind is Kind.CONDITION:
        holds = [row[0] for row in answer.rows]
        return f"error: {answer.sqlstate}" if answer.sqlstate else PERMITTED if holds == [True] else FORBIDDEN
    if answer.sqlstate:
        nothing = NOT_SEEN if probe.kind is Kind.READ else NOT_CHANGED
        return nothing if answer.sqlstate in probe.tolerated else f"error: {answer.sqlstate}"
    if probe.kind is Kind.WRITE:
        return CHANGED if answer.count > 0 else NOT_CHANGED
    values = [str(value) for row in answer.rows for value in row if value is not None]
    if not values:
        return NOT_SEEN
    told = probe.truth in values or any(probe.marker and probe.marker in value for value in values)
    return SEEN if told else "something else seen"


class Caller:
    """One login with its connections: one without a use, one that has the use of the moment."""

    def __init__(self, door: Door, login: str) -> None:
        self.door = door
        self.login = login
        self.bare: Connection | None = None
        self.used: Connection | None = None
        self.scratch: Connection | None = None
        self.opened: Opened | None = None
        self.refused: Answer | None = None
        self.migrated = Migrated(door, login)

    def close(self) -> None:
        """End the connections."""
        for connection in (self.bare, self.used, self.scratch):
            if connection:
                connection.close()
        self.migrated.close()

    def attempt(self, probe: Probe) -> Attempt:
        """Make one attempt."""
        return made(probe, probe.answer or judged(probe, self.ask(probe)))

    def ask(self, probe: Probe) -> Answer:
        """What PostgreSQL answers to it, or how it refuses."""
        try:
            return self._answer(probe)
        except DatabaseError as error:
            return _failed(error)

    def _answer(self, probe: Probe) -> Answer:
        if probe.migration:
            with self.migrated.as_login(probe) as connection:
                return _run(connection, probe.steps, together=True)
        return self._fresh(probe) if probe.fresh else self._shared(probe)

    def _fresh(self, probe: Probe) -> Answer:
        """On a session that knows nothing of earlier attempts."""
        if probe.options:
            with self._connect(probe.options) as connection:
                return _steps(connection, probe)
        if self.scratch is None or self.scratch.closed:
            self.scratch = self._connect()
        else:
            self.scratch.execute("ROLLBACK")
            self.scratch.execute("DISCARD ALL")
        if probe.opened:
            self.scratch.execute(_text(probe.opened.sql()))
        return _steps(self.scratch, probe)

    def _connect(self, options: str = "") -> Connection:
        return self.door.administer() if self.login == ADMINISTRATOR else self.door.connect_as(self.login, options)

    def _shared(self, probe: Probe) -> Answer:
        if probe.opened is None:
            self.bare = self.bare or self._connect()
            return _steps(self.bare, probe)
        if probe.opened != self.opened:
            self.used = self.used or self.door.connect_as(self.login)
            self.opened, self.refused = probe.opened, None
            try:
                self.used.execute(_text(probe.opened.sql()))
            except DatabaseError as error:
                self.refused = _failed(error)
        if self.used is None or self.refused:
            return self.refused or Answer(sqlstate="08003")
        return _steps(self.used, probe)


def made(probe: Probe, seen: str) -> Attempt:
    """An attempt with what was seen."""
    return Attempt(probe.name, probe.login, probe.sql, probe.control, probe.expected, seen, probe.family)


def _text(statement: str) -> sql.SQL:
    return sql.SQL(statement)  # pyright: ignore[reportArgumentType]


def _failed(error: DatabaseError) -> Answer:
    found = error.diag
    words = " ".join(filter(None, (str(error), found.message_detail, found.message_hint, found.context)))
    state = error.sqlstate or ("42501" if "permission denied" in words else "08006")
    return Answer(sqlstate=state, words=words)


def _steps(connection: Connection, probe: Probe) -> Answer:
    if not probe.rollback:
        return _run(connection, probe.steps, together=False)
    connection.execute("BEGIN")
    try:
        return _run(connection, probe.steps, together=True)
    finally:
        connection.execute("ROLLBACK")


def _run(connection: Connection, steps: Iterable[str], *, together: bool) -> Answer:
    """The answer to the last step; where steps do not stand or fall together, a refused one stops nothing."""
    answer, words = Answer(), ""
    for step in steps:
        try:
            answer = _one(connection, step)
        except DatabaseError as error:
            answer = _failed(error)
            words += answer.words
            if together or connection.closed:
                break
    return replace(answer, words=words)


def answered(connection: Connection, statement: str) -> Answer:
    """The answer to one statement, or how it was refused."""
    try:
        return _one(connection, statement)
    except DatabaseError as error:
        return _failed(error)


def _one(connection: Connection, step: str) -> Answer:
    with connection.cursor() as cursor:
        if step.startswith("COPY ") and step.endswith(" FROM STDIN"):
            with cursor.copy(_text(step)):
                pass
            return Answer(count=cursor.rowcount)
        if step.startswith("COPY "):
            with cursor.copy(_text(step)) as copy:
                return Answer([(bytes(block).decode(errors="replace"),) for block in copy])
        cursor.execute(_text(step))
        rows = cursor.fetchall() if cursor.description else []
        return Answer(rows, cursor.rowcount)


def attempt_all(
    door: Door,
    probes: Sequence[Probe],
    tell: Callable[[str, int, int], None],
    take_refusals: Callable[[], None] = lambda: None,
) -> list[tuple[Probe, Attempt]]:
    """Make every attempt, login by login and use by use; the answer keeps the order of `probes`.

    `take_refusals`: called after so many refused ones that the database still remembers each.
    """
    order = sorted(range(len(probes)), key=lambda n: (probes[n].login, probes[n].opened or Opened(""), n))
    found: dict[int, Attempt] = {}
    caller: Caller | None = None
    untaken = 0
    try:
        for done, number in enumerate(order):
            probe = probes[number]
            if caller is None or caller.login != probe.login:
                if caller:
                    caller.close()
                caller = Caller(door, probe.login)
            if done % 100 == 0:
                tell(f"attempts as {probe.login}", done, len(order))
            found[number] = caller.attempt(probe)
            untaken += found[number].seen == REFUSED
            if untaken == MANY_REFUSED:
                take_refusals()
                untaken = 0
    finally:
        if caller:
            caller.close()
    return [(probe, found[number]) for number, probe in enumerate(probes)]
