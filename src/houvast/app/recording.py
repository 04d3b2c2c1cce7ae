"""Stores at the desk what a run found, tells the log, and says so when that cannot be; the run itself goes on."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from houvast.app import alarms, desk
from houvast.app.testimony import testify
from houvast.database import Connection, DatabaseError, connect
from houvast.errors import FileErrors, HouvastError, UsageError

_LOG = logging.getLogger(__name__)
"""Without further settings Python writes its warnings to stderr."""


@dataclass
class Found:
    """What the run under way has found; "failed" until it says otherwise."""

    outcome: desk.Result = "failed"
    result: Mapping[str, object] = field(default_factory=dict[str, object])
    partial: bool = False

    def good(self, result: Mapping[str, object]) -> None:
        """It ended, and nothing was wrong."""
        self.outcome, self.result = "good", result

    def finding(self, result: Mapping[str, object]) -> None:
        """It ended and found something."""
        self.outcome, self.result = "finding", result


@contextmanager
def recording(url: str, kind: desk.Kind, *, partial: bool = False) -> Generator[Found]:
    """Store what the block finds, or why it failed. A call that was made wrongly is no run.

    A result that cannot be stored is a warning, never an error: what the block found still counts.
    """
    started, found = datetime.now(UTC), Found(partial=partial)
    try:
        yield found
    except UsageError:
        raise
    except (HouvastError, DatabaseError) as error:
        found.outcome, found.result = "failed", {"error": said(error)}
        _store(url, kind, started, found, make=False)
        raise
    _store(url, kind, started, found, make=True)


def said(error: HouvastError | DatabaseError) -> str:
    """Why a run failed, without anything that a row or a folder may have put in the message."""
    if isinstance(error, FileErrors):
        codes = sorted({finding.code for finding in error.findings})
        return f"Findings in policy or data map: {len(error.findings)} ({', '.join(codes)})."
    if isinstance(error, HouvastError):
        return error.message
    return f"PostgreSQL: {type(error).__name__} ({error.sqlstate or 'no connection'})"


def _store(url: str, kind: desk.Kind, started: datetime, found: Found, *, make: bool) -> None:
    try:
        with connect(url) as connection:
            there = desk.exists(connection) or (make and _made(url, kind))
            with connection.transaction():
                _keep(connection, kind, started, found, at_desk=there)
    except (HouvastError, DatabaseError) as error:
        _warn(kind, error)


def _made(url: str, kind: desk.Kind) -> bool:
    try:
        desk.prepare(url)
    except (HouvastError, DatabaseError) as error:
        _warn(kind, error)
        return False
    return True


def _keep(connection: Connection, kind: desk.Kind, started: datetime, found: Found, *, at_desk: bool) -> None:
    """Result, alarms and what the log is told belong together: all or nothing."""
    before = desk.last_ended(connection, kind) if at_desk and kind == "drift" else None
    if at_desk:
        desk.record(connection, kind, started, found.outcome, found.result, partial=found.partial)
    if found.outcome != "failed":
        testify(connection, kind, found.result, before)
        if at_desk:
            alarms.follow(connection, kind, found.result, partial=found.partial)


def _warn(kind: desk.Kind, error: HouvastError | DatabaseError) -> None:
    _LOG.warning("The pages will not show this %s, for its result could not be stored: %s", kind, said(error))
