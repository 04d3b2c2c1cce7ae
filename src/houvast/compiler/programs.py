"""Pieces by which the database itself keeps what programs may ask at the API: their tokens, and a function for each question.

The pages' process passes a token on with each question. Without one it learns nothing more than the pages do, so that
whoever takes it over gets no more than the tokens that come by.
"""

from __future__ import annotations

from houvast.compiler.piece import Phase, Piece
from houvast.compiler.words import SCHEMA
from houvast.database.queries import queries

CALLED = "api_"
"""How the functions begin that the pages' login may call; `desk` grants the same when it comes later."""
TABLES = ("api_token", "agent", "agent_message", "agent_request")
_OF_AGENTS = "C35"
_PROMISES = {"given_purpose": "C05", "api_use": "C02", "used_by_api": "C02", "api_stands": "C05", "api_explain": "C05", "api_may_send": "C13",
             "api_recipients": "C13", "api_sent": "C13", "api_request": "C35", "api_holds": "C31", "api_place_hold": "C31",
             "api_lift_hold": "C31", "api_draft": "G10"}  # fmt: skip


def program_pieces() -> list[Piece]:
    """Each table and function of `sql/programs.sql` and of `sql/agents.sql`, in its order."""
    return [*_pieces("programs.sql", "C38"), *_pieces("agents.sql", _OF_AGENTS)]


def _pieces(file: str, promise: str) -> list[Piece]:
    return [
        Piece(f"{'table' if name in TABLES else 'function'} {name}", "table" if name in TABLES else "function", Phase.PEOPLE,
              text + ("" if name in TABLES else for_pages(name)),
              f"DROP TABLE {SCHEMA}.{name} CASCADE" if name in TABLES else f"DROP FUNCTION {SCHEMA}.{name}",
              _PROMISES.get(name, promise), protects=True, as_keeper=True, replaces=True)
        for name, text in queries("houvast.compiler", file).items()
    ]  # fmt: skip


def for_pages(function: str) -> str:
    """SQL that lets the pages' login call a function, where that login is."""
    if not function.startswith(CALLED):
        return ""
    return f"""
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION {SCHEMA}.{function} TO houvast_web; END IF;
END $$"""
