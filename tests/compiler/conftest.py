"""The small company under its policy: once a worker to look at, and as often as a test wants to work in it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from itertools import count

import pytest

from houvast.database import connect
from houvast.database.server import Server
from houvast.datamap.model import DataMap
from tests.compiler import small, whole
from tests.compiler.asking import keep, make_small, rows
from tests.compiler.company import Company

_numbers = count(1)


@dataclass(frozen=True)
class Standing:
    """A database that keeps the small policy, and that no test changes."""

    url: str
    name: str
    datamap: DataMap


@pytest.fixture(scope="session")
def standing(server: Server) -> Standing:
    """The small company under the small policy, to look at."""
    with connect(server.url()) as admin:
        rows(admin, "CREATE DATABASE standing")
    url = server.url("standing")
    make_small(url)
    datamap = small.datamap("standing", "stands")
    keep(url, [small.policy()], datamap)
    return Standing(url, "standing", datamap)


@pytest.fixture(scope="session")
def templates(server: Server) -> Callable[[str], str]:
    """Makes, once for each profile, the whole company under its policy, to be copied."""
    made: dict[str, str] = {}

    def template(profile: str) -> str:
        if profile not in made:
            name = made[profile] = f"whole_{profile}"
            with connect(server.url()) as admin:
                rows(admin, f"CREATE DATABASE {name}")
            whole.make(server.url(name))
            keep(server.url(name), [whole.policy()], whole.datamap(name, f"w{profile[0]}"), profile=profile)
        return made[profile]

    return template


@pytest.fixture
def company(server: Server, templates: Callable[[str], str]) -> Generator[Company]:
    """The whole company under its policy, in the fast profile."""
    with copy_of(server, templates("fast"), "fast") as made:
        yield made


@pytest.fixture(params=["fast", "portable"])
def either_company(
    server: Server, templates: Callable[[str], str], request: pytest.FixtureRequest
) -> Generator[Company]:
    """The whole company under its policy, in each profile."""
    profile: str = request.param
    with copy_of(server, templates(profile), profile) as made:
        yield made


def copy_of(server: Server, template: str, profile: str) -> Company:
    """A copy of a template, for one test to work in."""
    name = f"company_{next(_numbers)}"
    with connect(server.url()) as admin:
        rows(admin, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        rows(admin, f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")  # not copied with the rest
    return Company(server, name, profile, connect(server.url(name)))


@pytest.fixture
def small_url(fresh_database: Callable[[], str]) -> str:
    """An own database with the small company."""
    made = fresh_database()
    make_small(made)
    return made
