"""What keeps the limits of use is taken away: attempts that prove C08 fail, and drift names it."""

from __future__ import annotations

import pytest

from houvast.compiler.drift import drift
from houvast.database import Connection
from houvast.proof import Report
from houvast.proof.handling import Handling
from houvast.proof.limits import SORT, limits
from houvast.proof.probe import REASON
from tests.proof.conftest import Sabotage
from tests.proof.scene import Scene

LIMIT = "UPDATE houvast.volume SET most = {}, warns = 160"
TRIGGER = "ALTER TABLE houvast.use {} TRIGGER hv_limit_use"
COUNT = "houvast.opened_lately(rule houvast.volume, login name)"
NOTHING = f"CREATE OR REPLACE FUNCTION {COUNT} RETURNS bigint LANGUAGE sql RETURN 0"


def failed(scene: Scene, handling: Handling) -> set[str]:
    """The attempts on limits that failed."""
    made = limits(handling, scene.versions, scene.datamap)
    return {one.name.removeprefix("account: ") for one in made if not one.passed}


def test_limits_are_held_by_attempts_of_every_kind(report: Report) -> None:
    tried = [one for one in report.of("C08").attempts if one.sort == SORT]
    assert len(tried) == 10
    assert [one.name for one in tried if not one.passed] == []
    assert sum(one.control for one in tried) == 4


def test_what_a_proof_opens_counts_for_nobodys_limit(administrator: Connection, proved: tuple[Report, range]) -> None:
    asked = (
        "SELECT count(*) FILTER (WHERE tried), count(*) FILTER (WHERE NOT tried) FROM houvast.use"
        " WHERE login = 'account_desk' AND reason = %s AND id BETWEEN %s AND %s"
    )
    uses = proved[1]
    ((marked, counted),) = administrator.execute(asked.encode(), (REASON, uses[0], uses[-1])).fetchall()
    assert marked > 0
    assert counted == 0


@pytest.mark.parametrize(
    ("weaken", "undo", "wanted", "named"),
    [
        (TRIGGER.format("DISABLE"), TRIGGER.format("ENABLE"), "one more is opened", "houvast.use hv_limit_use"),
        (LIMIT.format(99999), LIMIT.format(200), "the limit is that of the policy", "volume account"),
    ],
)
def test_without_what_limits_uses_an_attempt_fails(
    scene: Scene, administrator: Connection, handling: Handling, sabotaged: Sabotage, weaken: str, undo: str,
    wanted: str, named: str,
) -> None:  # fmt: skip
    with sabotaged(weaken, undo):
        assert wanted in failed(scene, handling)
        assert named in {one.identity for one in drift(administrator)}
    assert drift(administrator) == ()


def test_a_count_that_says_nothing_is_found_out(
    scene: Scene, administrator: Connection, handling: Handling, sabotaged: Sabotage
) -> None:
    ((whole,),) = administrator.execute(
        "SELECT pg_get_functiondef('houvast.opened_lately(houvast.volume, name)'::regprocedure)"
    ).fetchall()
    with sabotaged(NOTHING, whole):
        assert failed(scene, handling) >= {
            "one more is opened",
            "one more is written past the function that opens uses",
        }
