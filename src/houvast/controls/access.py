"""Who can do what, as the catalogue itself has it, and who reviewed that: the database computes both."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import datetime

from houvast.database import Connection, queries
from houvast.database.refusing import refused

_SQL = queries("houvast.controls", "access.sql")
COLUMNS = ("kind", "who", "what", "how")
KINDS = ("role", "opens", "member", "purpose", "login", "everybody", "staff", "token")
"""In the order of a page: what roles are, which purposes logins open, of what else they are members, what each purpose,
each login and everybody may do by grants; who works here, by role and number; programs."""


@dataclass(frozen=True)
class Line:
    """One thing that somebody can do. `how`: which columns, when not all; or what more there is to say."""

    kind: str
    who: str
    what: str
    how: str


@dataclass(frozen=True)
class Access:
    """All of it, and what it hashes to: SHA-256 of a JSON array a line, in the order of their bytes."""

    lines: tuple[Line, ...]
    sha256: str

    def to_json(self) -> dict[str, object]:
        """For programs, and as a file."""
        return {"sha256": self.sha256, "lines": [[one.kind, one.who, one.what, one.how] for one in self.lines]}

    def to_csv(self) -> str:
        """As a file for a table."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        writer.writerows((one.kind, one.who, one.what, one.how) for one in self.lines)
        return text.getvalue()


@dataclass(frozen=True)
class Review:
    """That one of the staff (`who`: role and number) signed what hashed to `sha256`. `same`: it is still so."""

    sha256: str
    lines: int
    who: str
    at: datetime
    same: bool


def there(connection: Connection) -> bool:
    """Whether access is reviewed in this database."""
    return connection.execute(_SQL["there"]).fetchone() == (True,)


def access(connection: Connection) -> Access:
    """Who can do what now."""
    rows = connection.execute(_SQL["lines"]).fetchall()
    digest = hashlib.sha256("\n".join(str(row[4]) for row in rows).encode()).hexdigest()
    return Access(tuple(Line(row[0], row[1], row[2], row[3]) for row in rows), digest)


def last(connection: Connection) -> Review | None:
    """The newest review; None before the first."""
    row = connection.execute(_SQL["last"]).fetchone()
    return Review(row[0], row[1], row[2], row[3], row[4]) if row else None


def sign(connection: Connection, seen: str, *, by: str, code: str) -> None:
    """One of the staff signs what they looked at.

    Raises DatabaseRefusal when it is not so any more, or without a code.
    """
    with refused():
        connection.execute(_SQL["sign"], {"seen": seen, "by": by, "code": code})
