"""A database that was weakened is found out by the attempts themselves, not only by comparing catalogues."""

from __future__ import annotations

import pytest

from houvast.proof.flagging import flags
from houvast.proof.handling import Handling
from houvast.proof.identity import CHOICE, SORT, identity
from tests.proof.conftest import Sabotage
from tests.proof.staged import Staged
from tests.proof.weakenings import FOUND_BY, WAYS

IDENTITY = {
    "a code that works twice": SORT,
    "a code that works in any browser": SORT,
    "a request that nobody checked": SORT,
    "a no that is not heard": CHOICE,
}


@pytest.mark.parametrize("way", FOUND_BY)
def test_an_attempt_fails(staged: Staged, sabotaged: Sabotage, way: str) -> None:
    promise, statements = WAYS[way]
    with sabotaged(*statements):
        assert staged.failed(promise, FOUND_BY[way])


@pytest.mark.parametrize("way", IDENTITY)
def test_an_attempt_on_who_somebody_is_fails(staged: Staged, sabotaged: Sabotage, way: str) -> None:
    with sabotaged(*WAYS[way][1]):
        made = identity(staged.connection, staged.door, staged.field, IDENTITY[way])
        assert [one.name for one in made if not one.passed]


def test_an_attempt_on_what_is_told_of_a_flag_fails(staged: Staged, handling: Handling, sabotaged: Sabotage) -> None:
    with sabotaged(*WAYS["flags no longer told"][1]):
        assert [one.name for one in flags(handling, staged.field) if not one.passed]
