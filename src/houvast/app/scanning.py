"""The scan of one target: what lies in its database that nobody declared."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from houvast.app.project import today
from houvast.app.recording import recording
from houvast.app.target import Target
from houvast.compiler import registry
from houvast.database import Connection, queries, read_catalogue
from houvast.errors import DatabaseRefusal
from houvast.policy.model import PurposeKind

if TYPE_CHECKING:
    from houvast.discovery import Scan

REASON = "scan for personal data that nobody declared"
_SQL = queries("houvast.app", "scanning.sql")
Progress = Callable[[str, int, int], None]


def scan(target: Target, *, rows: int = 0, progress: Progress | None = None) -> Scan:
    """Scan the database, and store what was found at the desk. `rows`: most that are read of a table; 0 = the default.

    It reads as the owner of the tables, under the policy's purpose of kind migration: that one sees every row, and
    each use of it is recorded. Raises DatabaseRefusal when nothing was applied or the policy has no such purpose.
    """
    with target.connect() as connection, recording(target.url, "scan") as found:
        if not registry.installed(connection):
            raise DatabaseRefusal("No policy was applied to this database.", todo="Apply it: houvast apply")
        with reading(connection, target):
            report = scan_open(connection, target, rows=rows, progress=progress)
        (found.finding if report.keys else found.good)(report.to_json())
    return report


def scan_open(
    connection: Connection,
    target: Target,
    *,
    rows: int = 0,
    tables: Sequence[str] = (),
    progress: Progress | None = None,
) -> Scan:
    """The scan itself, in a session with the use open, as the database stands in its transaction."""
    from houvast.discovery import ROWS
    from houvast.discovery import scan as find

    datamap = target.project.datamap
    country = target.project.versions[-1].regime.partition("-")[0].upper()
    return find(
        connection,
        datamap,
        read_catalogue(connection),
        role=datamap.migration_login,
        country=country,
        rows=rows or ROWS,
        tables=tables,
        progress=progress,
    )


@contextmanager
def reading(connection: Connection, target: Target) -> Generator[None]:
    """Open the use under which the scan reads; it is recorded, and ends with the block."""
    policy = target.project.version_at(today())
    purpose = next((p.name for p in policy.purposes.values() if p.kind is PurposeKind.MIGRATION), "")
    if not purpose:
        raise DatabaseRefusal(
            "The policy has no purpose of kind migration, under which a scan reads.",
            todo="add one to `purposes:` (the owner of the tables works under it too), and apply.",
        )
    row = connection.execute(_SQL["open_use"], (purpose, REASON)).fetchone()
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute(_SQL["end_use"], (row[0] if row else 0,))
