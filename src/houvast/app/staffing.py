"""The staff as the database knows them: written down by an administrator, with the secret of their codes."""

from __future__ import annotations

import base64
import secrets
from urllib.parse import quote

from houvast.app.target import Target
from houvast.compiler import registry
from houvast.database import Connection, DatabaseError, queries
from houvast.errors import DatabaseRefusal

_SQL = queries("houvast.app", "staffing.sql")
_BYTES = 20
"""Length of a secret: what RFC 4226 recommends."""


def enrol(connection: Connection, name: str, role: str = "officer") -> None:
    """Write somebody of the staff down; known already: in that role from now on. Nothing where no policy was applied.

    Raises DatabaseRefusal when that is no name.
    """
    if not registry.installed(connection):
        return
    _one(connection, "enrol", {"name": name, "role": role, "secret": None})


def dismiss(connection: Connection, name: str) -> None:
    """They confirm nothing more, and their tokens count no longer."""
    if registry.installed(connection):
        _one(connection, "dismiss", {"name": name})


def give_code(target: Target, name: str) -> tuple[str, str]:
    """Give somebody of the staff new codes: the secret for their authenticator app, as text and as its address.

    Raises DatabaseRefusal when no policy was applied, or that is no name.
    """
    secret = secrets.token_bytes(_BYTES)
    with target.connect() as connection:
        if not registry.installed(connection):
            raise DatabaseRefusal("No policy was applied to this database.", todo="Apply it: houvast apply")
        plain = _one(connection, "enrol", {"name": name, "role": None, "secret": secret})
    text = base64.b32encode(secret).decode()
    company = quote(target.project.versions[-1].name)
    return text, f"otpauth://totp/Houvast%20{company}:{plain}?secret={text}&issuer=Houvast%20{company}"


def _one(connection: Connection, name: str, values: dict[str, object]) -> str:
    try:
        row = connection.execute(_SQL[name], values).fetchone()
    except DatabaseError as error:
        said = error.diag.message_primary or ""
        if said.startswith("Houvast refuses"):
            raise DatabaseRefusal(said, todo=error.diag.message_hint or "") from None
        raise
    return str(row[0]) if row else ""
