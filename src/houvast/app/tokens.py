"""Tokens of programs: given and revoked by an administrator; the database keeps what each may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from houvast.app.people import there
from houvast.app.target import Target
from houvast.database import queries
from houvast.errors import UsageError

DAYS = 90
"""After how many days a token ends, when nothing else is said; at most 400."""
_SQL = queries("houvast.app", "tokens.sql")


@dataclass(frozen=True)
class Token:
    """A token as it is listed: never what a program shows. Either `login` is set, or `staff` with their `role`."""

    name: str
    scopes: tuple[str, ...]
    login: str | None
    staff: str | None
    role: str | None
    made_at: datetime
    until: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    @property
    def counts(self) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and self.until > datetime.now(UTC)


def add(target: Target, name: str, scopes: Sequence[str], *, login: str = "", staff: str = "", days: int = DAYS) -> str:
    """Give a token; what is returned is shown nowhere again. Raises DatabaseRefusal."""
    values = {"name": name, "scopes": list(scopes), "login": login or None, "staff": staff or None, "days": days}
    with there(target) as connection:
        row = connection.execute(_SQL["add"], values).fetchone()
    return str(row[0]) if row else ""


def known(target: Target) -> tuple[Token, ...]:
    """Every token, those that were revoked last. Raises DatabaseRefusal."""
    with there(target) as connection:
        rows = connection.execute(_SQL["list"]).fetchall()
    return tuple(Token(row[0], tuple(row[1]), *row[2:]) for row in rows)


def revoke(target: Target, name: str) -> None:
    """A token counts no longer, from this moment. Raises UsageError when there is none of that name."""
    with there(target) as connection:
        row = connection.execute(_SQL["revoke"], (name,)).fetchone()
    if not (row and row[0]):
        raise UsageError(f"There is no token `{name}` that counts.", todo="houvast token list shows them.")
