# ruff: noqa: S608 - names pass through ident, values through literal
"""Canaries are written down before they are made, so that nothing of a killed run stays."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence

from houvast.compiler.words import relation
from houvast.database import Connection, queries, run
from houvast.database.connect import DatabaseError
from houvast.errors import DatabaseRefusal
from houvast.proof.canary import where_key
from houvast.proof.probe import REASON

_SQL = queries("houvast.proof", "canary.sql")
_NO_TABLE = "42P01"
Entry = tuple[str, Mapping[str, str]]
"""(relation, key): a row that is about to be made."""


def prepare(connection: Connection) -> None:
    """Be the only proof that runs, on a database that has a place for canaries.

    Raises:
        DatabaseRefusal: nothing was applied, no rights, or another proof is running.
    """
    if not _yes(connection, "ready"):
        raise DatabaseRefusal("No policy was applied to this database.", todo="apply one first: houvast apply")
    if not _yes(connection, "superuser"):
        raise DatabaseRefusal("This login may not make canaries.", todo="run `houvast prove` as a superuser.")
    if not _yes(connection, "lock"):
        raise DatabaseRefusal("Somebody else is proving this database.", todo="wait until they are done.")


def marked(connection: Connection) -> str:
    """A secret for this run, by which its uses are told from those of the logins that it tries; "" where no use is limited.

    It is written down as a row of the list of canaries that is itself a canary, so that it goes with them.
    """
    if not _yes(connection, "limited"):
        return ""
    secret = secrets.token_hex(16)
    remember(connection, [("houvast.canary", {"run": secret})], secret)
    return secret


def _yes(connection: Connection, name: str) -> bool:
    row = connection.execute(_SQL[name]).fetchone()
    return bool(row and row[0])


def remember(connection: Connection, entries: Sequence[Entry], nonce: str) -> None:
    """Write rows down, committed, before they are made."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(_SQL["remember"], [(name, json.dumps(dict(key)), nonce) for name, key in entries])


def remove(connection: Connection) -> int:
    """End the uses and take every canary away, of this run and of killed ones; how many could not be.

    One that cannot be taken away stays written down, and the next run tries again.
    """
    connection.execute(_SQL["end_uses"], (REASON,))
    left = connection.execute(_SQL["left"]).fetchall()
    with connection.transaction():
        if _gone(connection, *(_delete(name, key) for _, name, key in left)):
            gone = [number for number, _, _ in left]
        else:
            gone = [number for number, name, key in left if _gone(connection, _delete(name, key))]
        connection.execute(_SQL["forget"], (gone,))
    return len(left) - len(gone)


def _delete(name: str, key: Mapping[str, str]) -> str:
    return f"DELETE FROM {_quoted(name)} WHERE {where_key(key)}"


def _gone(connection: Connection, *deletes: str) -> bool:
    """Whether these could all be taken away; else none of them was."""
    try:
        with connection.transaction():
            run(connection, ";\n".join(deletes))
    except DatabaseError as error:
        return len(deletes) == 1 and error.sqlstate == _NO_TABLE
    return True


def _quoted(name: str) -> str:
    schema, _, table = name.rpartition(".")
    return relation(schema or "public", table)
