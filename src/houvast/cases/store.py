"""The only SQL of cases. What the database refuses comes out as Refused, with its own words."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from houvast.cases.model import Breach, Case, Letter, Right, State
from houvast.database import Connection, DatabaseError, queries
from houvast.errors import HouvastError

_SQL = queries("houvast.cases", "cases.sql")
_PREFIX = "Houvast refuses: "


class Refused(HouvastError):
    """The database refuses a step in a case; the message names the promise."""

    code = "case"


@dataclass(frozen=True)
class Taken:
    """A request that came in: its number, the code to follow it by, the last day for the answer."""

    number: int
    code: UUID
    due_on: date


@dataclass(frozen=True)
class Mandate:
    """Who asks for somebody else: a sort of HOLDERS, which rights, until when; whether the person confirmed it."""

    number: int
    sort: str
    holder: str
    rights: tuple[str, ...]
    until: datetime
    confirmed_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Opened:
    """What a case says: whom it is of ("" for nobody known), what was written, its letters."""

    person: str
    words: str
    letters: tuple[Letter, ...]


@dataclass(frozen=True)
class Answered:
    """A letter that was sent to somebody who did not say who they are."""

    subject: str
    body: str
    sent_at: datetime


@dataclass(frozen=True)
class Followed:
    """How a request stands, without whom it is of. `waits`: for the person, to show that it is them."""

    right: Right
    state: State
    received_at: datetime
    due_on: date
    waits: bool
    reason: str
    closed_at: datetime | None
    answers: tuple[Answered, ...]


@contextmanager
def refusing() -> Generator[None]:
    """Turn what the database refuses into Refused."""
    try:
        yield
    except DatabaseError as error:
        said = error.diag.message_primary or ""
        if error.sqlstate == "23514" and said.startswith(_PREFIX):
            text = said.removeprefix(_PREFIX)
            raise Refused(text[:1].upper() + text[1:], todo=error.diag.message_hint or "") from None
        raise


def there(connection: Connection) -> bool:
    """Whether cases are handled in this database."""
    row = connection.execute(_SQL["there"]).fetchone()
    return bool(row and row[0])


def take(
    connection: Connection,
    person: str | None,
    right: Right,
    *,
    channel: str = "desk",
    language: str = "nl",
    received: datetime | None = None,
    promise: str = "",
    sort: str = "",
    words: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> Taken:
    """Take a request in; `person` as kind:key, None for somebody unknown. Raises Refused."""
    values = {"who": person, "right": right.value, "channel": channel, "language": language, "received": received,
              "promise": promise, "sort": sort, "words": words,
              "evidence": json.dumps(evidence) if evidence else None}  # fmt: skip
    return Taken(*_one(connection, "take", values))


def complain(
    connection: Connection,
    right: Right,
    words: str,
    *,
    language: str = "nl",
    promise: str = "",
    sort: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> tuple[UUID, date]:
    """Take a complaint or question in from anybody: the code to follow it by, the last day for the answer."""
    values = {"right": right.value, "language": language, "words": words, "promise": promise, "sort": sort,
              "evidence": json.dumps(evidence) if evidence else None}  # fmt: skip
    row = _one(connection, "complain", values)
    return row[0], row[1]


def follow(connection: Connection, code: UUID) -> Followed | None:
    """How a request stands, for whoever has its code; the same two questions are asked whatever the code."""
    row = connection.execute(_SQL["follow"], {"code": code}).fetchone()
    answers = connection.execute(_SQL["answers"], {"code": code}).fetchall()
    if row is None:
        return None
    right, state, received, due, waits, reason, closed = row
    told = tuple(Answered(*one) for one in answers)
    return Followed(Right(right), State(state), received, due, waits, reason, closed, told)


def cases(connection: Connection, *, everything: bool = False) -> tuple[Case, ...]:
    """The open cases, the one that is due first at the top; or every case."""
    return tuple(_case(row) for row in connection.execute(_SQL["cases"], {"all": everything}).fetchall())


def case(connection: Connection, number: int) -> Case:
    """One case. Raises Refused when there is none."""
    row = connection.execute(_SQL["case"], {"number": number}).fetchone()
    if row is None:
        raise Refused(f"There is no request {number}.", todo="houvast request list shows them.")
    return _case(row)


def opened(connection: Connection, number: int, reason: str, by: str | None = None) -> Opened:
    """What a case says; looking is recorded as a use for that person first, by one of the staff. Raises Refused, also
    within a transaction: what it records must stay."""
    (use,) = _one(connection, "look", {"number": number, "reason": reason, "by": by})
    kind, key, words, letters = _one(connection, "read", {"use": use})
    return Opened(f"{kind}:{key}" if kind else "", words or "", tuple(_letter(one) for one in letters))


def code(connection: Connection, number: int) -> UUID:
    """The code to follow a request by, for who may read everything."""
    return _one(connection, "code", {"number": number})[0]


def verify(connection: Connection, number: int, method: str, level: int) -> None:
    """Write down that it was checked whose a request is, by what and how sure (0 to 4). Raises Refused."""
    values = {"number": number, "method": method, "level": level}
    if connection.execute(_SQL["verify"], values).fetchone() is None:
        raise Refused("Nothing is to be checked of such a request: there is none, it is nobody's, or it was done.",
                      todo="houvast request show tells how it stands.")  # fmt: skip


def print_code(connection: Connection, number: int) -> tuple[str, list[str], datetime]:
    """(code, lines of the address on file, until when) for a letter by post. Raises Refused."""
    code, address, until = _one(connection, "print_code", {"number": number})
    return code, address, until


def mandate_of(connection: Connection, number: int) -> Mandate | None:
    """By whose mandate a request was made."""
    row = connection.execute(_SQL["mandate"], {"number": number}).fetchone()
    return Mandate(row[0], row[1], row[2], tuple(row[3]), *row[4:]) if row else None


def record_mandate(
    connection: Connection, number: int, sort: str, holder: str, address: str, rights: Sequence[str], until: datetime
) -> int:
    """Write down by whose mandate a request was made, and ask the person; its number. Raises Refused."""
    values = {"number": number, "sort": sort, "holder": holder, "address": address, "rights": list(rights),
              "until": until}  # fmt: skip
    return int(_one(connection, "record_mandate", values)[0])


def join_mandate(connection: Connection, number: int, mandate: int) -> None:
    """Another request by whoever holds a mandate that is in force. Raises Refused."""
    _one(connection, "join_mandate", {"number": number, "mandate": mandate})


def end_mandate(connection: Connection, number: int) -> bool:
    """End the mandate by which a request was made; whether it had not ended yet. Raises Refused when there is none."""
    return bool(_one(connection, "end_mandate", {"number": number})[0])


def denied(connection: Connection) -> list[tuple[int, str]]:
    """(request, how) of those of the last fourteen days that their person did not make."""
    return [(int(row[0]), str(row[1])) for row in connection.execute(_SQL["denied"]).fetchall()]


def move(
    connection: Connection, number: int, to: State, reason: str = "", *, by: str | None = None, code: str | None = None
) -> date:
    """Take a request on; its last day. `by`, `code`: who of the staff confirms that it is withdrawn. Raises Refused."""
    values = {"number": number, "to": to.value, "reason": reason, "by": by, "code": code}
    return _one(connection, "move", values)[0]


def draft(
    connection: Connection, letter: Letter, by: str, *, request: int | None = None, breach: int | None = None
) -> int:
    """Store a draft; its number. Raises Refused."""
    values = {"request": request, "breach": breach, "kind": letter.kind, "language": letter.language,
              "subject": letter.subject, "body": letter.body, "reason": letter.reason, "by": by}  # fmt: skip
    return _one(connection, "draft", values)[0]


def approve(connection: Connection, number: int, by: str, code: str) -> None:
    """Approve a letter that somebody else drafted, with a code of one's own. Raises Refused."""
    _one(connection, "approve", {"number": number, "by": by, "code": code})


def send(connection: Connection, number: int, *, printed: bool = False) -> tuple[str, str]:
    """Send a letter, which moves the request: its subject and text. `printed`: it goes by post. Raises Refused."""
    row = _one(connection, "send", {"number": number, "printed": printed})
    return row[0], row[1]


def breaches(connection: Connection) -> tuple[Breach, ...]:
    """Every breach, the open ones first."""
    return tuple(_breach(row) for row in connection.execute(_SQL["breaches"]).fetchall())


def breach(connection: Connection, number: int) -> Breach:
    """One breach. Raises Refused when there is none."""
    for one in breaches(connection):
        if one.number == number:
            return one
    raise Refused(f"There is no breach {number}.", todo="houvast breach list shows them.")


def record_breach(connection: Connection, title: str, aware: datetime | None, owner: str) -> int:
    """Write a breach down; its number. Raises Refused."""
    return _one(connection, "record_breach", {"title": title, "aware": aware, "owner": owner})[0]


def change_breach(
    connection: Connection,
    number: int,
    *,
    risk: str | None = None,
    note: str | None = None,
    persons: int | None = None,
    measures: str | None = None,
    reported: datetime | None = None,
    late: str | None = None,
    told: datetime | None = None,
    closes: bool = False,
) -> None:
    """Write down what was found and done about a breach. Raises Refused."""
    values = {"number": number, "risk": risk, "note": note, "persons": persons, "measures": measures,
              "reported": reported, "late": late, "told": told, "closes": closes}  # fmt: skip
    _one(connection, "change_breach", values)


def forget(connection: Connection) -> int:
    """Take away what ended five years ago; how many requests."""
    return _one(connection, "forget", {})[0]


def place_hold(
    connection: Connection, name: str, table: str, keys: Sequence[str], owner: str, review: date | None
) -> int:
    """Place a hold of a case on rows; how many rows it now holds of these."""
    values = {"case": name, "relation": table, "keys": list(keys), "owner": owner, "review": review}
    return connection.execute(_SQL["place_hold"], values).rowcount


def holds(connection: Connection) -> list[tuple[Any, ...]]:
    """(case, table, rows, owner, review day, since) of every hold."""
    return connection.execute(_SQL["holds"]).fetchall()


def lift_hold(connection: Connection, name: str) -> int:
    """Lift every hold of a case; how many rows that frees."""
    return connection.execute(_SQL["lift_hold"], {"case": name}).rowcount


def _one(connection: Connection, name: str, values: Mapping[str, object]) -> tuple[Any, ...]:
    with refusing():
        row = connection.execute(_SQL[name], values).fetchone()
    if row is None:
        raise Refused("There is no such case.", todo="houvast request list shows them.")
    return row


def _breach(row: tuple[Any, ...]) -> Breach:
    values: list[Any] = [*row[:-1], float(row[-1])]
    return Breach(*values)


def _case(row: tuple[Any, ...]) -> Case:
    return Case(row[0], Right(row[1]), State(row[2]), *row[3:])


def _letter(found: Mapping[str, Any]) -> Letter:
    sent = found["sent_at"]
    return Letter(found["kind"], found["language"], found["subject"], found["body"], found["reason"], found["id"],
                  found["drafted_by"], found["approved_by"],
                  datetime.fromisoformat(sent) if sent else None)  # fmt: skip
