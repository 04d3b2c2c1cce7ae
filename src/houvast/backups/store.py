"""The only SQL about backups: that one was made, tried, or restored."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from houvast.database import Connection, queries

_SQL = queries("houvast.backups", "backups.sql")
What = Literal["made", "tried", "restored"]


def there(connection: Connection) -> bool:
    """Whether backups are written down in this database."""
    return connection.execute(_SQL["there"]).fetchone() == (True,)


def record(connection: Connection, what: What, sha256: str, size: int) -> None:
    """Write down that a backup was made, tried or restored, as an administrator; the log is told."""
    connection.execute(_SQL["record"], {"what": what, "sha256": sha256, "bytes": size})


def made(connection: Connection, sha256: str) -> bool:
    """Whether this database made a backup that hashes to this."""
    return connection.execute(_SQL["made"], (sha256,)).fetchone() == (True,)


def last(connection: Connection, what: What) -> datetime | None:
    """When that was last done; None when never."""
    row = connection.execute(_SQL["last"], (what,)).fetchone()
    return row[0] if row else None


def entries(connection: Connection) -> int:
    """How many entries the log of this database has."""
    row = connection.execute(_SQL["entries"]).fetchone()
    return int(row[0]) if row else 0


def server(connection: Connection) -> str:
    """The version of the server, such as "18.6"."""
    row = connection.execute(_SQL["server"]).fetchone()
    return str(row[0]).partition(" ")[0] if row else ""


def close(connection: Connection, who: str) -> None:
    """Mark a restored database: it stays closed until `reopen`. `who`: whose it is and who will be let in, as JSON."""
    connection.execute(_SQL["close"], {"who": who})


def closed(connection: Connection) -> str | None:
    """Who will be let in again, as JSON; None when this database is open."""
    if connection.execute(_SQL["keeps_settings"]).fetchone() != (True,):
        return None
    row = connection.execute(_SQL["closed"]).fetchone()
    return str(row[0]) if row else None


def reopen(connection: Connection) -> None:
    """The mark goes."""
    connection.execute(_SQL["reopen"])


def tables(connection: Connection) -> int:
    """How many tables this database has."""
    row = connection.execute(_SQL["tables"]).fetchone()
    return int(row[0]) if row else 0
