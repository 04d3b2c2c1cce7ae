"""A value about one person corrected, and the copies of it that lie elsewhere in their rows found or corrected too."""

from __future__ import annotations

from dataclasses import dataclass

from houvast.compiler.branches import statutes
from houvast.compiler.words import ident
from houvast.database import Connection, DatabaseError, run_query
from houvast.errors import DatabaseRefusal, UsageError
from houvast.reading import did_you_mean
from houvast.rights.walk import Stop, Walk


@dataclass(frozen=True, order=True)
class Spot:
    """Rows of a column that hold, or held, the old value."""

    table: str
    column: str
    rows: int

    def to_json(self) -> dict[str, object]:
        """Without values."""
        return {"table": self.table, "column": self.column, "rows": self.rows}


@dataclass(frozen=True)
class Correction:
    """`changed`: where the new value stands now. `left`: copies that still hold the old one. `kept`: copies in documents
    that a law wants kept as they were. `derived`: columns that the map says are made of it and the database does not
    compute. `request`: of which it was a part."""

    changed: tuple[Spot, ...]
    left: tuple[Spot, ...]
    kept: tuple[Spot, ...]
    derived: tuple[str, ...]
    request: int = 0

    def to_json(self) -> dict[str, object]:
        """Places and counts."""
        return {
            "changed": [one.to_json() for one in self.changed],
            "left": [one.to_json() for one in self.left],
            "kept": [one.to_json() for one in self.kept],
            "derived": list(self.derived),
        }


def place_of(walk: Walk, place: str) -> tuple[Stop, str]:
    """The stop and column that `TABLE.COLUMN` names.

    Raises:
        UsageError: there is no such column about such people, or it cannot be corrected by itself.
    """
    table, _, column = place.rpartition(".")
    stop = walk.stop(table)
    if stop is None:
        names = [one.name for one in walk.stops]
        raise UsageError(f"No table `{table or place}` is about such people.", todo=did_you_mean(table or place, names))
    known, live = stop.shape.table.columns.get(column), stop.shape.relation.columns.get(column)
    if known is None or live is None or not known.categories:
        names = [name for name, one in stop.shape.table.columns.items() if one.categories]
        raise UsageError(f"`{table}` has no personal column `{column}`.", todo=did_you_mean(column, names))
    if live.generated or known.derived_from:
        raise UsageError(
            f"`{place}` is made of other columns.", todo=f"Correct {', '.join(known.derived_from) or 'those'}."
        )
    if is_document(walk, stop):
        raise UsageError(
            f"`{table}` holds documents that the law wants kept as they were (promise C34).",
            todo="Correct where the value comes from; issue a corrected document beside the old one.",
        )
    return stop, column


def is_document(walk: Walk, stop: Stop) -> bool:
    """Whether rows of a table are kept as they are, for a law: an invoice."""
    return stop.shape.table.erasure == "keep" or any(statutes(walk.policy, name) for name in stop.shape.personal)


def wrong_value(session: Connection, walk: Walk, place: str, row: str = "") -> tuple[tuple[str, ...], str | None]:
    """The categories of a column, and what stands in it of this person now. Raises as `correct` does."""
    stop, column = place_of(walk, place)
    return tuple(stop.shape.table.columns[column].categories), _old(session, stop, column, row)


def correct(
    session: Connection,
    walk: Walk,
    place: str,
    value: str,
    *,
    row: str = "",
    everywhere: bool = False,
    request: int = 0,
) -> Correction:
    """Correct a column in the transaction that is open, and tell the log of each column that was changed.

    `row`: the key of the row, when the person has several. `everywhere`: their other columns with the same old value too.
    `request`: the number of theirs. Documents that keep the old value are marked.

    Raises:
        UsageError: see `place_of`.
        DatabaseRefusal: there is no such row, several hold different values, or the table does not take the value.
    """
    stop, column = place_of(walk, place)
    old = _old(session, stop, column, row)
    spots = [] if old is None else _copies(session, walk, old, (stop.name, column))
    kept = tuple(spot for spot in spots if is_document(walk, _stop(walk, spot.table)))
    others = [spot for spot in spots if spot not in kept]
    for spot in kept:
        _mark(session, _stop(walk, spot.table), spot.column, old, request)
    changed = [Spot(stop.name, column, _set(session, stop, column, value, old, row))]
    for spot in others if everywhere else ():
        changed.append(
            Spot(spot.table, spot.column, _set(session, _stop(walk, spot.table), spot.column, value, old, ""))
        )
    for spot in changed:
        run_query(session, "SELECT houvast.tell_correction(%s, %s, %s)", [spot.table, spot.column, spot.rows])
    return Correction(
        tuple(changed), () if everywhere else tuple(others), kept, tuple(_derived(walk, changed)), request
    )


def _mark(session: Connection, stop: Stop, column: str, old: str | None, request: int) -> None:
    """Mark the rows of documents that keep the old value."""
    key = f"{ident(stop.shape.key)}::text" if stop.shape.key else "''"
    run_query(
        session,
        f"SELECT houvast.mark_kept(%s, %s, %s, (SELECT array_agg({key}) FROM {stop.sql} WHERE {ident(column)}::text = %s AND {stop.theirs}))",
        [request, stop.name, column, old],
    )


def _stop(walk: Walk, table: str) -> Stop:
    found = walk.stop(table)
    assert found is not None  # noqa: S101 - spots come from stops
    return found


def _which(stop: Stop, row: str) -> tuple[str, list[object]]:
    if not row:
        return "", []
    return f" AND {ident(stop.shape.key)}::text = %s", [row]


def _old(session: Connection, stop: Stop, column: str, row: str) -> str | None:
    if row and not stop.shape.key:
        raise UsageError(f"Rows of `{stop.name}` are not known by one column.", todo="Leave --row away.")
    which, values = _which(stop, row)
    found = run_query(
        session, f"SELECT DISTINCT {ident(column)}::text FROM {stop.sql} WHERE {stop.theirs}{which} LIMIT 2", values
    )
    if not found:
        raise DatabaseRefusal(
            f"This person has no such row in `{stop.name}`.", todo="houvast person access shows their rows."
        )
    if len(found) > 1:
        raise DatabaseRefusal(
            f"Rows of `{stop.name}` hold different values in `{column}` for this person (promise C34).",
            todo="Say which row with --row KEY; houvast person access shows their keys.",
        )
    return found[0][0]


def _copies(session: Connection, walk: Walk, old: str, but: tuple[str, str]) -> list[Spot]:
    """The person's other columns that hold the same value, one query a table."""
    found: list[Spot] = []
    for stop in walk.stops:
        names = [
            column.name
            for column, live in stop.columns
            if column.categories and not live.generated and (stop.name, column.name) != but
        ]
        if names:
            counts = ", ".join(f"count(*) FILTER (WHERE {ident(name)}::text = %s)" for name in names)
            counted = run_query(session, f"SELECT {counts} FROM {stop.sql} WHERE {stop.theirs}", [old] * len(names))[0]
            found += [Spot(stop.name, name, rows) for name, rows in zip(names, counted, strict=True) if rows]
    return found


def _set(session: Connection, stop: Stop, column: str, value: str, old: str | None, row: str) -> int:
    which, values = _which(stop, row)
    same = f"{ident(column)}::text IS NOT DISTINCT FROM %s::text"
    kind = stop.shape.relation.columns[column].type
    text = (f"WITH done AS (UPDATE {stop.sql} SET {ident(column)} = %s::text::{kind} WHERE {same}{which} AND {stop.theirs} RETURNING 1)"
            " SELECT count(*) FROM done")  # fmt: skip
    try:
        return int(run_query(session, text, [value, old, *values])[0][0])
    except DatabaseError as error:
        if (error.sqlstate or "")[:2] not in ("22", "23"):
            raise
        named = f"`{error.diag.constraint_name}`" if error.diag.constraint_name else f"its type ({kind})"
        raise DatabaseRefusal(
            f"Nothing was corrected: `{stop.name}.{column}` does not take this value, by {named}.",
            todo="Give a value that the table takes.",
        ) from None


def _derived(walk: Walk, changed: list[Spot]) -> list[str]:
    """Columns that are made of a changed one by the application, not by the database."""
    found: list[str] = []
    for spot in changed:
        for column, live in _stop(walk, spot.table).columns:
            if spot.column in column.derived_from and not live.generated:
                found.append(f"{spot.table}.{column.name}")
    return found
