"""Policy and database together: plan, apply, unapply and drift of one target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from houvast import compiler as work
from houvast.app.project import today
from houvast.app.target import Target
from houvast.compiler import registry
from houvast.compiler.drift import Drift
from houvast.compiler.drift import drift as find_drift
from houvast.compiler.plan import Plan
from houvast.errors import DatabaseRefusal, UsageError
from houvast.reading import did_you_mean

if TYPE_CHECKING:
    from houvast.compiler.explain import Explanation

Progress = Callable[[str, int, int], None]
PROFILES = ("fast", "portable")


@dataclass(frozen=True)
class Difference:
    """What an apply would do now, and in which profile the database keeps the policy."""

    plan: Plan
    profile: str


def plan(target: Target, *, profile: str = "fast") -> Difference:
    """The difference between the database and the policy. Changes nothing."""
    with target.connect() as connection:
        prepared = work.prepare(
            connection, target.project.versions, target.project.datamap, profile=profile, now=today()
        )
        return Difference(prepared.plan, registry.setting(connection, "profile") or profile)


def apply(target: Target, *, profile: str = "fast", weaken: bool = False, progress: Progress | None = None) -> Plan:
    """Make the database keep the policy; what was done."""
    with target.connect() as connection:
        return work.apply(
            connection,
            target.project.versions,
            target.project.datamap,
            now=today(),
            profile=profile,
            weaken=weaken,
            progress=progress,
        )


def unapply(target: Target, *, progress: Progress | None = None) -> int:
    """Take everything back; how many pieces."""
    with target.connect() as connection:
        return work.unapply(connection, progress=progress)


def drift(target: Target) -> tuple[Drift, ...]:
    """What PostgreSQL grants now and did not when apply ended, or the reverse.

    Raises DatabaseRefusal when nothing was applied there.
    """
    with target.connect() as connection:
        if not registry.installed(connection):
            raise DatabaseRefusal("No policy was applied to this database.", todo="Apply it: houvast apply")
        return find_drift(connection)


def explain(
    target: Target, purpose: str, place: str, *, person: str | None = None, as_of: datetime | None = None
) -> Explanation:
    """Why a purpose sees a table or a column (`TABLE` or `TABLE.COLUMN`), or does not.

    Raises UsageError for a purpose, table or column that is not there.
    """
    from houvast.compiler.explain import explain as find_explanation

    project = target.project
    table, column = _table_and_column(target, place)
    with target.connect() as connection:
        return find_explanation(
            connection,
            project.versions,
            project.datamap,
            purpose=purpose,
            table=table,
            column=column,
            person=person,
            as_of=as_of,
        )


def _table_and_column(target: Target, place: str) -> tuple[str, str | None]:
    tables = target.project.datamap.tables
    if place in tables:
        return place, None
    table, _, column = place.rpartition(".")
    if table in tables:
        return table, column
    raise UsageError(f"The data map has no table `{table or place}`.", todo=did_you_mean(table or place, tables))
