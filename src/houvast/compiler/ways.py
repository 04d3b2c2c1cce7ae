"""Pieces by which people show who they are beyond a code by mail: codes in letters, mandates, and how sure it must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from houvast.compiler.persons import trigger
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.words import SCHEMA, array
from houvast.database.queries import queries
from houvast.datamap.model import DataMap
from houvast.policy.model import Policy

PROMISE = "C35"
FILES = ("mandates.sql", "signatures.sql", "passkeys.sql", "oidc.sql", "case_codes.sql")
_CALLERS = {
    "houvast_web": (
        "not_me",
        "answer_case_code",
        "settle_case_code",
        "asked_mandate",
        "answer_mandate",
        "begin_passkey",
        "answer_passkey",
        "oidc_place",
        "begin_oidc",
        "take_oidc",
        "answer_oidc",
    ),
    "houvast_people": (
        "own_unchecked",
        "claim_case",
        "own_mandates",
        "choose_mandate",
        "begin_own_passkey",
        "add_own_passkey",
        "own_passkeys",
        "remove_own_passkey",
        "begin_own_oidc",
        "add_own_oidc",
        "own_oidc",
        "remove_own_oidc",
    ),
}
"""Login of the pages -> the functions that it may call; `desk` grants `houvast_web` the same when it comes later."""
_MOVED = "OLD.state IS DISTINCT FROM NEW.state OR OLD.verified_at IS DISTINCT FROM NEW.verified_at"
_TRIGGERS = (
    ("hv_mandate_counts", "request", "BEFORE UPDATE", "mandate_counts", _MOVED),
    ("hv_letter_to_holder", "letter", "AFTER UPDATE", "letter_to_holder", "OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL"),
)  # fmt: skip


def way_pieces(policies: Sequence[Policy], datamap: DataMap) -> list[Piece]:
    """Each table, function and trigger by which people show who they are."""
    special = array(_special(policies, datamap))
    texts = {name: text for file in FILES for name, text in queries("houvast.compiler", file).items()}
    pieces = [_piece(name, text.replace("{special}", special)) for name, text in texts.items()]
    made = [
        trigger(name, f"{SCHEMA}.{table}", f"{SCHEMA}.{table}", f"{when} ON {SCHEMA}.{table}", function, PROMISE, only=only)
        for name, table, when, function, only in _TRIGGERS
    ]  # fmt: skip
    return [*pieces, *(replace(one, as_keeper=True, locks="") for one in made)]


def _special(policies: Sequence[Policy], datamap: DataMap) -> list[str]:
    """The kinds of people of whom the map holds special data (GDPR art. 9, 10)."""
    special = {name for policy in policies for name, category in policy.categories.items() if category.special}
    tables = {
        name for name, table in datamap.tables.items()
        if any(special & set(column.categories) for column in table.columns.values())
    }  # fmt: skip
    found = {owner.kind for name in tables for owner in datamap.tables[name].owners}
    found |= {subject.kind for subject in datamap.subjects.values() if subject.table in tables}
    return sorted(found)


def _piece(named: str, text: str) -> Piece:
    kind, _, name = named.partition("_")
    for login, functions in _CALLERS.items():
        if name in functions:
            text += f""";
DO $$ BEGIN
    IF to_regrole('{login}') IS NOT NULL THEN GRANT EXECUTE ON FUNCTION {SCHEMA}.{name} TO {login}; END IF;
END $$"""
    undo = f"DROP {kind.upper()} {SCHEMA}.{name}" + (" CASCADE" if kind == "table" else "")
    return Piece(f"{kind} {name}", kind, Phase.PEOPLE, text, undo, PROMISE, protects=True, as_keeper=True, replaces=True)  # fmt: skip
