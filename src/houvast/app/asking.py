"""What programs ask with a token. The database checks the token with each question, and records each look at people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from houvast.app import cases
from houvast.app.project import Project
from houvast.cases import Right, store
from houvast.cases.store import Taken, refusing
from houvast.cases.writing import write
from houvast.database import Connection, queries
from houvast.errors import UsageError
from houvast.reading import did_you_mean

REFERENCE = "{reference}"
"""What stands in a draft where the database puts the code of a request."""
_SQL = queries("houvast.app", "asking.sql")


@dataclass(frozen=True)
class Program:
    """Whose a token is: of the login of an application, or of one of the staff, in their role."""

    id: str
    name: str
    login: str | None
    staff: str | None
    role: str | None
    scopes: tuple[str, ...]
    until: datetime


@dataclass(frozen=True)
class Recipient:
    """Somebody whom a message may go to now. `opt_out`: the code of the way out in it."""

    person: str
    ground: str
    since: datetime | None
    opt_out: UUID


@dataclass(frozen=True)
class Stand:
    """Where a person stands."""

    stand: str
    about: str
    since: datetime | None


@dataclass(frozen=True)
class Hold:
    """The rows of one table that a case holds."""

    case: str
    table: str
    rows: int
    owner: str
    review_on: date | None
    since: datetime


def program(connection: Connection, token: str) -> Program:
    """Whose a token is. Raises DatabaseError for one that does not count."""
    row = _one(connection, "program", (token,))
    return Program(row[0], row[1], row[2], row[3], row[4], tuple(row[5]), row[6])


def recipients(
    connection: Connection, token: str, purpose: str, reason: str, *, after: str = "", many: int = 100
) -> tuple[Recipient, ...]:
    """Whom a message may go to now, from a person on; recorded as a use. Raises DatabaseError."""
    use = _use(connection, token, "mail", purpose, "", reason)
    rows = connection.execute(_SQL["recipients"], {"token": token, "use": use, "after": after, "many": many}).fetchall()
    return tuple(Recipient(f"{row[0]}:{row[1]}", *row[2:]) for row in rows)


def may_send(connection: Connection, token: str, purpose: str, person: str) -> str:
    """The ground on which a person may be sent a message now, or "refused: " with why. Raises DatabaseError."""
    return _one(connection, "may_send", {"token": token, "purpose": purpose, "person": person})[0]


def sent(connection: Connection, token: str, purpose: str, person: str, message: str, products_of: str) -> str:
    """Write down that a message goes now; its ground. Raises DatabaseError when it may not go."""
    values = {"token": token, "purpose": purpose, "person": person, "message": message, "products_of": products_of}
    return _one(connection, "sent", values)[0]


def stands(connection: Connection, token: str, purpose: str, person: str, reason: str) -> tuple[Stand, ...]:
    """Where a person stands about a purpose; recorded as a use. Raises DatabaseError."""
    use = _use(connection, token, "people", purpose, person, reason)
    return tuple(Stand(*row) for row in connection.execute(_SQL["stands"], {"token": token, "use": use}).fetchall())


def request(
    connection: Connection, project: Project, token: str, right: Right, person: str, *, language: str, text: str,
    promise: str = "", sort: str = "", by: str,
) -> Taken:  # fmt: skip
    """Take a request in and say that it came. Whose it is is still to be checked. Raises Refused, UsageError."""
    policy = project.versions[-1]
    if promise and promise not in policy.promises:
        raise UsageError(f"The policy has no promise `{promise}`.", todo=did_you_mean(promise, tuple(policy.promises)))
    values = {"token": token, "person": person, "right": right.value, "language": language, "words": text,
              "promise": promise, "sort": sort}  # fmt: skip
    with connection.transaction(), refusing():
        taken = Taken(*_one(connection, "request", values))
        case = store.case(connection, taken.number)
        letter = write("acknowledgement", language, cases.values(policy, case, str(taken.code)))
        store.send(connection, store.draft(connection, letter, by, request=taken.number), printed=not person)
    return taken


def holds(connection: Connection, token: str) -> tuple[Hold, ...]:
    """Every hold. Raises DatabaseError."""
    return tuple(Hold(*row) for row in connection.execute(_SQL["holds"], (token,)).fetchall())


def place_hold(
    connection: Connection, project: Project, token: str, case: str, table: str, keys: Sequence[str], owner: str,
    review: date | None,
) -> int:  # fmt: skip
    """Place a hold of a case on rows; how many it holds of these. Raises Refused, UsageError (no such table)."""
    tables = project.datamap.tables
    if table not in tables:
        raise UsageError(f"The data map has no table `{table}`.", todo=did_you_mean(table, tuple(tables)))
    values = {"token": token, "case": case, "table": table, "keys": list(keys), "owner": owner, "review": review}
    with refusing():
        return int(_one(connection, "place_hold", values)[0])


def lift_hold(connection: Connection, token: str, case: str) -> int:
    """Lift every hold of a case; how many rows that frees. Raises DatabaseError."""
    return int(_one(connection, "lift_hold", (token, case))[0])


def draft(
    connection: Connection, project: Project, token: str, number: int, kind: str, reason: str, more: Mapping[str, str]
) -> int:
    """Draft a letter about a request; its number. Raises Refused, UsageError (something is not filled in)."""
    case = store.case(connection, number)
    known = cases.values(project.versions[-1], case, REFERENCE) | dict(more)
    letter = write(kind, case.language, known, reason)
    values = {"token": token, "request": number, "kind": letter.kind, "language": letter.language,
              "subject": letter.subject, "body": letter.body, "reason": letter.reason}  # fmt: skip
    with refusing():
        return int(_one(connection, "draft", values)[0])


def _use(connection: Connection, token: str, scope: str, purpose: str, person: str, reason: str) -> int:
    values = {"token": token, "scope": scope, "purpose": purpose, "person": person, "reason": reason}
    return int(_one(connection, "use", values)[0])


def _one(connection: Connection, name: str, values: Mapping[str, object] | tuple[object, ...]) -> tuple[Any, ...]:
    row = connection.execute(_SQL[name], values).fetchone()
    if row is None:
        raise UsageError("The database answered nothing.", todo="Try again.")
    return row
