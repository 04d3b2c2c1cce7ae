"""The small company under its policy, whose log a test may write to, and a store for it."""

from __future__ import annotations

from collections.abc import Generator
from itertools import count

import pytest

from houvast.database import Connection, connect
from houvast.database.server import Server
from tests.compiler import small
from tests.compiler.asking import keep, make_small, rows

_numbers = count(1)


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """Made once, to be copied; its log is empty."""
    with connect(server.url()) as admin:
        rows(admin, "CREATE DATABASE log_template")
    url = server.url("log_template")
    make_small(url)
    keep(url, [small.policy()], small.datamap("log_template", "ev"))
    with connect(url) as admin:
        rows(admin, "TRUNCATE houvast.event")
    return "log_template"


@pytest.fixture
def url(server: Server, template: str) -> Generator[str]:
    """A copy of the database, dropped at the end."""
    name = f"log_{next(_numbers)}"
    with connect(server.url()) as admin:
        rows(admin, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        yield server.url(name)
        rows(admin, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def admin(url: str) -> Generator[Connection]:
    """An administrator's connection to it."""
    with connect(url) as connection:
        yield connection
