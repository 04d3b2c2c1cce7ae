"""Which tests go to which worker: what shares a server goes to one, so that each server is started once."""

# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER = (
    *("tests/web/", "tests/proof/", "tests/cli/", "tests/worker/", "tests/sample/"),
    *("tests/systems/", "tests/rights/", "tests/attacks/"),
)
"""Rooms whose tests share a server with the sample company in it, which takes longer to make than a test to run."""
SLOW = (
    *("tests/web/", "tests/proof/", "tests/cli/", "tests/compiler/", "tests/worker/", "tests/docs/", "tests/systems/"),
    *("tests/attacks/", "tests/rights/", "tests/agreement/", "tests/app/", "tests/evidence/"),
)
"""These begin, the slowest first, so that what is left for the end is small."""


class ByServer(LoadScopeScheduling):
    """Whole rooms where tests share a server, whole files elsewhere, in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((room for room in TOGETHER if file.startswith(room)), file)


def slow_first(items: list[pytest.Item]) -> None:
    """Sort by room; within one they stay as they were shuffled."""
    items.sort(key=lambda item: next((n for n, room in enumerate(SLOW) if item.nodeid.startswith(room)), len(SLOW)))
