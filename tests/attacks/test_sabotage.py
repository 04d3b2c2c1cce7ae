"""An attack that finds nothing could be blind: each of these opens a way, and an attack finds it."""

from __future__ import annotations

import pytest

from houvast.database import run, run_query
from houvast.proof.attack import read_attacks
from tests.attacks.standing import Standing, wrong

ATTACKS = {attack.file.removesuffix(".sql"): attack for attack in read_attacks()}
WAYS = {
    "copy-query": ("ALTER TABLE {base} DISABLE ROW LEVEL SECURITY", "ALTER TABLE {base} ENABLE ROW LEVEL SECURITY"),
    "cursor": ("CREATE POLICY extra ON {base} USING (true)", "DROP POLICY extra ON {base}"),
    "returning-update": ("ALTER ROLE {views} BYPASSRLS", "ALTER ROLE {views} NOBYPASSRLS"),
    "prepared-across-an-objection": ("ALTER TABLE houvast.stand DISABLE TRIGGER hv_stand", "ALTER TABLE houvast.stand ENABLE TRIGGER hv_stand"),
    "copy-base-table": ("GRANT SELECT ON {base} TO PUBLIC", "REVOKE SELECT ON {base} FROM PUBLIC"),
    "shadow-temporary-table": ("GRANT TEMPORARY ON DATABASE lakana TO PUBLIC", "REVOKE TEMPORARY ON DATABASE lakana FROM PUBLIC"),
    "setting-by-hand": ("GRANT SET ON PARAMETER backtrace_functions TO PUBLIC", "REVOKE SET ON PARAMETER backtrace_functions FROM PUBLIC"),
    "view-in-the-schema": ("GRANT CREATE ON SCHEMA {schema} TO PUBLIC; GRANT SELECT ON {base} TO PUBLIC", "REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC; REVOKE SELECT ON {base} FROM PUBLIC"),
    "catalogue-uses": ("GRANT SELECT ON houvast.use TO PUBLIC", "REVOKE SELECT ON houvast.use FROM PUBLIC"),
    "statistics-table": ("GRANT SELECT ON pg_statistic TO PUBLIC", "REVOKE SELECT ON pg_statistic FROM PUBLIC"),
    "role-of-the-owner": ("GRANT lakana_owner TO {login}", "REVOKE lakana_owner FROM {login}"),
    "large-object-import": ("GRANT EXECUTE ON FUNCTION lo_import(text) TO PUBLIC", "REVOKE EXECUTE ON FUNCTION lo_import(text) FROM PUBLIC"),
}  # fmt: skip
"""Attack -> what opens a way for it, and what closes that again; for the place of the purpose that answers questions."""


@pytest.mark.parametrize("name", WAYS)
def test_an_attack_finds_the_way_that_was_opened(stand: Standing, name: str) -> None:
    target = next(aim.target for aim in stand.aims if aim.target.opened.purpose == "answer")
    names = {"base": target.base, "views": target.views, "schema": target.schema, "login": target.login}
    weaken, undo = (text.format(**names) for text in WAYS[name])
    ours = [aim for aim in stand.aims if aim.target is target]
    run(stand.connection, weaken)
    try:
        found = list(filter(None, (stand.attacker.attack(ATTACKS[name], aim) for aim in ours)))
    finally:
        run(stand.connection, undo)
    assert list(wrong(found))
    after = list(filter(None, (stand.attacker.attack(ATTACKS[name], aim) for aim in ours)))
    assert list(wrong(after)) == []


def test_a_view_that_does_not_ask_for_the_use_lets_a_guess_be_compared_without_one(stand: Standing) -> None:
    """Decision 22: the row policy alone hides the row, and is asked too late."""
    attack = ATTACKS["difference-side-effect-without-a-use"]
    target = next(aim.target for aim in stand.aims if aim.target.opened.purpose == "answer")
    view = f"{target.schema}.{target.spot.sql}"
    [(text,)] = run_query(stand.connection, f"SELECT pg_get_viewdef('{view}'::regclass)")
    bare = text[: text.rindex("WHERE")]
    ours = [aim for aim in stand.aims if aim.target is target]
    run(stand.connection, f"CREATE OR REPLACE VIEW {view} AS {bare}")
    try:
        found = list(filter(None, (stand.attacker.attack(attack, aim) for aim in ours)))
    finally:
        run(stand.connection, f"CREATE OR REPLACE VIEW {view} AS {text}")
    assert [one.aim.kind.value for one in found if one.seen != one.expected] == ["role"]
