"""Sorts of attempts: each module makes probes from a `Field`; none of them knows a company or a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from houvast.proof.attempts import (
    additions,
    columns,
    dated,
    dates,
    duties,
    forgeries,
    law,
    leaks,
    messages,
    necessity,
    objects,
    persons,
    reads,
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
    leaks.leaks,
    forgeries.forgeries,
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
)


def probes(field: Field, sorts: Sequence[Callable[[Field], Iterator[Probe]]] = SORTS) -> Iterator[Probe]:
    """Every attempt of these sorts that policy, map and catalogue give rise to, with the promises that it proves."""
    for sort in sorts:
        for probe in sort(field):
            yield replace(probe, promises=probe.promises | tried(probe.family))
