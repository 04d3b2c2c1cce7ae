"""Where somebody still is: every table of the database is searched for what identifies them, mapped or not.

It knows no table and no owner, and shares no query with the erasure that it checks. It tells places and counts, no values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from houvast.compiler.words import ident, relation
from houvast.database import Connection, queries, run_query
from houvast.database.catalogue import qualified
from houvast.datamap.model import DataMap
from houvast.rights.objects import LARGE_OBJECTS, search_objects
from houvast.screening.standing import by_itself

SHORTEST = 5
"""A shorter value is found everywhere and says nothing."""
_PARAMETER = "\x00"
"""Stands for a parameter; no name can hold it."""
_SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
ARGUMENTS = 90
"""So many a function is given at once; PostgreSQL takes no more than 100."""
_TIME = r"\d{0,6}(?::\d{0,2}){0,2}(?:\.\d{0,6})?(?:[-+][:\d]{0,8})?(?: b?c?)?"
_MOMENT = rf"\d{{0,6}}(?:-\d{{0,2}}){{0,2}}(?: (?:b?c?|{_TIME}))?|{_TIME}"
_FLOAT = r"-?\d*\.?\d*(?:e?[-+]?\d{0,3})?"
_DATES = ("date", "time", "timetz", "timestamp", "timestamptz")
_SHAPES: Mapping[str, re.Pattern[str]] = {
    kind: re.compile(shape)
    for kind, shape in {
        "bool": r"[tf]", "int2": r"-?\d*", "int4": r"-?\d*", "int8": r"-?\d*", "oid": r"\d*", "uuid": r"[-\da-f]*",
        "numeric": r"-?\d*\.?\d*", "float4": _FLOAT, "float8": _FLOAT, **dict.fromkeys(_DATES, _MOMENT),
    }.items()
}  # fmt: skip
"""Type -> what any part of its text looks like, in small letters. Of other types nothing is known."""
_BOUNDLESS = "-infinity"
"""What numbers and moments can be as well."""
_SQL = queries("houvast.rights", "trace.sql")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, order=True)
class Place:
    """Rows of one column in which one of the values was found. `mapped`: the map lists the column with a category."""

    table: str
    column: str
    rows: int
    mapped: bool

    @property
    def at(self) -> str:
        """In words: table and column."""
        return f"{self.table}.{self.column}" if self.column else self.table

    def to_json(self) -> dict[str, object]:
        """As JSON has it."""
        return {"table": self.table, "column": self.column, "rows": self.rows, "mapped": self.mapped}


@dataclass(frozen=True)
class Trace:
    """What was found. `tables`, `large_objects`: how many were searched; `values`: how many values were looked for.
    `unread`: (place, why) of what could not be looked into. `closed`: (kind of files, how many) in which no text is looked
    for. `systems`: which others were searched too; `away`: which could not be."""

    places: tuple[Place, ...]
    tables: int
    values: int
    systems: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    large_objects: int = 0
    unread: tuple[tuple[str, str], ...] = ()
    closed: tuple[tuple[str, int], ...] = ()


def trace(connection: Connection, datamap: DataMap, values: Iterable[str], progress: Progress | None = None) -> Trace:
    """Search every table, materialised view and large object for these values, as somebody who sees every row.

    Letters from a to z match whether large or small; a value also matches as JSON and as bytes hold it.
    """
    looked_for = _looked_for(values)
    if not looked_for:
        return Trace((), 0, 0)
    found: list[Place] = []
    plain = _shortest(_needles(looked_for))
    patterns = _patterns(looked_for)
    with_bytes = _shortest([*plain, *(value.encode().hex() for value in looked_for)])
    iso = str(run_query(connection, "SHOW DateStyle")[0][0]).startswith("ISO")
    tables = connection.execute(_SQL["tables"]).fetchall()
    for done, (schema, name, columns, types) in enumerate(tables):
        needles = with_bytes if "bytea" in types else plain
        if progress:
            progress(qualified(schema, name), done, len(tables))
        able = [c for c, t in zip(columns, types, strict=True) if any(could_hold(t, one, iso=iso) for one in needles)]
        if able and run_query(connection, f"SELECT EXISTS ({_rows(schema, name, able, len(needles))})", needles)[0][0]:
            found += _places(connection, datamap, (schema, name), columns, patterns)
    files = search_objects(connection, looked_for)
    places = (*sorted(found), *(Place(LARGE_OBJECTS, number, 1, mapped=False) for number in files.found))
    return Trace(places, len(tables), len(looked_for), (), (), files.count, files.unread, files.closed)


def could_hold(kind: str, needle: str, *, iso: bool) -> bool:
    """Whether a value of this type, as text, can have the needle in it. `iso`: dates are written as ISO 8601 has them."""
    shape, small = _SHAPES.get(kind), needle.translate(_SMALL)
    if shape is None or (kind in _DATES and not iso):
        return True
    return bool(shape.fullmatch(small)) or small in _BOUNDLESS


def _shortest(needles: Sequence[str]) -> list[str]:
    """Without those that hold another: where they stand, it stands too."""
    small = {one.translate(_SMALL) for one in needles}
    return [one for one in needles if not any(o != one.translate(_SMALL) and o in one.translate(_SMALL) for o in small)]


def _rows(schema: str, name: str, columns: Sequence[str], needles: int) -> str:
    """SQL of the rows in whose text one of the needles stands, each needle a parameter. OFFSET 0: the text is made once a row."""
    texts = [f"hv_t.{ident(column)}" for column in columns]
    while len(texts) > ARGUMENTS:
        texts = [f"concat_ws(E'\\n', {', '.join(texts[:ARGUMENTS])})", *texts[ARGUMENTS:]]
    text = f"lower(concat_ws(E'\\n', {', '.join(texts)}) COLLATE \"C\")"
    inner = f"SELECT {text} AS t FROM {relation(schema, name)} hv_t OFFSET 0"
    stands = " OR ".join([f'strpos(h.t, lower({_PARAMETER} COLLATE "C")) > 0'] * needles)
    return _with_parameters(f"SELECT FROM ({inner}) h WHERE {stands}")


def _lowered(what: str) -> str:
    """SQL: a value or row as text, its letters from A to Z small; others as they are, whatever the database's collation."""
    return f'lower(({what})::text COLLATE "C")'


def _with_parameters(text: str) -> str:
    """A name may hold a percent sign, which is how parameters are written."""
    return text.replace("%", "%%").replace(_PARAMETER, "%s")


def _needles(values: Sequence[str]) -> list[str]:
    """How each value may stand in the text of a row: plainly, quoted in a row, or within JSON."""
    found: dict[str, None] = {}
    for value in values:
        for way in (value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]):
            found[way] = None
            found[way.replace("\\", "\\\\").replace('"', '""')] = None
    return list(found)


def _places(
    connection: Connection, datamap: DataMap, table: tuple[str, str], columns: Sequence[str], patterns: Sequence[str]
) -> list[Place]:
    """In which columns of a table, and in how many rows, a value stands by itself: not as a part of a longer one."""
    name = qualified(*table)
    counts = ", ".join(
        f"count(*) FILTER (WHERE {_lowered(f'hv_t.{ident(column)}')} ~ ANY ({_PARAMETER}))" for column in columns
    )
    text = _with_parameters(f"SELECT {counts} FROM {relation(*table)} hv_t")
    found = run_query(connection, text, [list(patterns)] * len(columns))[0]
    known = datamap.tables.get(name)
    listed = {one.name for one in known.columns.values() if one.categories} if known else frozenset[str]()
    return [Place(name, column, rows, column in listed) for column, rows in zip(columns, found, strict=True) if rows]


def rows_of(connection: Connection, place: Place, table: str, condition: str, values: Iterable[str]) -> int:
    """In how many rows of a place, for which a condition holds, one of the values stands. `table`: quoted."""
    text = f"SELECT count(*) FROM {table} WHERE {condition} AND {_lowered(ident(place.column))} ~ ANY ({_PARAMETER})"
    return int(run_query(connection, _with_parameters(text), [_patterns(values)])[0][0])


def _patterns(values: Iterable[str]) -> list[str]:
    """Each way in which a value may stand in a column, as a regular expression; as bytes it may stand anywhere."""
    looked_for = _looked_for(values)
    plain = {way for value in looked_for for way in (value, json.dumps(value)[1:-1])}
    return [
        *(by_itself(way, _literally(way)) for way in sorted(plain)),
        *(value.encode().hex() for value in looked_for),
    ]


def _literally(text: str) -> str:
    """A regular expression of PostgreSQL that matches this text, its letters from A to Z small."""
    return re.sub(r"([^\w\s@])", r"\\\1", text.translate(_SMALL))


def _looked_for(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in values if len(value.strip()) >= SHORTEST))
