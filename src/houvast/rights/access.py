"""A copy of what is held about one person: table by table, each in one query, never whole in memory."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol, TypeAlias, cast

from houvast.compiler.shape import Shape
from houvast.compiler.words import idents
from houvast.database import Connection
from houvast.database.connect import stream
from houvast.policy.world import PersonKey
from houvast.rights.model import Copy, Redaction, Row, Rule, Told
from houvast.rights.walk import Stop, Walk, ordered

FIRST = 25
"""So many rows of a table stand in the summary; all of them in the files."""


Line: TypeAlias = tuple[str, Row]
"""A row as the text of a JSON object, and as values in which figures are text as they were written."""


class Sink(Protocol):
    """Where the rows of a copy go."""

    def table(self, stop: Stop, columns: tuple[str, ...], rows: Iterator[Line]) -> int:
        """Take all rows of one table; how many there were."""
        ...


class Others:
    """Takes other people out of rows: each becomes a role with a letter, the same one in the whole copy."""

    def __init__(
        self, walk: Walk, person: PersonKey, roles: Mapping[str, str], shared: Mapping[tuple[str, str], set[str]]
    ) -> None:
        self._walk = walk
        self._person = person
        self._roles = roles
        self._shared = shared
        self._letters: dict[tuple[str, str], str] = {}
        self.counts: Counter[tuple[str, str, Rule]] = Counter()

    def rules(self, stop: Stop) -> dict[str, tuple[Rule, str]]:
        """Column -> (rule, kind of somebody else) where a row of this table may name somebody else."""
        found: dict[str, tuple[Rule, str]] = {}
        mine = {
            stop.shape.subject_key,
            stop.shape.derived_path(stop.shape.owner_column)[0] if stop.shape.owner_column else "",
        }
        mine |= {stop.shape.link.path[0]} if stop.shape.link else set()
        for key in stop.shape.relation.foreign_keys:
            target = self._walk.layout.shapes.get(key.table)
            if len(key.columns) == 1 and key.columns[0] not in mine and target is not None and _is_somebody(target):
                found[key.columns[0]] = Rule.REFERENCE, target.kind
        for table, column in self._shared:
            if table == stop.name:
                found[column] = Rule.SHARED, stop.shape.kind
        return found

    def in_place_of(self, stop: Stop, row: Row, rules: Mapping[str, tuple[Rule, str]]) -> dict[str, str]:
        """Column -> the role that stands in it instead of somebody else."""
        changed: dict[str, str] = {}
        for column, (rule, kind) in rules.items():
            value = row.get(column)
            if value is None or (kind, str(value)) == self._person:
                continue
            if rule is Rule.SHARED and self._row_key(stop, row) not in self._shared[stop.name, column]:
                continue
            changed[column] = self._role(kind, str(value))
            self.counts[stop.name, column, rule] += 1
        return changed

    def _row_key(self, stop: Stop, row: Row) -> str:
        return str(row.get(stop.shape.key, ""))

    def _role(self, kind: str, value: str) -> str:
        if (kind, value) not in self._letters:
            number = sum(known == kind for known, _ in self._letters)
            self._letters[kind, value] = f"{self._roles.get(kind, self._roles[''])} {_letter(number)}"
        return self._letters[kind, value]


def _is_somebody(shape: Shape) -> bool:
    """Whether a row of this table is a person: of the map's people, or of those that it closes, such as staff."""
    return bool(shape.subject_key or (not shape.kind and shape.table.closed))


def _letter(number: int) -> str:
    rest, last = divmod(number, 26)
    return (_letter(rest - 1) if rest else "") + chr(ord("A") + last)


def copy(session: Connection, walk: Walk, person: PersonKey, sink: Sink, others: Others) -> Copy:
    """Read everything about the person for whom the session has a use open, at one moment, into the sink."""
    told: list[Told] = []
    with _at_one_moment(session):
        for stop in walk.stops:
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
    rules = others.rules(stop)
    text = f"SELECT row_to_json(t)::text FROM (SELECT {idents(columns)} FROM {stop.sql}) t{ordered(stop)}"
    for (line,) in stream(session, text):
        row = cast("Row", json.loads(line, parse_float=str))
        roles = others.in_place_of(stop, row, rules) if rules else {}
        if roles:
            yield json.dumps({**json.loads(line), **roles}, ensure_ascii=False), {**row, **roles}
        else:
            yield line, row
