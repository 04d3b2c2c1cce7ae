"""The attempts on the budget for reports pass where it is kept; without a mechanism one of them fails."""

from __future__ import annotations

import pytest

from houvast.database import Connection, run
from houvast.proof.budgets import SORT, budgets
from houvast.proof.handling import Handling
from tests.proof.scene import Scene


def failed(handling: Handling, scene: Scene) -> list[str]:
    return [one.name for one in budgets(handling, scene.datamap) if not one.passed]


def test_all_of_them_are_made_and_pass(handling: Handling, scene: Scene) -> None:
    found = list(budgets(handling, scene.datamap))
    assert [(one.name, one.seen) for one in found if not one.passed] == []
    assert {one.sort for one in found} == {SORT}
    assert sum(one.control for one in found) >= 4
    assert len(found) > 35
    left = handling.connection.execute("SELECT count(*) FROM houvast.visit_release").fetchone()
    assert left == (0,)


RELEASE, REPORT = "houvast.visit_release", "houvast.visit_report"
SABOTAGE = {
    "the cap is not kept": (f"ALTER TABLE {RELEASE} DISABLE TRIGGER hv_keep_visit_release", "spends all of the budget"),
    "the cap is another one": (
        "CREATE OR REPLACE FUNCTION houvast.report_left(since date, until date, OUT rho bigint, OUT delta bigint)"
        " LANGUAGE sql AS 'SELECT 1000000000::bigint, 1000000000::bigint'", "two reports together"),
    "what was spent is told to nobody": (f"ALTER TABLE {RELEASE} DISABLE TRIGGER hv_tell_visit_release", "is told"),
    "what was published can change": (f"ALTER TABLE {REPORT} DISABLE TRIGGER hv_keep_visit_report", "is published"),
    "an application looks into the ledger": (f"GRANT SELECT ON {RELEASE} TO analytics", "login analytics looks"),
    "an application pays": ("GRANT EXECUTE ON FUNCTION houvast.report_pay TO PUBLIC", "pays for a report"),
}  # fmt: skip


@pytest.mark.parametrize("what", SABOTAGE)
def test_without_a_mechanism_an_attempt_fails(
    handling: Handling, scene: Scene, administrator: Connection, what: str
) -> None:
    weakened, named = SABOTAGE[what]
    with administrator.transaction(force_rollback=True):
        run(administrator, weakened)
        found = failed(handling, scene)
    assert any(named in one for one in found), found
