# ruff: noqa: S608 - names pass through ident, values through literal
"""Rows that a canary must refer to and that no person owns: where such a table is empty, one is made up for a while."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from houvast.compiler.words import idents, literal, relation
from houvast.database import Connection, run, run_query
from houvast.database.catalogue import Catalogue, Column, Relation
from houvast.database.connect import DatabaseError
from houvast.proof import registry
from houvast.proof.numbers import Numbers
from houvast.proof.values import Accepted


@dataclass(frozen=True)
class References:
    """Makes them; each is written down first, like a canary."""

    connection: Connection
    catalogue: Catalogue
    accepted: Accepted
    marker: str
    numbers: Numbers

    def provide(self, tables: Collection[str], own: Collection[str]) -> None:
        """See to it that every table that rows of `tables` must refer to has a row, but for those of `own`.

        What cannot be made is left: the canary that needs it says so.
        """
        for name in tables:
            for needed in self._needed(self.catalogue.relations[name]):
                if needed not in own:
                    self._provide(needed, frozenset(own))

    def _provide(self, name: str, seen: frozenset[str]) -> None:
        live = self.catalogue.relations[name]
        table = relation(live.schema, live.relname)
        if name in seen or run_query(self.connection, f"SELECT FROM {table} LIMIT 1"):
            return
        for needed in self._needed(live):
            self._provide(needed, seen | {name})
        columns = {c.name: self._value(live, c) for c in live.columns.values() if self._is_given(live, c)}
        key = {column: columns[column].strip("'") for column in live.key}
        registry.remember(self.connection, [(name, key)], self.marker)
        try:
            with self.connection.transaction():
                run(self.connection, f"INSERT INTO {table} ({idents(columns)}) OVERRIDING SYSTEM VALUE"
                                     f" VALUES ({', '.join(columns.values())})")  # fmt: skip
        except DatabaseError:
            return

    @staticmethod
    def _needed(live: Relation) -> list[str]:
        """The tables that a row must refer to."""
        return [k.table for k in live.foreign_keys if any(live.columns[c].not_null for c in k.columns)]

    @staticmethod
    def _is_given(live: Relation, column: Column) -> bool:
        if column.generated:
            return False
        return column.name in live.key or (column.not_null and not (column.default or column.identity))

    def _value(self, live: Relation, column: Column) -> str:
        if column.name in live.key or any(k.columns == (column.name,) for k in live.foreign_keys):
            number = self.numbers.next(live, column.name)
            if number:
                return literal(number)
        return self.accepted.made_up(live.name, column, self.marker)
