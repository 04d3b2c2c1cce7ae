"""Proof of one target: every promise's attempts on its database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from houvast.app import controlling, desk, discovering, keep
from houvast.app.recording import recording
from houvast.app.target import Target

if TYPE_CHECKING:
    from houvast.compiler.compile import Compiled
    from houvast.proof import Attempt, Extra, Report

FRESH = timedelta(days=1)
Progress = Callable[[str, int, int], None]
"""(what is being done, how many done, how many in all)"""


def prove(
    target: Target,
    promises: Sequence[str] = (),
    *,
    progress: Progress | None = None,
    extra: Sequence[Extra] = (),
) -> Report:
    """Try to break these promises, or all; what was found is stored at the desk.

    `extra`: with these attempts too, of rooms above the proof. Raises UsageError for a promise that the policy
    does not have.
    """
    from houvast import proof
    from houvast.app.backup_attempts import backup_attempts  # what reads backups is not in the core
    from houvast.app.visit_attempts import visit_attempts

    target.connect().close()
    versions, datamap = target.project.versions, target.project.datamap
    door = proof.Door(target.url, target.url_of)
    with recording(target.url, "prove", partial=bool(promises)) as found:
        ours = (discovering.scan_attempts(target), controlling.register_attempts(target),
                backup_attempts(target), *visit_attempts(target), *extra)  # fmt: skip
        report = proof.prove(door, versions, datamap, promises=promises, progress=progress, extra=ours)
        (found.finding if report.broken else found.good)(report.to_json(sorts=True))
    return report


def probe(target: Target, *, compiled: Compiled | None = None, progress: Progress | None = None) -> tuple[Attempt, ...]:
    """What every purpose sees of made-up people, and whether that is what the policy says.

    `compiled`: what was applied just now. Raises as `prove` does, but for promises.
    """
    from houvast import proof

    project, door = target.project, proof.Door(target.url, target.url_of, borrowed=True)
    return proof.probe(door, project.versions, project.datamap, compiled=compiled, progress=progress)


def still_proven(target: Target) -> tuple[datetime, Counter[str]] | None:
    """When everything was last proven, and how many promises had each outcome (as in `prove --json`).

    None when that says nothing of today: nothing broken may stand there, each promise must have been proven within
    a day, and PostgreSQL must grant what it granted then.
    """
    with target.connect() as connection:
        if not desk.exists(connection):
            return None
        found = tuple(desk.proofs(connection).values())
    outcomes = Counter(one.outcome for one in found)
    oldest = min((one.ended for one in found), default=None)
    if oldest is None or outcomes["broken"] or datetime.now(UTC) - oldest > FRESH or keep.drift(target):
        return None
    return oldest, outcomes
