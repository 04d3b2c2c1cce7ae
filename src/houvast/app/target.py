"""What a command works on: which project, and which database."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from houvast.app.demo import Demo
from houvast.app.places import is_project, sample_project
from houvast.app.project import Project, load_project
from houvast.database import Connection, connect
from houvast.database.sessions import Sessions
from houvast.errors import DatabaseRefusal, UsageError

DEMO = "demo"
_PASSWORD = re.compile(r"(//[^/?#:@]*):[^/?#@]*(?=@)")


@dataclass(frozen=True)
class Target:
    """A project and the URL of the database that keeps it."""

    project: Project
    url: str
    sessions: Sessions | None = field(default=None, compare=False, repr=False)
    """Where work that is done for one person after the other finds its connections again."""

    def url_of(self, login: str) -> str:
        """The URL of the same database for another login, without the password of this one."""
        bare = _PASSWORD.sub(r"\1", self.url)
        return f"{bare}{'&' if '?' in bare else '?'}user={quote(login, safe='')}"

    def connect(self) -> Connection:
        """Open a connection as the one who applies.

        Raises DatabaseRefusal when the data map is of another database.
        """
        connection = connect(self.url)
        try:
            self._refuse_another(connection)
        except DatabaseRefusal:
            connection.close()
            raise
        return connection

    @contextmanager
    def session(self, login: str = "") -> Generator[Connection]:
        """A connection as a login or the one who applies, of `sessions` when there are. Raises as `connect` does."""
        url = self.url_of(login) if login else self.url
        with self.sessions.of(url) if self.sessions else connect(url) as connection:
            self._refuse_another(connection)
            yield connection

    def _refuse_another(self, connection: Connection) -> None:
        wanted, found = self.project.datamap.database, connection.info.dbname
        if found != wanted:
            raise DatabaseRefusal(
                f"The data map is of the database `{wanted}`; this is `{found}`.",
                todo=f"Give the URL of `{wanted}`, or set `database: {found}` in the map.",
            )


def find_project(folder: Path | None) -> Project:
    """The project in `folder`, else in the current folder, else the sample company's."""
    return load_project(find_folder(folder))


def find_folder(folder: Path | None) -> Path:
    """This folder, else the current one when a policy lies there, else the sample company's."""
    return folder or (Path.cwd() if is_project(Path.cwd()) else sample_project())


def find_target(folder: Path | None, database: str | None) -> Target:
    """The project, and its database: the one of `database` (a URL, or "demo"), else the demo's.

    Raises:
        UsageError: a project of one's own, and no word about its database.
        ServerError: the demo's database is wanted and cannot be started.
    """
    project = find_project(folder)
    if database and database != DEMO:
        return Target(project, database)
    if not database and project.folder.resolve() != sample_project().resolve():
        raise UsageError(
            f"Which database keeps the policy of {project.folder}?",
            todo="Add --database URL, or --database demo for the demo's.",
        )
    return Target(project, Demo.existing().url())
