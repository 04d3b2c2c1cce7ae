"""A project's visits put together: what it declares, the rules of its policy, the store, and the keys of days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from houvast.app.places import home
from houvast.app.project import Project, today
from houvast.database import Connection
from houvast.errors import UsageError
from houvast.evidence import rows
from houvast.reading import did_you_mean
from houvast.visits.by_policy import rules_of
from houvast.visits.declaring import has_visits, load_visits
from houvast.visits.keys_of_day import Keys
from houvast.visits.model import Declared
from houvast.visits.reading.formats import FORMATS, Format

if TYPE_CHECKING:
    from houvast.visits.reading.ingest import Progress, Telling, Totals
    from houvast.visits.reading.sweeping import Swept

DESTROYED = "visit_key_destroyed"
PROMISE = "C20"
_KEYS = "keys"


@dataclass(frozen=True)
class Counting:
    """How a project counts visits. `folder`: the store; `keys`: of days, in a folder of it that is its owner's alone."""

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


def ingest(found: Counting, paths: Sequence[str], *, format_: str = "", site: str = "", follow: Callable[[float], bool] | None = None,
           progress: Progress | None = None, whole: Telling | None = None) -> Totals:  # fmt: skip
    """Read logs into the store, each line once; what came of them.

    `follow`: waits so many seconds and says whether to go on; with it, one log is followed until it says no.

    Raises:
        UsageError: a format or site is not known, a log cannot be read or is not as it was.
        HouvastError: the disk takes no more; what was committed counts, and nothing else.
    """
    from houvast.visits.reading.following import Follower
    from houvast.visits.reading.ingest import Reader, alone
    from houvast.visits.reading.streams import opened

    chosen = found.format(format_) if format_ else None
    with alone(found.folder):
        reader = Reader(found.folder, found.declared, found.keys, found.formats, chosen, site, whole)
        if follow:
            Follower(reader, Path(paths[0]), follow).forever(progress)
            return reader.totals
        for path in paths:
            stream = opened(path)
            try:
                reader.read(stream, progress)
            finally:
                stream.close()
        return reader.totals


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
    """Take away keys and visits whose time is over, and write down in the evidence that keys are gone.

    Without a connection to a database that has a log, that waits to be written down. Raises UsageError while logs are
    read into the store: its keys are destroyed all the same.
    """
    from houvast.visits.reading.ingest import alone, disk
    from houvast.visits.reading.sweeping import sweep as take_away

    tell(found, connection)
    with alone(found.folder), disk():
        return take_away(found.folder, found.keys, found.declared.rules.keep)


def tell(found: Counting, connection: Connection | None) -> int:
    """Destroy the keys whose time is over, and write that down in the evidence; of how many days it was written down.

    Each is told once: should the program end in between, it may be told again, and is never left out.
    """
    days = found.keys.destroy()
    if connection is None or not rows.there(connection):
        return 0
    for day in days:
        with connection.transaction():
            rows.tell(connection, DESTROYED, {"day": day.isoformat(), "count": 1}, promise=PROMISE)
        found.keys.told(day)
    return len(days)

