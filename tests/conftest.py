"""A PostgreSQL server for the tests of one worker, and empty databases in it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from houvast.database.connect import Connection, connect, sql
from houvast.database.server import Server, quick_place, temporary
from tests.company import SHARED
from tests.scheduling import ByServer, slow_first

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from xdist.remote import Producer  # pyright: ignore[reportMissingTypeStubs]

_numbers = count(1)
settings.register_profile("houvast", deadline=None)  # how fast something is, a busy machine does not say
settings.load_profile("houvast")


def pytest_configure(config: pytest.Config) -> None:
    """A folder that all workers share, which goes with the run."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.mkdtemp(prefix="houvast-", dir=quick_place())
        os.environ[SHARED] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByServer | None:
    """Which tests go to which worker, unless another way was asked for."""
    return ByServer(config, log) if config.getoption("dist") == "load" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After they were shuffled."""
    slow_first(items)


@pytest.fixture(scope="session", autouse=True)
def _home_of_tests() -> Generator[None]:
    """Whatever Houvast keeps for its user, such as a log and its key, is kept in a folder that goes."""
    with tempfile.TemporaryDirectory(prefix="houvast-home-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOUVAST_HOME", folder)
        yield


@pytest.fixture(scope="session")
def server() -> Generator[Server]:
    """One server per worker, in a temporary folder, stopped and deleted at the end."""
    with temporary() as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """Chromium, without a window. Not for longer: its event loop is in the way of others' in the same process."""
    from playwright.sync_api import sync_playwright

    from tests.web.browsing import CHROMIUM

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def fresh_database(server: Server) -> Generator[Callable[[], str]]:
    """Makes an empty database and gives its URL (as superuser).

    After the test the databases are dropped, and with them every role that was made meanwhile.
    """
    made: list[str] = []
    with connect(server.url()) as admin:
        before = _roles(admin)

        def make() -> str:
            made.append(f"fresh_{next(_numbers)}")
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(made[-1])))
            return server.url(made[-1])

        yield make
        for name in made:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        _drop_roles(admin, _roles(admin) - before)


def _roles(admin: Connection) -> set[str]:
    return {row[0] for row in admin.execute("SELECT rolname FROM pg_roles").fetchall()}


def _drop_roles(admin: Connection, roles: set[str]) -> None:
    """Roles belong to the whole server, and what they were granted on parameters with them."""
    for role in sorted(roles):
        admin.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
    for role in sorted(roles):
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
