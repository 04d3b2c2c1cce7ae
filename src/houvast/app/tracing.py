"""Where somebody still is, in the database and in every other system, with what identifies them as it is on file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from houvast.app.acting import acting
from houvast.app.handing_out import person_of
from houvast.app.places import home
from houvast.app.target import Target
from houvast.errors import HouvastError, UsageError
from houvast.policy.world import PersonKey
from houvast.rights.identifying import on_file
from houvast.rights.trace import SHORTEST, Place, Trace, trace
from houvast.systems import Needles, connector

Progress = Callable[[str, int, int], None]


def trace_person(
    target: Target,
    person: str,
    values: Sequence[str] = (),
    *,
    verified_by: str = "",
    progress: Progress | None = None,
) -> Trace:
    """Search every table and every other system for a person: for these values, else for those on file.

    Raises:
        DatabaseRefusal: see `acting`, when the values are to be taken from their rows.
        UsageError: values that are all too short to mean anything.
    """
    whom = person_of(target, person)
    if values and all(len(value.strip()) < SHORTEST for value in values):
        raise UsageError("These values are too short to search for.", todo=f"Give at least {SHORTEST} characters.")
    with target.connect() as admin:
        if values:
            return _elsewhere(target, whom, values, trace(admin, target.project.datamap, values, progress))
        with acting(target, whom, "access", verified_by) as act:
            found = on_file(act.session, act.walk)
        return _elsewhere(target, whom, found, trace(admin, target.project.datamap, found, progress))


def _elsewhere(target: Target, whom: PersonKey, values: Sequence[str], found: Trace) -> Trace:
    """The same in every other system; one that does not answer is named."""
    places, searched, away, unread = list(found.places), list[str](), list[str](), list(found.unread)
    closed = Counter(dict(found.closed))
    for name, system in target.project.systems.systems.items():
        try:
            left = connector(system, home()).remaining(Needles(whom, {"external": tuple(values)}))
        except HouvastError:
            away.append(name)
            continue
        searched.append(name)
        for place, rows in (*left.places.items(), *left.kept.items()):
            table, _, column = place.rpartition(".") if system.sort == "database" else (place, "", "")
            mapped = system.sort != "database" or table in system.tables
            places.append(Place(f"{name}: {table or place}", column if table else "", rows, mapped))
        unread += [(f"{name}: {place}", why) for place, why in left.unread.items()]
        closed.update(left.closed)
    return replace(found, places=tuple(places), systems=tuple(searched), away=tuple(away), unread=tuple(unread),
                   closed=tuple(sorted(closed.items())))  # fmt: skip


def places_of(target: Target, values: Sequence[str]) -> int:
    """In how many places of the database one of these values stands."""
    with target.connect() as admin:
        return len(trace(admin, target.project.datamap, values).places)
