"""What other systems do for a request is proven; whatever weakens it, or erases there badly, is found out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from houvast.database import Connection
from houvast.proof import Report
from houvast.proof.elsewhere import SORTS
from houvast.proof.handling import Handling
from houvast.proof.words import tried
from houvast.systems import searching, tables
from houvast.systems.connector import Counts, Remains
from tests.proof.conftest import Sabotage
from tests.proof.scene import Scene
from tests.proof.test_handling import disabled

PROMISES = {"handover": {"G07"}, "step": {"C33", "G05"}, "recipient": {"C34", "G05"}, "system": {"C33", "C34", "G05"}}
WAYS = {
    "nothing keeps steps": ("step", disabled("hv_keep_step", "step")),
    "steps are not planned": ("step", disabled("hv_plan_steps", "request")),
    "no answer waits for steps": ("step", disabled("hv_wait_for_steps", "request")),
    "what was done is not told": ("step", disabled("hv_tell_step", "step")),
    "nobody is told of a restriction": ("recipient", disabled("hv_restriction_set", "stand")),
    "nothing keeps where data go": ("handover", disabled("hv_keep_handover", "handover")),
    "that data went is not told": ("handover", disabled("hv_tell_handover", "handover")),
    "who got data is not told": ("recipient", disabled("hv_plan_steps", "request")),
}


def _nothing(*_: object) -> None:
    """Does not refuse."""


def _as_if(*_: object) -> Counts:
    """Says that it did what was to be done."""
    return Counts(4, 4, 1)


def _nobody(*_: object) -> Remains:
    """Finds nobody."""
    return Remains({})


def _anywhere(value: str) -> re.Pattern[str]:
    """Finds a value within a longer one too."""
    return re.compile(re.escape(value.lower()))


BROKEN: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "an erasure that does nothing": (tables.Database, "erase", _as_if),
    "a search that finds nobody": (tables, "remaining", _nobody),
    "a value is found within a longer one": (searching, "alone", _anywhere),
    "what nobody classified is left out": (tables.Database, "_refuse_unclassified", _nothing),
    "a correction that does nothing": (tables.Database, "correct", _as_if),
}


@pytest.fixture
def handling(scene: Scene, administrator: Connection) -> Handling:
    """Attempts about somebody of the sample."""
    ((key,),) = administrator.execute("SELECT min(key) FROM houvast.person WHERE kind = 'customer'").fetchall()
    administrator.execute("SET houvast.filling = 'yes'")
    return Handling(administrator, scene.versions[-1], datetime.now(UTC), ("customer", key), "hv-made-up")


@pytest.mark.parametrize("sort", SORTS)
def test_every_attempt_goes_as_promised(handling: Handling, sort: str) -> None:
    attempts = list(SORTS[sort](handling))
    assert [(one.name, one.seen) for one in attempts if not one.passed] == []
    assert any(one.control for one in attempts)
    assert len(attempts) >= 6
    assert {one.sort for one in attempts} == {sort}
    assert PROMISES[sort] <= tried(sort)


@pytest.mark.parametrize("way", WAYS)
def test_what_no_longer_keeps_it_is_found_out(handling: Handling, sabotaged: Sabotage, way: str) -> None:
    sort, (weaken, undo) = WAYS[way]
    with sabotaged(weaken, undo):
        assert any(not one.passed for one in SORTS[sort](handling))
    assert all(one.passed for one in SORTS[sort](handling))


@pytest.mark.parametrize("way", BROKEN)
def test_a_way_to_a_system_that_does_not_work_is_found_out(
    handling: Handling, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    where, name, instead = BROKEN[way]
    monkeypatch.setattr(where, name, instead)
    assert any(not one.passed for one in SORTS["system"](handling))


def test_a_correction_is_proven_on_people_in_every_state(report: Report) -> None:
    ours = [one for one in report.of("C34").attempts if one.sort == "correction"]
    assert [(one.name, one.seen) for one in ours if not one.passed] == []
    assert len(ours) >= 8
    assert any(one.control for one in ours)
