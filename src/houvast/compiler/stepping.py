"""Pieces for what else holds a person's data: the steps of each system in a request, who got data, and marked documents."""

from __future__ import annotations

from dataclasses import replace

from houvast.compiler.persons import trigger
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.words import SCHEMA
from houvast.database.queries import queries

_PROMISES = {"system": "C33", "mark": "C34", "plan_steps": "C33", "restriction_tells": "G06",
             "handover": "G07", "handover_kept": "G07", "tell_handover": "G07"}  # fmt: skip
_WEB = {"public_step": "SELECT ON", "take_hook": "EXECUTE ON FUNCTION"}
"""What the pages' login may read and call, where it is; `desk` grants the same when it comes later."""
_TRIGGERS = (
    ("hv_keep_step", "step", "BEFORE INSERT OR UPDATE OR DELETE", "step_kept", ""),
    ("hv_tell_step", "step", "AFTER UPDATE", "tell_step", "NEW.state = 'done' AND OLD.state <> 'done'"),
    ("hv_plan_steps", "request", "AFTER INSERT OR UPDATE", "plan_steps", ""),
    ("hv_wait_for_steps", "request", "BEFORE UPDATE", "steps_end", "NEW.state = 'answered' AND NEW.closed_at IS NOT NULL"),
    ("hv_keep_handover", "handover", "BEFORE INSERT OR UPDATE", "handover_kept", ""),
    ("hv_tell_handover", "handover", "AFTER UPDATE", "tell_handover", "NEW.sent_at IS NOT NULL AND OLD.sent_at IS NULL"),
    ("hv_restriction_set", "stand", "AFTER INSERT", "restriction_tells", "NEW.stand = 'restricted'"),
    ("hv_restriction_ends", "stand", "AFTER DELETE", "restriction_tells", "OLD.stand = 'restricted'"),
)  # fmt: skip


def step_pieces() -> list[Piece]:
    """Tables, functions and triggers; the same for every policy and map."""
    pieces = [_piece(name, text) for name, text in queries("houvast.compiler", "systems.sql").items()]
    made = [
        trigger(name, f"{SCHEMA}.{table}", f"{SCHEMA}.{table}", f"{when} ON {SCHEMA}.{table}", function,
                _PROMISES.get(function, "G05"), only=only)
        for name, table, when, function, only in _TRIGGERS
    ]  # fmt: skip
    return [*pieces, *(replace(one, as_keeper=True, locks="") for one in made)]


def _piece(name: str, text: str) -> Piece:
    kind, _, bare = name.partition("_")
    promise = _PROMISES.get(bare, "G05")
    if bare in _WEB:
        text += f""";
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT {_WEB[bare]} {SCHEMA}.{bare} TO houvast_web; END IF;
END $$"""
    undo = f"DROP {kind.upper()} {SCHEMA}.{bare}" + (" CASCADE" if kind == "table" else "")
    named = f"{SCHEMA}.{bare}" if kind == "view" else bare
    return Piece(f"{kind} {named}", kind, Phase.PEOPLE, text, undo, promise, protects=True, as_keeper=True,
                 replaces=True)  # fmt: skip
