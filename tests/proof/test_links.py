"""Whoever has a use for one person changes what a link says of them, and not whose rows it leads to (promise C08)."""

from __future__ import annotations

import psycopg
import pytest

from houvast.database import Connection, run
from tests.proof.scene import Scene

MEMBER = """SELECT m.account_id, m.household_id FROM household_member m JOIN houvast.person p
ON p.key = m.account_id::text
WHERE p.kind = 'customer' AND p.closed_at IS NULL AND m.left_at IS NULL ORDER BY 1 LIMIT 1"""


@pytest.mark.parametrize("column", ["household_id", "account_id"])
def test_a_link_does_not_make_rows_of_others_theirs(scene: Scene, administrator: Connection, column: str) -> None:
    ((person, household),) = administrator.execute(MEMBER).fetchall()
    ((other,),) = administrator.execute("SELECT min(id) FROM household WHERE id <> %s", (household,)).fetchall()
    with scene.door.connect_as("account_desk") as session:
        run(session, f"SELECT houvast.open_use('account', 'a test', person => '{person}')")
        seen = session.execute("SELECT id FROM household").fetchall()
        assert seen == [(household,)]
        run(
            session, "BEGIN; UPDATE household_member SET joined_at = joined_at; ROLLBACK"
        )  # what is theirs they may change
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(session, f"UPDATE household_member SET {column} = {other}")
        assert session.execute("SELECT id FROM household").fetchall() == seen
