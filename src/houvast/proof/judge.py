"""Makes the attempts over real connections, and says in a few words what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from houvast.database import Connection
from houvast.database.connect import DatabaseError, sql
from houvast.proof.door import ADMIN, Door
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
LANES = 2
"""So many logins try at a time: while one waits for the server, the other computes."""
DEADLOCK, AGAIN = "40P01", 5


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
    """One login with its sessions: one without a use, one that has the use of the moment."""

    def __init__(self, door: Door, login: str) -> None:
        self.door = door
        self.login = login
        self.plain: Connection | None = None
        self.known = False  # `plain` is of one attempt alone
        self.used: Connection | None = None
        self.opened: Opened | None = None
        self.refused: Answer | None = None
        self.migrated = Migrated(door, login)

    def close(self) -> None:
        """Let others have the sessions."""
        for connection in (self.plain, self.used):
            self.door.give(self._whose, connection)
        self.migrated.close()

    @property
    def _whose(self) -> str:
        return ADMIN if self.login == ADMINISTRATOR else self.login

    def attempt(self, probe: Probe) -> Attempt:
        """Make one attempt."""
        return made(probe, probe.answer or judged(probe, self.ask(probe)))

    def ask(self, probe: Probe) -> Answer:
        """What PostgreSQL answers to it, or how it refuses. What it ended because two attempts waited for each other says
        nothing: that is made once more."""
        answer = self._once(probe)
        for _ in range(AGAIN):
            if answer.sqlstate != DEADLOCK:
                break
            answer = self._once(probe)
        return answer

    def _once(self, probe: Probe) -> Answer:
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
            with self.door.connect_as(self.login, probe.options) as connection:
                return _steps(connection, probe)
        session = self._plain(fresh=True)
        if probe.opened:
            session.execute(_text(probe.opened.sql()))
        return _steps(session, probe)

    def _plain(self, *, fresh: bool) -> Connection:
        """The session without a use; as a new one for an attempt that asks for that, and after it."""
        if self.plain is None or self.plain.closed:
            self.plain = self.door.take(self._whose)
        elif fresh or self.known:
            self.door.renew(self.plain, self._whose)
        self.known = fresh
        return self.plain

    def _shared(self, probe: Probe) -> Answer:
        if probe.opened is None:
            return _steps(self._plain(fresh=False), probe)
        if probe.opened != self.opened:
            self.used = self.used or self.door.take(self.login)
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


@dataclass(frozen=True)
class Attempting:
    """All attempts of a run. Each undoes what it does; the one thing that stays is that a use was opened.

    `take_refusals`: called after so many refused ones that the database still remembers each.
    """

    door: Door
    probes: Sequence[Probe]
    tell: Callable[[str, int, int], None]
    take_refusals: Callable[[], None] = lambda: None

    def made(self) -> list[tuple[Probe, Attempt]]:
        """Make them, login by login and use by use, some logins at a time; in the order of the probes.

        Those in which the administrator changes something first lock tables: they come when no other login tries.
        """
        found: dict[int, Attempt] = {}
        order = sorted(range(len(self.probes)), key=self._place)
        with ThreadPoolExecutor(LANES) as pool:
            for part in pool.map(self._each, self._lanes(n for n in order if not self.probes[n].migration)):
                found |= part
        found |= self._each([n for n in order if self.probes[n].migration])
        return [(probe, found[number]) for number, probe in enumerate(self.probes)]

    def _place(self, number: int) -> tuple[str, Opened, int]:
        probe = self.probes[number]
        return probe.login, probe.opened or Opened(""), number

    def _lanes(self, order: Iterable[int]) -> list[list[int]]:
        """The attempts of each login in one of some lanes that are about as long."""
        lanes: list[list[int]] = [[] for _ in range(LANES)]
        logins = [list(ours) for _, ours in groupby(order, key=lambda number: self.probes[number].login)]
        for ours in sorted(logins, key=len, reverse=True):
            min(lanes, key=len).extend(ours)
        return lanes

    def _each(self, lane: Sequence[int]) -> dict[int, Attempt]:
        found: dict[int, Attempt] = {}
        untaken = 0
        for login, ours in groupby(lane, key=lambda number: self.probes[number].login):
            with closing(Caller(self.door, login)) as caller:
                for number in ours:
                    if len(found) % 100 == 0:
                        self.tell(f"attempts as {login}", len(found), len(lane))
                    found[number] = caller.attempt(self.probes[number])
                    untaken += found[number].seen == REFUSED
                    if untaken == MANY_REFUSED:
                        self.take_refusals()
                        untaken = 0
        return found
