"""Looking together: sessions as both sides see them, and what their browsers tell each other. The only SQL of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from houvast.database import Connection, queries
from houvast.diagnostics.store import refusing

_SQL = queries("houvast.diagnostics", "looking.sql")
MOVES = ("begin", "pause", "go on", "end")
"""What a customer does with a session that they accepted."""


@dataclass(frozen=True)
class Step:
    """Something that happened. `by`: customer, specialist, time, or closing (of the problem, or of a grant)."""

    step: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Signal:
    """What the other browser said: `kind` is ready, offer or answer; `body` is SDP (RFC 8866), and holds addresses."""

    id: int
    kind: str
    body: str


@dataclass(frozen=True)
class Session:
    """A session. `until`: when its state ends by itself; `minutes`: how long it lasts at most.

    `role`, `subcontractor`, `country`: of the one who was named; "" for our own people. `own`: whether they ask.
    """

    number: int
    problem: int
    state: str
    until: datetime
    minutes: int
    reason: str
    role: str
    subcontractor: str
    country: str
    ended_by: str
    log: tuple[Step, ...]
    signals: tuple[Signal, ...]
    own: bool = True

    @property
    def is_over(self) -> bool:
        """Whether nothing follows."""
        return self.state == "ended"


def ask(connection: Connection, problem: int, reason: str, minutes: int, by: str) -> tuple[int, str]:
    """Ask the customer of a problem to look together: the session's number, and the token of a link. Raises Refused."""
    number, token = _row(connection, "ask", {"problem": problem, "reason": reason, "minutes": minutes, "by": by})
    return int(number), str(token)


def asked(connection: Connection, token: str) -> Session | None:
    """What a link asks; None for one that nobody has, or that was used."""
    found = _row(connection, "asked", {"token": token})[0]
    return _read(found) if found else None


def accept(connection: Connection, token: str, language: str, statement: str) -> str | None:
    """The customer says yes to what has this SHA-256: the code of their page; None for a link that is gone.

    Raises Refused for other words than those of now, or when it may not be any more.
    """
    values = {"token": token, "accepts": True, "language": language, "statement": statement}
    return _row(connection, "answer", values)[0]


def decline(connection: Connection, token: str) -> bool:
    """The customer says no; False for a link that is gone."""
    values = {"token": token, "accepts": False, "language": None, "statement": None}
    return _row(connection, "answer", values)[0] is not None


def follow(connection: Connection, code: str, after: int = 0) -> Session | None:
    """How a session stands, for its customer, with what was said after a signal."""
    found = _row(connection, "follow", {"follow": code, "after": after})[0]
    return _read(found) if found else None


def move(connection: Connection, code: str, what: str) -> None:
    """The customer does one of MOVES. Raises Refused."""
    _row(connection, "move", {"follow": code, "what": what})


def say(connection: Connection, code: str, body: str) -> None:
    """The customer's browser offers its picture. Raises Refused."""
    _row(connection, "say", {"follow": code, "body": body})


def watch(connection: Connection, number: int, by: str, after: int = 0) -> Session:
    """How a session stands, for the one who was named, with what was said after a signal. Raises Refused."""
    return _read(_row(connection, "watch", {"number": number, "by": by, "after": after})[0])


def reply(connection: Connection, number: int, by: str, kind: str, body: str) -> None:
    """The browser of who looks along is ready, or answers an offer. Raises Refused."""
    _row(connection, "reply", {"number": number, "by": by, "kind": kind, "body": body})


def leave(connection: Connection, number: int, by: str) -> None:
    """Whoever looks along ends it. Raises Refused."""
    _row(connection, "leave", {"number": number, "by": by})


def mine(connection: Connection, problem: int, by: str) -> tuple[Session, ...]:
    """The sessions of a problem, newest first: their own, or all for officers and auditors. Raises Refused."""
    with refusing():
        rows: list[Any] = connection.execute(_SQL["mine"], {"problem": problem, "by": by}).fetchall()
    return tuple(_read(row[0]) for row in rows)


def sweep(connection: Connection) -> None:
    """End what had its time, and sweep addresses from the disk: not within a transaction."""
    connection.execute(_SQL["over"])
    if connection.execute(_SQL["leftover"]).fetchone() == (True,):
        connection.execute(_SQL["vacuum"])


def _row(connection: Connection, name: str, values: Mapping[str, object]) -> tuple[Any, ...]:
    with refusing():
        return connection.execute(_SQL[name], values).fetchone() or (None,)


def _read(found: Mapping[str, Any]) -> Session:
    steps = tuple(Step(one["step"], one["by"], datetime.fromisoformat(one["at"])) for one in found["log"])
    signals = tuple(Signal(one["id"], one["kind"], one["body"]) for one in found["signals"])
    return Session(found["number"], found["problem"], found["state"], datetime.fromisoformat(found["until"]),
                   found["minutes"], found["reason"], found["role"], found["subcontractor"] or "",
                   found["country"] or "", found["ended_by"] or "", steps, signals, found.get("own", True))  # fmt: skip
