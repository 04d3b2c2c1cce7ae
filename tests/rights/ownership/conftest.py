"""The applications of this folder under one policy, and as often as a test wants to work in them."""

from __future__ import annotations

from collections.abc import Generator
from itertools import count

import pytest

from houvast.database import connect
from houvast.database.server import Server
from tests.compiler.asking import keep, rows
from tests.rights.ownership.apps import FOLDER, NAMES, OWNER, Apps, renamed, shipped, together
from tests.rights.ownership.graphs import FOREST, forest_map, forest_sql
from tests.rights.ownership.policy import LOGINS, policy

_numbers = count(1)
_LOGINS = "\n".join(
    f"DO $$ BEGIN IF to_regrole('{name}') IS NULL THEN CREATE ROLE {name} LOGIN; END IF; END $$;"
    for name in (OWNER, *LOGINS)
)


@pytest.fixture(scope="session")
def _template(server: Server) -> Server:
    with connect(server.url()) as admin:
        rows(admin, "CREATE DATABASE ownership")
    url = server.url("ownership")
    with connect(url) as admin:
        rows(admin, f"{_LOGINS} GRANT CREATE ON DATABASE ownership TO {OWNER}; SET ROLE {OWNER};")
        for name in NAMES:
            rows(admin, (FOLDER / name / "schema.sql").read_text("utf-8"))
        rows(admin, forest_sql(FOREST))
    datamap = together("ownership", [*shipped(), forest_map(FOREST)])
    keep(url, [policy(datamap.subjects)], datamap)
    return server


@pytest.fixture
def apps(_template: Server) -> Generator[Apps]:
    """A copy of the database with all the applications, for one test."""
    name = f"ownership_{next(_numbers)}"
    with connect(_template.url()) as admin:
        rows(admin, f"CREATE DATABASE {name} TEMPLATE ownership STRATEGY file_copy")
        rows(admin, f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
        datamap = renamed(together("ownership", [*shipped(), forest_map(FOREST)]), name)
        with connect(_template.url(name)) as inside:
            yield Apps(_template.url(name), datamap, inside)
        rows(admin, f"DROP DATABASE {name} WITH (FORCE)")
