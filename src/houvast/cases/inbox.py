"""The SQL of mail that came in: taken once, looked at by somebody, made a request of or set aside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from houvast.cases.incoming import Incoming
from houvast.cases.model import Right
from houvast.cases.proposing import Proposal
from houvast.cases.store import Refused, refusing
from houvast.database import Connection, queries

_SQL = queries("houvast.cases", "inbox.sql")
WHY = ("not_request", "spam", "duplicate", "answered", "automatic")
"""Why a mail is no request."""


@dataclass(frozen=True)
class Mail:
    """A mail as the list shows it, without who wrote it and what. `reasons`: right -> words of the lexicon; `held`: the
    kinds in it that must not lie open."""

    number: int
    received_at: datetime
    due_on: date
    days_left: int
    sort: str
    language: str
    rights: tuple[Right, ...]
    reasons: Mapping[str, Sequence[str]]
    notes: tuple[str, ...]
    passed: str
    answered: bool
    state: str
    why: str
    requests: tuple[int, ...]
    decided_at: datetime | None
    readable: bool
    held: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether nobody has said yet what it is."""
        return self.state == "new"


@dataclass(frozen=True)
class Words:
    """What a mail says. `persons`: who has the address that it says it is from, as kind:key; that is no proof."""

    sender: str
    subject: str
    body: str
    persons: tuple[str, ...]


@dataclass(frozen=True)
class Accepted:
    """A request that was made of a mail. `reachable`: whether a letter about it can be mailed."""

    number: int
    code: UUID
    due_on: date
    reachable: bool


def there(connection: Connection) -> bool:
    """Whether mail is taken in here."""
    row = connection.execute(_SQL["there"]).fetchone()
    return bool(row and row[0])


def take(
    connection: Connection, mail: Incoming, proposal: Proposal, received: datetime, *, answerable: bool
) -> int | None:
    """Take a mail in; its number, or None when it was taken before."""
    values = {
        "digest": mail.digest, "received": received, "language": proposal.language,
        "sort": "bounce" if mail.is_bounce else "auto" if mail.is_auto and not mail.is_list else "mail",
        "rights": [right.value for right in proposal.rights], "reasons": json.dumps(proposal.reasons),
        "notes": list(mail.notes), "passed": mail.passed, "sender": mail.sender, "subject": mail.subject,
        "body": mail.text, "answerable": answerable, "bounced": [str(one) for one in _numbers(mail.bounced)],
    }  # fmt: skip
    return _row(connection, "take", values)[0]


def mark(connection: Connection, name: str, validity: int, uid: int) -> None:
    """Write down how far a mailbox was read."""
    connection.execute(_SQL["mark"], {"name": name, "validity": validity, "uid": uid})


def marked(connection: Connection, name: str, validity: int) -> int:
    """The last UID that was read of a mailbox; 0 under a new validity."""
    row = connection.execute(_SQL["marked"], {"name": name, "validity": validity}).fetchone()
    return int(row[0]) if row else 0


def alone(connection: Connection) -> bool:
    """Whether this connection is the only one that reads mailboxes, from now until it ends."""
    row = connection.execute(_SQL["alone"]).fetchone()
    return bool(row and row[0])


def mails(connection: Connection, *, everything: bool = False) -> tuple[Mail, ...]:
    """The mail that nobody has looked at, the one that is due first at the top; or every mail."""
    return tuple(_mail(row) for row in connection.execute(_SQL["mails"], {"all": everything}).fetchall())


def mail(connection: Connection, number: int) -> Mail:
    """One mail. Raises Refused when there is none."""
    row = connection.execute(_SQL["mail"], {"number": number}).fetchone()
    if row is None:
        raise Refused(f"There is no mail {number}.", todo="houvast request intake list shows them.")
    return _mail(row)


def opened(connection: Connection, number: int, reason: str, by: str | None = None) -> Words:
    """What a mail says; looking is first recorded as a use by one of the staff. Raises Refused, in transactions too."""
    (use,) = _row(connection, "look", {"number": number, "reason": reason, "by": by})
    sender, subject, body, persons = _row(connection, "read", {"use": use})
    return Words(sender, subject, body, tuple(persons))


def accept(connection: Connection, number: int, rights: Sequence[Right], person: str | None) -> tuple[Accepted, ...]:
    """Make a request of a mail for each right; `person` as kind:key, None for nobody known. Raises Refused."""
    values = {"number": number, "rights": [right.value for right in rights], "who": person}
    with refusing():
        rows = connection.execute(_SQL["accept"], values).fetchall()
    return tuple(Accepted(*row) for row in rows)


def dismiss(connection: Connection, number: int, why: str) -> None:
    """Say that a mail is no request, and why (`WHY`). Raises Refused."""
    _row(connection, "dismiss", {"number": number, "why": why})


def forget(connection: Connection) -> int:
    """Take away the words of mail that was no request, thirty days later; of how many."""
    return int(_row(connection, "forget", {})[0])


def _numbers(ids: Sequence[str]) -> list[UUID]:
    """The numbers of mail of ours in Message-IDs; others are of nobody here."""
    found: list[UUID] = []
    for one in ids:
        try:
            found.append(UUID(one.partition("@")[0]))
        except ValueError:
            continue
    return found


def _row(connection: Connection, name: LiteralString, values: Mapping[str, object]) -> tuple[Any, ...]:
    with refusing():
        row = connection.execute(_SQL[name], values).fetchone()
    if row is None:
        raise Refused("There is no such mail.", todo="houvast request intake list shows them.")
    return row


def _mail(row: tuple[Any, ...]) -> Mail:
    values = list(row)
    values[6] = tuple(Right(one) for one in values[6])
    values[8], values[13], values[16] = tuple(values[8]), tuple(values[13]), tuple(values[16])
    return Mail(*values)
