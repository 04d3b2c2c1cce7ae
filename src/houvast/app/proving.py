"""Proof of one target: every promise's attempts on its database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from houvast.app.target import Target

if TYPE_CHECKING:
    from houvast.proof import Extra, Report

Progress = Callable[[str, int, int], None]
"""(what is being done, how many done, how many in all)"""


def prove(
    target: Target,
    promises: Sequence[str] = (),
    *,
    progress: Progress | None = None,
    extra: Sequence[Extra] = (),
) -> Report:
    """Try to break these promises, or all; `extra`: with these attempts too, of rooms above the proof.

    Raises UsageError for a promise that the policy does not have.
    """
    from houvast import proof

    target.connect().close()
    project = target.project
    door = proof.Door(target.url, target.url_of)
    return proof.prove(door, project.versions, project.datamap, promises=promises, progress=progress, extra=extra)
