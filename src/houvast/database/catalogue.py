"""What stands in a live database: tables, columns, keys, grants, functions and roles, as frozen values."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from houvast.database.connect import Connection
from houvast.database.queries import queries


@dataclass(frozen=True)
class Column:
    """A column; `filled` when the database gives its value (identity or generated)."""

    name: str
    type: str
    not_null: bool
    default: str | None
    identity: str
    generated: str
    comment: str = ""


@dataclass(frozen=True)
class ForeignKey:
    """Columns that point at another table. `on_delete` as in pg_constraint: a, r, c, n, d."""

    columns: tuple[str, ...]
    table: str
    target_columns: tuple[str, ...]
    on_delete: str


@dataclass(frozen=True)
class Grant:
    """A privilege that somebody but the owner holds; `column` "" = on the whole relation."""

    column: str
    grantee: str
    privilege: str
    grantable: bool


@dataclass(frozen=True)
class Relation:
    """A table, view or materialised view. `name` is `name` in schema public, else `schema.name`."""

    name: str
    schema: str
    relname: str
    kind: str  # r, p, v, m, f as in pg_class
    owner: str
    row_security: bool
    force: bool
    columns: Mapping[str, Column] = field(default_factory=dict[str, Column])
    key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    grants: tuple[Grant, ...] = ()
    reads: tuple[str, ...] = ()  # relations that a view reads
    definition: str = ""  # the query of a view, where it was asked for
    policies: tuple[str, ...] = ()  # row policies that let rows through
    comment: str = ""
    uniques: tuple[tuple[str, ...], ...] = ()  # columns of each unique index, "" for an expression
    parents: tuple[str, ...] = ()  # relations that show its rows as their own
    partition: bool = False  # it has one parent, and no columns or triggers but that one's
    width: int = 0  # places that its own columns take: PostgreSQL counts those that were dropped too

    def draws(self, column: str) -> bool:
        """Whether the database draws this column's value from a sequence."""
        known = self.columns.get(column)
        return bool(known and (known.identity or (known.default or "").startswith("nextval(")))


@dataclass(frozen=True)
class Function:
    """A function; `name` as `schema.name(arguments)`, without the schema in public."""

    name: str
    schema: str
    proname: str
    arguments: str
    definer: bool
    owner: str
    public: bool  # every role may call it


@dataclass(frozen=True)
class Role:
    """A role and what lets it pass everything."""

    name: str
    superuser: bool
    bypass: bool
    login: bool
    inherit: bool
    createrole: bool
    replication: bool


@dataclass(frozen=True)
class Catalogue:
    """One database as it stands; `version` is server_version_num."""

    database: str
    version: int
    user: str
    relations: Mapping[str, Relation] = field(default_factory=dict[str, Relation])
    functions: Mapping[str, Function] = field(default_factory=dict[str, Function])
    roles: Mapping[str, Role] = field(default_factory=dict[str, Role])
    members: frozenset[tuple[str, str]] = frozenset()  # (role, member)
    owner: str = ""
    public_temp: bool = True
    schemas: frozenset[str] = frozenset()
    schema_creators: tuple[tuple[str, str], ...] = ()  # (schema, role or "public") with CREATE
    default_grants: tuple[tuple[str, str, str, str, str], ...] = ()  # role, schema, type, grantee, privileges


def qualified(schema: str, name: str) -> str:
    """The name under which the data map knows a relation. One with a dot in it is quoted, never taken for another."""
    if "." in schema + name:
        return f'"{schema}"."{name}"'
    return name if schema == "public" else f"{schema}.{name}"


def read_catalogue(connection: Connection, views: Collection[str] = ()) -> Catalogue:
    """Read the live catalogue in one go. Needs no right beyond connecting. `views`: whose definition is read too."""
    reader = _Reader(connection, views)
    database, version, user, owner, temp = reader.rows("database")[0]
    functions = (
        Function(f"{qualified(schema, name)}({arguments})", schema, name, arguments, definer, owned_by, public)
        for schema, name, arguments, definer, owned_by, public in reader.rows("functions")
    )
    return Catalogue(
        database,
        version,
        user,
        reader.relations(),
        {one.name: one for one in functions},
        {row[0]: Role(*row) for row in reader.rows("roles")},
        frozenset((row[0], row[1]) for row in reader.rows("memberships")),
        owner,
        temp,
        frozenset(row[0] for row in reader.rows("schemas")),
        tuple((row[0], row[1]) for row in reader.rows("schema_creators")),
        tuple((row[0], row[1], row[2], row[3], row[4]) for row in reader.rows("default_grants")),
    )


class _Reader:
    """Reads what PostgreSQL's catalogue says of each relation; relations are known by their oid."""

    def __init__(self, connection: Connection, views: Collection[str]) -> None:
        self.connection = connection
        self.views = views
        self.texts = queries("houvast.database", "catalogue.sql")
        self.names: dict[int, str] = {}

    def rows(self, name: str) -> list[tuple[Any, ...]]:
        """What a query of catalogue.sql gives."""
        return self.connection.execute(self.texts[name]).fetchall()

    def relations(self) -> dict[str, Relation]:
        """Every relation, in the order of schemas and names."""
        tables = self.rows("tables")
        names = self.names = {row[6]: qualified(row[0], row[1]) for row in tables}
        columns, ours = self._columns()
        keys, foreign = self._keys()
        parents, partitions = self._parents()
        asked = [oid for oid, name in names.items() if name in self.views]
        definitions: dict[int, str] = dict(self.connection.execute(self.texts["definitions"], (asked,)).fetchall())
        grants, policies, uniques, reads = self._grants(), self._policies(), self._uniques(), self._reads()
        return {
            names[oid]: Relation(
                names[oid], schema, relname, kind, owner, rls, force, columns.get(oid, {}), keys.get(oid, ()),
                tuple(foreign[oid]), tuple(grants[oid]), tuple(sorted(reads[oid])), definitions.get(oid, ""),
                tuple(policies[oid]), comment, tuple(uniques[oid]), tuple(parents[oid]), oid in partitions,
                width - ours[oid],
            )
            for schema, relname, kind, owner, rls, force, oid, comment, width in tables
        }  # fmt: skip

    def _columns(self) -> tuple[dict[int, dict[str, Column]], Counter[int]]:
        """Columns of the application, and how many are Houvast's own, never the application's."""
        columns: dict[int, dict[str, Column]] = {}
        ours = Counter[int]()
        for oid, name, *facts in self.rows("columns"):
            if name.startswith("hv_"):
                ours[oid] += 1
            else:
                columns.setdefault(oid, {})[name] = Column(name, *facts)
        return columns, ours

    def _keys(self) -> tuple[dict[int, tuple[str, ...]], dict[int, list[ForeignKey]]]:
        keys: dict[int, tuple[str, ...]] = {}
        foreign: dict[int, list[ForeignKey]] = defaultdict(list)
        for oid, contype, target, on_delete, cols, target_cols in self.rows("keys"):
            if contype == "p":
                keys[oid] = tuple(cols)
            elif target in self.names:
                foreign[oid].append(ForeignKey(tuple(cols), self.names[target], tuple(target_cols), on_delete))
        return keys, foreign

    def _parents(self) -> tuple[dict[int, list[str]], set[int]]:
        """Relations that show a relation's rows as their own, and which relations are partitions."""
        parents: dict[int, list[str]] = defaultdict(list)
        partitions = set[int]()
        for oid, parent, partition in self.rows("parents"):
            if parent in self.names:
                parents[oid].append(self.names[parent])
            if partition:
                partitions.add(oid)
        return parents, partitions

    def _grants(self) -> dict[int, list[Grant]]:
        grants: dict[int, list[Grant]] = defaultdict(list)
        for oid, column, grantee, privilege, grantable, *_ in self.rows("relation_grants"):
            grants[oid].append(Grant(column, grantee, privilege, grantable))
        return grants

    def _policies(self) -> dict[int, list[str]]:
        policies: dict[int, list[str]] = defaultdict(list)
        for oid, name in self.rows("policies"):
            policies[oid].append(name)
        return policies

    def _uniques(self) -> dict[int, list[tuple[str, ...]]]:
        uniques: dict[int, list[tuple[str, ...]]] = defaultdict(list)
        for oid, names in self.rows("uniques"):
            uniques[oid].append(tuple(names))
        return uniques

    def _reads(self) -> dict[int, list[str]]:
        reads: dict[int, list[str]] = defaultdict(list)
        for oid, source in self.rows("view_uses"):
            if source in self.names:
                reads[oid].append(self.names[source])
        return reads
