"""What PostgreSQL really grants now, against what it granted when apply ended."""

from __future__ import annotations

from dataclasses import dataclass

from houvast.compiler.naming import Line, piece_of
from houvast.compiler.registry import registered
from houvast.database import Connection, DatabaseError, queries, run_query

_SQL = queries("houvast.compiler", "snapshot.sql")


@dataclass(frozen=True)
class Drift:
    """One difference. `change`: "gone" (was there, is not) or "new" (is there, was not)."""

    change: str
    kind: str
    identity: str
    detail: str
    promise: str
    piece: str = ""  # of the plan, which the difference weakens or breaks

    def __str__(self) -> str:
        return f"{self.change}: {self.kind} {self.identity}: {self.detail} (promise {self.promise})"

    def to_json(self) -> dict[str, str]:
        """As the JSON of `houvast drift --json`."""
        return {
            "change": self.change,
            "kind": self.kind,
            "identity": self.identity,
            "detail": self.detail,
            "promise": self.promise,
        }


def _lines(connection: Connection) -> set[Line]:
    rows = [*connection.execute(_SQL["snapshot"]).fetchall(), *connection.execute(_SQL["known"]).fetchall()]
    return {(row[0], row[1], row[2] or "") for row in rows}


def remember(connection: Connection) -> None:
    """Write down what PostgreSQL grants now."""
    with connection.transaction():
        connection.execute(_SQL["ended"])
        lines = sorted(_lines(connection))
        connection.execute(_SQL["forget"])
        with connection.cursor() as cursor:
            cursor.executemany(_SQL["remember"], lines)


def drift(connection: Connection, *, rows: bool = True) -> tuple[Drift, ...]:
    """Every difference since apply ended; what the reader did not know then is drift now.

    `rows`: also count the rows whose guard, owners or circumstances are not as the triggers keep them.
    """
    then = {(r[0], r[1], r[2]) for r in connection.execute(_SQL["remembered"]).fetchall()}
    now = _lines(connection) | {(row[0], row[1], row[2]) for row in connection.execute(_SQL["desk"]).fetchall()}
    promises = {} if now == then else {r.name: r.promise for r in registered(connection).values()}

    def told(change: str, line: Line) -> Drift:
        piece, promise = piece_of(line, promises)
        return Drift(change, *line, promise, piece)

    gone = [told("gone", line) for line in sorted(then - now)]
    new = [told("new", line) for line in sorted(now - then)]
    return (*gone, *new, *(_wrong_rows(connection) if rows else ()))


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
