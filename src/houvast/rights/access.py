"""A copy of what is held about one person: table by table, each in one query, never whole in memory."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Protocol, TypeAlias, cast

from houvast.compiler.words import ident, idents
from houvast.database import Connection
from houvast.database.connect import stream
from houvast.policy.world import PersonKey
from houvast.rights.gone import Gone
from houvast.rights.model import Copy, Redaction, Row, Told
from houvast.rights.others import HIDES, Asked, Others
from houvast.rights.walk import Stop, Walk, ordered

FIRST = 25
"""So many rows of a table stand in the summary; all of them in the files."""
BATCH = 500
"""So many rows are looked through for other people at once."""


Line: TypeAlias = tuple[str, Row]
"""A row as the text of a JSON object, and as values in which figures are text as they were written."""


class Sink(Protocol):
    """Where the rows of a copy go."""

    def table(self, stop: Stop, columns: tuple[str, ...], rows: Iterator[Line]) -> int:
        """Take all rows of one table; how many there were."""
        ...


def copy(session: Connection, walk: Walk, person: PersonKey, sink: Sink, others: Others) -> Copy:
    """Read everything about the person for whom the session has a use open, at one moment, into the sink."""
    told: list[Told] = []
    with _at_one_moment(session):
        for stop in walk.every:
            first: list[Row] = []
            columns = tuple(column.name for column, _ in stop.columns)
            rows = _kept(_read(session, stop, columns, others), first)
            told.append(Told(stop.name, sink.table(stop, columns, rows), tuple(first)))
    redactions = tuple(Redaction(*place, count) for place, count in sorted(others.counts.items()))
    return Copy(person, tuple(told), redactions)


@contextmanager
def _at_one_moment(session: Connection) -> Generator[None]:
    """One snapshot for all tables, in which nothing can be written."""
    with session.transaction():
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _kept(rows: Iterator[Line], first: list[Row]) -> Iterator[Line]:
    for line in rows:
        if len(first) < FIRST:
            first.append(line[1])
        yield line


def _read(session: Connection, stop: Stop, columns: tuple[str, ...], others: Others) -> Iterator[Line]:
    asked = others.asked(session, stop)
    names, lines = _lines(session, stop, columns, asked)
    if not asked:
        yield from ((line, cast("Row", json.loads(line, parse_float=str))) for line in lines)
        return
    while batch := tuple(islice(lines, BATCH)):
        rows = [cast("Row", json.loads(line, parse_float=str)) for line in batch]
        for line, row, roles in zip(batch, rows, others.in_place_of(session, stop, asked, rows), strict=True):
            if not roles and not asked.hides and len(names) == len(columns):
                yield line, row
                continue
            said = {name: roles.get(name, value) for name, value in json.loads(line).items() if name in columns}
            yield json.dumps(said, ensure_ascii=False), {name: roles.get(name, row[name]) for name in columns}


def looked_at(session: Connection, walk: Walk, others: Others) -> Iterator[tuple[Stop, Row, Mapping[str, Gone]]]:
    """Every row of a copy as it is, with what goes of it by column: what `copy` makes, before anything went."""
    with _at_one_moment(session):
        for stop in walk.every:
            columns = tuple(column.name for column, _ in stop.columns)
            asked = others.asked(session, stop)
            _, lines = _lines(session, stop, columns, asked)
            while batch := tuple(islice(lines, BATCH)):
                rows = [cast("Row", json.loads(line, parse_float=str)) for line in batch]
                for row, gone in zip(rows, others.gone(session, stop, asked, rows), strict=True):
                    yield stop, {name: row[name] for name in columns}, gone


def _lines(
    session: Connection, stop: Stop, columns: tuple[str, ...], asked: Asked
) -> tuple[tuple[str, ...], Iterator[str]]:
    """The columns that are read, with those that say whose others are, and the rows as texts of JSON objects."""
    names = (*columns, *(name for name in asked.besides if name not in columns))
    hides = "".join(
        f", {condition} AS {ident(HIDES + name)}" for name, condition in asked.hides.items() if name in names
    )
    rows = f"SELECT {idents(names)}{hides} FROM {stop.sql} s WHERE {stop.theirs}"
    text = f"SELECT row_to_json(t)::text FROM ({rows}) t{ordered(stop)}"
    return names, (cast("str", line) for (line,) in stream(session, text))
