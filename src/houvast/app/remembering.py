"""Who was erased is written down outside of the database, beside the key of the log, where no backup takes it away.

Each is a keyed digest of their number. The key lies in the database: neither the list nor a backup alone says whom.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from houvast.app.evidence import Log
from houvast.app.target import Target
from houvast.database import Connection, queries
from houvast.evidence import open_store
from houvast.evidence.problems import MissingTile
from houvast.evidence.store import Store

FILE = "erased"
KEPT = timedelta(days=800)
"""So long an erasure is remembered: longer than backups should be kept."""
_SQL = queries("houvast.app", "restoring.sql")


def mirror(target: Target, connection: Connection) -> int:
    """Write down outside of the database who was erased; how many lines. Raises EvidenceError when the store fails."""
    if not yes(connection, "there") or not yes(connection, "unmirrored"):
        return 0
    store = store_of(target)
    with connection.transaction():
        connection.execute(_SQL["alone"])
        rows = connection.execute(_SQL["erased"]).fetchall()
        known = read(store) | {digest: at.astimezone(UTC).date().isoformat() for digest, at in rows}
        since = (datetime.now(UTC) - KEPT).date().isoformat()
        lines = sorted(f"{digest} {day}" for digest, day in known.items() if day >= since)
        store.put(FILE, ("\n".join(lines) + "\n").encode())
        connection.execute(_SQL["mirrored"], {"digests": [digest for digest, _ in rows]})
    return len(lines)


def store_of(target: Target) -> Store:
    """The folder in which the key of the log lies, which is not published."""
    return open_store(Log.of(target).key.parent)


def yes(connection: Connection, name: str) -> bool:
    """The answer to a query of this kind."""
    row = connection.execute(_SQL[name]).fetchone()
    return bool(row and row[0])


def read(store: Store) -> dict[str, str]:
    """Digest -> day of what is written down; nothing when there is no such file yet."""
    try:
        text = store.get(FILE).decode("ascii", errors="replace")
    except MissingTile:
        return {}
    lines = (line.split(" ") for line in text.splitlines())
    return {line[0]: line[1] for line in lines if len(line) == 2}
