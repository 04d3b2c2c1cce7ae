"""Purposes for one person or one case at a time: nobody else's rows, and not without a name."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.policy.model import Action
from houvast.proof.attempts.reads import read
from houvast.proof.attempts.uses import targets
from houvast.proof.field import Field
from houvast.proof.probe import REFUSED, Kind, Opened, Probe
from houvast.proof.states import State


def one_at_a_time(field: Field) -> Iterator[Probe]:
    """A use for one canary, tried on another; and a use that names nobody, or somebody who is not there."""
    for login, spot, opened in targets(field, every=True):
        other = field.canary(spot, State.EAGER)
        if not (opened.person or opened.case) or other is None:
            continue
        seen = field.permits(opened.purpose, Action.READ, spot, other[1], opened)
        words = f"{opened.purpose} for one canary reads {spot.category} of another in {spot.shape.name}"
        promises = field.promises(spot.category, opened.purpose)
        yield read(spot, other[1], login, opened, words, "other person", promises, seen=seen)
    for login, spot, opened in targets(field):
        if opened.person or opened.case:
            words = f"{login} opens a use for {opened.purpose} without saying whom or what it is about"
            promises = field.promises(spot.category, opened.purpose)
            nobody = (Opened(opened.purpose).sql(),)
            yield Probe(words, "other person", login, nobody, REFUSED, promises, kind=Kind.ORDER)
