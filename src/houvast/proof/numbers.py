# ruff: noqa: S608 - names pass through ident
"""Keys that nobody has yet, known before a row is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import uuid4

from houvast.compiler.words import ident, relation
from houvast.database import Connection, queries, run_query
from houvast.database.catalogue import Catalogue, Relation
from houvast.proof.values import is_number

_SQL = queries("houvast.proof", "canary.sql")


@dataclass
class Numbers:
    """What the next rows of each table are numbered."""

    connection: Connection
    catalogue: Catalogue
    taken: dict[str, int] = field(default_factory=dict[str, int])

    def next(self, live: Relation, column: str) -> str:
        """A key for a new row of this table, or what it refers to; "" for one of text, which holds a marker."""
        table, kind = relation(live.schema, live.relname), live.columns[column].type
        foreign = next((k for k in live.foreign_keys if k.columns == (column,)), None)
        if foreign:
            return self._first(foreign.table, foreign.target_columns[0])
        if live.draws(column):
            return self.drawn(table, column)
        if kind == "uuid":
            return str(uuid4())
        return self._after_the_last(table, column) if is_number(kind) else ""

    def _first(self, name: str, column: str) -> str:
        there = self.catalogue.relations[name]
        table = relation(there.schema, there.relname)
        rows = run_query(self.connection, f"SELECT {ident(column)}::text FROM {table} ORDER BY {ident(column)} LIMIT 1")
        return rows[0][0] if rows else ""

    def drawn(self, table: str, column: str) -> str:
        """The next number of the column's sequence."""
        row = self.connection.execute(_SQL["sequence"], (table, column)).fetchone()
        return str(row[0]) if row else ""

    def _after_the_last(self, table: str, column: str) -> str:
        if table not in self.taken:
            [(highest,)] = run_query(self.connection, f"SELECT coalesce(max({ident(column)}), 0)::bigint FROM {table}")
            self.taken[table] = highest
        self.taken[table] += 1
        return str(self.taken[table])
