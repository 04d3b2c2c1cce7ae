"""Attempts that need the scan (promise C03): does it find what a migration adds and what somebody types?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from houvast.app.scanning import reading, scan_open
from houvast.app.target import Target
from houvast.database import Connection, DatabaseError, queries, read_catalogue
from houvast.database.catalogue import Relation
from houvast.database.connect import sql
from houvast.errors import HouvastError

if TYPE_CHECKING:
    from houvast.discovery import Scan
    from houvast.proof import Attempt, Extra

PROMISE = "C03"
SORT = "scan"
COLUMN, TABLE = "geboortedatum", "hv_added"
PHONE = "06 12345678"
HARMLESS, TYPED = "nothing to see", f"nothing to see, call {PHONE} after six"
FOUND, NOT_FOUND = "found", "not found"
_SQL = queries("houvast.app", "discovering.sql")


@dataclass(frozen=True)
class _Note:
    """A column of a canary's row into which somebody could type anything."""

    live: Relation
    column: str
    key: Mapping[str, str]


def scan_attempts(target: Target) -> Extra:
    """The attempts, for `prove`."""
    from houvast.proof import Extra

    return Extra(frozenset({PROMISE}), lambda: _attempts(target))


def _attempts(target: Target) -> Iterable[Attempt]:
    """Each in a transaction that is rolled back; what cannot be tried has not been found."""
    with target.connect() as connection:
        try:
            with reading(connection, target):
                return list(_tried(connection, target))
        except HouvastError as error:
            return [_attempt("the scan", "", control=True, expected=FOUND, seen=error.message)]


def _tried(connection: Connection, target: Target) -> Iterator[Attempt]:
    table = next(name for name, table in target.project.datamap.tables.items() if table.personal)
    live = read_catalogue(connection).relations[table]
    place = sql.Identifier(live.schema, live.relname)
    added = sql.SQL("ALTER TABLE {} ADD COLUMN {} date").format(place, sql.Identifier(COLUMN))
    made = sql.SQL("CREATE TABLE {} ({} date)").format(sql.Identifier(live.schema, TABLE), sql.Identifier(COLUMN))
    new = TABLE if live.schema == "public" else f"{live.schema}.{TABLE}"
    for words, change, wanted in (
        (f"a migration adds column {COLUMN} to {table}", added, f"undeclared {table}.{COLUMN}"),
        (f"a migration adds table {new}", made, f"undeclared {new}"),
    ):
        seen = _named(connection, target, change, wanted)
        yield _attempt(words, change.as_string(connection), expected=FOUND, seen=seen)
        control = f"control: what the scan would name does not stand there before {words}"
        seen = _named(connection, target, sql.SQL("SELECT").format(), wanted)
        yield _attempt(control, "", control=True, expected=NOT_FOUND, seen=seen)
    note = next(_notes(connection, target), None)
    if note:
        yield from _typed(connection, target, note)


def _typed(connection: Connection, target: Target, note: _Note) -> Iterator[Attempt]:
    name, place = note.live.name, f"{note.live.name}.{note.column}"
    before = _count(_scan(connection, target, name, _update(note, HARMLESS)), note)
    for text, words, control, expected in (
        (TYPED, f"a phone number is typed into {place}", False, FOUND),
        (HARMLESS, f"control: words without one are typed into {place}", True, NOT_FOUND),
    ):
        change = _update(note, text)
        seen = _seen(connection, target, note, change, before + 1)
        yield _attempt(words, change.as_string(connection), control=control, expected=expected, seen=seen)
    told = str(_scan(connection, target, name, _update(note, TYPED)).to_json())
    seen = "told" if PHONE in told or TYPED in told else "not told"
    yield _attempt(f"what the scan says of {place}: the number itself", "houvast scan", expected="not told", seen=seen)


def _count(scan: Scan, note: _Note) -> int:
    ours = [one for one in scan.found if (one.table, one.column, one.kind) == (note.live.name, note.column, "phone")]
    return sum(one.count for one in ours)


def _named(connection: Connection, target: Target, change: sql.Composed, wanted: str) -> str:
    """Whether the catalogue after a change, which is then undone, holds what the map does not. Reads no row."""
    from houvast.discovery import undeclared

    try:
        with connection.transaction(force_rollback=True):
            connection.execute(_SQL["quietly"])
            connection.execute(change)
            keys = {one.key for one in undeclared(target.project.datamap, read_catalogue(connection))}
            return FOUND if wanted in keys else NOT_FOUND
    except DatabaseError as error:
        return f"error: {error.sqlstate}"


def _seen(connection: Connection, target: Target, note: _Note, change: sql.Composed, count: int) -> str:
    """Whether so many values with a phone number are in the note's column after a change."""
    try:
        return FOUND if _count(_scan(connection, target, note.live.name, change), note) == count else NOT_FOUND
    except DatabaseError as error:
        return f"error: {error.sqlstate}"


def _scan(connection: Connection, target: Target, table: str, change: sql.Composed) -> Scan:
    """What a scan finds after a change that is then undone. Triggers do not fire: nothing really happens."""
    with connection.transaction(force_rollback=True):
        connection.execute(_SQL["quietly"])
        connection.execute(change)
        return scan_open(connection, target, tables=(table,))


def _update(note: _Note, text: str) -> sql.Composed:
    where = [sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(value)) for name, value in note.key.items()]
    return sql.SQL("UPDATE {} SET {} = {} WHERE {}").format(
        sql.Identifier(note.live.schema, note.live.relname),
        sql.Identifier(note.column),
        sql.Literal(text),
        sql.SQL(" AND ").join(where),
    )


def _notes(connection: Connection, target: Target) -> Iterator[_Note]:
    """Columns of canaries' rows that the scan looks into for phone numbers, and that accept any words."""
    from houvast.discovery import to_read

    catalogue, datamap = read_catalogue(connection), target.project.datamap
    places = to_read(datamap, catalogue)
    rows: list[Any] = connection.execute(_SQL["canaries"]).fetchall()
    for name, key in rows:
        live = catalogue.relations.get(name)
        for column, known in places.get(name, {}).items():
            note = _Note(live, column, key) if live else None
            if note and "phone" not in known and _accepts(connection, note):
                yield note


def _accepts(connection: Connection, note: _Note) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(_SQL["quietly"])
            return connection.execute(_update(note, TYPED)).rowcount == 1
    except DatabaseError:
        return False


def _attempt(name: str, text: str, *, expected: str, seen: str, control: bool = False) -> Attempt:
    from houvast.proof import Attempt

    return Attempt(name, "administrator", text, control, expected, seen, SORT)
