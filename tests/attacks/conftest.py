"""A server of its own for the corpus: roles are shared by a whole server, and attacks need settings of their own."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from houvast.database.server import Server, temporary
from houvast.proof import Door
from tests.attacks.standing import Standing, empty, make, standing

SETTINGS = {"max_prepared_transactions": "4", "wal_level": "logical", "deadlock_timeout": "50ms"}
"""With these, attacks get as far as they can."""


@pytest.fixture(scope="session")
def attacked() -> Generator[Server]:
    """A server with the sample company under its policy."""
    with temporary(SETTINGS) as server:
        empty(server.url(), "lakana")
        make(server.url("lakana"))
        yield server


@pytest.fixture(scope="session")
def door(attacked: Server) -> Door:
    """How to reach it."""
    return Door(attacked.url("lakana"), lambda login: attacked.url("lakana", login))


@pytest.fixture(scope="module")
def stand(door: Door) -> Generator[Standing]:
    """Everything that attacks are made from."""
    with standing(door) as found:
        yield found
