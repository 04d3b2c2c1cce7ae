"""The data map laid over the live catalogue: for each guarded table, where its answers lie."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from houvast.compiler.belonging import (
    check_hiding,
    check_reader,
    check_way,
    leads_once,
    links_once,
    person_type,
    shared_above,
)
from houvast.compiler.guard import CONTESTABLE_BITS
from houvast.compiler.relations import alike
from houvast.compiler.words import SCHEMA, ident, relation, short, writable
from houvast.database.catalogue import Catalogue, Column, Relation
from houvast.datamap.model import Circumstance, DataMap, Owner, Path, Stand, Table, Where
from houvast.errors import FileErrors, Finding, Place

WIDEST, FIXED = 1600, 3
"""How many columns a table has at most, and how many Houvast adds beside the derived and the contestable ones."""


@dataclass(frozen=True)
class Derived:
    """A column that Houvast adds and keeps: the value at the end of a path of foreign keys. `steps`: (column, quoted table
    that it leads to, column there) of each key on the way."""

    column: str
    path: Path
    type: str
    steps: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Reader:
    """One way in which somebody may have a row in their copy that is not theirs. `column` holds their key, or the key of a row
    of table `above` that they share; "" when `way` leads through a link table."""

    way: Owner
    type: str
    column: str = ""
    above: str = ""


@dataclass(frozen=True)
class Shape:
    """One guarded table. `owner_column` is set when the row itself holds its one owner's key;
    otherwise the owners lie in `houvast.<owners_table>`: those of this row, found in `ways`, or those of the row of
    table `above` to which column `shared_by` leads."""

    name: str
    relation: Relation
    table: Table
    kind: str  # kind of data subject, "" when ownerless by nature
    owner_column: str = ""
    owner_type: str = ""
    ways: tuple[Owner, ...] = ()
    derived: tuple[Derived, ...] = ()
    cases: Mapping[str, str] = field(default_factory=dict[str, str])  # circumstance -> column
    events: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])  # -> column, type
    own_circumstances: tuple[Circumstance, ...] = ()
    subject_key: str = ""  # set when the rows are the data subjects themselves
    has_account: bool = True
    contestable: tuple[str, ...] = ()
    person_type: str = "text"  # of the owners of rows that several share
    closed_column: str = ""  # of the data subjects' own table
    identifiers: Mapping[str, str] = field(default_factory=dict[str, str])  # sort -> column
    called: str = ""  # the column in which the full name of the row's person lies
    post: tuple[str, ...] = ()  # the lines of a postal address
    shielded: tuple[str, ...] = ()  # free text, of which a flag hides what must not lie open
    above: str = ""
    shared_by: str = ""
    readers: tuple[Reader, ...] = ()
    links_once: bool = False  # its one way is a link table in which nobody stands twice for the same row

    @property
    def shared(self) -> bool:
        """Whether a row can have several owners."""
        return bool(self.ways or self.above)

    @property
    def links(self) -> tuple[Owner, ...]:
        """The ways to its owners that lead through a link table."""
        return tuple(way for way in self.ways if way.through)

    @property
    def holders(self) -> tuple[Owner, ...]:
        """The ways to its owners that are a column of the row itself, one of several."""
        return tuple(way for way in self.ways if not way.through)

    @property
    def sql(self) -> str:
        """The quoted table."""
        return relation(self.relation.schema, self.relation.relname)

    @property
    def id(self) -> str:
        """A short name for objects that belong to this table."""
        return self.name.replace(".", "_")

    @property
    def key(self) -> str:
        """The single primary-key column."""
        return self.relation.key[0] if self.relation.key else ""

    @property
    def may_lack_owner(self) -> bool:
        """Whether a row can be written before its owner is attached."""
        if self.subject_key or not self.kind:
            return False
        first = self.derived_path(self.owner_column)[0] if self.owner_column else ""
        live = self.relation.columns.get(first)
        return self.shared or not (live and live.not_null)

    def contested_with(self, column: str) -> tuple[str, ...]:
        """The contestable columns that, when contested, hide this one."""
        known = self.table.columns[column]
        return tuple(c for c in self.contestable if c == column or c in known.derived_from)

    def shielded_with(self, column: str) -> tuple[str, ...]:
        """The columns of free text that, when flagged, hide this one."""
        known = self.table.columns[column]
        return tuple(c for c in self.shielded if c == column or c in known.derived_from)

    def derived_path(self, column: str) -> Path:
        """The path of a derived column; a plain column is its own path."""
        return next((d.path for d in self.derived if d.column == column), (column,))

    def hanging(self, column: str, condition: str) -> str:
        """SQL: what stands at the end of a column's path meets a condition; by the foreign keys, so that their indexes serve."""
        derived = next((d for d in self.derived if d.column == column), None)
        found = f"{ident(derived.path[-1] if derived else column)} {condition}"
        for step, table, target in reversed(derived.steps if derived else ()):
            found = f"{ident(step)} IN (SELECT {ident(target)} FROM {table} WHERE {found})"
        return found

    @property
    def keeps_closed(self) -> bool:
        """Whether Houvast adds to the row when its owners' accounts closed."""
        return bool(self.kind) and self.has_account and not self.closed_column

    @property
    def owners_table(self) -> str:
        """The table of owners, when the row does not hold its owner."""
        return relation(SCHEMA, owners_name(self.above or self.name))

    @property
    def readers_name(self) -> str:
        """The table of who may have rows in their copy through a link, in schema houvast."""
        return short(f"x_{self.id}")

    def column(self, name: str) -> str:
        """A column of this table, qualified, for use in policies and views."""
        return f"{ident(self.relation.relname)}.{ident(name)}"

    def categories(self) -> dict[tuple[str, ...], list[str]]:
        """Classified columns grouped by what they need; () = not personal."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for column in self.table.columns.values():
            groups.setdefault(column.categories, []).append(column.name)
        return groups

    @property
    def personal(self) -> tuple[str, ...]:
        """Every category that lies in this table."""
        return tuple(dict.fromkeys(c for column in self.table.columns.values() for c in column.categories))


def owners_name(table: str) -> str:
    """The table of owners of a table whose rows several share, in schema houvast."""
    return short(f"o_{table.replace('.', '_')}")


@dataclass(frozen=True)
class CircumstanceTable:
    """The small table that holds the open cases of one circumstance."""

    circumstance: Circumstance
    relation: Relation
    case_type: str
    person_type: str

    @property
    def sql(self) -> str:
        """The quoted table."""
        return relation(SCHEMA, self.name)

    @property
    def name(self) -> str:
        """Its name in schema houvast."""
        return short("c_" + self.circumstance.name.replace(".", "_"))


@dataclass(frozen=True)
class Layout:
    """Everything that the compiler knows about where data lie."""

    shapes: Mapping[str, Shape]
    circumstances: Mapping[str, CircumstanceTable]
    others: Mapping[str, Relation]  # mapped tables without personal data
    key_types: Mapping[str, str]  # kind of subject -> type of its key
    subjects: Mapping[str, Shape]  # kind -> the table whose rows are the persons

    @property
    def schemas(self) -> tuple[str, ...]:
        """The application's schemas."""
        live = (*(s.relation for s in self.shapes.values()), *self.others.values())
        return tuple(dict.fromkeys(relation.schema for relation in live))


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

    def shape(self, table: Table, own: tuple[Circumstance, ...]) -> Shape | None:
        """The shape of one guarded table."""
        live = self.relation(table.name, table.place)
        if live is None:
            return None
        for column in table.columns.values():
            self.column(live, column.name, column.place)
        derived: dict[str, Derived] = {}
        subject = next((s for s in self.map.subjects.values() if s.table == table.name), None)
        kind, owner_column, owner_type, ways, above, shared_by = "", "", "", tuple[Owner, ...](), "", ""
        if subject:
            kind, owner_column = subject.kind, subject.key
        elif table.owners:
            owner = table.owners[0]
            kind = owner.kind
            if owner.through or len(table.owners) > 1:
                ways = table.owners
                for way in ways:
                    check_way(self, live, table, way)
            else:
                owner_column = self._derive(derived, live, owner.path, "owner", owner.place)
                above = shared_above(self, live, owner.path) if owner_column else ""
                if above:
                    owner_column, shared_by = "", owner_column
        if owner_column:
            known = live.columns.get(owner_column)
            owner_type = known.type if known else derived[owner_column].type if owner_column in derived else ""
        check_hiding(self, live, table)
        readers = tuple(self._reader(derived, live, way, number) for number, way in enumerate(table.accessed_by))
        for reader in readers:
            check_reader(self, live, reader)
        if (own or ways or readers) and len(live.key) != 1:
            self.wrong("no-key", table.place, f"Table `{table.name}` needs a primary key of one column for this.",
                       "give it one: circumstances and shared rows are known by it.")  # fmt: skip
        cases = {
            name: self._derive(derived, live, path, f"case_{name}", table.place) for name, path in table.cases.items()
        }
        events: dict[str, tuple[str, str]] = {}
        for name, path in table.events.items():
            column = self._derive(derived, live, path, f"event_{name}", table.place)
            if column:
                kind_of = live.columns[column].type if column in live.columns else derived[column].type
                events[name] = (column, kind_of)
        contestable = tuple(c.name for c in table.columns.values() if c.contestable)
        if len(contestable) > CONTESTABLE_BITS:
            self.wrong("contestable", table.place, f"Table `{table.name}` has more than {CONTESTABLE_BITS} contestable columns.",
                       "let people contest fewer of them apart: a guard has a bit for each.")  # fmt: skip
        shielded = tuple(c.name for c in table.columns.values() if kind and c.shielded)
        if shielded and not live.key:
            self.wrong("no-key", table.place, f"Table `{table.name}` has free text and no primary key.",
                       "give it one: a text that is flagged is known by it.")  # fmt: skip
        has_account = bool(kind and kind in self.map.subjects and self.map.subjects[kind].closed)
        if live.width + len(derived) + len(contestable) + FIXED > WIDEST:
            self.wrong("too-wide", table.place, f"Table `{table.name}` has {live.width} columns, dropped ones too, and Houvast adds some;"
                       f" PostgreSQL takes {WIDEST}.", "move some columns to a table of their own.")  # fmt: skip
        return Shape(
            table.name, live, table, kind, owner_column, owner_type, ways, tuple(derived.values()), cases, events,
            own, subject.key if subject else "", has_account, contestable, person_type(self, live, ways[0]) if ways else "text",
            subject.closed if subject else "", self._identifiers(table.name, kind), self._called(table.name, kind),
            tuple(one.column for s in self.map.subjects.values() for one in s.post if one.table == table.name), shielded,
            above, shared_by or (live.key[0] if ways and live.key else ""), readers, links_once(self, ways),
        )  # fmt: skip

    def _reader(self, derived: dict[str, Derived], live: Relation, way: Owner, number: int) -> Reader:
        if way.through:
            self.check_link(live, way)
            return Reader(way, person_type(self, live, way))
        column = self._derive(derived, live, way.path, f"reader_{number}", way.place)
        above = shared_above(self, live, way.path) if column else ""
        known = live.columns.get(column)
        kind = known.type if known else derived[column].type if column in derived else "text"
        return Reader(way, kind, column, above)

    def _called(self, table: str, kind: str) -> str:
        subject = self.map.subjects.get(kind)
        return subject.called.column if subject and subject.called and subject.called.table == table else ""

    def _identifiers(self, table: str, kind: str) -> dict[str, str]:
        """The columns of a table by which a person of this kind is found."""
        subject = self.map.subjects.get(kind)
        ours = subject.identifiers.values() if subject else ()
        return {one.sort: one.column for one in ours if one.table == table}

    def check_link(self, live: Relation, owner: Owner) -> None:
        through = self.relation(owner.through, owner.place)
        if through is None:
            return
        for name in filter(None, (owner.of, owner.left, *owner.where.conditions)):
            self.column(through, name, owner.place)
        if len(owner.path) != 1:
            self.wrong("link-path", owner.place, f"The link table `{owner.through}` must hold the person's key itself.",
                       "name one column of the link table.")  # fmt: skip
        else:
            self.column(through, owner.path[0], owner.place)
        if not any(k.columns == (owner.of,) and k.table == live.name for k in through.foreign_keys):
            self.wrong("no-foreign-key", owner.place, f"`{owner.through}.{owner.of}` does not point at `{live.name}`.",
                       "name the column with the foreign key to the shared row, or add that key.")  # fmt: skip

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


def _own(datamap: DataMap, table: str) -> tuple[Circumstance, ...]:
    return tuple(c for c in datamap.circumstances.values() if c.table == table)


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
        name: shape
        for name, table in datamap.tables.items()
        if table.personal and (shape := resolver.shape(table, _own(datamap, name)))
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


def unclassified(datamap: DataMap, catalogue: Catalogue, ignore: Iterable[str] = (SCHEMA,)) -> list[str]:
    """Every table, and every column of a mapped table, that nobody classified."""
    found: list[str] = []
    ours = set(ignore)
    for relation_ in catalogue.relations.values():
        if relation_.kind not in ("r", "p", "f") or relation_.schema in ours or relation_.partition:
            continue
        table = datamap.tables.get(relation_.name)
        if table is None:
            found.append(relation_.name)
        elif table.personal:
            found += [
                f"{relation_.name}.{c}" for c in relation_.columns if c not in table.columns and not c.startswith("hv_")
            ]
    return found
