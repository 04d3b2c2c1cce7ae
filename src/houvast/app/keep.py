"""Policy and database together: plan, apply, unapply and drift of one target."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from houvast import compiler as work
from houvast.app import desk
from houvast.app.evidence import Log
from houvast.app.places import MAP_FILE
from houvast.app.project import Project, today
from houvast.app.recording import recording
from houvast.app.target import Target
from houvast.compiler import registry
from houvast.compiler.apply import Sources
from houvast.compiler.drift import Drift
from houvast.compiler.drift import drift as find_drift
from houvast.compiler.plan import Plan
from houvast.controls import store as controls
from houvast.database import Connection
from houvast.errors import DatabaseRefusal, UsageError
from houvast.reading import did_you_mean
from houvast.systems import store as systems

if TYPE_CHECKING:
    from houvast.compiler.compile import Compiled
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


def apply(
    target: Target,
    *,
    profile: str = "fast",
    weaken: bool = False,
    leakproof: bool = False,
    progress: Progress | None = None,
    made: Callable[[Compiled], object] = lambda _: None,
) -> Plan:
    """Make the database keep the policy; what was done, which is stored at the desk too.

    `leakproof`: mark the vetted functions of PostgreSQL's too, so that conditions with them find their index.
    `made`: is given what was compiled.
    """
    project = target.project
    with target.connect() as connection, recording(target.url, "apply") as found:
        done = work.apply(
            connection,
            project.versions,
            project.datamap,
            now=today(),
            profile=profile,
            weaken=weaken,
            leakproof=leakproof,
            progress=progress,
            sources=_sources(project),
            made=made,
        )
        systems.register(connection, project.systems)
        controls.register(connection, project.controls)
        version = project.versions[-1].version
        found.good({"steps": len(done.steps), "weakened": len(done.weakening), "version": version})
    return done


def _sources(project: Project) -> Sources:
    """What is told of the files that were applied."""
    files = (Path(project.versions[-1].place.file), project.folder / MAP_FILE)
    return Sources(*(hashlib.sha256(file.read_bytes()).hexdigest() for file in files))


def unapply(
    target: Target, *, progress: Progress | None = None, with_desk: bool = False, losing_events: bool = False
) -> int:
    """Take everything back; how many pieces. `with_desk`: the desk too, also where no policy is applied any more.

    What waits in the log is published first; `losing_events`: it may be lost.

    Raises:
        DatabaseRefusal: there is nothing to take back.
        EvidenceError: what waits cannot be published; nothing was taken back, or not everything yet.
    """
    with target.connect() as connection:
        only_desk = with_desk and desk.exists(connection) and not registry.installed(connection)
        taken = 0 if only_desk else _take_back(target, connection, progress, losing_events=losing_events)
    if with_desk:
        desk.remove(target.url)
    return taken


def _take_back(target: Target, connection: Connection, progress: Progress | None, *, losing_events: bool) -> int:
    if losing_events:
        return work.unapply(connection, progress=progress, losing_events=True)
    publish = Log.of(target).publisher(connection)
    publish()
    return work.unapply(connection, progress=progress, publish=publish)


def has_desk(target: Target) -> bool:
    """Whether stored results and alarms lie in this database."""
    with target.connect() as connection:
        return desk.exists(connection)


def drift(target: Target) -> tuple[Drift, ...]:
    """What PostgreSQL grants now and did not when apply ended, or the reverse; stored at the desk too.

    Raises DatabaseRefusal when nothing was applied there.
    """
    with target.connect() as connection, recording(target.url, "drift") as found:
        if not registry.installed(connection):
            raise DatabaseRefusal("No policy was applied to this database.", todo="Apply it: houvast apply")
        differences = find_drift(connection)
        (found.finding if differences else found.good)({"drift": [one.to_json() for one in differences]})
    return differences


def explain(
    target: Target, purpose: str, place: str, *, person: str | None = None, as_of: datetime | None = None
) -> Explanation:
    """Why a purpose sees a table or a column (`TABLE` or `TABLE.COLUMN`), or does not.

    Raises UsageError for a purpose, table or column that is not there.
    """
    from houvast.compiler.explain import explain as find_explanation

    project = target.project
    table, column = table_and_column(project, place)
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


def table_and_column(project: Project, place: str) -> tuple[str, str | None]:
    """The table, and the column if one is named. Raises UsageError when the data map has no such table."""
    tables = project.datamap.tables
    if place in tables:
        return place, None
    table, _, column = place.rpartition(".")
    if table in tables:
        return table, column
    raise UsageError(f"The data map has no table `{table or place}`.", todo=did_you_mean(table or place, tables))
