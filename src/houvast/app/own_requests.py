"""What people ask for themselves, in their own session, and what is made for them there; as login `houvast_people`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from houvast.app.own_data import own_session, own_use
from houvast.app.project import Project
from houvast.cases.store import Answered, Refused, refusing
from houvast.compiler.words import ident
from houvast.database import queries
from houvast.database.catalogue import read_catalogue
from houvast.rights import Walk, walk

What: TypeAlias = Literal["access", "portability", "plan", "receipts"]
"""What the worker makes for a session: two sorts of copy, the plan of an erasure, receipts."""
_SQL = queries("houvast.app", "own_requests.sql")


@dataclass(frozen=True)
class Before:
    """A choice of before. `what`: where they stood, about what; `change`: "set" or "ended"."""

    at: datetime
    what: str
    about: str
    change: str


@dataclass(frozen=True)
class Prepared:
    """What was asked to be made for a session. `made`: None while it is being made; `size`: bytes."""

    what: str
    asked: datetime
    made: datetime | None
    until: datetime
    failed: bool
    size: int | None
    taken: datetime | None


@dataclass(frozen=True)
class Elsewhere:
    """How far another system is with a request, or somebody who got data. `stands`: planned, waiting, running, asked,
    again (it did not work, and is tried again), done, or told. A system that is gone has no name, ""."""

    label_nl: str
    label_en: str
    stands: str

    def label(self, language: str) -> str:
        """What people call it."""
        return self.label_nl if language == "nl" else self.label_en


def ask(url: str, secret: str, right: str, language: str, words: str = "", about: str = "") -> tuple[UUID, date]:
    """Ask something; the code to follow it by, and the last day for the answer. Raises NotSignedIn, Refused."""
    found = _one(url, "ask", (secret, right, language, words, about))
    return found[0], found[1]


def withdraw(url: str, secret: str, code: UUID) -> bool:
    """Ask it no longer; whether it was open. Raises NotSignedIn, Refused."""
    return bool(_one(url, "withdraw", (secret, code))[0])


def close_account(url: str, project: Project, secret: str, language: str) -> None:
    """Close the account of the person of a session, in the application's own table; the request for it is done then.

    Raises NotSignedIn, Refused (people of this kind have no account).
    """
    subject = project.datamap.subjects[kind(url, secret)]
    if not subject.closed:
        raise Refused("People of this kind have no account.", todo="Ask for erasure, or to stop the use.")
    code, _ = ask(url, secret, "closing", language)
    with own_use(url, secret, "the person closes their account") as (session, person):
        found = walk(project.versions, project.datamap, read_catalogue(session), person[0], datetime.now(UTC))
        table = next(stop.sql for stop in found.stops if stop.name == subject.table)
        column, key = ident(subject.closed), ident(subject.key)
        close = f"UPDATE {table} t SET {column} = clock_timestamp() WHERE t.{key}::text = %s AND t.{column} IS NULL"  # noqa: S608
        session.execute(close.encode(), (person[1],))
    _one(url, "done", (secret, code))


def letters(url: str, secret: str) -> dict[UUID, list[Answered]]:
    """The letters that were sent about their requests, by the code of each. Raises NotSignedIn."""
    found: dict[UUID, list[Answered]] = {}
    for code, *letter in _all(url, "letters", (secret,)):
        found.setdefault(code, []).append(Answered(*letter))
    return found


def steps(url: str, secret: str) -> dict[UUID, list[Elsewhere]]:
    """How far other systems are with their requests, by the code of each. Raises NotSignedIn."""
    found: dict[UUID, list[Elsewhere]] = {}
    for code, *step in _all(url, "steps", (secret,)):
        found.setdefault(code, []).append(Elsewhere(*step))
    return found


def scopes(url: str, secret: str) -> tuple[str, ...]:
    """What a session may do: everything, or what a token that came of one may. Raises NotSignedIn."""
    return tuple(_one(url, "scopes", (secret,))[0])


def narrow(url: str, secret: str, may: Sequence[str], minutes: int) -> tuple[str, datetime]:
    """A token that may do a part of what a session may, and until when. Raises NotSignedIn, Refused."""
    found = _one(url, "narrow", (secret, list(may), minutes))
    return found[0], found[1]


def kind(url: str, secret: str) -> str:
    """Which kind of people they are one of. Raises NotSignedIn."""
    return str(_one(url, "kind", (secret,))[0])


def way(url: str, project: Project, secret: str) -> Walk:
    """The tables and columns where something of such people can lie. Raises NotSignedIn, DatabaseRefusal."""
    ours = kind(url, secret)
    with own_session(url) as session:
        return walk(project.versions, project.datamap, read_catalogue(session), ours, datetime.now(UTC))


def history(url: str, secret: str) -> tuple[Before, ...]:
    """What they chose before, the newest first. Raises NotSignedIn."""
    return tuple(Before(*row) for row in _all(url, "history", (secret,)))


def prepare(url: str, secret: str, what: What, language: str) -> None:
    """Have the worker make something for this session. Raises NotSignedIn, Refused."""
    _one(url, "prepare", (secret, what, language))


def prepared(url: str, secret: str) -> dict[str, Prepared]:
    """What was asked to be made for this session, by what it is. Raises NotSignedIn."""
    return {row[0]: Prepared(*row) for row in _all(url, "prepared", (secret,))}


def take(url: str, secret: str, what: What) -> bytes | None:
    """What was made; None when it is not there (any more). That a copy was taken is told. Raises NotSignedIn."""
    found = _one(url, "take", (secret, what))[0]
    return bytes(found) if found is not None else None


def _one(url: str, name: str, values: tuple[object, ...]) -> tuple[Any, ...]:
    return _asked(url, lambda session: session.execute(_SQL[name], values).fetchone() or (None,))


def _all(url: str, name: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
    return _asked(url, lambda session: session.execute(_SQL[name], values).fetchall())


def _asked(url: str, question: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - as the question is answered
    with own_session(url) as session, refusing():
        return question(session)
