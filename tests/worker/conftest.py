"""A server with the sample company and its policy, a mail server, and workers on them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import Popen

import pytest

from houvast.app import Target, desk, load_project
from houvast.app.settings import Mail, Settings
from houvast.database import Connection, connect, run
from houvast.database.server import Server
from houvast.worker import Worker
from houvast.worker.mailbox import open_mailbox
from tests.company import PROJECT, company

EMPTY = """DO $$ BEGIN
  TRUNCATE houvast.outgoing;
  EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('%I.%I', schemaname, tablename), ', ') || ' RESTART IDENTITY CASCADE'
           FROM pg_tables WHERE schemaname = 'houvast_desk');
END $$"""
OFF = {"prove": "never", "drift": "never", "scan": "never"}


@pytest.fixture(scope="session")
def kept() -> Generator[Server]:
    """A server of its own: roles belong to the whole server."""
    with company() as server:
        yield server


@pytest.fixture(scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True)
def _log_of_its_own(_home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of this server's database lies apart from that of others with the same name."""
    monkeypatch.setenv("HOUVAST_HOME", _home)


@dataclass(frozen=True)
class Office:
    """A database, its desk, and the mail server to which its worker writes."""

    target: Target
    mail: Mail

    def settings(self, **times: str) -> Settings:
        """Settings in which only these kinds are due."""
        return Settings(OFF | times, self.mail)

    def worker(self, **times: str) -> Worker:
        """A worker for which only these kinds are due."""
        return Worker(self.target, self.settings(**times))

    def start(self, script: str, **times: str) -> Popen[str]:
        """A worker in a program of its own; `script` may change the worker that is called `worker` before it works."""
        text = (
            "from houvast.app import Target, load_project\n"
            "from houvast.app.settings import Mail, Settings\n"
            "from houvast.worker import Worker, jobs, queue\n"
            f"target = Target(load_project(__import__('pathlib').Path({str(PROJECT)!r})), {self.target.url!r})\n"
            f"mail = Mail({self.mail.to!r}, {self.mail.sender!r}, {self.mail.language!r}, {self.mail.server!r})\n"
            f"worker = Worker(target, Settings({OFF | times!r}, mail))\n"
        )
        return Popen([sys.executable, "-c", text + script], text=True, cwd=Path(__file__).parents[2])


@pytest.fixture
def admin(kept: Server) -> Generator[Connection]:
    with connect(kept.url("lakana")) as connection:
        yield connection


@pytest.fixture
def office(kept: Server, admin: Connection) -> Generator[Office]:
    """The sample company with a desk on which nothing lies; no mail waits of what other tests asked or sent in."""
    url = kept.url("lakana")
    if not desk.exists(admin):
        desk.prepare(url)
    run(admin, EMPTY)
    mailbox = open_mailbox(url, 0)
    try:
        yield Office(
            Target(load_project(PROJECT), url),
            Mail(("privacy@lakana.example",), "houvast@lakana.example", "en", f"smtp://127.0.0.1:{mailbox.port}"),
        )
    finally:
        mailbox.stop()


@pytest.fixture
def changed(admin: Connection) -> Generator[Callable[[str, str], None]]:
    """Changes the database until the test ends."""
    undo: list[str] = []

    def change(statement: str, back: str) -> None:
        run(admin, statement)
        undo.append(back)

    yield change
    for statement in undo:
        run(admin, statement)


def without_mail(office: Office) -> Office:
    """The same, where nobody reads mail."""
    return replace(office, mail=replace(office.mail, server="smtp://127.0.0.1:9"))
