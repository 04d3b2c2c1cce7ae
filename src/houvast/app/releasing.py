"""Reports of visits of one target: what one would cost, publishing it once, and giving out what was published."""

from __future__ import annotations

from typing import Literal

from houvast.app.target import Target
from houvast.database import Connection
from houvast.visits.release.model import Budget, Draft, Question, Report

Format = Literal["json", "csv", "pdf", "receipt"]


def compose(target: Target, question: Question, connection: Connection | None = None) -> Draft:
    """What a report would cost; no visit is looked at. `connection`: one that is open already, such as of the pages."""
    raise NotImplementedError


def publish(target: Target, question: Question, *, by: str, code: str, connection: Connection | None = None) -> Report:
    """Spend, count, add noise, publish. Asked again, the same report.

    by, code: an officer, and the code that their authenticator app shows now (decision 0019).

    Raises DatabaseRefusal: the budget does not allow it, or it may not be published; UsageError.
    """
    raise NotImplementedError


def budget(target: Target, connection: Connection | None = None) -> Budget:
    """What may be released now. Raises DatabaseRefusal."""
    raise NotImplementedError


def reports(target: Target, connection: Connection | None = None) -> tuple[Report, ...]:
    """What was published, newest first. Raises DatabaseRefusal."""
    raise NotImplementedError


def report_bytes(
    target: Target, number: int, fmt: Format, language: str = "nl", connection: Connection | None = None
) -> bytes:
    """A report as a file. Raises UsageError: there is no such report; DocumentError, EvidenceError."""
    raise NotImplementedError
