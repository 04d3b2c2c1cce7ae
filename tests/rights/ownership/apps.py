"""The applications of this folder in one database, and what people ask of it: their copy, and to be erased."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from houvast.compiler.apply import prepare
from houvast.database import Connection, connect, read_catalogue
from houvast.datamap import DataMap, load_datamap
from houvast.datamap.model import Login
from houvast.policy.model import Policy
from houvast.policy.world import PersonKey
from houvast.rights.access import Line, Others, copy
from houvast.rights.erasing import carry_out
from houvast.rights.keeping import plan
from houvast.rights.plan import Plan
from houvast.rights.walk import Stop, Walk, walk
from houvast.rights.words import roles
from tests.compiler.asking import open_use, rows, value
from tests.rights.ownership.policy import DESK, LOGINS, OFFICE, policy

FOLDER = Path(__file__).parent
NAMES = tuple(sorted(one.parent.name for one in FOLDER.glob("*/datamap.yaml")))
OWNER = "ownership_owner"


def together(database: str, maps: Iterable[DataMap]) -> DataMap:
    """One map of several applications, whose tables and kinds of people differ."""
    found = list(maps)
    return DataMap(
        "ownership", database, "ownership", OWNER,
        {kind: one for each in found for kind, one in each.subjects.items()},
        {name: one for each in found for name, one in each.tables.items()},
        logins={name: Login(name, (purpose,)) for name, purpose in LOGINS.items()},
        role_prefix="joint",
    )  # fmt: skip


def shipped() -> list[DataMap]:
    """The maps in this folder."""
    return [load_datamap(FOLDER / name / "datamap.yaml") for name in NAMES]


@dataclass
class Rows:
    """Takes the rows of a copy by table."""

    found: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])

    def table(self, stop: Stop, columns: tuple[str, ...], rows: Iterator[Line]) -> int:
        """The rows of one table, when there are any."""
        ours = [json.loads(line) for line, _ in rows]
        if ours:
            self.found[stop.name] = ours
        return len(ours)


@dataclass(repr=False)
class Apps:
    """One database with all of them. `admin`: a superuser's connection."""

    url: str
    datamap: DataMap
    admin: Connection
    versions: Sequence[Policy] = ()
    walks: dict[str, Walk] = field(default_factory=dict[str, Walk])

    def __post_init__(self) -> None:
        self.versions = (policy(self.datamap.subjects),)

    def do(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        """Something that the superuser does, and what it gives."""
        return rows(self.admin, text, *values)

    def one(self, text: str, *values: object) -> Any:
        """The one value of a query."""
        return value(self.admin, text, *values)

    def way(self, kind: str) -> Walk:
        """The way through the map for one kind of people."""
        if kind not in self.walks:
            self.walks[kind] = walk(self.versions, self.datamap, read_catalogue(self.admin), kind, datetime.now(UTC))
        return self.walks[kind]

    def session(self, login: str) -> Connection:
        """A session of a login."""
        return connect(f"{self.url}&user={login}")

    def served(self, query: str, purpose: str = "serve", login: str = OFFICE) -> list[Any]:
        """The first column of what a query gives to a purpose."""
        with self.session(login) as session:
            open_use(session, purpose)
            return [row[0] for row in rows(session, query)]

    def asking(self, person: PersonKey) -> Connection:
        """A session that acts on a request of this person."""
        if not self.do("SELECT FROM houvast.request WHERE kind = %s AND key = %s AND closed_at IS NULL", *person):
            self.do("INSERT INTO houvast.request (kind, key, verified_at, level) VALUES (%s, %s, now(), 2)", *person)
        session = self.session(DESK)
        open_use(session, "rights", person=":".join(person))
        return session

    def copy(self, kind: str, key: object) -> dict[str, list[dict[str, Any]]]:
        """What is in somebody's copy, by table."""
        person, found, way = (kind, str(key)), Rows(), self.way(kind)
        with self.asking(person) as session:
            copy(session, way, person, found, Others(way, person, roles(way.policy, "en"), {}))
        return found.found

    def keys(self, kind: str, key: object) -> dict[str, list[Any]]:
        """Which rows are in somebody's copy."""
        return {table: [row["id"] for row in found] for table, found in self.copy(kind, key).items()}

    def erase(self, kind: str, key: object) -> Plan:
        """Erase somebody, as the desk does: planned, and done in one transaction."""
        person, way = (kind, str(key)), self.way(kind)
        with self.asking(person) as session:
            made = plan(self.admin, way, person)
            with session.transaction():
                carry_out(session, way, made)
        return made

    def state(self, *tables: str) -> dict[str, list[dict[str, Any]]]:
        """Every row of these tables, without Houvast's own columns."""
        return {
            table: [
                {name: one for name, one in row.items() if not name.startswith("hv_")}
                for (row,) in self.do(f"SELECT to_jsonb(t) FROM {table} t ORDER BY id")
            ]
            for table in tables
        }

    def books(self) -> list[str]:
        """Houvast's tables of owners and readers that do not say what the application's rows say now."""
        found = prepare(self.admin, self.versions, self.datamap, profile="fast", now=datetime.now(UTC)).plan
        return [step.name for step in found.steps]


def renamed(apps: DataMap, database: str) -> DataMap:
    """The same map of a copy of the database."""
    return replace(apps, database=database)
