"""The staff in tests, with codes as their authenticator apps make them."""

from __future__ import annotations

from houvast.database import Connection
from tests.compiler.asking import rows, value

STEP = "floor(extract(epoch FROM clock_timestamp()) / 30)::bigint"


def enrolled(admin: Connection, name: str, role: str = "officer") -> None:
    """Somebody of the staff, with codes, none of which was used."""
    rows(admin, "INSERT INTO houvast.staff (name, role, secret) VALUES (houvast.staff_name(%s), %s, sha256(convert_to(%s, 'UTF8')))"
         " ON CONFLICT (name) DO UPDATE SET secret = excluded.secret, role = excluded.role, last_step = 0", name, role, name)  # fmt: skip


def code_of(admin: Connection, name: str) -> str:
    """The code that their app shows now."""
    return value(
        admin, f"SELECT houvast.totp(secret, {STEP}) FROM houvast.staff WHERE name = houvast.staff_name(%s)", name
    )


def approved(admin: Connection, letter: int, by: str = "staff 2") -> None:
    """Somebody of the staff approves a letter."""
    enrolled(admin, by)
    rows(admin, "SELECT houvast.approve_letter(%s, %s, %s)", letter, by, code_of(admin, by))
