"""A copy of the whole company's database, for one test to work in as any of its logins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from houvast.database import Connection, connect
from houvast.database.server import Server
from tests.compiler.asking import Refused, column, open_use, rows, value


@dataclass
class Company:
    """One database; everything opened by it is closed at the end, and the database dropped."""

    server: Server
    name: str
    profile: str
    admin: Connection
    opened: list[Connection] = field(default_factory=list[Connection])

    def __enter__(self) -> Company:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in (*self.opened, self.admin):
            connection.close()
        with connect(self.server.url()) as admin:
            rows(admin, f"DROP DATABASE {self.name} WITH (FORCE)")

    def session(self, login: str, options: str = "", *, autocommit: bool = True) -> Connection:
        """A new session of a login."""
        url = self.server.url(self.name, login) + (f"&options={options}" if options else "")
        self.opened.append(connect(url, autocommit=autocommit))
        return self.opened[-1]

    def using(self, login: str, purpose: str, **named: object) -> Connection:
        """A new session of a login with a use open."""
        found = self.session(login)
        open_use(found, purpose, **named)
        return found

    def do(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        """Something that the superuser does, and what it gives."""
        return rows(self.admin, text, *values)

    def stand(self, key: int, stand: str, about: str = "") -> None:
        """Where an account stands from now on."""
        self.do(
            "INSERT INTO houvast.stand (kind, key, stand, about) VALUES ('customer', %s, %s, %s)",
            str(key),
            stand,
            about,
        )

    def number(self, purpose: str) -> int:
        """The number of a purpose."""
        return value(self.admin, "SELECT number FROM houvast.purpose WHERE name = %s", purpose)

    def uses(self) -> list[Any]:
        """The reasons of all recorded uses."""
        return column(self.admin, "SELECT reason FROM houvast.use ORDER BY id")


def role_prefix(company: Company) -> str:
    """Before the names of the purposes' roles."""
    return f"w{company.profile[0]}"


CONTACTS = "SELECT id FROM contact ORDER BY id"


def seen(session: Connection, text: str = CONTACTS) -> list[int]:
    """What a session sees; nothing when it may not even ask."""
    try:
        return column(session, text)
    except Refused:
        return []
