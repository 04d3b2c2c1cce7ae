"""The only door to PostgreSQL: everything that Houvast asks a database goes through here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString, cast

import psycopg
from psycopg import Connection, sql

__all__ = ["Connection", "DatabaseError", "LockTimeout", "connect", "run", "run_query", "sql"]


def connect(conninfo: str, *, autocommit: bool = True, application_name: str = "houvast") -> Connection:
    """Open a connection to the database at `conninfo` (a URL or `key=value` pairs)."""
    return psycopg.connect(conninfo, autocommit=autocommit, application_name=application_name)


LockTimeout = psycopg.errors.LockNotAvailable

DatabaseError = psycopg.Error
"""Anything that PostgreSQL refuses, and anything that goes wrong on the way to it."""


def run(connection: Connection, text: str) -> None:
    """Run generated SQL: composed by the compiler from quoted identifiers and literals alone."""
    connection.execute(sql.SQL(cast("LiteralString", text)))


def run_query(connection: Connection, text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """The rows of a generated query; values travel apart from it."""
    return connection.execute(sql.SQL(cast("LiteralString", text)), values).fetchall()
