"""A server, and a sample company of 300 people, for all tests of the sample."""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import UTC, datetime
from itertools import count

import pytest

from houvast.database.connect import Connection, connect, sql
from houvast.database.server import Server, temporary
from houvast.sample import create

DAY = datetime(2026, 11, 25, tzinfo=UTC)
PEOPLE = 300


@pytest.fixture(scope="session")
def server() -> Generator[Server]:
    with temporary() as server:
        yield server


@pytest.fixture(scope="session")
def new_database(server: Server) -> Callable[[], str]:
    """Makes an empty database and gives its name."""
    numbers = count(1)

    def make() -> str:
        name = f"empty_{next(numbers)}"
        with connect(server.url()) as database:
            database.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return name

    return make


@pytest.fixture(scope="session")
def company(server: Server, new_database: Callable[[], str]) -> str:
    """The name of a database with the sample company."""
    name = new_database()
    create(server.url(name), people=PEOPLE, now=DAY)
    return name


@pytest.fixture
def session(server: Server, company: str) -> Generator[Callable[[str], Connection]]:
    """Opens connections to the sample company as a login; what they change is rolled back."""
    opened: list[Connection] = []

    def open_as(login: str) -> Connection:
        opened.append(connect(server.url(company, login), autocommit=False))
        return opened[-1]

    yield open_as
    for connection in opened:
        connection.rollback()
        connection.close()
