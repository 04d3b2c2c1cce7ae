# ruff: noqa: S608 - names pass through ident, values through literal
"""PostgreSQL's own count of scans: while no use is open, a login's reading does not even reach a guarded table."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.compiler.words import ident
from houvast.database import Connection, queries
from houvast.database.connect import DatabaseError
from houvast.proof.attempts.uses import targets
from houvast.proof.door import Door
from houvast.proof.field import Field
from houvast.proof.report import Attempt

SORT = "counter"
_SQL = queries("houvast.proof", "register.sql")
_STILL, _MOVED = "the count stands still", "the count moves"


def counters(door: Door, field: Field) -> Iterator[Attempt]:
    """For each purpose and place: the count of scans without a use, and, as a control, with one."""
    for login, spot, opened in targets(field, every=True):
        row = field.canary(spot, given=opened.purpose)
        if row is None:
            continue
        live, schema = spot.shape.relation, ident(field.compiled.seats[opened.purpose].schema)
        name, where = f"{live.schema}.{live.relname}", row[1].where
        reads = (f"SELECT count(*) FROM {spot.shape.sql}", f"SELECT * FROM {spot.shape.sql} WHERE {where}",
                 f"SELECT count(*) FROM {schema}.{spot.sql}")  # fmt: skip
        with door.session(login) as session:
            seen = _moved(session, reads, (live.schema, live.relname))
            yield _attempt(f"{login} reads {name} with no use open", login, reads, _STILL, seen)
            asked = (f"SELECT {ident(spot.column.name)} FROM {spot.sql} WHERE {where}",)
            try:
                session.execute(opened.sql().encode())
                seen = _moved(session, asked, (live.schema, live.relname))
            except DatabaseError as error:
                seen = f"error: {error.sqlstate}"
            yield _attempt(f"{login} reads {name} for {opened.purpose}", login, asked, _MOVED, seen)


def _attempt(name: str, login: str, reads: tuple[str, ...], expected: str, seen: str) -> Attempt:
    return Attempt(f"{name}: how often PostgreSQL scanned it", login, "; ".join(reads), expected == _MOVED, expected, seen, SORT)  # fmt: skip


def _moved(session: Connection, reads: tuple[str, ...], table: tuple[str, str]) -> str:
    """Whether these reads, refused or not, moved the session's own count of scans of a table."""
    with session.transaction(force_rollback=True):
        before = _count(session, table)
        for text in reads:
            try:
                with session.transaction():
                    session.execute(text.encode())
            except DatabaseError as error:
                if error.sqlstate != "42501":
                    return f"error: {error.sqlstate}"
        return _MOVED if _count(session, table) > before else _STILL


def _count(session: Connection, table: tuple[str, str]) -> int:
    row = session.execute(_SQL["scans"], table).fetchone()
    return int(row[0]) if row else 0
