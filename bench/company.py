"""The two databases that are compared: `plain`, the sample company alone, and its copy `lakana`."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.backend import cpu_ns
from houvast import sample
from houvast.app.places import sample_project
from houvast.app.project import Project, load_project
from houvast.compiler.apply import apply
from houvast.database import Connection, connect, run
from houvast.database.server import Server

PLAIN, KEPT = "plain", "lakana"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Company:
    """A server with the sample company, for `people` people."""

    server: Server
    people: int

    @classmethod
    def start(cls, data: Path, people: int) -> Company:
        """Start the server; the data are made by `fill`."""
        return cls(Server.start(data, settings=_settings()), people)

    def url(self, database: str, login: str = "postgres") -> str:
        """Where to reach a database as a login."""
        return self.server.url(database, login)

    def tcp(self, database: str, login: str) -> str:
        """Where to reach a database over TCP, as an application on another machine would."""
        port = self.url(database).rpartition("port=")[2]
        return f"postgresql://{login}@127.0.0.1:{port}/{database}"

    def admin(self, database: str) -> Connection:
        """A superuser's connection."""
        return connect(self.url(database))

    def connection(self, database: str, name: str) -> Connection:
        """A superuser's connection under a name of its own."""
        return connect(self.url(database), application_name=name)

    @property
    def project(self) -> Project:
        """Policy and data map of the sample company."""
        return load_project(sample_project())

    def fill(self, progress: Progress) -> None:
        """Make the database `plain`, unless it is there."""
        if self._has(PLAIN):
            return
        self._make(PLAIN)
        sample.create(self.url(PLAIN), people=self.people, progress=progress)

    def copy(self) -> None:
        """Make `lakana` anew as a copy of `plain`, without a policy."""
        with connect(self.url("postgres")) as admin:
            run(admin, f"DROP DATABASE IF EXISTS {KEPT} WITH (FORCE)")
            for role in admin.execute("SELECT rolname FROM pg_roles WHERE rolname ~ '^(hv_|houvast_)'").fetchall():
                run(admin, f'DROP OWNED BY "{role[0]}"')
                run(admin, f'DROP ROLE "{role[0]}"')
            run(admin, f"CREATE DATABASE {KEPT} TEMPLATE {PLAIN} STRATEGY FILE_COPY")
            run(admin, "CHECKPOINT")

    def apply(self, progress: Progress | None = None) -> tuple[int, float]:
        """Apply the policy to `lakana`; how many steps, and how many seconds its backend computed."""
        project = self.project
        with connect(self.url(KEPT)) as connection:
            row = connection.execute("SELECT pg_backend_pid()").fetchone()
            plan = apply(connection, project.versions, project.datamap, now=datetime.now(UTC), progress=progress)
            return len(plan.steps), cpu_ns(row[0] if row else 0) / 1e9

    def settle(self) -> None:
        """Both databases vacuumed and analysed, as an afternoon of autovacuum leaves them."""
        for database in (PLAIN, KEPT):
            with self.admin(database) as admin:
                run(admin, "VACUUM (ANALYZE)")
                run(admin, "CHECKPOINT")

    def is_kept(self) -> bool:
        """Whether `lakana` is there and a policy was applied to it."""
        if not self._has(KEPT):
            return False
        with self.admin(KEPT) as admin:
            row = admin.execute("SELECT to_regclass('houvast.snapshot') IS NOT NULL").fetchone()
        return bool(row and row[0])

    def ready(self, progress: Progress) -> None:
        """Both databases, with the policy applied to one."""
        self.fill(progress)
        if not self.is_kept():
            self.copy()
            self.apply(progress)
            self.settle()

    def _has(self, database: str) -> bool:
        with connect(self.url("postgres")) as admin:
            return bool(admin.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchall())

    def _make(self, database: str) -> None:
        with connect(self.url("postgres")) as admin:
            run(admin, f"CREATE DATABASE {database}")


def _settings() -> dict[str, str]:
    """Room for both databases, and nothing that runs of its own accord."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    buffers = min(4096, memory // 4 // 1024**2)
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = str(one.getsockname()[1])
    return {"shared_buffers": f"{buffers}MB", "autovacuum": "off", "max_wal_size": "16GB",
            "listen_addresses": "127.0.0.1", "port": port}  # fmt: skip
