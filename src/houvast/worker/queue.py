"""The queue: Procrastinate's tables among the desk's, and jobs whose worker was killed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from procrastinate import App, PsycopgConnector, exceptions
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager

from houvast.app import desk
from houvast.database import Connection, connect, queries, run

_SQL = queries("houvast.worker", "queue.sql")
STALLED = 40.0
"""Seconds without a sign of life after which a worker is taken for dead, when others live."""
HEARTBEAT = 10.0
"""Seconds between two signs of life."""

LATE = 30.0
"""Seconds by which the queue itself starts a run too late. What is later, `due` finds when a worker begins; by default
Procrastinate would begin it a second time within ten minutes."""


def make_app(url: str) -> App:
    """The queue in this database; not opened yet."""
    options = {"options": f"-c search_path={desk.SCHEMA}", "application_name": "houvast worker"}
    connector = PsycopgConnector(conninfo=url, kwargs=options, min_size=1, max_size=4)
    return App(connector=connector, periodic_defaults={"max_delay": LATE})


def prepare(url: str) -> None:
    """Make the desk and the queue in it; what is there stays. Raises DatabaseRefusal for a login that may not."""
    desk.prepare(url)
    with connect(url) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(7236541, 6)")
        if not _yes(connection, "there"):
            connection.execute(_SQL["path"])
            run(connection, SchemaManager.get_schema())
    desk.prepare(url)  # closes the queue to the pages


def live(connection: Connection) -> tuple[int, ...]:
    """Be seen to live as long as this connection does; the jobs whose workers have died, if no other lives."""
    alone = _yes(connection, "alone")
    connection.execute(_SQL["among_others"])
    orphans = tuple(row[0] for row in connection.execute(_SQL["orphans"]).fetchall()) if alone else ()
    if alone:
        connection.execute(_SQL["let_others"])
    return orphans


def check(connection: Connection) -> None:
    """Raise DatabaseError when a connection is lost."""
    connection.execute("SELECT 1")


async def take_over(app: App, orphans: tuple[int, ...] = ()) -> int:
    """Put jobs of killed workers back into the queue; how many.

    One that somebody has queued again meanwhile is closed: the other does its work.
    """
    stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED)
    numbers = {*orphans, *(job.id for job in stalled if job.id)}
    for number in numbers:
        try:
            await app.job_manager.retry_job_by_id_async(number, retry_at=datetime.now(UTC))
        except exceptions.UniqueViolation:
            await app.job_manager.finish_job_by_id_async(number, status=Status.FAILED, delete_job=True)
    return len(numbers)


def last_begun(connection: Connection) -> Mapping[str, datetime | None]:
    """When each kind of run last began."""
    found = dict(connection.execute(_SQL["last_begun"]).fetchall())
    return {kind: found.get(kind) for kind in ("prove", "drift", "scan")}


def left(connection: Connection) -> tuple[int, int]:
    """(how many jobs wait, how many have failed for good)."""
    row = connection.execute(_SQL["left"]).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _yes(connection: Connection, name: str) -> bool:
    row = connection.execute(_SQL[name]).fetchone()
    return bool(row and row[0])
