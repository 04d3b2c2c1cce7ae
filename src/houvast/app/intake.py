"""Mail to the address for privacy: taken in once, with a proposal of what it asks; somebody makes it a request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from houvast.app import cases
from houvast.app.settings import Settings
from houvast.app.target import Target
from houvast.cases import Right, inbox
from houvast.cases.incoming import Incoming, read
from houvast.cases.proposing import propose
from houvast.database import Connection, DatabaseError
from houvast.policy import Policy

_DATA = ("22", "23")
"""Classes of errors that are about a value."""


@dataclass(frozen=True)
class Place:
    """Where a mail lay: the mailbox, its validity (UIDVALIDITY) and its number there (UID)."""

    mailbox: str
    validity: int
    uid: int


def ours(settings: Settings, policy: Policy) -> frozenset[str]:
    """Our own addresses, to which nothing is answered."""
    known = {policy.controller.get("contact", ""), settings.mail.sender if settings.mail else ""}
    return frozenset(one.lower() for one in known if one)


def take(
    connection: Connection, raw: bytes, *, size: int = 0, received: datetime | None = None, place: Place | None = None,
    own: Collection[str] = (), server: str = "", before_commit: Callable[[], None] = lambda: None,
) -> int | None:  # fmt: skip
    """Take a mail in, with where it lay, in one transaction; its number, or None when it was taken before.

    `raw`: its first bytes, `size`: how many it has. `server`: how our own mail server calls itself.
    """
    mail = read(raw, size, server)
    with connection.transaction():
        number = _take(connection, mail, received or datetime.now(UTC), own)
        if place:
            inbox.mark(connection, place.mailbox, place.validity, place.uid)
        before_commit()
    return number


def _take(connection: Connection, mail: Incoming, received: datetime, own: Collection[str]) -> int | None:
    """One that the database cannot hold is registered without its words, so that it holds up no other."""
    answerable = mail.is_answerable and mail.sender.lower() not in own
    try:
        with connection.transaction():
            return inbox.take(connection, mail, propose(mail), received, answerable=answerable)
    except DatabaseError as error:
        if (error.sqlstate or "")[:2] not in _DATA:
            raise
    bare = replace(mail, sender="", subject="", text="", bounced=(), notes=(*mail.notes, "parts"))
    return inbox.take(connection, bare, propose(bare), received, answerable=False)


def accept(
    target: Target, number: int, rights: Sequence[Right], person: str | None, by: str
) -> tuple[inbox.Accepted, ...]:
    """Make requests of a mail, and say of each that it came in. Raises Refused, UsageError."""
    with target.connect() as connection, connection.transaction():
        return accept_here(connection, target.project.versions[-1], number, rights, person, by)


def accept_here(
    connection: Connection, policy: Policy, number: int, rights: Sequence[Right], person: str | None, by: str
) -> tuple[inbox.Accepted, ...]:
    """The same, in a transaction of whoever calls."""
    made = inbox.accept(connection, number, rights, person)
    for one in made:
        cases.acknowledge(connection, policy, one.number, str(one.code), by, printed=not one.reachable)
    return made
