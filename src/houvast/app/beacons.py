"""The beacon of a project: what `houvast visits serve` runs in each of its processes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from houvast.app.target import find_project, find_target
from houvast.app.visits import Counting, counting, whole_of

if TYPE_CHECKING:
    from houvast.visits.beacon import Beacon
    from houvast.visits.counter import Counter, Telling


def beacon(project: Path | None, database: str | None, seconds: float, most: int) -> Beacon:
    """The beacon of a project, made in the process that runs it.

    `database`: where whole addresses go, for security; without one they go nowhere. `seconds`: how long visits wait
    until they are on the disk. `most`: requests a minute of one network. Raises as `counting` and `whole_of` do.
    """
    from houvast.visits.beacon import Beacon
    from houvast.visits.flood import Flood

    whole = cast("Telling | None", whole_of(find_target(project, database)) if database else None)
    return Beacon(counter(counting(find_project(project)), seconds, whole), Flood(most))


def counter(found: Counting, seconds: float = 30.0, whole: Telling | None = None) -> Counter:
    """What counts visits as they come, for a beacon or before an application (`visits.middleware`)."""
    from houvast.visits.counter import Counter
    from houvast.visits.edge import Minimiser
    from houvast.visits.objecting import Objections

    objections = Objections(found.folder)
    minimiser = Minimiser(found.declared, found.keys, objections)
    return Counter(found.folder, minimiser, objections, seconds=seconds, whole=whole)
