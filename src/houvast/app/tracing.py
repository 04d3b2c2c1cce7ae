"""Where somebody still is in a database: the search, with what identifies them taken from where it is on file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from houvast.app.acting import acting
from houvast.app.handing_out import person_of
from houvast.app.target import Target
from houvast.errors import UsageError
from houvast.rights.identifying import on_file
from houvast.rights.trace import SHORTEST, Trace, trace

Progress = Callable[[str, int, int], None]


def trace_person(
    target: Target,
    person: str,
    values: Sequence[str] = (),
    *,
    verified_by: str = "",
    progress: Progress | None = None,
) -> Trace:
    """Search every table for a person: for these values, else for what identifies them on file.

    Raises:
        DatabaseRefusal: see `acting`, when the values are to be taken from their rows.
        UsageError: values that are all too short to mean anything.
    """
    whom = person_of(target, person)
    if values and all(len(value.strip()) < SHORTEST for value in values):
        raise UsageError("These values are too short to search for.", todo=f"Give at least {SHORTEST} characters.")
    with target.connect() as admin:
        if values:
            return trace(admin, target.project.datamap, values, progress)
        with acting(target, whom, "access", verified_by) as act:
            found = on_file(act.session, act.walk)
        return trace(admin, target.project.datamap, found, progress)
