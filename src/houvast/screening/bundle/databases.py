"""SQLite databases, opened in memory: what their rows say, and the same rows with stand-ins."""

from __future__ import annotations

import sqlite3
import time

from houvast.screening.bundle.columns import kind_of
from houvast.screening.bundle.forms import packed_in, to_open
from houvast.screening.bundle.limits import Unreadable
from houvast.screening.bundle.looking import MIDST, Looking
from houvast.screening.bundle.texts import LISTED
from houvast.screening.finding import Finding

_SECONDS = 60.0
_STEPS = 100_000
_UNSAFE = {sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_CREATE_VTABLE}
_DAMAGED = "it is damaged, or no database that can be opened"
_FREE = "it holds pages that are not in use"


def sqlite(data: bytes, looking: Looking, *, rewrite: bool) -> tuple[list[Finding], bytes | None]:
    """What stands in the rows, and in the pages as they are; the database with stand-ins, none when it cannot be
    rewritten. Raises Unreadable."""
    found = _in_pages(data, looking)
    packed = packed_in(data[1:])
    try:
        database = _opened(data)
        try:
            rows, is_plain, opened = _rows(database, looking, rewrite=rewrite)
            if packed > opened:
                looking.why = looking.why or MIDST
            new = _closed(database, looking) if rewrite and is_plain else None
        finally:
            database.close()
    except sqlite3.Error:
        raise Unreadable(_DAMAGED) from None
    return [*found, *rows[: max(0, LISTED)]] if len(rows) > len(found) else found, new


def _in_pages(data: bytes, looking: Looking) -> list[Finding]:
    """What stands in the pages; what is packed in them is opened row by row."""
    why = looking.why
    found = [one for span in looking.whole(data) for one in span.found]
    if looking.why == MIDST:
        looking.why = why
    return found


def _opened(data: bytes) -> sqlite3.Connection:
    """In write-ahead mode it would look for a file beside it: the mark of that mode is taken off its head."""
    database = sqlite3.connect(":memory:")
    database.deserialize(data[:18] + b"\1\1" + data[20:])
    until = time.monotonic() + _SECONDS
    database.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    database.execute("PRAGMA secure_delete = ON")
    database.set_authorizer(_allowed)
    database.text_factory = bytes
    return database


def _allowed(action: int, *_about: str | None) -> int:
    return sqlite3.SQLITE_DENY if action in _UNSAFE else sqlite3.SQLITE_OK


def _named(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _rows(database: sqlite3.Connection, looking: Looking, *, rewrite: bool) -> tuple[list[Finding], bool, int]:
    """What stands in the rows, each rewritten; whether all could be; how much that is packed was opened."""
    found: list[Finding] = []
    is_plain = True
    opened = 0
    schema = database.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    for kind, name, sql in schema:
        text = bytes(sql or b"").upper()
        if kind != b"table" or text.startswith(b"CREATE VIRTUAL"):
            is_plain = is_plain and kind == b"index"
            continue
        table = bytes(name).decode("utf-8", "replace")
        without = b"WITHOUT ROWID" in text
        is_plain = is_plain and not without
        columns = [
            bytes(row[1]).decode("utf-8", "replace") for row in database.execute(f"PRAGMA table_info({_named(table)})")
        ]
        key = "NULL" if without else "rowid"
        for row in database.execute(f"SELECT {key}, * FROM {_named(table)}").fetchall():  # noqa: S608 (names quoted)
            opened += sum(packed_in(cell) for cell in row[1:] if isinstance(cell, bytes))
            changed = _row(columns, row[1:], looking, found)
            if rewrite and changed and not without:
                cells = ", ".join(f"{_named(column)} = ?" for column in changed)
                statement = f"UPDATE {_named(table)} SET {cells} WHERE rowid = ?"  # noqa: S608 (names quoted)
                database.execute(statement, (*changed.values(), row[0]))
    return found, is_plain, opened


def _row(
    columns: list[str], cells: tuple[object, ...], looking: Looking, found: list[Finding]
) -> dict[str, str | bytes | int]:
    """The cells of a row that hold something, as they are to be. A cell is looked through beside its column's name."""
    changed: dict[str, str | bytes | int] = {}
    for column, cell in zip(columns, cells, strict=False):
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)  # a number of a phone in a column of REAL
        if cell is None or isinstance(cell, float):
            continue
        if isinstance(cell, bytes) and to_open(cell):
            new, within = looking.embedded(cell, 1)
            found += within
            if new is not None:
                changed[column] = new
            continue
        is_number = isinstance(cell, int)
        text = str(cell).encode() if is_number else bytes(cell) if isinstance(cell, bytes) else b""
        made, spans = looking.column(kind_of(column), text)
        found += [one for span in spans for one in span.found]
        if spans:
            changed[column] = int(made) if is_number and made.isdigit() else made.decode("utf-8", "surrogateescape")
    return changed


def _closed(database: sqlite3.Connection, looking: Looking) -> bytes | None:
    """The database as it is now, without what it held before; none when something is still found in it."""
    database.commit()
    database.set_authorizer(None)  # VACUUM attaches a database of its own
    database.execute("VACUUM")
    data = bytes(database.serialize())
    return None if _in_pages(data, looking) else data
