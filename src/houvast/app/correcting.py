"""A value about a person corrected at their request."""

from __future__ import annotations

from houvast.app.acting import acting
from houvast.app.handing_out import person_of
from houvast.app.target import Target
from houvast.rights.correcting import Correction, correct


def correct_value(
    target: Target,
    person: str,
    place: str,
    value: str,
    *,
    row: str = "",
    everywhere: bool = False,
    verified_by: str = "",
) -> Correction:
    """Correct `TABLE.COLUMN` of a person, in one transaction that tells the log.

    Raises as `acting` and `rights.correcting.correct` do.
    """
    whom = person_of(target, person)
    with acting(target, whom, "rectification", verified_by) as act, act.session.transaction():
        return correct(act.session, act.walk, place, value, row=row, everywhere=everywhere)
