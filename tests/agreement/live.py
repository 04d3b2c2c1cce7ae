"""A database for one policy: made from a template, filled before and after `apply`, asked as a real login."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from typing import Any, Final

import psycopg
from psycopg import sql

from houvast.compiler.apply import apply
from houvast.database import Connection, connect
from houvast.database.server import Server
from houvast.datamap.model import DataMap
from houvast.policy.forms import masked, shortened, word_for
from houvast.policy.model import Form, Look, Policy, PurposeKind
from houvast.policy.world import Ask, OpenUse, Person
from tests.agreement.scenes import Item, Scene
from tests.agreement.shapes import DDL, DESK, OWNER, TABLES

TEMPLATE: Final = "agreement_template"
_numbers = count(1)


def prepare_server(server: Server) -> None:
    """Roles and the template database, once a server."""
    with connect(server.url()) as admin:
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,)).fetchone():
            return
        for role in (DESK, OWNER):
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    with connect(server.url(TEMPLATE)) as admin:
        admin.execute("GRANT CREATE, USAGE ON SCHEMA public TO agreement_owner; SET ROLE agreement_owner")
        admin.execute(DDL.encode())


@dataclass(frozen=True)
class Seen:
    """What one use sees of a table at one instant (id -> column -> value), and the columns it may name."""

    instant: datetime
    rows: Mapping[int | str, Mapping[str, Any]]
    columns: frozenset[str]


@dataclass
class Live:
    """One database with one policy."""

    server: Server
    database: str
    prefix: str
    admin: Connection
    logins: dict[str, Connection] = field(default_factory=dict[str, Connection])
    named: dict[tuple[str, str], bool] = field(default_factory=dict[tuple[str, str], bool])
    keys: dict[int, tuple[bytes, bytes]] = field(default_factory=dict[int, tuple[bytes, bytes]])

    @classmethod
    def new(cls, server: Server) -> Live:
        """A fresh copy of the template."""
        prepare_server(server)
        number = f"{os.getpid()}_{next(_numbers)}"
        name, prefix = f"agreement_{number}", f"a{number}"
        with connect(server.url()) as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(TEMPLATE)
                )
            )
        return cls(server, name, prefix, connect(server.url(name)))

    def drop(self) -> None:
        """Away with it and its roles."""
        for connection in (self.admin, *self.logins.values()):
            connection.close()
        with connect(self.server.url()) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self.database)))
            roles = admin.execute("SELECT rolname FROM pg_roles WHERE rolname ^@ %s", (f"{self.prefix}_",)).fetchall()
            for (role,) in roles:
                admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))

    def apply(self, versions: Sequence[Policy], datamap: DataMap, now: datetime | None = None) -> None:
        """Make the database keep these versions."""
        apply(self.admin, versions, datamap, now=now or datetime.now(UTC), weaken=True)

    # filling

    def fill(self, scenes: Iterable[Scene]) -> None:
        """People and rows, and where people stand when the policy is there already."""
        scenes = list(scenes)
        self.stands(s for s in scenes if s.stands_first and not s.early)
        rows = [i for s in scenes for i in s.items]
        for table in TABLES:
            self._insert([i for i in rows if i.table == table])
        for scene in scenes:
            self._links(scene)
            self._self_opened(scene)
        self.stands(s for s in scenes if not s.stands_first and not s.early)

    def _insert(self, items: Sequence[Item]) -> None:
        for writer in {i.written_by for i in items}:
            batch = [i for i in items if i.written_by == writer]
            names = ["id", *batch[0].values]
            number = self._number(writer) if writer else 0
            command = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(batch[0].table),
                sql.SQL(", ").join(map(sql.Identifier, names)),
                sql.SQL(", ").join(sql.Placeholder() * len(names)),
            )
            with self.admin.transaction(), self.admin.cursor() as cursor:
                if writer:
                    cursor.execute("SELECT set_config('backtrace_functions', %s, true)", (f"hv_{number}_0__",))
                cursor.executemany(command, [(i.id, *i.values.values()) for i in batch])

    def _self_opened(self, scene: Scene) -> None:
        for item in scene.items:
            if not scene.early and item.self_opened:
                table = sql.Identifier("houvast", {"ticket": "c_ticket_open"}.get(item.table, "c_subscription_live"))
                self.admin.execute(
                    sql.SQL("UPDATE {} SET maker = %s WHERE case_key = %s").format(table), (DESK, item.id)
                )

    def _number(self, purpose: str) -> int:
        row = self.admin.execute("SELECT number FROM houvast.purpose WHERE name = %s", (purpose,)).fetchone()
        return row[0] if row else 0

    def _links(self, scene: Scene) -> None:
        for item in scene.items:
            if item.table == "household":
                members = [(item.id * 10 + n, item.id, int(k[1]), left) for n, (k, left) in enumerate(item.owners)]
                if item.lost:
                    members = [(item.id * 10, item.id, int(scene.people[0].key[1]), None)]
                for member in members:
                    self.admin.execute("INSERT INTO household_member VALUES (%s, %s, %s, %s)", member)
                if item.lost:
                    self.admin.execute("DELETE FROM household_member WHERE household_id = %s", (item.id,))
            if item.table == "address" and item.lost:
                self.admin.execute(
                    "UPDATE address SET account_id = %s WHERE id = %s", (int(scene.people[0].key[1]), item.id)
                )
                self.admin.execute("UPDATE address SET account_id = NULL WHERE id = %s", (item.id,))
        for key, table in scene.by_table:
            person = next(p for p in scene.people if p.key == key)
            number = int(key[1])
            if table == "mailing":
                ended = None if "marketing" in person.consented else datetime(2020, 1, 1, tzinfo=UTC)
                self.admin.execute("INSERT INTO mailing VALUES (%s, %s, %s)", (number, number, ended))
            else:
                dismissed = None if "enforce" in person.objected else "dismissed"
                self.admin.execute("INSERT INTO refusal VALUES (%s, %s, %s)", (number, number, dismissed))

    def stands(self, scenes: Iterable[Scene]) -> None:
        """Where people stand, requests and holds."""
        stands: list[tuple[str, str, str, str]] = []
        requests: list[tuple[str, str]] = []
        holds: list[tuple[str, str, str]] = []
        for scene in scenes:
            for person in scene.people:
                stands += [(*person.key, *stand) for stand in _stands(person) if not _by_table(scene, person, stand)]
                requests += [person.key] if person.request_open else []
            holds += [(case, i.table, str(i.id)) for i in scene.items for case in i.holds]
        with self.admin.transaction(), self.admin.cursor() as cursor:
            cursor.executemany("INSERT INTO houvast.stand (kind, key, stand, about) VALUES (%s, %s, %s, %s)", stands)
            cursor.executemany("INSERT INTO houvast.request (kind, key, verified_at) VALUES (%s, %s, now())", requests)
            cursor.executemany("INSERT INTO houvast.hold (case_key, relation, row_key) VALUES (%s, %s, %s)", holds)

    # asking

    def login(self, kind: PurposeKind = PurposeKind.ORDINARY) -> Connection:
        """The connection of the login that may open such a purpose."""
        name = OWNER if kind is PurposeKind.MIGRATION else DESK
        if name not in self.logins:
            self.logins[name] = connect(self.server.url(self.database, name))
        return self.logins[name]

    def open(self, login: Connection, use: OpenUse) -> int | None:
        """Open a use; None when the database refuses."""
        person = ":".join(use.person) if use.person else None
        with suppress(psycopg.errors.InsufficientPrivilege):
            row = login.execute(
                "SELECT houvast.open_use(%s, 'a test', person => %s::text, \"case\" => %s::text)",
                (use.purpose, person, use.case or None),
            ).fetchone()
            return row[0] if row else None
        return None

    def close(self, login: Connection, use_id: int) -> None:
        """End it."""
        login.execute("SELECT houvast.close_use(%s)", (use_id,))

    def columns(self, login: Connection, tables: Collection[str], privilege: str) -> dict[str, list[str]]:
        """The columns of each table that the open use may name in a SELECT, INSERT or UPDATE."""
        found = login.execute(
            "SELECT t, array_agg(a.attname::text ORDER BY a.attnum) FROM unnest(%s::text[]) t"
            " JOIN pg_attribute a ON a.attrelid = to_regclass(t)"
            " AND a.attnum > 0 AND NOT a.attisdropped AND a.attname !~ '^hv_'"
            " WHERE has_column_privilege(a.attrelid, a.attnum, %s)"
            " AND (SELECT has_schema_privilege(relnamespace, 'USAGE') FROM pg_class WHERE oid = a.attrelid)"
            " GROUP BY t",
            (list(tables), privilege),
        ).fetchall()
        return dict(found)

    def read(self, login: Connection, columns: Mapping[str, list[str]]) -> dict[str, Seen]:
        """What the open use sees of these tables."""
        return {table: self._read(login, table, names) for table, names in columns.items()}

    def counted(self, login: Connection, purpose: str, table: str) -> Seen | None:
        """The rows that are counted for a purpose that gets totals of a table, as the role sees them that counts."""
        policy = self.admin.execute(
            "SELECT FROM pg_policies WHERE tablename = %s AND policyname = %s",
            (table, f"hv_{purpose}_total_{table}_people"),
        ).fetchone()
        if policy is None:
            return None
        token = login.execute("SELECT current_setting('backtrace_functions')").fetchone()
        assert token is not None
        role, place = sql.Identifier(f"{self.prefix}_t_{purpose}"), sql.Identifier(table)
        with self.admin.transaction(force_rollback=True):
            self.admin.execute("SELECT set_config('backtrace_functions', %s, true)", token)
            self.admin.execute(sql.SQL("GRANT {} TO {}").format(role, sql.Identifier(DESK)))
            self.admin.execute(sql.SQL("SET LOCAL SESSION AUTHORIZATION {}").format(sql.Identifier(DESK)))
            self.admin.execute(sql.SQL("SET LOCAL ROLE {}").format(role))
            found = self.admin.execute(
                sql.SQL("SELECT statement_timestamp(), (SELECT array_agg(id) FROM {})").format(place)
            ).fetchone()
        assert found is not None
        return Seen(found[0], {key: {} for key in found[1] or ()}, frozenset())

    def form(self, ask: Ask, value: str, look: Look) -> str:
        """What a form leaves of a text, said without SQL."""
        if look.form is Form.MASKED:
            return masked(value, look.keep)
        if look.form is Form.TRUNCATED:
            return shortened(value, int(word_for(look, "text")))
        if look.form is Form.PSEUDONYMISED:
            return self._pseudonym(ask.purpose, "+".join(sorted(ask.categories)), value)
        return value

    def key(self, login: Connection, use: OpenUse, table: str, number: int) -> int | str:
        """The key of a row as a purpose sees it: beside pseudonyms it is one."""
        if (use.purpose, table) not in self.named:
            found = login.execute("SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = to_regclass(%s)"
                                  " AND attname = 'id'", (table,)).fetchone()  # fmt: skip
            self.named[use.purpose, table] = bool(found and found[0] == "text")
        return self._pseudonym(use.purpose, f"{table}.id", str(number)) if self.named[use.purpose, table] else number

    def _pseudonym(self, purpose: str, about: str, value: str) -> str:
        inner, outer = self._key(self._number(purpose))
        return sha256(outer + sha256(inner + f"{about}:{value}".encode()).digest()).hexdigest()[:32]

    def _key(self, purpose: int) -> tuple[bytes, bytes]:
        if purpose not in self.keys:
            table = sql.Identifier("houvast", f"key_{purpose}")
            row = self.admin.execute(sql.SQL("SELECT inner_half, outer_half FROM {}").format(table)).fetchone()
            assert row is not None
            self.keys[purpose] = row[0], row[1]
        return self.keys[purpose]

    def _read(self, login: Connection, table: str, names: list[str]) -> Seen:
        command = sql.SQL(
            "SELECT statement_timestamp(), coalesce((SELECT json_agg(x) FROM (SELECT {} FROM {}) x), '[]')"
        ).format(sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(table))
        row = login.execute(command).fetchone()
        assert row is not None
        return Seen(row[0], {r["id"]: r for r in row[1]}, frozenset(names))


def _stands(person: Person) -> Iterable[tuple[str, str]]:
    yield from (("accepted", str(v)) for v in person.accepted)
    yield from (("restricted", "") for _ in range(person.restricted))
    yield from (("stopped", "") for _ in range(person.stopped))
    for stand in ("objected", "consented", "own_customer", "contested"):
        yield from ((stand, about) for about in getattr(person, stand))
    yield from (("allowed", about) for about in person.allowed_restricted)


def _by_table(scene: Scene, person: Person, stand: tuple[str, str]) -> bool:
    table = {("consented", "marketing"): "mailing", ("objected", "enforce"): "refusal"}.get(stand)
    return table is not None and (person.key, table) in scene.by_table
