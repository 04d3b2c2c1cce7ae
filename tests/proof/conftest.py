"""A server of its own with the sample company, the sample policy applied, for all tests of the proof."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

import pytest

from houvast.compiler.apply import apply
from houvast.controls import load_controls, store
from houvast.database import Connection, connect, run
from houvast.database.server import Server, temporary
from houvast.datamap import load_datamap
from houvast.policy import load_versions
from houvast.proof import Door, Report
from houvast.proof.handling import Handling
from houvast.sample import create
from tests.proof.scene import PROJECT, Scene
from tests.proof.staged import Staged, canaries

Sabotage = Callable[..., AbstractContextManager[None]]


@pytest.fixture(scope="session")
def kept() -> Generator[Server]:
    """A server with roles of its own, because roles belong to the whole server."""
    with temporary() as server:
        with connect(server.url()) as database:
            run(database, "CREATE DATABASE lakana")
        create(server.url("lakana"), people=120)
        yield server


@pytest.fixture(scope="session")
def scene(kept: Server) -> Scene:
    """The sample company with its policy applied."""
    versions, datamap = load_versions(PROJECT), load_datamap(PROJECT / "datamap.yaml")
    with connect(kept.url("lakana")) as database:
        apply(database, versions, datamap, now=datetime.now(UTC))
        store.register(database, load_controls(PROJECT))
    door = Door(kept.url("lakana"), lambda login: kept.url("lakana", login))
    return Scene(door, versions, datamap)


@pytest.fixture(scope="session")
def proved(scene: Scene) -> tuple[Report, range]:
    """What the proof says of the sample, and the uses that it opened."""
    last = "SELECT coalesce(max(id), 0) FROM houvast.use"
    with connect(scene.door.administrator) as admin:
        ((before,),) = admin.execute(last).fetchall()
        report = scene.prove()
        ((after,),) = admin.execute(last).fetchall()
    return report, range(before + 1, after + 1)


@pytest.fixture(scope="session")
def report(proved: tuple[Report, range]) -> Report:
    """What the proof says of the sample."""
    return proved[0]


@pytest.fixture(scope="module")
def staged(scene: Scene, report: Report) -> Generator[Staged]:
    """Canaries for all tests of a module, in which nothing proves; after the proof of everything."""
    with canaries(scene) as found:
        yield found


@pytest.fixture
def administrator(scene: Scene) -> Generator[Connection]:
    """A connection with every right."""
    with scene.door.administer() as connection:
        yield connection


@pytest.fixture
def sabotaged(administrator: Connection) -> Sabotage:
    """Runs SQL that weakens the database, and SQL that puts it right again."""

    @contextmanager
    def weaken(statement: str, undo: str) -> Generator[None]:
        run(administrator, statement)
        try:
            yield
        finally:
            run(administrator, undo)

    return weaken


@pytest.fixture
def handling(scene: Scene, administrator: Connection) -> Handling:
    """Attempts about somebody of the sample."""
    ((key,),) = administrator.execute("SELECT min(key) FROM houvast.person WHERE kind = 'customer'").fetchall()
    administrator.execute("SET houvast.filling = 'yes'")
    return Handling(administrator, scene.versions[-1], datetime.now(UTC), ("customer", key), "hv-made-up")
