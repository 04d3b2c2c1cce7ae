"""The sample company under its policy, on a server of its own, and as often as a test wants to work in it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

import pytest

from houvast.app.places import sample_project
from houvast.app.project import Project, load_project
from houvast.app.target import Target
from houvast.compiler.apply import apply
from houvast.database import connect, run
from houvast.database.server import Server, temporary
from houvast.sample import create
from tests.rights.office import Office

PEOPLE = 60
_numbers = count(1)


@pytest.fixture(scope="session")
def _template() -> Generator[tuple[Server, Project]]:
    """Roles belong to the whole server, so it is one apart."""
    project = load_project(sample_project())
    with temporary() as server:
        with connect(server.url()) as admin:
            run(admin, "CREATE DATABASE lakana")
        create(server.url("lakana"), people=PEOPLE)
        with connect(server.url("lakana")) as admin:
            apply(admin, project.versions, project.datamap, now=datetime.now(UTC))
        yield server, project


@pytest.fixture
def office(_template: tuple[Server, Project]) -> Generator[Office]:
    """A copy of the company's database, for one test."""
    server, project = _template
    name = f"office_{next(_numbers)}"
    with connect(server.url()) as admin:
        run(admin, f"CREATE DATABASE {name} TEMPLATE lakana STRATEGY file_copy")
        run(admin, f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
        own = replace(project, datamap=replace(project.datamap, database=name))
        with connect(server.url(name)) as inside:
            yield Office(Target(own, server.url(name)), inside)
        run(admin, f"DROP DATABASE {name} WITH (FORCE)")
