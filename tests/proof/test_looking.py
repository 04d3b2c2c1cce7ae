"""Looking together is tried; each mechanism that is taken away is found out by the attempts."""

from __future__ import annotations

import pytest

from houvast.proof.handling import Handling
from houvast.proof.looking import looking
from houvast.proof.words import tried
from tests.proof.conftest import Sabotage
from tests.proof.test_handling import disabled, replaced

WAYS = {
    "nothing keeps sessions": disabled("hv_keep_looking", "looking"),
    "nothing keeps signals": disabled("hv_keep_signal", "looking_signal"),
    "nothing keeps what happened": disabled("hv_keep_step", "looking_step"),
    "nothing is written down, told or forgotten": disabled("hv_tell_looking", "looking"),
    "a grant that ends stops nothing": (
        "ALTER TABLE houvast.exchange_grant DISABLE TRIGGER hv_stop_looking_grant; "
        + replaced("FUNCTION houvast.may_look(bigint, bigint, bigint)", "void", "SELECT")[0],
        "ALTER TABLE houvast.exchange_grant ENABLE TRIGGER hv_stop_looking_grant; "
        + replaced("FUNCTION houvast.may_look(bigint, bigint, bigint)", "void", "SELECT")[1],
    ),
    "anybody looks along": (
        "ALTER FUNCTION houvast.named_looking(bigint, text) RENAME TO kept_one; CREATE FUNCTION"
        " houvast.named_looking(number bigint, by text) RETURNS houvast.looking LANGUAGE sql AS"
        " $$ SELECT l FROM houvast.looking l WHERE l.id = number $$",
        "DROP FUNCTION houvast.named_looking(bigint, text);"
        " ALTER FUNCTION houvast.kept_one(bigint, text) RENAME TO named_looking",
    ),
    "a login reads addresses": (
        "CREATE ROLE hv_made_up LOGIN; GRANT SELECT ON houvast.looking_signal TO hv_made_up",
        "DROP OWNED BY hv_made_up; DROP ROLE hv_made_up",
    ),
    "addresses reach the log of the database": (
        "ALTER TABLE houvast.looking_signal SET LOGGED",
        "ALTER TABLE houvast.looking_signal SET UNLOGGED",
    ),
}


def test_it_is_tried_with_controls_and_nothing_breaks_it(handling: Handling) -> None:
    attempts = list(looking(handling))
    assert [(one.name, one.expected, one.seen) for one in attempts if not one.passed] == []
    assert sum(one.control for one in attempts) >= 3
    assert sum(not one.control for one in attempts) >= 25
    assert tried("looking") == {"C40", "C44"}
    for table in ("looking", "looking_step", "looking_signal"):
        row = handling.connection.execute(f"SELECT count(*) FROM houvast.{table}".encode()).fetchone()
        assert row == (0,)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_taken_away_is_found_out(handling: Handling, sabotaged: Sabotage, way: str) -> None:
    with sabotaged(*WAYS[way]):
        assert [one.name for one in looking(handling) if not one.passed]
