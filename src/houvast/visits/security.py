"""The store of whole addresses: apart from what is counted, for security alone (promises C23, A12).

It lies in PostgreSQL as the compiler made it (`compiler/guarding_visits.py`). What comes in is written as a login that may
begin a batch and copy rows into it, and reads nothing back; it goes a day at a time. Whoever reads needs the purpose, and
an incident that is open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_pton
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from houvast.database import Connection, queries
from houvast.database.connect import sql

_SQL = queries("houvast.visits", "security.sql")
_QUARTER: Final = 900
_ESCAPED: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_COPY = sql.SQL("COPY {} (at, site, address) FROM STDIN")


class Whole(Protocol):
    """One request as security needs it.

    `at`: seconds since 1970. `address`: whole, as `visits.addresses.canonical` writes it, "" when not known.
    """

    @property
    def at(self) -> int: ...
    @property
    def site(self) -> str: ...
    @property
    def address(self) -> str: ...


def there(connection: Connection) -> bool:
    """Whether this database keeps whole addresses: the policy that was applied says so."""
    return connection.execute(_SQL["there"]).fetchone() == (True,)


def add(connection: Connection, batch: str, rows: Iterable[Whole], zone: str = "Europe/Amsterdam") -> int:
    """Take in a batch as one: all of it, or nothing; how many rows were kept. A batch that is in already adds none.

    Rows past their term, of days to come, or whose address is none are left out: PostgreSQL would say it in its log.
    `connection`: as login `houvast_visits`. `batch`: a name (a-z, 0-9, dot, dash) that the same rows have every time,
    and no other rows. `zone`: that of the regime, in which its days are days. Raises DatabaseError.
    """
    lines = _lines(rows, ZoneInfo(zone))
    kept = 0
    with connection.transaction():
        for day, place in connection.execute(_SQL["keep"], {"batch": batch, "days": sorted(lines)}).fetchall():
            with connection.cursor() as cursor, cursor.copy(_COPY.format(sql.Identifier("houvast", place))) as copy:
                copy.write("".join(lines[day]))
            kept += len(lines[day])
    return kept


def _lines(rows: Iterable[Whole], zone: ZoneInfo) -> dict[date, list[str]]:
    """What is copied of each day, as COPY reads text."""
    days, sites, found = dict[int, date](), dict[str, str](), defaultdict[date, list[str]](list)
    for row in rows:
        if not _is_address(row.address):
            continue
        quarter = row.at // _QUARTER  # whatever the zone, a day begins at one
        if quarter not in days:
            days[quarter] = datetime.fromtimestamp(row.at, zone).date()
        if row.site not in sites:
            sites[row.site] = row.site.translate(_ESCAPED)
        at = datetime.fromtimestamp(row.at, UTC).isoformat()
        found[days[quarter]].append(f"{at}\t{sites[row.site]}\t{row.address}\n")
    return found


@lru_cache(maxsize=65_536)
def _is_address(text: str) -> bool:
    try:
        inet_pton(AF_INET6 if ":" in text else AF_INET, text)
    except (OSError, ValueError):
        return False
    return True


def sweep(connection: Connection) -> int:
    """Take away the days that are past their term; how many."""
    row = connection.execute(_SQL["sweep"]).fetchone()
    return int(row[0]) if row else 0
