"""Proof of one target: every promise's attempts on its database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from houvast.app.target import Target
from houvast.errors import UsageError
from houvast.reading import did_you_mean

if TYPE_CHECKING:
    from houvast.proof import Report

Progress = Callable[[str, int, int], None]
"""(what is being done, how many done, how many in all)"""


def prove(target: Target, promises: Sequence[str] = (), *, progress: Progress | None = None) -> Report:
    """Try to break these promises, or all. Raises UsageError for one that the policy does not have."""
    from houvast import proof
    from houvast.proof.door import Door

    project = target.project
    known = {name for version in project.versions for name in version.promises}
    for name in promises:
        if name not in known:
            raise UsageError(f"The policy has no promise `{name}`.", todo=did_you_mean(name, known))
    door = Door(target.url, target.url_of)
    return proof.prove(door, project.versions, project.datamap, promises=promises, progress=progress)
