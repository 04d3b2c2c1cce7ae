"""What identifies a person, as it is on file: the columns that the map calls identifiers."""

from __future__ import annotations

from houvast.compiler.words import ident
from houvast.database import Connection, run_query
from houvast.rights.walk import Walk


def on_file(session: Connection, walk: Walk) -> tuple[str, ...]:
    """The values of the identifiers of the person for whom the session has a use open; each once."""
    found: dict[str, None] = {}
    for one in walk.datamap.subjects[walk.kind].identifiers.values():
        stop = walk.stop(one.table)
        if stop is None:
            continue
        column = ident(one.column)
        for (value,) in run_query(
            session, f"SELECT DISTINCT {column}::text FROM {stop.sql} WHERE {column} IS NOT NULL"
        ):
            found[value] = None
    return tuple(found)
