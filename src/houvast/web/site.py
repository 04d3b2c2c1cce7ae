"""What the pages show: a project, and the desk of the database that keeps it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from houvast.app.issuers import Issuer
from houvast.app.places import MAP_FILE, POLICY_FILE
from houvast.app.project import Project, load_project
from houvast.controls.load import CONTROLS_FILE
from houvast.database import Connection, DatabaseError, connect
from houvast.errors import FileErrors, UsageError
from houvast.policy.words import spoken
from houvast.systems.load import SYSTEMS_FILE

T = TypeVar("T")


@dataclass(frozen=True)
class Site:
    """One organisation's pages.

    `url`: the database as login `houvast_web`; `people`: as login `houvast_people`, which reads for people what is
    theirs ("": they see nothing). `issuers`: where else people may sign in. `origin`: how browsers reach the pages,
    without a path; https everywhere but on this machine. `keys`: the folder with the pages' own secret. `demo`: whether
    mail and passwords are play.
    """

    folder: Path
    url: str
    origin: str
    keys: Path
    demo: bool = False
    people: str = ""
    issuers: tuple[Issuer, ...] = ()
    _known: _Known = field(default_factory=lambda: _Known(), compare=False, repr=False)

    @property
    def secure(self) -> bool:
        """Whether browsers come by https."""
        return urlsplit(self.origin).scheme == "https"

    @property
    def host(self) -> str:
        """The name by which browsers come."""
        return urlsplit(self.origin).hostname or ""

    def project(self) -> Project:
        """The project as its files stand; while they hold mistakes, as they stood before.

        Raises FileErrors when they held mistakes from the beginning.
        """
        return self._known.project(self.folder)

    @property
    def revision(self) -> int:
        """How often the project's files were read anew."""
        return self._known.revision

    def languages(self) -> tuple[str, ...]:
        """The languages of the pages, the default first: those of the policy that Houvast speaks."""
        ours = [lang for lang in self.project().versions[-1].languages if lang in spoken()]
        if not ours:
            raise UsageError("The policy has no text in a language that the pages speak.", todo="Add nl or en.")
        return tuple(sorted(ours, key=lambda lang: (lang != "nl", lang)))

    def ask(self, question: Callable[[Connection], T]) -> T:
        """The answer to a question to the desk; asked again on a new connection when the old one was lost.

        Raises DatabaseError while the database is gone.
        """
        return self._known.ask(self.url, question)

    def hang_up(self) -> None:
        """End the connection of this thread."""
        self._known.hang_up()


class _Known:
    """What is kept between requests: the project as last read, and each thread's connection."""

    def __init__(self) -> None:
        self.revision = 0
        self._lock = threading.Lock()
        self._stamp: tuple[tuple[int, int], ...] = ()
        self._project: Project | None = None
        self._threads = threading.local()

    def project(self, folder: Path) -> Project:
        stamp = tuple(
            _stamp(file)
            for file in (
                folder / POLICY_FILE,
                folder / MAP_FILE,
                folder / SYSTEMS_FILE,
                folder / CONTROLS_FILE,
                *sorted(folder.glob("*.md")),
            )
        )
        with self._lock:
            if stamp != self._stamp or self._project is None:
                try:
                    self._project = load_project(folder)
                    self.revision += 1
                except FileErrors:
                    if self._project is None:
                        raise
                self._stamp = stamp
            return self._project

    def ask(self, url: str, question: Callable[[Connection], T]) -> T:
        old: Connection | None = getattr(self._threads, "connection", None)
        if old is not None and not old.closed:
            try:
                return question(old)
            except DatabaseError:
                if not old.closed:
                    raise
        new = self._threads.connection = connect(url, application_name="houvast pages")
        return question(new)

    def hang_up(self) -> None:
        connection: Connection | None = getattr(self._threads, "connection", None)
        if connection:
            connection.close()


def _stamp(file: Path) -> tuple[int, int]:
    found = file.stat() if file.exists() else None
    return (found.st_mtime_ns, found.st_size) if found else (0, 0)


_current: list[Site] = []


def use(site: Site) -> None:
    """Make this the site of this process: Django knows one."""
    _current[:] = [site]


def known() -> Site | None:
    """The site of this process, if there is one yet."""
    return _current[0] if _current else None


def current() -> Site:
    """The site of this process."""
    return _current[0]
