"""The only door to PostgreSQL: everything that Houvast asks a database goes through here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, LiteralString, TypeAlias, cast

import psycopg
from psycopg import Connection, sql
from psycopg.conninfo import make_conninfo

__all__ = [
    "Connection",
    "DatabaseError",
    "LockTimeout",
    "Notice",
    "Notification",
    "again",
    "changed",
    "connect",
    "run",
    "run_query",
    "sql",
    "stream",
    "undo",
]


def connect(conninfo: str, *, autocommit: bool = True, application_name: str = "houvast") -> Connection:
    """Open a connection to the database at `conninfo` (a URL or `key=value` pairs)."""
    return psycopg.connect(conninfo, autocommit=autocommit, application_name=application_name)


def again(connection: Connection) -> Connection:
    """Another connection to the same database as the same login."""
    password = {"password": connection.info.password} if connection.info.password else {}
    return connect(make_conninfo(connection.info.dsn, **password))


LockTimeout = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
"""Somebody else holds a lock that is waited for: try again."""

Notice: TypeAlias = psycopg.errors.Diagnostic
"""What the server says besides an answer."""

Notification: TypeAlias = psycopg.Notify
"""What another session tells all that listen."""

DatabaseError = psycopg.Error
"""Anything that PostgreSQL refuses, and anything that goes wrong on the way to it."""


def undo(connection: Connection) -> None:
    """End the transaction that SQL left open, if one is; the client knows without asking."""
    if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        connection.execute("ROLLBACK")


def run(connection: Connection, text: str) -> None:
    """Run generated SQL: composed by the compiler from quoted identifiers and literals alone."""
    connection.execute(sql.SQL(cast("LiteralString", text)))


def changed(connection: Connection, text: str) -> int:
    """Run a generated INSERT, UPDATE or DELETE; how many rows it changed."""
    return connection.execute(sql.SQL(cast("LiteralString", text))).rowcount


def run_query(connection: Connection, text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """The rows of a generated query; values travel apart from it."""
    return connection.execute(sql.SQL(cast("LiteralString", text)), values or None).fetchall()


def stream(connection: Connection, text: str, at_once: int = 2_000) -> Iterator[tuple[Any, ...]]:
    """The rows of a generated query, `at_once` at a time, in the transaction that is open: never all in memory."""
    with connection.cursor(name="houvast_stream") as cursor:
        cursor.itersize = at_once
        cursor.execute(sql.SQL(cast("LiteralString", text)))
        yield from cursor
