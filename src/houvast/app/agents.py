"""Agents of people (Data Rights Protocol 1.0): an administrator says whose messages count; what they ask is kept."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from houvast.app.people import there
from houvast.app.target import Target
from houvast.cases.store import refusing
from houvast.database import Connection, queries
from houvast.errors import UsageError

_SQL = queries("houvast.app", "agents.sql")


@dataclass(frozen=True)
class Agent:
    """An agent as it is listed. `business`: how it calls us; `key`: of its messages, as base64."""

    id: str
    name: str
    address: str
    business: str
    key: str
    made_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class Message:
    """A message of an agent whose signature is right. `digest`: of what was signed."""

    agent: str
    business: str
    issued: datetime
    expires: datetime
    digest: bytes


@dataclass(frozen=True)
class Exercise:
    """What is asked for somebody. `reference`: how the agent calls it; `address`: the mail address of the person."""

    exercise: str
    reference: str
    address: str


@dataclass(frozen=True)
class Status:
    """How it stands, in the words of the protocol (section 3.03)."""

    reference: str
    status: str
    reason: str | None
    details: str | None
    received: datetime
    due: date
    expires: datetime | None


def add(target: Target, agent: str, *, name: str, address: str, business: str, key: str) -> None:
    """Let an agent ask for people. Raises UsageError (the key is none), Refused."""
    try:
        verify = base64.b64decode(key, validate=True)
    except (ValueError, binascii.Error):
        verify = b""
    if len(verify) != 32:
        raise UsageError("This is no Ed25519 key.", todo="Give the verify key of the agent: 32 bytes as base64.")
    with there(target) as connection, refusing():
        connection.execute(_SQL["add"], (agent, name, address, business, verify))


def known(target: Target) -> tuple[Agent, ...]:
    """Every agent, those that were revoked last. Raises DatabaseRefusal."""
    with there(target) as connection:
        rows = connection.execute(_SQL["list"]).fetchall()
    return tuple(
        Agent(row[0], row[1], row[2], row[3], base64.b64encode(row[4]).decode(), row[5], row[6]) for row in rows
    )


def revoke(target: Target, agent: str) -> None:
    """An agent asks no longer. Raises UsageError when there is none of that name."""
    with there(target) as connection:
        row = connection.execute(_SQL["revoke"], (agent,)).fetchone()
    if not (row and row[0]):
        raise UsageError(f"There is no agent `{agent}` that counts.", todo="houvast agent list shows them.")


def key_of(connection: Connection, agent: str) -> bytes | None:
    """The key of an agent; None when it is none."""
    found = _one(connection, "key", (agent,))[0]
    return bytes(found) if found is not None else None


def whose(connection: Connection, token: str) -> tuple[str, bytes]:
    """The agent whose token this is, and its key. Raises DatabaseError when it is of none."""
    row = _one(connection, "whose", (token,))
    return row[0], bytes(row[1])


def give_token(connection: Connection, agent: str, said: Message) -> str:
    """A token for an agent that asks for one. Raises DatabaseError when the message does not count."""
    return str(_one(connection, "token", (agent, *_of(said)))[0])


def exercise(connection: Connection, token: str, said: Message, asked: Exercise, language: str) -> UUID:
    """Take in what is asked for somebody; its number. Raises DatabaseError when the message does not count."""
    values = (token, *_of(said), asked.exercise, asked.reference, asked.address, language)
    return _one(connection, "exercise", values)[0]


def status(connection: Connection, token: str, number: UUID) -> Status:
    """How it stands. Raises DatabaseError when this agent asked nothing of that number."""
    return Status(*_one(connection, "status", (token, number)))


def end(connection: Connection, token: str, number: UUID) -> bool:
    """Ask it no longer; False when it was over already. Raises DatabaseError."""
    return bool(_one(connection, "end", (token, number))[0])


def _of(said: Message) -> tuple[object, ...]:
    return said.agent, said.business, said.issued, said.expires, said.digest


def _one(connection: Connection, name: str, values: tuple[object, ...]) -> tuple[Any, ...]:
    return connection.execute(_SQL[name], values).fetchone() or (None,)
