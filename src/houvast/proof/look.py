# ruff: noqa: S608 - names pass through ident, values through literal
"""Reads a canary back with the administrator's eyes: what `decide` must know of the person and the rows.

Nothing here asks Houvast's own tables: a trigger that no longer works must show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from houvast.compiler.render import where_sql
from houvast.compiler.shape import Shape
from houvast.compiler.words import ident, literal, relation
from houvast.database import Connection
from houvast.database.catalogue import Catalogue, Relation
from houvast.database.connect import sql
from houvast.datamap.model import DataMap, Path
from houvast.policy.world import Person, Row
from houvast.proof.canary import Canary, CanaryRow, Flock, where_key
from houvast.proof.states import State, contestable


class Look:
    """Reads canaries."""

    def __init__(
        self, connection: Connection, datamap: DataMap, catalogue: Catalogue, purposes: frozenset[str]
    ) -> None:
        self.connection = connection
        self.map = datamap
        self.catalogue = catalogue
        self.purposes = purposes

    def person(self, canary: Canary, now: datetime, flock: Flock) -> Canary:
        """The canary with its person and rows as `decide` needs them."""
        person = self._person(canary, now)
        rows = tuple(self._row(row, person, canary.state, flock) for row in canary.rows)
        return replace(canary, person=person, rows=rows)

    def _rows(self, text: str) -> list[dict[str, Any]]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql.SQL(text))  # pyright: ignore[reportArgumentType]
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _person(self, canary: Canary, now: datetime) -> Person:
        subject = self.map.subjects[canary.kind]
        root = next(row for row in canary.rows if row.shape.subject_key)
        closed = f"{ident(subject.closed)}::timestamptz" if subject.closed else "NULL"  # a day, too, is an instant
        found = self._rows(f"SELECT {closed} AS closed FROM {root.shape.sql} WHERE {root.where}")
        said = self._said(canary)
        refused = self.purposes if canary.state is State.OBJECTED else frozenset[str]()
        everything = self.purposes if canary.state is State.EAGER else frozenset[str]()
        return Person(
            (canary.kind, canary.key),
            collected_at=now,
            restricted=canary.state is State.RESTRICTED,
            objected=said["objected"] | refused,
            consented=said["consented"] | everything,
            own_customer=said["own_customer"] | everything,
            contested=contestable(self.map) if canary.state is State.CONTESTED else frozenset[str](),
            stopped=canary.state is State.STOPPED,
            has_account=bool(subject.closed),
            closed_at=found[0]["closed"] if found else None,
            request_open=canary.state is not State.ENDED,
            circumstances=self._circumstances(canary),
        )

    def _said(self, canary: Canary) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {"consented": set(), "own_customer": set(), "objected": set()}
        for stand in self.map.stands:
            if stand.kind == canary.kind and self._keys(
                stand.table, stand.path[0], canary.key, where_sql(stand.where, ident)
            ):
                found.setdefault(stand.stand, set()).add(stand.purpose)
        return {name: frozenset(about) for name, about in found.items()}

    def _circumstances(self, canary: Canary) -> Mapping[str, frozenset[str]]:
        return {
            c.name: frozenset(self._keys(c.table, c.path[0], canary.key, where_sql(c.where, ident)))
            for c in self.map.circumstances.values()
            if c.kind == canary.kind
        }

    def _keys(self, table: str, column: str, key: str, condition: str) -> list[str]:
        live = self.catalogue.relations[table]
        table = relation(live.schema, live.relname)
        where = f"{ident(column)} = {literal(key)} AND {condition}"
        return [str(row["k"]) for row in self._rows(f"SELECT {ident(live.key[0])} AS k FROM {table} WHERE {where}")]

    def _row(self, row: CanaryRow, person: Person, state: State, flock: Flock) -> CanaryRow:
        shape = row.shape
        parts = [
            *(f"{self._path(shape, p)} AS {ident('event ' + n)}" for n, p in shape.table.events.items()),
            *(f"{self._path(shape, p)}::text AS {ident('case ' + n)}" for n, p in shape.table.cases.items()),
        ]
        found = self._rows(
            f"SELECT t.*{''.join(', ' + p for p in parts)} FROM {shape.sql} t WHERE {where_key(row.key, 't')}"
        )
        values = found[0] if found else {}
        events = {n: values.get(f"event {n}") for n in shape.table.events}
        cases = {n: values.get(f"case {n}") or "" for n in shape.table.cases}
        cases |= {c.name: row.key[shape.key] for c in shape.own_circumstances}
        held = flock.holding(state, shape)
        given = {c.name: row.given for c in shape.table.columns.values() if c.given_for} if row.given else {}
        return replace(
            row,
            values=values,
            row=Row(
                shape.name,
                row.key.get(shape.key, ""),
                ((person, True),),
                events=events,
                cases=cases,
                given_for={"": row.given, **given} if row.given else {},
                holds=frozenset({held}) if held and shape.key else frozenset(),
            ),
        )

    def _path(self, shape: Shape, path: Path) -> str:
        """SQL of the value at the end of a path from row `t`."""
        return self._along(shape.relation, path, "t", 0)

    def _along(self, live: Relation, path: Path, alias: str, depth: int) -> str:
        if len(path) == 1:
            return f"{alias}.{ident(path[0])}"
        key = next(k for k in live.foreign_keys if k.columns == (path[0],))
        parent = self.catalogue.relations[key.table]
        name = f"p{depth}"
        table = relation(parent.schema, parent.relname)
        where = f"{name}.{ident(key.target_columns[0])} = {alias}.{ident(path[0])}"
        return f"(SELECT {self._along(parent, path[1:], name, depth + 1)} FROM {table} {name} WHERE {where})"
