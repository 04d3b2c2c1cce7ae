"""A value about a person corrected at their request: here in one transaction, then elsewhere."""

from __future__ import annotations

import json

from houvast.app import steps
from houvast.app.acting import Acting, acting
from houvast.app.handing_out import person_of
from houvast.app.target import Target
from houvast.rights.correcting import Correction, correct, wrong_value


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
    """Correct `TABLE.COLUMN` of a person, in one transaction that tells the log; then let the others know.

    Another system that is away, and a recipient that cannot be told, makes the request wait.

    Raises as `acting` and `rights.correcting.correct` do.
    """
    whom = person_of(target, person)
    with acting(target, whom, "rectification", verified_by) as act:
        with act.session.transaction():
            _open(act, place, value, row)
            found = correct(act.session, act.walk, place, value, row=row, everywhere=everywhere, request=act.request)
        steps.work(target, act.request)
        return found


def _open(act: Acting, place: str, value: str, row: str) -> None:
    """The steps of other systems begin in the transaction in which the value changes here."""
    categories, old = wrong_value(act.session, act.walk, place, row)
    if old is None or old == value:
        return
    values = [{"role": "old", "value": old}, {"role": "new", "value": value}]
    values += [{"role": "category", "value": one} for one in categories[:1]]
    act.session.execute("SELECT houvast.open_steps(%s, 'rectification', %s::jsonb)", (act.request, json.dumps(values)))
