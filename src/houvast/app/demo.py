"""The demo: the sample company in an embedded PostgreSQL of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from houvast import sample
from houvast.app.places import demo_data
from houvast.database import connect, queries
from houvast.database.connect import sql
from houvast.database.server import Server
from houvast.errors import ServerError, UsageError
from houvast.sample.second import create_second

DATABASE = "lakana"
PEOPLE = 10_000
SUPERUSER = "postgres"
_SQL = queries("houvast.app", "demo.sql")

Progress = Callable[[str, int, int], None]
"""(what is being done, how many done, how many in all)"""


@dataclass(frozen=True)
class Demo:
    """The demo's database server, running."""

    server: Server

    @classmethod
    def start(cls, data: Path | None = None) -> Demo:
        """Start the demo's server, and make its data folder if there is none."""
        return cls(Server.start(data or demo_data()))

    @classmethod
    def existing(cls) -> Demo:
        """The demo that `houvast demo` made, started if it does not run."""
        if not (demo_data() / "postgres").exists():
            raise ServerError("There is no demo yet.", todo="Make it: houvast demo")
        demo = cls.start()
        if not demo.is_filled():
            raise ServerError("The demo was not finished.", todo="Make it: houvast demo")
        return demo

    @staticmethod
    def stop() -> bool:
        """Stop the demo's server; whether it ran."""
        server = Server(demo_data())
        ran = server.running
        server.stop()
        return ran

    @staticmethod
    def throw_away() -> None:
        """Stop the demo's server and delete its data."""
        server = Server(demo_data())
        server.stop()
        for folder in ("postgres", "mails", ".mails"):
            shutil.rmtree(server.data / folder, ignore_errors=True)
        for file in ("newsletter.db", ".newsletter.db"):
            (server.data / file).unlink(missing_ok=True)

    def url(self, login: str = SUPERUSER) -> str:
        """Where to reach the sample company's database as a login."""
        return self.server.url(DATABASE, login)

    def is_filled(self) -> bool:
        """Whether the sample company is there."""
        if not self._has_database():
            return False
        with connect(self.url()) as database:
            row = database.execute(_SQL["is_filled"]).fetchone()
        return bool(row and row[0])

    def people(self) -> int:
        """How many people the sample company has."""
        with connect(self.url()) as database:
            row = database.execute(_SQL["people"]).fetchone()
        return int(row[0]) if row else 0

    def fill(self, people: int | None = None, progress: Progress | None = None) -> bool:
        """Make the sample company if it is not there; whether it was made now.

        Raises UsageError when it is there with another number of people than asked for.
        """
        if self.is_filled():
            self._refuse_other(people)
            if not (demo_data() / "newsletter.db").exists():
                create_second(self.url(), demo_data())
            return False
        if not self._has_database():
            with connect(self.server.url()) as admin:
                admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        sample.create(self.url(), people=people or PEOPLE, progress=progress)
        create_second(self.url(), demo_data())
        return True

    def _refuse_other(self, people: int | None) -> None:
        found = self.people()
        if people and found != people:
            raise UsageError(
                f"The demo has {found:,} people, not {people:,}.",
                todo=f"Make it anew, and lose what was changed in it: houvast demo --anew --people {people}",
            )

    def _has_database(self) -> bool:
        with connect(self.server.url()) as admin:
            return any(row[0] == DATABASE for row in admin.execute(_SQL["databases"]).fetchall())
