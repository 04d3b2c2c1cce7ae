"""What PostgreSQL really grants now, against what it granted when apply ended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from houvast.compiler.registry import registered
from houvast.database import Connection, DatabaseError, queries, run_query

_SQL = queries("houvast.compiler", "snapshot.sql")
Line = tuple[str, str, str]


@dataclass(frozen=True)
class Drift:
    """One difference. `change`: "gone" (was there, is not) or "new" (is there, was not)."""

    change: str
    kind: str
    identity: str
    detail: str
    promise: str

    def __str__(self) -> str:
        return f"{self.change}: {self.kind} {self.identity}: {self.detail} (promise {self.promise})"


def _lines(connection: Connection) -> set[Line]:
    rows = [*connection.execute(_SQL["snapshot"]).fetchall(), *connection.execute(_SQL["known"]).fetchall()]
    return {(row[0], row[1], row[2] or "") for row in rows}


def _words(line: Line) -> set[str]:
    return set(re.findall(r"[A-Za-z0-9_]+", f"{line[1]} {line[2]}"))


def _promise(line: Line, pieces: Sequence[tuple[str, str, str]]) -> str:
    """The promise of the piece whose name shares most words with a line; C38 when none does."""
    words = _words(line)
    best, score = "C38", 0
    for kind, name, promise in pieces:
        shared = len(words & set(re.findall(r"[A-Za-z0-9_]+", name))) * 2 + (kind == line[0])
        if shared > score and shared > 1:
            best, score = promise, shared
    return best


def remember(connection: Connection) -> None:
    """Write down what PostgreSQL grants now."""
    with connection.transaction():
        lines = sorted(_lines(connection))
        connection.execute(_SQL["forget"])
        with connection.cursor() as cursor:
            cursor.executemany(_SQL["remember"], lines)


def drift(connection: Connection, *, rows: bool = True) -> tuple[Drift, ...]:
    """Every difference since apply ended; what the reader did not know then is drift now.

    `rows`: also count the rows whose guard, owners or circumstances are not as the triggers keep them.
    """
    then = {(r[0], r[1], r[2]) for r in connection.execute(_SQL["remembered"]).fetchall()}
    now = _lines(connection)
    pieces = [] if now == then else [(r.kind, r.name, r.promise) for r in registered(connection).values()]
    gone = [Drift("gone", *line, _promise(line, pieces)) for line in sorted(then) if line not in now]
    new = [Drift("new", *line, _promise(line, pieces)) for line in sorted(now) if line not in then]
    return (*gone, *new, *(_wrong_rows(connection) if rows else ()))


def _wrong_rows(connection: Connection) -> list[Drift]:
    found: list[Drift] = []
    for name, check, promise in connection.execute(_SQL["checks"]).fetchall():
        try:
            wrong = int(run_query(connection, check)[0][0])
        except DatabaseError as error:
            found.append(Drift("gone", "rows", name, f"cannot be checked: {error.sqlstate}", promise))
            continue
        if wrong:
            found.append(Drift("wrong", "rows", name.removeprefix("fill "), f"{wrong} rows", promise))
    return found


def drifted_pieces(connection: Connection) -> frozenset[str]:
    """Names of pieces that must be made again because something of them is gone or changed."""
    found = drift(connection, rows=False)
    names: set[str] = set()
    for piece in registered(connection).values():
        for difference in found:
            if difference.change == "gone" and _belongs(piece.kind, piece.name, difference):
                names.add(piece.name)
    return frozenset(names)


def _belongs(kind: str, name: str, difference: Drift) -> bool:
    target = difference.identity.split(" ")[0].removeprefix("public.").replace('"', "")
    if difference.kind == "policy" and kind == "policy":
        return name == f"policy {difference.identity.split(' ')[1]} on {target}"
    if difference.kind == "trigger" and kind == "trigger":
        return name == f"trigger {difference.identity.split(' ')[1]} on {target}"
    if difference.kind == "row security" and kind == "row security":
        return name == f"row security {target}"
    return False
