"""The attempts on whole addresses of visitors pass where they are kept; without a mechanism one of them fails."""

from __future__ import annotations

import time

import pytest

from houvast.database import Connection, run
from houvast.proof.addresses import SORT, addresses
from houvast.proof.handling import Handling
from tests.proof.scene import Scene


def failed(handling: Handling, scene: Scene) -> list[str]:
    return [one.name for one in addresses(handling, scene.datamap, fast=True) if not one.passed]


def test_all_of_them_are_made_and_pass_quickly(handling: Handling, scene: Scene) -> None:
    begin = time.perf_counter()
    found = list(addresses(handling, scene.datamap, fast=True))
    assert time.perf_counter() - begin < 5  # on a busy machine; alone about half a second
    assert [(one.name, one.seen) for one in found if not one.passed] == []
    assert {one.sort for one in found} == {SORT}
    assert sum(one.control for one in found) >= 4
    assert len(found) > 60
    ((left,),) = handling.connection.execute(
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'houvast.visit_address'::regclass"
    ).fetchall()
    assert left == 0


TABLE, MADE = "houvast.visit_address", "CREATE OR REPLACE FUNCTION houvast"
SABOTAGE = {
    "the row policy is gone": ("DROP POLICY hv_security ON houvast.visit_address", "on the last day of its term"),
    "the row policy lets all through": (f"ALTER POLICY hv_security ON {TABLE} USING (true)", "the day after its term"),
    "row security is off": ("ALTER TABLE houvast.visit_address DISABLE ROW LEVEL SECURITY", "seen without a use"),
    "the policy forgets incidents": (
        f"{MADE}.incident_is_open(number text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "in an incident that is none"),
    "a longer term": (
        f"{MADE}.addresses_since() RETURNS timestamptz LANGUAGE sql AS $$ SELECT now() - interval '40 days' $$",
        "as long as the policy says"),
    "analysts may read": ("GRANT SELECT ON houvast.visit_address TO analytics", "login analytics reads"),
    "everybody may read": ("GRANT SELECT ON houvast.visit_address TO PUBLIC", "purpose figures reads"),
    "another purpose may read": ("GRANT SELECT ON houvast.visit_address TO hv_answer", "purpose answer reads"),
    "whoever writes may read": (f"GRANT SELECT ON {TABLE} TO houvast_visits", "login houvast_visits reads"),
    "uses name no incident": ("ALTER TABLE houvast.use DISABLE TRIGGER hv_incident_bounds", "names no incident"),
    "anybody opens an incident": ("ALTER TABLE houvast.incident DISABLE TRIGGER hv_keep_incident", "past the function"),
    "incidents are told to nobody": ("ALTER TABLE houvast.incident DISABLE TRIGGER hv_tell_incident", "is told"),
    "whoever writes opens incidents": (
        "GRANT EXECUTE ON FUNCTION houvast.open_incident TO houvast_visits", "opens an incident"),
    "batches are forgotten": (
        "CREATE FUNCTION houvast.made_up() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN DELETE FROM houvast.visit_batch; RETURN NULL; END';"
        " CREATE TRIGGER made_up AFTER INSERT ON houvast.visit_batch FOR EACH ROW EXECUTE FUNCTION houvast.made_up()",
        "is taken in again"),
    "a day was left lying": (
        f"CREATE TABLE {TABLE}_20200101 PARTITION OF {TABLE} FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')",
        "should have gone"),
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
