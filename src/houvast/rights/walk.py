"""The way through the data map for one kind of people: which tables, how purpose `rights` sees them, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from houvast.compiler.ground import PurposeSeat, seats
from houvast.compiler.resolving import resolve
from houvast.compiler.shape import Layout, Shape
from houvast.compiler.words import SCHEMA, ident, literal, relation
from houvast.database.catalogue import Catalogue, Column, ForeignKey, qualified
from houvast.datamap.model import Column as MapColumn
from houvast.datamap.model import DataMap
from houvast.errors import DatabaseRefusal
from houvast.policy.model import Action, Policy, PurposeKind

OURS = (SCHEMA, "houvast_desk")
"""Houvast's own schemas, which hold no data of the application."""


@dataclass(frozen=True)
class Stop:
    """One table about such people. `sql`: what purpose `rights` names it by, quoted."""

    shape: Shape
    sql: str

    @property
    def name(self) -> str:
        """Its name in the data map."""
        return self.shape.name

    @property
    def theirs(self) -> str:
        """SQL by which the rows of whom the session has a use open for are found without reading the others: the rows above
        them, or the owners of shared ones. Row security decides; this only finds."""
        path = self.shape.derived_path(self.shape.owner_column)
        by_key = self.shape.shared or self.shape.readers
        found_by = self.shape.key if by_key else path[0] if len(path) > 1 else ""
        if found_by not in self.shape.table.columns:
            return "true"
        kind = self.shape.relation.columns[found_by].type
        return f"{ident(found_by)} = ANY (ARRAY(SELECT a::{kind} FROM {SCHEMA}.rows_above({literal(self.name)}) a))"

    @property
    def columns(self) -> tuple[tuple[MapColumn, Column], ...]:
        """What the map and the catalogue say of each column, in the table's order."""
        known = self.shape.table.columns
        return tuple((known[name], live) for name, live in self.shape.relation.columns.items() if name in known)

    @property
    def key(self) -> tuple[str, ...]:
        """The primary key, as far as the map lists it."""
        return tuple(name for name in self.shape.relation.key if name in self.shape.table.columns)


@dataclass(frozen=True)
class Walk:
    """The tables about one kind of people, parents before the rows that point at them.

    `login`: the first login of the map that may open purpose `purpose`. `seen`: tables about others, of which they may have
    rows in their copy.
    """

    kind: str
    policy: Policy
    datamap: DataMap
    layout: Layout
    catalogue: Catalogue
    purpose: str
    login: str
    stops: tuple[Stop, ...]
    seen: tuple[Stop, ...] = ()

    @property
    def every(self) -> tuple[Stop, ...]:
        """All tables of which rows are in their copy."""
        return (*self.stops, *self.seen)

    def stop(self, table: str) -> Stop | None:
        """The stop at a table, if this kind of people has rows there."""
        return next((stop for stop in self.stops if stop.name == table), None)

    def above(self, stop: Stop) -> Stop | None:
        """The stop by whose key the owner of this one's rows is found, through a foreign key of theirs."""
        first, *rest = stop.shape.derived_path(stop.shape.owner_column)
        key = next((k for k in stop.shape.relation.foreign_keys if k.columns == (first,)), None)
        parent = self.stop(key.table) if key and rest else None
        if key is None or parent is None or key.target_columns != (parent.shape.key,):
            return None
        return parent if parent.shape.derived_path(parent.shape.owner_column) == tuple(rest) else None

    def pointing_at(self, table: str) -> list[tuple[str, ForeignKey]]:
        """The foreign keys, of whatever table, that lead to this one."""
        live = self.catalogue.relations.values()
        return [(one.name, key) for one in live for key in one.foreign_keys if key.table == table]


def walk(versions: Sequence[Policy], datamap: DataMap, catalogue: Catalogue, kind: str, now: datetime) -> Walk:
    """Find the way.

    Raises:
        DatabaseRefusal: something is not classified, or the policy lets nobody answer people about it.
        FileErrors: the map does not fit the database.
    """
    current = next((v for v in reversed(versions) if v.effective <= now), versions[-1])
    purpose = next((p for p in current.purposes.values() if p.kind is PurposeKind.RIGHTS), None)
    login = next((one.name for one in datamap.logins.values() if purpose and purpose.name in one.purposes), "")
    if purpose is None or not login:
        missing = "purpose of kind `rights` in the policy" if purpose is None else f"login for `{purpose.name}`"
        raise DatabaseRefusal(f"Nobody may answer people about their own data: there is no {missing}.",
                              todo="Add it to the policy and under `logins:` of the data map; houvast apply.")  # fmt: skip
    layout = resolve(datamap, catalogue)
    _refuse_unclassified(datamap, catalogue)
    seat = seats(tuple(versions), datamap, {})[purpose.name]
    ours = [shape for shape in layout.shapes.values() if shape.kind == kind and shape.personal]
    others = [
        shape
        for shape in layout.shapes.values()
        if shape.kind != kind and any(one.way.kind == kind for one in shape.readers)
    ]
    _refuse_unseen(current, [*ours, *others], purpose.name)
    stops = tuple(Stop(shape, _seen(shape, seat, catalogue)) for shape in _parents_first(ours))
    seen = tuple(Stop(shape, _seen(shape, seat, catalogue)) for shape in others)
    return Walk(kind, current, datamap, layout, catalogue, purpose.name, login, stops, seen)


def _refuse_unclassified(datamap: DataMap, catalogue: Catalogue) -> None:
    known = {f"{table.name}.{column}" for table in datamap.tables.values() for column in table.closed}
    left = [one for one in _unclassified(datamap, catalogue) if one not in {*known, *datamap.closed}]
    if left:
        raise DatabaseRefusal(
            f"This cannot be answered in full: nobody has classified {', '.join(f'`{one}`' for one in left)} (promise C33).",
            todo="List each in the data map with its category, as `not personal`, or under `closed:`; then houvast apply.",
        )


def _unclassified(datamap: DataMap, catalogue: Catalogue) -> list[str]:
    """Every table, and every column of a mapped table, that nobody classified."""
    found: list[str] = []
    for relation_ in catalogue.relations.values():
        if relation_.kind not in ("r", "p", "f") or relation_.schema in OURS or relation_.partition:
            continue
        table = datamap.tables.get(relation_.name)
        if table is None:
            found.append(relation_.name)
        elif table.personal:
            found += [
                f"{relation_.name}.{c}" for c in relation_.columns if c not in table.columns and not c.startswith("hv_")
            ]
    return found


def _refuse_unseen(policy: Policy, ours: Sequence[Shape], purpose: str) -> None:
    def seen(category: str) -> bool:
        use = policy.use(category, purpose)
        return use is not None and Action.READ in use.actions

    unseen = sorted({category for shape in ours for category in shape.personal if not seen(category)})
    if unseen:
        raise DatabaseRefusal(
            f"This cannot be answered in full: purpose `{purpose}` may not read {', '.join(unseen)} (promise C33).",
            todo=f"Add these categories to the use for `{purpose}` in the policy; then houvast apply.",
        )


def _seen(shape: Shape, seat: PurposeSeat, catalogue: Catalogue) -> str:
    """The view through which the purpose sees a table, else the table itself."""
    live = catalogue.relations.get(qualified(seat.schema, shape.relation.relname))
    return relation(seat.schema, shape.relation.relname) if live is not None and live.kind == "v" else shape.sql


def _parents_first(shapes: Sequence[Shape]) -> list[Shape]:
    """In the order of their foreign keys; tables that point at each other in the order of the map."""
    ours: Mapping[str, Shape] = {shape.name: shape for shape in shapes}
    done: dict[str, Shape] = {}

    def visit(name: str, above: frozenset[str]) -> None:
        if name in done or name in above:
            return
        for key in ours[name].relation.foreign_keys:
            if key.table in ours:
                visit(key.table, above | {name})
        done[name] = ours[name]

    for name in ours:
        visit(name, frozenset())
    return list(done.values())


def ordered(stop: Stop, alias: str = "t") -> str:
    """SQL that puts the rows of a stop in the order of their key."""
    return f" ORDER BY {', '.join(f'{alias}.{ident(name)}' for name in stop.key)}" if stop.key else ""
