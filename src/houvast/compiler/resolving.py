"""Lays the data map over the live catalogue, and finds every name in it that is not there."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from houvast.compiler.belonging import (
    check_hiding,
    check_link,
    check_reader,
    check_way,
    leads_once,
    links_once,
    person_type,
    shared_above,
)
from houvast.compiler.columns import too_many
from houvast.compiler.relations import alike
from houvast.compiler.shape import CircumstanceTable, Derived, Layout, Reader, Shape
from houvast.compiler.words import relation, short, writable
from houvast.database.catalogue import Catalogue, Column, Relation
from houvast.datamap.model import Circumstance, DataMap, Owner, Path, Stand, Subject, Table, Where
from houvast.errors import FileErrors, Finding, Place


@dataclass(frozen=True)
class _Whose:
    """Whose the rows of a table are: `column`, `ways` or the row of table `above` to which `shared_by` leads."""

    kind: str = ""
    column: str = ""
    ways: tuple[Owner, ...] = ()
    above: str = ""
    shared_by: str = ""


class Resolver:
    """Lays a map over a catalogue and collects every finding on the way."""

    def __init__(self, datamap: DataMap, catalogue: Catalogue) -> None:
        self.map = datamap
        self.catalogue = catalogue
        self.findings: list[Finding] = []
        self._spelled = set[str]()

    def wrong(self, code: str, place: Place, message: str, todo: str = "") -> None:
        """Remember a finding."""
        self.findings.append(Finding(code, place, message, todo))

    def _spell(self, name: str, place: Place) -> None:
        """A finding about a name that a map or a function's body cannot hold."""
        if name not in self._spelled and not writable(name):
            self.wrong("unwritable", place, f"The name {name!r} holds a dot, a brace, `$hv$` or a sign that is not printed.",
                       "rename it: the map tells tables from columns by dots, and functions are written with the others.")  # fmt: skip
        self._spelled.add(name)

    def relation(self, name: str, place: Place) -> Relation | None:
        """The live table, or a finding with what it may have meant."""
        found = self.catalogue.relations.get(name)
        if found is None or found.kind not in ("r", "p"):
            near = difflib.get_close_matches(name, [r.name for r in self.catalogue.relations.values()], 1)
            hint = f"did you mean `{near[0]}`?" if near else "correct the name, or take it out of the map."
            self.wrong("no-table", place, f"The database `{self.catalogue.database}` has no table `{name}`.", hint)
            return None
        self._spell(found.relname, place)
        self._spell(found.schema, place)
        return found

    def column(self, table: Relation, name: str, place: Place) -> Column | None:
        """The live column, or a finding."""
        found = table.columns.get(name)
        if found is None:
            near = difflib.get_close_matches(name, list(table.columns), 1)
            hint = f"did you mean `{near[0]}`?" if near else "correct the name, or take it out of the map."
            self.wrong("no-column", place, f"Table `{table.name}` has no column `{name}`.", hint)
        self._spell(name, place)
        return found

    def follow(self, table: Relation, path: Path, place: Place) -> tuple[list[Relation], Column] | None:
        """The tables on a path and its last column."""
        tables = [table]
        for step in path[:-1]:
            here = tables[-1]
            key = next((k for k in here.foreign_keys if k.columns == (step,)), None)
            if key is None:
                self.wrong("no-foreign-key", place, f"Column `{step}` of `{here.name}` is no foreign key of its own.",
                           "name columns with a foreign key, the last one a column: `ticket_id.account_id`.")  # fmt: skip
                return None
            tables.append(self.catalogue.relations[key.table])
            self._spell(tables[-1].relname, place)
        last = self.column(tables[-1], path[-1], place)
        return (tables, last) if last else None

    def where(self, table: Relation, where: Where, place: Place) -> None:
        """Check the columns that a condition names."""
        for name in (*where.conditions, *filter(None, (where.starts, where.ends))):
            self.column(table, name, place)

    def _derive(self, shape: dict[str, Derived], table: Relation, path: Path, name: str, place: Place) -> str:
        if len(path) == 1:
            self.column(table, path[0], place)
            return path[0]
        found = self.follow(table, path, place)
        if found is None:
            return ""
        column = short("hv_" + name.replace(".", "_"))
        keys = [
            next(k for k in t.foreign_keys if k.columns == (c,)) for t, c in zip(found[0][:-1], path[:-1], strict=True)
        ]
        targets = [relation(t.schema, t.relname) for t in found[0][1:]]
        steps = tuple((k.columns[0], sql, k.target_columns[0]) for k, sql in zip(keys, targets, strict=True))
        shape[column] = Derived(column, path, found[1].type, steps)
        return column

    def shape(self, table: Table) -> Shape | None:
        """The shape of one guarded table."""
        live = self.relation(table.name, table.place)
        if live is None:
            return None
        for column in table.columns.values():
            self.column(live, column.name, column.place)
        derived: dict[str, Derived] = {}
        subject = next((s for s in self.map.subjects.values() if s.table == table.name), None)
        own = tuple(c for c in self.map.circumstances.values() if c.table == table.name)
        whose = self._whose(derived, live, table, subject)
        kind, ways = whose.kind, whose.ways
        check_hiding(self, live, table)
        readers = tuple(self._reader(derived, live, way, number) for number, way in enumerate(table.accessed_by))
        for reader in readers:
            check_reader(self, live, reader)
        cases = {
            name: self._derive(derived, live, path, f"case_{name}", table.place) for name, path in table.cases.items()
        }
        events = self._events(derived, live, table)
        contestable = tuple(c.name for c in table.columns.values() if c.contestable)
        shielded = tuple(c.name for c in table.columns.values() if kind and c.shielded)
        self._key(live, table, known=bool(own or ways or readers), flagged=bool(shielded))
        found = Shape(
            table.name, live, table, kind, whose.column, self._type(derived, live, whose.column, ""), ways,
            tuple(derived.values()), cases, events, own, subject.key if subject else "",
            bool(kind and kind in self.map.subjects and self.map.subjects[kind].closed), contestable,
            person_type(self, live, ways[0]) if ways else "text", subject.closed if subject else "",
            self._identifiers(table.name, kind), self._called(table.name, kind),
            tuple(one.column for s in self.map.subjects.values() for one in s.post if one.table == table.name), shielded,
            whose.above, whose.shared_by or (live.key[0] if ways and live.key else ""), readers, links_once(self, ways),
        )  # fmt: skip
        self.findings += too_many(found)
        return found

    def _whose(self, derived: dict[str, Derived], live: Relation, table: Table, subject: Subject | None) -> _Whose:
        if subject:
            return _Whose(subject.kind, subject.key)
        if not table.owners:
            return _Whose()
        owner = table.owners[0]
        if owner.through or len(table.owners) > 1:
            for way in table.owners:
                check_way(self, live, table, way)
            return _Whose(owner.kind, ways=table.owners)
        column = self._derive(derived, live, owner.path, "owner", owner.place)
        above = shared_above(self, live, owner.path) if column else ""
        return _Whose(owner.kind, above=above, shared_by=column) if above else _Whose(owner.kind, column)

    def _events(self, derived: dict[str, Derived], live: Relation, table: Table) -> dict[str, tuple[str, str]]:
        """When each event was, and of which type that column is."""
        found = {
            name: self._derive(derived, live, path, f"event_{name}", table.place) for name, path in table.events.items()
        }
        return {name: (column, self._type(derived, live, column)) for name, column in found.items() if column}

    @staticmethod
    def _type(derived: dict[str, Derived], live: Relation, column: str, unknown: str = "text") -> str:
        """The type of a column of the table, or of one that Houvast adds."""
        known = live.columns.get(column)
        return known.type if known else derived[column].type if column in derived else unknown

    def _key(self, live: Relation, table: Table, *, known: bool, flagged: bool) -> None:
        """A finding when rows must be known by a key and are not. `flagged`: a part of one suffices."""
        if known and len(live.key) != 1:
            self.wrong("no-key", table.place, f"Table `{table.name}` needs a primary key of one column for this.",
                       "give it one: circumstances and shared rows are known by it.")  # fmt: skip
        if flagged and not live.key:
            self.wrong("no-key", table.place, f"Table `{table.name}` has free text and no primary key.",
                       "give it one: a text that is flagged is known by it.")  # fmt: skip

    def _reader(self, derived: dict[str, Derived], live: Relation, way: Owner, number: int) -> Reader:
        if way.through:
            check_link(self, live, way)
            return Reader(way, person_type(self, live, way))
        column = self._derive(derived, live, way.path, f"reader_{number}", way.place)
        above = shared_above(self, live, way.path) if column else ""
        return Reader(way, self._type(derived, live, column), column, above)

    def _called(self, table: str, kind: str) -> str:
        subject = self.map.subjects.get(kind)
        return subject.called.column if subject and subject.called and subject.called.table == table else ""

    def _identifiers(self, table: str, kind: str) -> dict[str, str]:
        """The columns of a table by which a person of this kind is found."""
        subject = self.map.subjects.get(kind)
        ours = subject.identifiers.values() if subject else ()
        return {one.sort: one.column for one in ours if one.table == table}

    def circumstance(self, found: Circumstance) -> CircumstanceTable | None:
        """The shape of one circumstance."""
        live = self.relation(found.table, found.place)
        if live is None:
            return None
        if len(live.key) != 1:
            self.wrong("no-key", found.place, f"Table `{live.name}` needs a primary key of one column: it names the case.",
                       "give it one, or let a table that has one say when the circumstance holds.")  # fmt: skip
            return None
        self.where(live, found.where, found.place)
        if len(found.path) != 1:
            self.wrong("long-path", found.place, f"`{found.name}` must reach its person by a column of `{live.name}`.",
                       "name one column, or let the table of that column say when the circumstance holds.")  # fmt: skip
            return None
        person = self.column(live, found.path[0], found.place)
        if person is None:
            return None
        return CircumstanceTable(found, live, live.columns[live.key[0]].type, person.type)

    def stand(self, found: Stand) -> None:
        """Check one stand."""
        live = self.relation(found.table, found.place)
        if live is None:
            return
        self.where(live, found.where, found.place)
        if len(found.path) != 1:
            self.wrong("long-path", found.place, f"The stand must reach its person by a column of `{live.name}`.",
                       "name one column of that table.")  # fmt: skip
        else:
            self.column(live, found.path[0], found.place)

    def subjects(self) -> dict[str, str]:
        """Types of the subjects' keys."""
        types: dict[str, str] = {}
        for subject in self.map.subjects.values():
            live = self.relation(subject.table, subject.place)
            if live is None:
                continue
            key = self.column(live, subject.key, subject.place)
            for name in filter(None, (subject.since, subject.closed)):
                self.column(live, name, subject.place)
            for one in (*subject.identifiers.values(), *filter(None, (subject.called,)), *subject.post):
                found = self.relation(one.table, one.place)
                if found:
                    self.column(found, one.column, one.place)
            if key:
                types[subject.kind] = key.type
            if subject.table not in self.map.tables:
                self.wrong("subject-unmapped", subject.place, f"Table `{subject.table}` holds data subjects but is not mapped.",
                           "list it under `tables:` with its columns.")  # fmt: skip
        return types


def _with_types(shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    """Whose rows are those of a shared row has the type of its people."""
    return {
        name: replace(shape, person_type=shapes[shape.above].person_type) if shape.above in shapes else shape
        for name, shape in shapes.items()
    }


def resolve(datamap: DataMap, catalogue: Catalogue) -> Layout:
    """Lay the map over the catalogue.

    Raises:
        FileErrors: names of tables, columns or keys in the map are not there; all of them listed.
    """
    if datamap.database != catalogue.database:
        raise FileErrors((Finding(
            "other-database", datamap.place,
            f"This map is for the database `{datamap.database}`, but this is `{catalogue.database}`.",
            "connect to the right database, or correct `database:` in the map.",
        ),))  # fmt: skip
    resolver = Resolver(datamap, catalogue)
    types = resolver.subjects()
    shapes = {
        name: shape for name, table in datamap.tables.items() if table.personal and (shape := resolver.shape(table))
    }
    others = {
        name: live
        for name, table in datamap.tables.items()
        if not table.personal and (live := resolver.relation(name, table.place))
    }
    circumstances = {c.name: table for c in datamap.circumstances.values() if (table := resolver.circumstance(c))}
    for stand in datamap.stands:
        resolver.stand(stand)
    resolver.findings += alike(shapes.values(), others.values())
    leads_once(resolver, shapes)
    if resolver.findings:
        raise FileErrors(tuple(resolver.findings))
    shapes = _with_types(shapes)
    subjects = {s.kind: shapes[s.table] for s in datamap.subjects.values()}
    return Layout(shapes, circumstances, others, types, subjects)
