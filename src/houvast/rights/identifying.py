"""What identifies a person, as it is on file: the columns that the map calls identifiers."""

from __future__ import annotations

from collections.abc import Iterable

from houvast.compiler.words import ident
from houvast.database import Connection, run_query
from houvast.datamap.model import Identifier
from houvast.rights.walk import Walk


def on_file(session: Connection, walk: Walk) -> tuple[str, ...]:
    """The values of the identifiers of the person for whom the session has a use open; each once."""
    return _values(session, walk, walk.datamap.subjects[walk.kind].identifiers.values())


def called(session: Connection, walk: Walk) -> tuple[str, ...]:
    """How that person is called, as it is on file."""
    name = walk.datamap.subjects[walk.kind].called
    return _values(session, walk, (name,)) if name else ()


def _values(session: Connection, walk: Walk, columns: Iterable[Identifier]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for one in columns:
        stop = walk.stop(one.table)
        if stop is None:
            continue
        column = ident(one.column)
        for (value,) in run_query(
            session, f"SELECT DISTINCT {column}::text FROM {stop.sql} WHERE {column} IS NOT NULL AND {stop.theirs}"
        ):
            found[value] = None
    return tuple(found)
