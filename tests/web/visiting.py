"""Somebody who comes to see what is held about them."""

from __future__ import annotations

from dataclasses import dataclass

from houvast.database import Connection
from tests.web.asking import Answer, Reader

ALONE = """
SELECT min(c.email), min(c.account_id)::text FROM contact c
JOIN houvast.person p ON p.kind = 'customer' AND p.key = c.account_id::text
WHERE p.closed_at IS NULL AND NOT EXISTS (SELECT FROM houvast.contact_change h WHERE h.kind = p.kind AND h.key = p.key)
GROUP BY lower(c.email) HAVING count(*) = 1 ORDER BY min(c.account_id) OFFSET %s LIMIT 1"""
NEWEST = """SELECT "values" ->> 'code', "values" ->> 'stop' FROM houvast.outgoing ORDER BY queued_at DESC LIMIT 1"""


@dataclass(frozen=True)
class Customer:
    """A customer whose address is theirs alone."""

    address: str
    key: str


def customer(admin: Connection, number: int = 0) -> Customer:
    """One of them; nobody has asked for a code yet."""
    admin.execute("TRUNCATE houvast.checked, houvast.outgoing, houvast_desk.tried")
    row = admin.execute(ALONE, (number,)).fetchone()
    assert row
    return Customer(*row)


def mailed(admin: Connection) -> tuple[str, str]:
    """The code of the newest mail, and what its link to stop it holds."""
    row = admin.execute(NEWEST).fetchone()
    assert row
    return str(row[0]), str(row[1])


def ask(reader: Reader, address: str, prefix: str = "") -> Answer:
    """Ask for a code."""
    reader.get(f"{prefix}/me/code/")
    return reader.post(f"{prefix}/me/code/", {"address": address})


def come_in(reader: Reader, admin: Connection, whom: Customer, prefix: str = "") -> Answer:
    """Ask for a code, and answer it."""
    ask(reader, whom.address, prefix)
    reader.get(f"{prefix}/me/enter/")
    return reader.post(f"{prefix}/me/enter/", {"code": mailed(admin)[0]})
