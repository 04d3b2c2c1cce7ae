"""Sorts of attempts: each module makes probes from a `Field`; none of them knows a company or a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from houvast.proof.attempts import (
    additions,
    columns,
    dated,
    dates,
    duties,
    forgeries,
    forms,
    law,
    leaks,
    messages,
    necessity,
    objects,
    opening,
    persons,
    reads,
    shields,
    terms,
    uses,
)
from houvast.proof.field import Field
from houvast.proof.probe import Probe
from houvast.proof.words import tried

SORTS = (
    reads.reads,
    reads.undeclared,
    reads.writes,
    uses.without_a_use,
    uses.misspelt,
    uses.strangers,
    uses.two_purposes,
    uses.another_login,
    persons.one_at_a_time,
    opening.openings,
    opening.links,
    leaks.leaks,
    forgeries.forgeries,
    forms.forms,
    objects.objects,
    columns.unlisted,
    additions.additions,
    dates.dates,
    law.law,
    duties.controller,
    duties.bases,
    duties.decisions,
    necessity.necessity,
    dated.dated,
    terms.boundaries,
    terms.held,
    messages.messages,
    messages.doubts,
    shields.shields,
)


Sort = Callable[[Field], Iterator[Probe]]
ALONE: Mapping[Sort, str] = {
    duties.controller: "controller",
    duties.bases: "basis",
    duties.decisions: "automated",
    necessity.necessity: necessity.FAMILY,
}
"""Sorts that make attempts of one family alone, which prove nothing but what that family proves: they check copies of the
whole policy, which takes longer than all other sorts."""


def probes(field: Field, sorts: Sequence[Sort] = SORTS) -> Iterator[Probe]:
    """Every attempt of these sorts that policy, map and catalogue give rise to, with the promises that it proves."""
    for sort in sorts:
        for probe in sort(field):
            yield replace(probe, promises=probe.promises | tried(probe.family))


def probes_of(field: Field, wanted: frozenset[str]) -> Iterator[Probe]:
    """Those of all sorts that prove one of these promises."""
    sorts = [sort for sort in SORTS if sort not in ALONE or tried(ALONE[sort]) & wanted]
    yield from (probe for probe in probes(field, sorts) if probe.promises & wanted)
