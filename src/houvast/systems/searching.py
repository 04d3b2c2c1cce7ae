"""Looks whether somebody is still in a database: every table and column that it has, mapped or not.

It shares no query with what erases (`houvast.systems.tables`): plain SQL over what the database itself lists, and the
values are found as text within text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from houvast.screening.standing import alone
from houvast.systems.connector import Needles, Remains
from houvast.systems.model import KEY, System, Table


def remaining(connection: sa.Connection, system: System, needles: Needles) -> Remains:
    """Where a person is still found, by value anywhere, and by our number in the columns that hold it."""
    places: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    inspector = sa.inspect(connection)
    for name in inspector.get_table_names():
        table = system.tables.get(name)
        stays = table is not None and table.erasure == "keep"
        columns = [(str(column["name"]), str(column["type"])) for column in inspector.get_columns(name)]
        for column, count in _found(connection, name, [column for column, _ in columns], table, needles):
            (kept if stays else places)[f"{name}.{column}"] += count
        if table is not None and table.erasure == "delete" and len(table.person.get(KEY, ())) == 1:
            (column,) = table.person[KEY]
            places[f"{name}.{column}"] += _numbered(connection, name, column, needles.person[1])
    return Remains(+places, +kept)


def _quoted(connection: sa.Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _found(
    connection: sa.Connection, name: str, columns: Sequence[str], table: Table | None, needles: Needles
) -> Iterator[tuple[str, int]]:
    """(column, in how many rows one of the values stands by itself)."""
    if not needles.texts:
        return
    patterns = [alone(one) for one in needles.texts]
    texts = {column: _as_text(connection, _quoted(connection, column)) for column in columns}
    asked = {f"v{number}": f"%{_literally(one.lower())}%" for number, one in enumerate(needles.texts)}
    stands = " OR ".join(f"LOWER({text}) LIKE :{name_} ESCAPE '!'" for text in texts.values() for name_ in asked)
    others = ""
    if table is not None and len(table.person.get(KEY, ())) == 1:
        number = _as_text(connection, _quoted(connection, table.person[KEY][0]))
        others = f" AND ({number} IS NULL OR {number} = :number)"
        asked["number"] = needles.person[1]
    query = f"SELECT {', '.join(texts.values())} FROM {_quoted(connection, name)} WHERE ({stands}){others}"
    counts: Counter[str] = Counter()
    for row in connection.execute(sa.text(query), asked):
        for column, cell in zip(columns, row, strict=True):
            text = _plain(cell).lower()
            counts[column] += any(pattern.search(text) for pattern in patterns)
    yield from ((column, count) for column, count in counts.items() if count)


def _as_text(connection: sa.Connection, column: str) -> str:
    kind = "CHAR" if connection.dialect.name in ("mysql", "mariadb") else "TEXT"
    return f"CAST({column} AS {kind})"


def _plain(cell: object) -> str:
    if isinstance(cell, bytes):
        return cell.decode(errors="replace")
    return "" if cell is None else str(cell)


def _literally(text: str) -> str:
    return re.sub(r"([!%_])", r"!\1", text)


def _numbered(connection: sa.Connection, name: str, column: str, number: str) -> int:
    text = _as_text(connection, _quoted(connection, column))
    found = connection.execute(
        sa.text(f"SELECT COUNT(*) FROM {_quoted(connection, name)} WHERE {text} = :number"), {"number": number}
    )
    return int(found.scalar() or 0)
