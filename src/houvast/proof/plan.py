# ruff: noqa: S608 - names pass through ident, values through literal
"""Which rows a canary gets, in which order: keys, foreign keys and values, before anything is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from houvast.compiler.shape import Layout, Shape
from houvast.compiler.words import ident, literal, relation
from houvast.database.catalogue import Catalogue, Column, Relation
from houvast.datamap.model import DataMap
from houvast.proof.numbers import Numbers
from houvast.proof.values import Accepted, is_text

SAID = ("consented", "own_customer")


@dataclass
class Seed:
    """A row that is going to be made: its key, and SQL of the columns that it is given."""

    shape: Shape
    marker: str
    given: str
    key: dict[str, str] = field(default_factory=dict[str, str])
    columns: dict[str, str] = field(default_factory=dict[str, str])
    optional: set[str] = field(default_factory=set[str])


def order(layout: Layout, kind: str) -> list[Shape]:
    """The tables about this kind of person, parents before children."""
    ours = {name: s for name, s in layout.shapes.items() if s.kind == kind and s.personal}
    done: dict[str, Shape] = {}

    def visit(name: str, seen: frozenset[str]) -> None:
        if name in done or name in seen or name not in ours:
            return
        for key in ours[name].relation.foreign_keys:
            visit(key.table, seen | {name})
        done[name] = ours[name]

    for name in ours:
        visit(name, frozenset())
    return list(done.values())


class Planner:
    """Plans the rows of one canary person after the other."""

    def __init__(
        self, datamap: DataMap, catalogue: Catalogue, layout: Layout, accepted: Accepted, numbers: Numbers
    ) -> None:
        self.map = datamap
        self.catalogue = catalogue
        self.layout = layout
        self.accepted = accepted
        self.numbers = numbers
        self.wanted = {t: self._wanted(t) for t in layout.shapes}

    def _wanted(self, table: str) -> dict[str, str]:
        """Column -> SQL with which a row is a circumstance, says yes, or makes an owner of somebody."""
        wheres = [c.where for c in self.map.circumstances.values() if c.table == table]
        wheres += [s.where for s in self.map.stands if s.table == table and s.stand in SAID]
        wheres += [o.where for one in self.map.tables.values() for o in one.owners if o.through == table]
        found: dict[str, str] = {}
        for where in wheres:
            for column, values in where.conditions.items():
                if values:
                    found.setdefault(column, "now()" if values == ("not null",) else literal(values[0]))
        return found

    def variants(self, shape: Shape) -> tuple[str, ...]:
        """The purposes for which a value of this table can be given; "" when it is given for none."""
        if not shape.table.given_for:
            return ("",)
        stored = shape.table.given_values
        listed = self.accepted.values(shape.name, shape.relation.columns[shape.table.given_for])
        return tuple(dict.fromkeys(stored.values())) or listed or ("",)

    def seed(self, shape: Shape, marker: str, given: str, parents: Mapping[str, Seed]) -> Seed:
        """One row."""
        seed = Seed(shape, marker, given)
        for name, column in shape.relation.columns.items():
            if column.generated:
                continue
            value, needed = self._value(shape, column, seed, parents)
            if value:
                seed.columns[name] = value
                if not needed:
                    seed.optional.add(name)
        still = [name for name in shape.relation.key if not _is_time(shape.relation.columns[name].type)]
        for name in (
            still or shape.relation.key
        ):  # a moment in a key, as of a partitioned table, moves with the row's state
            seed.key[name] = _plain(seed.columns.get(name, ""))
        return seed

    def _value(self, shape: Shape, column: Column, seed: Seed, parents: Mapping[str, Seed]) -> tuple[str, bool]:
        """(SQL, whether the row cannot be without)."""
        name = column.name
        parent = self._parent(shape.relation, name, parents)
        if parent:
            return parent, True
        if name in shape.relation.key:
            number = self.numbers.next(shape.relation, name)
            if not number and _is_time(column.type):
                number = datetime.now(UTC).isoformat()
            return literal(number) if number else self.accepted.made_up(shape.name, column, seed.marker), True
        if name == shape.table.given_for and seed.given:
            stored = [v for v, p in shape.table.given_values.items() if p == seed.given]
            return literal(stored[0] if stored else seed.given), True
        if name in shape.table.canary:
            return literal(_marked(shape.table.canary[name], seed.marker)), True
        if name in self.wanted[shape.name]:
            return self.wanted[shape.name][name], True
        foreign = next((k for k in shape.relation.foreign_keys if k.columns == (name,)), None)
        if foreign:
            return (self._any_row(foreign.table, foreign.target_columns[0]), True) if column.not_null else ("", False)
        personal = name in shape.table.columns and shape.table.columns[name].categories
        if column.not_null and not (column.default or column.identity):
            return self.accepted.made_up(shape.name, column, seed.marker), True
        if personal and is_text(column.type) and not self.accepted.values(shape.name, column):
            return self.accepted.made_up(shape.name, column, seed.marker), False
        return "", False

    @staticmethod
    def _parent(live: Relation, column: str, parents: Mapping[str, Seed]) -> str:
        for key in live.foreign_keys:
            if column in key.columns and key.table in parents:
                target = key.target_columns[key.columns.index(column)]
                return parents[key.table].columns.get(target, "")
        return ""

    def _any_row(self, table: str, column: str) -> str:
        live = self.catalogue.relations[table]
        return f"(SELECT {ident(column)} FROM {relation(live.schema, live.relname)} ORDER BY 1 LIMIT 1)"


def _marked(value: str, marker: str) -> str:
    """A value from the map; an e-mail address is marked, so that each canary's is its own."""
    return f"{marker}.{value}" if "@" in value else value


def _plain(text: str) -> str:
    return text.strip("'").replace("''", "'")


def _is_time(kind: str) -> bool:
    return kind.startswith(("date", "time"))
