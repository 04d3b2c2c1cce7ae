"""Questions to a database in a test, and everything that can be compared about it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg

from houvast.compiler.apply import apply
from houvast.compiler.plan import Plan
from houvast.compiler.words import KEEPER
from houvast.database import Connection, connect, queries
from houvast.database.server import Server
from houvast.datamap.model import DataMap
from houvast.policy.model import Policy
from tests.compiler import small

SNAPSHOT = queries("houvast.compiler", "snapshot.sql")["snapshot"]
Refused = psycopg.errors.InsufficientPrivilege


def rows(connection: Connection, text: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows of a statement that a test wrote; none for one that gives no rows."""
    found = connection.execute(text.encode(), values or None)
    return found.fetchall() if found.description else []


def column(connection: Connection, text: str, *values: object) -> list[Any]:
    """The first column."""
    return [row[0] for row in rows(connection, text, *values)]


def value(connection: Connection, text: str, *values: object) -> Any:
    """The one value of a query."""
    return rows(connection, text, *values)[0][0]


def name_of(url: str) -> str:
    """The database in a URL."""
    return url.split("/", 3)[3].split("?")[0]


def make_small(url: str, *, data: bool = True) -> str:
    """Make the small company in an empty database; gives its name."""
    with connect(url) as admin:
        rows(admin, small.ROLES + small.DDL + (small.ROWS if data else ""))
    return name_of(url)


def keep(
    url: str,
    versions: Sequence[Policy],
    datamap: DataMap,
    *,
    profile: str = "fast",
    weaken: bool = False,
    leakproof: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Plan:
    """Apply, now, over a connection of its own."""
    with connect(url) as admin:
        return apply(admin, versions, datamap, now=datetime.now(UTC), profile=profile, weaken=weaken, leakproof=leakproof,
                     progress=progress)  # fmt: skip


def snapshot(connection: Connection) -> list[tuple[str, str, str | None]]:
    """Everything that decides who may see or do what in this database. What the keeper may set is of the whole
    server, where other databases of other tests come and go."""
    found = connection.execute(SNAPSHOT).fetchall()
    return [(r[0], r[1], r[2]) for r in found if (r[0], KEEPER) != ("parameter", str(r[2]).rpartition(" ")[2])]


def dump(server: Server, url: str) -> str:
    """The schema with owners, grants, comments and roles' settings, as pg_dump writes it."""
    said = subprocess.run(
        [server.binary("pg_dump"), "--schema-only", "--create", url],
        capture_output=True,
        text=True,
        check=True,
    )
    return "\n".join(line for line in said.stdout.splitlines() if not line.startswith("\\"))


def registry(connection: Connection) -> list[tuple[Any, ...]]:
    """What Houvast remembers that it made, the order of making aside."""
    return rows(
        connection,
        "SELECT name, kind, definition, undo, promise, opens, needs FROM houvast.object ORDER BY name",
    )


def open_use(connection: Connection, purpose: str, **named: object) -> int:
    """Open a use for a purpose."""
    extra = "".join(f', "{name}" => %s' for name in named)
    return value(connection, f"SELECT houvast.open_use(%s, 'a test'{extra})", purpose, *named.values())
