"""The store of whole addresses: apart from what is counted, for security alone (promises C23, A12).

It lies in PostgreSQL as the compiler made it (`compiler/guarding_visits.py`). What comes in is written as a login that may
begin a batch and copy rows into it, and reads nothing back; it goes a day at a time. Whoever reads needs the purpose, and
an incident that is open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from ipaddress import ip_address
from typing import NamedTuple
from zoneinfo import ZoneInfo

from houvast.database import Connection, queries
from houvast.database.connect import sql

_SQL = queries("houvast.visits", "security.sql")
_COPY = sql.SQL("COPY {} (at, site, address) FROM STDIN")


class Seen(NamedTuple):
    """One request as security needs it. `at`: aware. `address`: whole, as `visits.addresses.canonical` writes it."""

    at: datetime
    site: str
    address: str


def there(connection: Connection) -> bool:
    """Whether this database keeps whole addresses: the policy that was applied says so."""
    return connection.execute(_SQL["there"]).fetchone() == (True,)


def add(connection: Connection, batch: str, rows: Iterable[Seen], zone: str = "Europe/Amsterdam") -> int:
    """Take in a batch as one: all of it, or nothing; how many rows were kept. A batch that is in already adds none.

    Rows past their term, of days to come, or whose address is none are left out: PostgreSQL would say it in its log. `connection`: as login `houvast_visits`.
    `batch`: a name (a-z, 0-9, dot, dash) that the same rows have every time, and no other rows. `zone`: that of the
    regime, in which its days are days. Raises psycopg's errors, which name no row.
    """
    of_day, here = defaultdict[date, list[Seen]](list), ZoneInfo(zone)
    for row in rows:
        if _is_address(row.address):
            of_day[row.at.astimezone(here).date()].append(row)
    kept = 0
    with connection.transaction():
        for day, place in connection.execute(_SQL["keep"], {"batch": batch, "days": sorted(of_day)}).fetchall():
            with connection.cursor() as cursor, cursor.copy(_COPY.format(sql.Identifier("houvast", place))) as copy:
                for row in of_day[day]:
                    copy.write_row((row.at.astimezone(UTC), row.site, row.address))
                    kept += 1
    return kept


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def sweep(connection: Connection) -> int:
    """Take away the days that are past their term; how many."""
    row = connection.execute(_SQL["sweep"]).fetchone()
    return int(row[0]) if row else 0
