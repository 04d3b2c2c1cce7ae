"""What PostgreSQL really grants now, against what it granted when apply ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString

from houvast.compiler.mending import todo
from houvast.compiler.naming import Line, piece_of
from houvast.compiler.registry import registered
from houvast.database import Connection, DatabaseError, queries, run_query
from houvast.database.connect import sql

_SQL: Mapping[str, LiteralString] = {
    **queries("houvast.compiler", "snapshot.sql"),
    **queries("houvast.compiler", "granted.sql"),
}
_READERS = ("snapshot", "granted", "known")
_NEVER_REMEMBERED = ("desk", "strange")


@dataclass(frozen=True)
class Drift:
    """One difference. `change`: "gone" (was there, is not), "new" (is there, was not) or "wrong" (rows).

    What the reader does not know is new each time, of kind "unknown".
    """

    change: str
    kind: str
    identity: str
    detail: str
    promise: str
    piece: str = ""  # of the plan, which the difference weakens or breaks

    def __str__(self) -> str:
        return f"{self.change}: {self.kind} {self.identity}: {self.detail} (promise {self.promise})"

    @property
    def todo(self) -> str:
        """What to do about it."""
        return todo(self.change, self.kind, self.identity, self.detail, self.piece)

    def to_json(self) -> dict[str, str]:
        """As the JSON of `houvast drift --json`."""
        return {
            "change": self.change,
            "kind": self.kind,
            "identity": self.identity,
            "detail": self.detail,
            "promise": self.promise,
            "todo": self.todo,
        }


def _changed(connection: Connection) -> tuple[list[Line], list[Line]]:
    """Lines that were remembered and are gone; and those that are there and were not. PostgreSQL compares: they are many."""
    readers = [*_readers(connection), *_NEVER_REMEMBERED]
    now = sql.SQL("\nUNION ALL ").join(sql.SQL("(" + _SQL[name].rstrip(";") + ")") for name in readers)
    changed = connection.execute(sql.SQL(_SQL["changed"]).format(now)).fetchall()
    gone = [(row[0], row[1], row[2]) for row in changed if row[3]]
    new = [(row[0], row[1], row[2]) for row in changed if not row[3]]
    return sorted(gone), sorted(new)


def _readers(connection: Connection) -> list[str]:
    volumes = connection.execute(_SQL["has_volumes"]).fetchone() == (True,)
    more = {"volumes": volumes, "authentication": _may_see_authentication(connection)}
    return [*_READERS, *(name for name, there in more.items() if there)]


def _may_see_authentication(connection: Connection) -> bool:
    row = connection.execute(_SQL["may_see_authentication"]).fetchone()
    return bool(row and row[0])


def remember(connection: Connection) -> None:
    """Write down what PostgreSQL grants now."""
    with connection.transaction():
        connection.execute(_SQL["ended"])
        connection.execute(_SQL["forget"])
        for name in _readers(connection):
            connection.execute(sql.SQL(_SQL["remember"]).format(sql.SQL(_SQL[name].rstrip(";"))))


def drift(connection: Connection, *, rows: bool = True) -> tuple[Drift, ...]:
    """Every difference since apply ended; what the reader did not know then is drift now.

    `rows`: also count the rows whose guard, owners or circumstances are not as the triggers keep them.
    """
    gone, new = _changed(connection)
    promises = {r.name: r.promise for r in registered(connection).values()} if gone or new else {}

    def told(change: str, line: Line) -> Drift:
        piece, promise = piece_of(line, promises)
        return Drift(change, *line, promise, piece)

    wrong = _wrong_rows(connection) if rows else ()
    return (*(told("gone", line) for line in gone), *(told("new", line) for line in new), *wrong)


def _wrong_rows(connection: Connection) -> list[Drift]:
    found: list[Drift] = []
    for name, check, promise in connection.execute(_SQL["checks"]).fetchall():
        try:
            wrong = int(run_query(connection, check)[0][0])
        except DatabaseError as error:
            found.append(Drift("gone", "rows", name, f"cannot be checked: {error.sqlstate}", promise, name))
            continue
        if wrong:
            found.append(Drift("wrong", "rows", name.removeprefix("fill "), f"{wrong} rows", promise, name))
    return found


def drifted_pieces(connection: Connection) -> frozenset[str]:
    """Names of pieces that must be made again because something of them is gone or changed."""
    found = drift(connection, rows=False)
    names = {d.piece for d in found if d.change == "gone" and d.piece}
    return frozenset(names)
