"""A promise is reported broken when attempts on it fail, and when only the catalogue shows that something drifted."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from houvast.database import Connection
from houvast.proof import Outcome, Report
from houvast.proof.canary import Flock
from houvast.proof.outcome import NO_DRIFT, drifted, proofs
from tests.proof.conftest import Sabotage
from tests.proof.scene import Scene
from tests.proof.weakenings import WAYS, grant

MADE_AGAIN = ("circumstances no longer kept", "closed accounts no longer noticed", "objections no longer noticed")
"""These spoil canaries as they are made."""
BESIDE = ("a code that works twice", "a no that is not heard", "a view that is gone", "a link that begins again")
"""Some more ways, each of another promise: probes, and attempts of other sorts."""


@pytest.mark.parametrize(
    "ways",
    [
        pytest.param((*MADE_AGAIN, *BESIDE), id="some"),
        *(pytest.param((w,), id=w, marks=pytest.mark.long) for w in WAYS),
    ],
)
def test_an_attempt_fails_and_the_promise_is_broken(scene: Scene, sabotaged: Sabotage, ways: tuple[str, ...]) -> None:
    with ExitStack() as weakened:
        for way in ways:
            weakened.enter_context(sabotaged(*WAYS[way][1]))
        report = scene.prove(*(WAYS[way][0] for way in ways))
    for way in ways:
        proof = report.of(WAYS[way][0])
        assert (way, proof.outcome) == (way, Outcome.BROKEN)
        assert [a for a in proof.failed if a.name != NO_DRIFT], way
    told = any(a.name == NO_DRIFT for proof in report.broken for a in proof.failed)
    assert told or len(ways) == 1  # what drifted may touch another promise than the one that was asked about


def test_drift_alone_breaks_the_promise_that_it_touches(
    scene: Scene, report: Report, administrator: Connection, sabotaged: Sabotage
) -> None:
    with sabotaged(*grant("SELECT ON contact", "analytics")):
        found = drifted(administrator)
    touched = {one.promise for one in found}
    made = [(frozenset({p.id}), a) for p in report.promises for a in p.attempts if a.name != NO_DRIFT]
    wanted = frozenset(p.id for p in report.promises)
    proven = proofs(scene.versions[-1], wanted, made, {}, found, Flock((), "", "", "", frozenset()))
    lines = {p.id: [a for a in p.failed if a.name == NO_DRIFT] for p in proven}
    assert {promise for promise, found in lines.items() if found} == touched != set()
    assert {p.id for p in proven if p.outcome is Outcome.BROKEN} == touched
    assert all("contact" in a.seen for found in lines.values() for a in found)
