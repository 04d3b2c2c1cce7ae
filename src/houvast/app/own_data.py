"""What people see and choose for themselves, in their own session: as login `houvast_people`, which reads nobody else.

Each look is a connection of its own with one use on it, which ends with it: nothing of one person is left for the next.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from houvast.app.project import Project
from houvast.database import Connection, DatabaseError, connect, queries
from houvast.database.catalogue import read_catalogue
from houvast.errors import HouvastError
from houvast.policy.world import PersonKey
from houvast.rights import Copy, Walk, walk
from houvast.rights.access import Line, Others, copy
from houvast.rights.describing import Described, described
from houvast.rights.walk import Stop
from houvast.rights.words import roles

LOGIN = "houvast_people"
"""The login of the pages for people."""
REASON = "the person looks at their own data"
_SQL = queries("houvast.app", "own_data.sql")
_NOBODY, _STALE, _NARROW = (
    "42501",
    "28000",
    "0LP01",
)  # insufficient_privilege; a code of this moment is asked; a token may less


class NotSignedIn(HouvastError):
    """Nobody is signed in: there is no session, it has ended, or it was left alone too long for this."""

    code = "not-signed-in"


class NotFresh(NotSignedIn):
    """The session was left alone for 15 minutes: what is most sensitive asks for a code of this moment."""

    code = "not-fresh"


class NotGranted(NotSignedIn):
    """The person did not give this token that."""

    code = "not-granted"


@dataclass(frozen=True)
class Stood:
    """Where somebody stands about a purpose, and since when."""

    stand: str
    about: str
    since: datetime


@dataclass(frozen=True)
class Used:
    """A use of the data. `sort`: "one person", "open" or "refused"; `reason` of a refused call says why."""

    sort: str
    purpose: str
    role: str
    reason: str | None
    since: datetime
    until: datetime
    times: int


@dataclass(frozen=True)
class Asked:
    """A request of the person. `code`: by which it is followed."""

    code: UUID
    right: str
    state: str
    received: datetime
    due: date | None
    closed: datetime | None


@dataclass(frozen=True)
class Rows:
    """All rows of one table about a person. `columns`: of each its name, type, categories, source and grounds."""

    table: str
    columns: tuple[Mapping[str, object], ...]
    rows: tuple[Mapping[str, object], ...]


class _All:
    """All rows, in memory: of one person."""

    def __init__(self) -> None:
        self.found: dict[str, list[Mapping[str, object]]] = {}

    def table(self, stop: Stop, columns: tuple[str, ...], rows: Iterator[Line]) -> int:
        self.found[stop.name] = [json.loads(text) for text, _ in rows]
        return len(self.found[stop.name])


@dataclass(frozen=True)
class Unchecked:
    """A request in somebody's name that waits until they say it is theirs. `enough`: whether this session will do."""

    code: UUID
    right: str
    channel: str
    received: datetime
    enough: bool


@dataclass(frozen=True)
class Mandate:
    """Who may ask for the person, or asks to: a sort of holder, which rights, until when."""

    number: int
    sort: str
    holder: str
    rights: tuple[str, ...]
    until: datetime
    confirmed: bool


@dataclass(frozen=True)
class NewPasskey:
    """What a new passkey is to sign. `handle`: by which a device knows whose it is; `known`: those that are there."""

    number: UUID
    challenge: str
    handle: str
    known: list[str]


@dataclass(frozen=True)
class Passkey:
    """A passkey of the person. `name`: a digest by which it is taken away."""

    name: str
    made: datetime
    used: datetime | None


class _Nowhere:
    """Rows that nobody keeps but the copy itself, which holds the first of each table."""

    def table(self, stop: Stop, columns: tuple[str, ...], rows: Iterator[Line]) -> int:
        return sum(1 for _ in rows)


def everything(url: str, project: Project, secret: str, language: str) -> tuple[Walk, Copy]:
    """All that is held about the person of a session; of each table the first rows.

    Raises NotSignedIn, DatabaseRefusal (something is not classified).
    """
    with own_use(url, secret) as (session, person):
        found = walk(project.versions, project.datamap, read_catalogue(session), person[0], datetime.now(UTC))
        return found, copy(session, found, person, _Nowhere(), Others(found, person, roles(found.policy, language), {}))


def rows(url: str, project: Project, secret: str, language: str) -> tuple[Rows, ...]:
    """All that is held about the person of a session, every row.

    Raises NotSignedIn (also when the session was left alone too long), DatabaseRefusal (something is not classified).
    """
    every = _All()
    with own_use(url, secret, sensitive=True) as (session, person):
        found = walk(project.versions, project.datamap, read_catalogue(session), person[0], datetime.now(UTC))
        copy(session, found, person, every, Others(found, person, roles(found.policy, language), {}))
    return tuple(
        Rows(stop.name, tuple(_said(one) for one in described(found, stop)), tuple(every.found.get(stop.name, ())))
        for stop in found.stops
    )


def _said(one: Described) -> Mapping[str, object]:
    return {"name": one.column, "type": one.type, "categories": list(one.categories), "source": one.source,
            "basis": list(one.bases)}  # fmt: skip


def uses(url: str, secret: str) -> tuple[Used, ...]:
    """Who used the data of the person of a session, the newest first. Raises NotSignedIn."""
    with own_use(url, secret) as (session, person):
        return tuple(Used(*row) for row in session.execute(_SQL["uses"], person).fetchall())


def stands(url: str, secret: str) -> tuple[Stood, ...]:
    """Where the person of a session stands. Raises NotSignedIn."""
    with own_session(url) as session:
        return tuple(Stood(*row) for row in session.execute(_SQL["stands"], (secret,)).fetchall())


def requests(url: str, secret: str) -> tuple[Asked, ...]:
    """What the person of a session has asked, the newest first. Raises NotSignedIn."""
    with own_session(url) as session:
        return tuple(Asked(*row) for row in session.execute(_SQL["requests"], (secret,)).fetchall())


def choose(url: str, secret: str, purpose: str, choice: str) -> bool:
    """Say yes or no to a purpose, object to it or allow it again; in force when this returns. Whether that changed it.

    Raises NotSignedIn.
    """
    with own_session(url) as session:
        row = session.execute(_SQL["choose"], (secret, purpose, choice)).fetchone()
        return bool(row and row[0])


def unchecked(url: str, secret: str) -> tuple[Unchecked, ...]:
    """What was asked in the name of the person of a session, and waits. Raises NotSignedIn."""
    with own_session(url) as session:
        return tuple(Unchecked(*row) for row in session.execute(_SQL["unchecked"], (secret,)).fetchall())


def claim(url: str, secret: str, reference: UUID, choice: str) -> str | None:
    """Say that a request is theirs ("yes") or not ("no"); what came of it: that, or "more" is needed.

    Raises NotSignedIn.
    """
    with own_session(url) as session:
        row = session.execute(_SQL["claim"], (secret, reference, choice)).fetchone()
        return row[0] if row else None


def mandates(url: str, secret: str) -> tuple[Mandate, ...]:
    """Who may ask for the person of a session, or asks to. Raises NotSignedIn."""
    with own_session(url) as session:
        rows = session.execute(_SQL["mandates"], (secret,)).fetchall()
        return tuple(Mandate(row[0], row[1], row[2], tuple(row[3]), *row[4:]) for row in rows)


def choose_mandate(url: str, secret: str, number: int, choice: str) -> str | None:
    """Confirm ("yes"), or deny or revoke ("no") a mandate; None when there was none. Raises NotSignedIn."""
    with own_session(url) as session:
        row = session.execute(_SQL["choose_mandate"], (secret, number, choice)).fetchone()
        return row[0] if row else None


def begin_passkey(url: str, secret: str) -> NewPasskey:
    """Something for a new passkey of the person of a session to sign. Raises NotSignedIn, also when left alone."""
    with own_session(url) as session:
        return NewPasskey(*_one(session, "begin_passkey", secret))


def add_passkey(url: str, secret: str, number: UUID, client: bytes, authenticator: bytes) -> bool:
    """Add a passkey; whether it signed what was asked. Raises NotSignedIn, also when left alone."""
    with own_session(url) as session:
        return bool(_one(session, "add_passkey", secret, number, client, authenticator)[0])


def passkeys(url: str, secret: str) -> tuple[Passkey, ...]:
    """The passkeys of the person of a session, the oldest first. Raises NotSignedIn."""
    with own_session(url) as session:
        return tuple(Passkey(*row) for row in session.execute(_SQL["passkeys"], (secret,)).fetchall())


def remove_passkey(url: str, secret: str, name: str) -> bool:
    """Take a passkey away; whether there was one. Raises NotSignedIn."""
    with own_session(url) as session:
        return bool(_one(session, "remove_passkey", secret, name)[0])


def _one(session: Connection, name: str, *values: object) -> tuple[Any, ...]:
    return session.execute(_SQL[name], values).fetchone() or (None,)


@contextmanager
def own_session(url: str) -> Generator[Connection]:
    """A connection of the pages for people, for one look. Raises NotSignedIn where the database says so."""
    try:
        with connect(url, application_name="houvast people") as session:
            yield session
    except DatabaseError as error:
        if error.sqlstate == _STALE:
            raise NotFresh("The session was left alone for 15 minutes.", todo="Ask for a new code.") from None
        if error.sqlstate == _NARROW:
            raise NotGranted("The person did not give this token that.", todo=error.diag.message_hint or "") from None
        if error.sqlstate == _NOBODY:
            raise NotSignedIn("Nobody is signed in.", todo="Ask for a code.") from None
        raise


@contextmanager
def own_use(
    url: str, secret: str, reason: str = REASON, *, sensitive: bool = False
) -> Generator[tuple[Connection, PersonKey]]:
    """The same with a use open for the person of a session, and who that is."""
    with own_session(url) as session:
        use, kind, key = session.execute(_SQL["open"], (secret, reason, sensitive)).fetchone() or (0, "", "")
        yield session, (kind, key)
        session.execute(_SQL["close"], (use,))
