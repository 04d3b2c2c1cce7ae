"""Promises about diagnostic data are tried; each mechanism that is taken away is found out by the attempts."""

from __future__ import annotations

import pytest

from houvast.proof.exchanging import SORTS
from houvast.proof.handling import Handling
from houvast.proof.words import tried
from tests.proof.conftest import Sabotage
from tests.proof.test_handling import disabled, replaced

PROMISES = {"asking": {"C39"}, "statement": {"C43"}, "screening": {"C44"}, "acceptance": {"C46"},
            "helper": {"C42", "C47"}, "fact": {"C41"}, "incident": {"C45"}, "ending": {"C48"}}  # fmt: skip
LEARN = "FUNCTION houvast.exchange_learn(bigint, text, text, text, integer, text)"
PIECES = "format text, size bigint, parts jsonb"
WAYS = {
    "nothing keeps what is asked": ("asking", disabled("hv_keep_exchange", "exchange")),
    "a link works again": (
        "asking",
        ("ALTER FUNCTION houvast.exchange_begin(text) RENAME TO kept_one;"
         " CREATE FUNCTION houvast.exchange_begin(token text) RETURNS text LANGUAGE sql AS $$ SELECT 'again' $$",
         "DROP FUNCTION houvast.exchange_begin(text); ALTER FUNCTION houvast.kept_one(text) RENAME TO exchange_begin"),
    ),
    "one link fills the disk": (
        "asking",
        replaced("FUNCTION houvast.exchange_send(text, bigint, text)", "uuid",
                 "INSERT INTO houvast.bundle (exchange, statement, format, size) SELECT s.exchange, s.id, $3, $2"
                 " FROM houvast.exchange_statement s ORDER BY s.id DESC LIMIT 1 RETURNING code"),
    ),
    "every piece counts": (
        "asking",
        replaced("FUNCTION houvast.exchange_part(text, uuid, bigint, integer, text)", "boolean", "SELECT true"),
    ),
    "nothing keeps statements": ("statement", disabled("hv_keep_statement", "exchange_statement")),
    "statements are not told": ("statement", disabled("hv_tell_statement", "exchange_statement")),
    "nothing asks a statement": ("statement", disabled("hv_keep_bundle", "bundle")),
    "everything is clean": ("screening", replaced("FUNCTION houvast.is_clean(bigint)", "boolean", "SELECT true")),
    "nothing keeps what was found": ("screening", disabled("hv_keep_screening", "bundle_screening")),
    "nothing keeps looks": ("screening", disabled("hv_keep_look", "bundle_look")),
    "looks are not told": ("screening", disabled("hv_tell_look", "bundle_look")),
    "a look is read whatever became of it": (
        "screening",
        replaced("FUNCTION houvast.exchange_looked(text, bigint)", f"TABLE (code uuid, {PIECES})",
                 "SELECT b.code, b.format, b.size, NULL::jsonb FROM houvast.bundle b"),
    ),
    "nothing keeps bundles": ("acceptance", disabled("hv_keep_bundle", "bundle")),
    "nothing keeps openings": ("acceptance", disabled("hv_keep_opening", "bundle_opening")),
    "an opening is read whatever became of it": (
        "acceptance",
        replaced("FUNCTION houvast.exchange_read(bigint, text)", f"TABLE (code uuid, {PIECES})",
                 "SELECT b.code, b.format, b.size, NULL::jsonb FROM houvast.bundle b"),
    ),
    "a page is given away": ("acceptance", disabled("hv_keep_exchange", "exchange")),
    "anything is taken back": (
        "acceptance",
        replaced("FUNCTION houvast.exchange_return(text, uuid)", f"TABLE ({PIECES})",
                 "SELECT b.format, b.size, NULL::jsonb FROM houvast.bundle b WHERE b.code = $2"),
    ),
    "openings are not told": ("acceptance", disabled("hv_tell_opening", "bundle_opening")),
    "a login reads bundles": (
        "acceptance", ("CREATE ROLE hv_made_up LOGIN; GRANT SELECT ON houvast.bundle TO hv_made_up",
                       "DROP OWNED BY hv_made_up; DROP ROLE hv_made_up"),
    ),
    "anybody may help": (
        "helper", replaced("FUNCTION houvast.may_help(bigint, bigint)", "void", "SELECT"),
    ),
    "every tool covers every country": (
        "helper", replaced("FUNCTION houvast.tool_covers(text, text)", "boolean", "SELECT true"),
    ),
    "nothing keeps the register": ("helper", disabled("hv_keep_subcontractor", "subcontractor")),
    "nothing keeps grants": ("helper", disabled("hv_keep_grant", "exchange_grant")),
    "anybody learns": ("fact", replaced(LEARN, "void", "SELECT")),
    "facts say of which bundle": ("fact", ("ALTER TABLE houvast.error_fact ADD COLUMN bundle bigint",
                                           "ALTER TABLE houvast.error_fact DROP COLUMN bundle")),
    "nothing keeps incidents": ("incident", disabled("hv_keep_incident", "exchange_incident")),
    "an amount has a place": ("incident", ("ALTER TABLE houvast.exchange_incident ADD COLUMN amount numeric",
                                           "ALTER TABLE houvast.exchange_incident DROP COLUMN amount")),
    "nothing keeps the end": ("ending", disabled("hv_keep_exchange", "exchange")),
    "nobody ends what nobody closes": (
        "ending", replaced("FUNCTION houvast.sweep_exchanges()", "void", "SELECT"),
    ),
    "bundles are forgotten": ("ending", disabled("hv_keep_bundle", "bundle")),
}  # fmt: skip


@pytest.mark.parametrize("sort", SORTS)
def test_each_promise_is_tried_with_a_control_and_nothing_breaks_it(handling: Handling, sort: str) -> None:
    attempts = list(SORTS[sort](handling))
    assert [(one.name, one.expected, one.seen) for one in attempts if not one.passed] == []
    assert any(one.control for one in attempts)
    assert sum(not one.control for one in attempts) >= 3
    assert PROMISES[sort] <= tried(sort)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_taken_away_is_found_out(handling: Handling, sabotaged: Sabotage, way: str) -> None:
    sort, (weakened, mended) = WAYS[way]
    with sabotaged(weakened, mended):
        assert [one.name for one in SORTS[sort](handling) if not one.passed]
