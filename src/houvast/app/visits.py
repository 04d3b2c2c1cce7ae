"""A project's visits put together: what it declares, the rules of its policy, the store, and the keys of days."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from houvast.app.places import home
from houvast.app.project import Project, today
from houvast.app.target import Target
from houvast.compiler.guarding_visits import LOGIN
from houvast.database import Connection
from houvast.errors import UsageError
from houvast.evidence import rows
from houvast.policy.regime import regime
from houvast.reading import did_you_mean
from houvast.visits import security
from houvast.visits.by_policy import rules_of
from houvast.visits.declaring import has_visits, load_visits
from houvast.visits.keys_of_day import Keys
from houvast.visits.model import Declared
from houvast.visits.reading.formats import FORMATS, Format

if TYPE_CHECKING:
    from houvast.visits.reading.done import Whole
    from houvast.visits.reading.ingest import Progress, Telling, Totals
    from houvast.visits.reading.sweeping import Swept

DESTROYED = "visit_key_destroyed"
PROMISE = "C20"
SWEPT = timedelta(hours=1)
"""How often whoever follows a log sweeps."""
_KEYS = "keys"


@dataclass(frozen=True)
class Counting:
    """How a project counts visits. `folder`: the store; `keys`: of days, in a folder of it for its owner alone."""

    folder: Path
    declared: Declared
    keys: Keys
    formats: tuple[Format, ...] = field(default=())

    def format(self, name: str) -> Format:
        """A format by its name, declared or known. Raises UsageError."""
        known = {**FORMATS, **{one.name: one for one in self.formats}}
        if name not in known:
            raise UsageError(f"There is no format `{name}`.", todo=did_you_mean(name, known))
        return known[name]


def counts(project: Project) -> bool:
    """Whether a project counts visits at all."""
    return has_visits(project.folder)


def counting(project: Project, now: Callable[[], datetime] = today) -> Counting:
    """How a project counts visits.

    Raises:
        UsageError: it counts none, or its policy does not say how.
        FileErrors: visits.yaml holds mistakes.
    """
    if not counts(project):
        load_visits(project.folder)  # which says that there is no such file
    policy = project.version_at(now())
    said = load_visits(project.folder, rules_of(policy))
    folder = Path(said.store) if said.store else home() / "visits" / policy.name
    return Counting(folder, said.declared, Keys(folder / _KEYS, now), said.formats)


def ingest(
    found: Counting,
    paths: Sequence[str],
    *,
    format_: str = "",
    site: str = "",
    follow: Callable[[float], bool] | None = None,
    progress: Progress | None = None,
    whole: Telling | None = None,
) -> Totals:
    """Read logs into the store, each line once; what came of them.

    `follow`: waits so many seconds and says whether to go on; with it, one log is followed until it says no.

    Raises:
        UsageError: a format or site is not known, a log cannot be read or is not as it was.
        HouvastError: the disk takes no more; what was committed counts, and nothing else.
    """
    from houvast.visits.reading.following import Follower
    from houvast.visits.reading.holding import alone
    from houvast.visits.reading.ingest import Reader
    from houvast.visits.reading.streams import opened

    chosen = found.format(format_) if format_ else None
    with alone(found.folder) as lock:
        reader = Reader(found.folder, found.declared, found.keys, found.formats, chosen, site, whole, cores(), lock)
        if follow:
            Follower(reader, Path(paths[0]), _sweeping(found, follow)).forever(progress)
            return reader.totals
        for path in paths:
            with opened(path) as stream:
                reader.read(stream, progress)
        return reader.totals


def cores() -> int:
    """How many processes read a long log: two where there are two cores; more would take memory, and gain little."""
    return min(2, len(os.sched_getaffinity(0)))


def _sweeping(found: Counting, wait: Callable[[float], bool]) -> Callable[[float], bool]:
    """Waits, and sweeps every hour: who follows a log holds the store, so that nobody else can."""
    from houvast.visits.reading.holding import disk
    from houvast.visits.reading.sweeping import sweep as take_away

    last = [found.keys.now()]

    def waits(seconds: float) -> bool:
        if found.keys.now() - last[0] >= SWEPT:
            last[0] = found.keys.now()
            with disk():
                take_away(found.folder, found.keys, found.declared.rules.keep)
        return wait(seconds)

    return waits


def whole_of(target: Target) -> Telling | None:
    """What gives whole addresses to the store apart (promise C23); None when the policy that was applied keeps none.

    Raises DatabaseRefusal as `Target.session` does.
    """
    with target.session(LOGIN) as connection:
        if not security.there(connection):
            return None
    zone = regime(target.project.versions[-1].regime).timezone

    def add(batch: str, found: list[Whole]) -> None:
        with target.session(LOGIN) as connection:
            security.add(connection, batch, found, zone)

    return add


@dataclass(frozen=True)
class Status:
    """How the store stands. `overdue`: days whose keys should be gone."""

    days: int
    first: str
    last: str
    files: int
    bytes: int
    commits: int
    logs: int
    keys: tuple[str, ...]
    overdue: tuple[str, ...]
    untold: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {**vars(self), "keys": list(self.keys), "overdue": list(self.overdue), "untold": list(self.untold)}


def status(found: Counting) -> Status:
    """How the store stands; nothing is changed."""
    from houvast.visits import batches, store

    files, commits = store.files(found.folder), batches.commits(found.folder)
    days = sorted({file.parent.name.removeprefix("day=") for file in files})
    logs = {name for commit in commits.values() for name in commit["sources"]}
    return Status(len(days), days[0] if days else "", days[-1] if days else "", len(files),
                  sum(file.stat().st_size for file in files), len(commits), len(logs),
                  tuple(map(str, found.keys.there())), tuple(map(str, found.keys.overdue())),
                  tuple(map(str, found.keys.untold())))  # fmt: skip


def sweep(found: Counting, connection: Connection | None = None) -> Swept:
    """Take away keys, visits and whole addresses whose time is over, and write down in the evidence that keys are gone.

    Without a connection to a database that has a log, that waits to be written down. While another program reads logs
    into the store, only keys go: that program takes away the rest itself.
    """
    from houvast.visits.reading.holding import Busy, alone, disk
    from houvast.visits.reading.sweeping import Swept
    from houvast.visits.reading.sweeping import sweep as take_away

    days = tell(found, connection)
    if connection is not None and security.there(connection):
        security.sweep(connection)
    try:
        with alone(found.folder), disk():
            return replace(take_away(found.folder, found.keys, found.declared.rules.keep), keys=days)
    except Busy:
        return Swept(days)


def tell(found: Counting, connection: Connection | None) -> tuple[date, ...]:
    """Destroy the keys whose time is over, and write that down in the evidence; the days of those that are gone.

    Each is told once: should the program end in between, it may be told again, and is never left out.
    """
    days = found.keys.destroy()
    if connection is not None and rows.there(connection):
        for day in days:
            with connection.transaction():
                rows.tell(connection, DESTROYED, {"day": day.isoformat(), "count": 1}, promise=PROMISE)
            found.keys.told(day)
    return days
