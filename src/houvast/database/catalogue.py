"""What stands in a live database: tables, columns, keys, grants, functions and roles, as frozen values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
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
    definition: str = ""  # the query of a view
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


def read_catalogue(connection: Connection) -> Catalogue:
    """Read the live catalogue in one go. Needs no right beyond connecting."""
    texts = queries("houvast.database", "catalogue.sql")

    def rows(name: str) -> list[tuple[Any, ...]]:
        return connection.execute(texts[name]).fetchall()

    tables = rows("tables")
    names: dict[int, str] = {row[6]: qualified(row[0], row[1]) for row in tables}
    columns: dict[int, dict[str, Column]] = {}
    ours = Counter[int]()
    for oid, name, *facts in rows("columns"):
        if name.startswith("hv_"):  # Houvast's own, never the application's
            ours[oid] += 1
        else:
            columns.setdefault(oid, {})[name] = Column(name, *facts)
    keys: dict[int, tuple[str, ...]] = {}
    foreign: dict[int, list[ForeignKey]] = {}
    for oid, contype, target, on_delete, cols, target_cols in rows("keys"):
        if contype == "p":
            keys[oid] = tuple(cols)
        elif target in names:
            foreign.setdefault(oid, []).append(ForeignKey(tuple(cols), names[target], tuple(target_cols), on_delete))
    grants: dict[int, list[Grant]] = {}
    for oid, column, grantee, privilege, grantable, *_ in rows("relation_grants"):
        grants.setdefault(oid, []).append(Grant(column, grantee, privilege, grantable))
    policies: dict[int, list[str]] = {}
    for oid, name in rows("policies"):
        policies.setdefault(oid, []).append(name)
    uniques: dict[int, list[tuple[str, ...]]] = {}
    for oid, names_of in rows("uniques"):
        uniques.setdefault(oid, []).append(tuple(names_of))
    reads: dict[int, list[str]] = {}
    for oid, source in rows("view_uses"):
        if source in names:
            reads.setdefault(oid, []).append(names[source])
    parents: dict[int, list[str]] = {}
    partitions = set[int]()
    for oid, parent, partition in rows("parents"):
        if parent in names:
            parents.setdefault(oid, []).append(names[parent])
        if partition:
            partitions.add(oid)
    relations = {
        names[oid]: Relation(
            names[oid], schema, relname, kind, owner, rls, force, columns.get(oid, {}), keys.get(oid, ()),
            tuple(foreign.get(oid, ())), tuple(grants.get(oid, ())), tuple(sorted(reads.get(oid, ()))),
            definition or "", tuple(policies.get(oid, ())), comment, tuple(uniques.get(oid, ())),
            tuple(parents.get(oid, ())), oid in partitions, width - ours[oid],
        )
        for schema, relname, kind, owner, rls, force, oid, definition, comment, width in tables
    }  # fmt: skip
    functions = {
        f"{qualified(schema, name)}({arguments})": Function(
            f"{qualified(schema, name)}({arguments})", schema, name, arguments, definer, owner, public
        )
        for schema, name, arguments, definer, owner, public in rows("functions")
    }
    roles = {row[0]: Role(*row) for row in rows("roles")}
    members = frozenset((row[0], row[1]) for row in rows("memberships"))
    schemas = frozenset(row[0] for row in rows("schemas"))
    database, version, user, owner, temp = connection.execute(
        "SELECT current_database(), current_setting('server_version_num')::int, session_user,"
        " pg_get_userbyid(d.datdba), EXISTS (SELECT FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x"
        " WHERE x.grantee = 0 AND x.privilege_type = 'TEMPORARY')"
        " FROM pg_database d WHERE d.datname = current_database()"
    ).fetchone() or ("", 0, "", "", True)
    creators = tuple((row[0], row[1]) for row in rows("schema_creators"))
    defaults = tuple((row[0], row[1], row[2], row[3], row[4]) for row in rows("default_grants"))
    return Catalogue(
        database, version, user, relations, functions, roles, members, owner, temp, schemas, creators, defaults
    )
