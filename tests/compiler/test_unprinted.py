"""Nobody has the plans of Houvast's functions printed, which hold the values of variables."""

from __future__ import annotations

from contextlib import suppress

import psycopg

from houvast.database import connect
from tests.compiler.asking import column, rows
from tests.compiler.conftest import Standing

TELLING = "SET client_min_messages = log; SET debug_print_plan = on; SET plan_cache_mode = force_custom_plan"
ASK = "SELECT houvast.ask_code('email', 'nobody@post.example', repeat('a', 40), 'net', 'en')"
PRINTED = """SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'public')
AND NOT coalesce('debug_print_plan=off' = ANY (p.proconfig), false)"""


def _plans(url: str, first: str) -> int:
    """How many plans somebody is sent who asks for a code; nothing of it stays."""
    sent: list[str] = []
    with connect(url) as session:
        session.add_notice_handler(lambda told: sent.append(told.message_primary or ""))
        rows(session, first)
        rows(session, TELLING)
        with suppress(psycopg.Error):
            rows(session, ASK)
        session.rollback()
    return sum(one.startswith("plan") for one in sent)


def test_every_function_with_rights_of_its_own_keeps_its_plans_to_itself(standing: Standing) -> None:
    with connect(standing.url) as admin:
        assert column(admin, PRINTED) == [
            "houvast.purpose_now()"
        ]  # it has no variable, and is asked for every statement


def test_whoever_asks_for_plans_is_sent_that_of_their_own_statement_alone(standing: Standing) -> None:
    function = "ALTER FUNCTION houvast.ask_code {} debug_print_plan"
    assert _plans(standing.url, "SELECT 1") == 1
    assert _plans(standing.url, f"BEGIN; {function.format('RESET')}") > 1
