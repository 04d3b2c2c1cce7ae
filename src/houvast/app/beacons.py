"""Visits of a project as they come: before an application, and by the beacon that `houvast visits serve` runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from houvast.app.target import find_project, find_target
from houvast.app.visits import counting, whole_of

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

    return Beacon(counter_of(project, database, seconds), Flood(most))


def counter_of(project: Path | None, database: str | None = None, seconds: float = 30.0) -> Counter:
    """What counts visits as they come, for the beacon or before an application (`visits.middleware`). As `beacon`."""
    from houvast.visits.counter import Counter
    from houvast.visits.edge import Minimiser
    from houvast.visits.objecting import Objections

    whole = cast("Telling | None", whole_of(find_target(project, database)) if database else None)
    found = counting(find_project(project))
    objections = Objections(found.folder)
    minimiser = Minimiser(found.declared, found.keys, objections)
    return Counter(found.folder, minimiser, objections, seconds=seconds, whole=whole)
