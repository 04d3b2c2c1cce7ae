"""Trends of one project's visits: each question is recorded as a use before a visit is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from houvast.app import visits
from houvast.app.project import Project, today
from houvast.database import Connection, queries
from houvast.database.refusing import refused
from houvast.errors import DatabaseRefusal, UsageError
from houvast.policy.counting import counted_for
from houvast.visits.model import Declared
from houvast.visits.trends import Answer, Measure, Trend, Trends

_SQL = queries("houvast.app", "trends.sql")
WEEKS = 4
"""How long the time is that is asked about when nobody says."""


@dataclass(frozen=True)
class Asking:
    """Who asks, and why. `by`: one of the staff; None for an administrator. `purpose`: one of `purposes`."""

    purpose: str
    by: str | None


def declared(project: Project) -> Declared | None:
    """What a project declares about counting; None when it counts no visits.

    Raises FileErrors for a file with mistakes, UsageError for a policy that does not say how visits are counted.
    """
    return visits.counting(project).declared if visits.counts(project) else None


def purposes(project: Project) -> tuple[str, ...]:
    """For which purposes trends may be asked, as the policy in force says."""
    return counted_for(project.version_at(today()))


def weeks(last: int = WEEKS) -> tuple[date, date]:
    """The first and last day of the last whole weeks that are over (UTC)."""
    now = today().date()
    until = now - timedelta(days=now.weekday() + 1)
    return until - timedelta(days=7 * last - 1), until


def ask(project: Project, connection: Connection, questions: Sequence[Trend], asking: Asking) -> tuple[Answer, ...]:
    """The answers. All questions are recorded first, each as a use with its smallest group, or none is answered.

    Raises:
        UsageError: one of them is not answered; then nothing is recorded.
        DatabaseRefusal: nothing was applied there, or this is not for whoever asks.
    """
    found = visits.counting(project, today)
    trends = Trends(found.folder, found.declared)
    for one in questions:
        trends.check(one)
    _record(connection, questions, trends.holding.group, asking)
    return tuple(trends.ask(one) for one in questions)


def _record(connection: Connection, questions: Sequence[Trend], group: int, asking: Asking) -> None:
    if connection.execute(_SQL["there"]).fetchone() != (True,):
        raise DatabaseRefusal("No policy that counts visits was applied to this database (promise C02).",
                              todo="Apply it: houvast apply")  # fmt: skip
    values = {"purpose": asking.purpose, "questions": list(map(str, questions)), "smallest": group, "by": asking.by}
    with refused():
        connection.execute(_SQL["ask"], values)


def trend(
    declared: Declared, *, site: str = "", since: date | None = None, until: date | None = None,
    keys: Sequence[str] = (), where: Sequence[tuple[str, str]] = (), measure: str = Measure.VISITOR_DAYS,
    robots: bool = False,
) -> Trend:  # fmt: skip
    """A question from what somebody said of it: the first site, and the last whole weeks, unless they say otherwise.

    Raises UsageError for a measure that does not exist.
    """
    first, last = weeks()
    if measure not in [*Measure]:
        raise UsageError("Visits are counted as visitor-days or as visits.", todo="Choose one of the two.")
    last = until or last
    first = since or min(first, last)
    name = site or declared.site_by_default or declared.sites[0].name
    return Trend(name, first, last, tuple(keys), Measure(measure), tuple(where), robots)
