"""The piece by which the database records which questions about visits are asked: for which purpose, of how large groups."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.compiler.piece import Phase, Piece
from houvast.compiler.words import SCHEMA, array
from houvast.database.queries import queries
from houvast.policy.counting import counted_for, counting
from houvast.policy.model import Policy

PROMISE = "C21"
_GRANT = f"""
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION {SCHEMA}.ask_trends TO houvast_web; END IF;
END $$"""


def trending_pieces(current: Policy) -> Iterator[Piece]:
    """Nothing where the policy in force does not say how visits are counted."""
    said = counting(current)
    if said is None:
        return
    text = queries("houvast.compiler", "trends.sql")["function_ask_trends"]
    holes = {"{purposes}": array(counted_for(current)), "{group}": str(said.group)}
    for hole, value in holes.items():
        text = text.replace(hole, value)
    undo = f"DROP FUNCTION IF EXISTS {SCHEMA}.ask_trends(text, text[], int, text)"
    yield Piece("function ask_trends", "function", Phase.PEOPLE, f"{text};{_GRANT}", undo, PROMISE,
                protects=True, as_keeper=True, replaces=True)  # fmt: skip
