"""Pieces by which the database keeps the register of controls, what was found of each, backups, reviews of access, emergencies."""

from __future__ import annotations

from dataclasses import replace

from houvast.compiler.persons import trigger
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.words import SCHEMA
from houvast.database.queries import queries

_WEB = {
    "public_access": f"SELECT ON {SCHEMA}.public_access",
    "public_access_review": f"SELECT ON {SCHEMA}.public_access_review",
    "access_now": f"EXECUTE ON FUNCTION {SCHEMA}.access_now",
    "sign_access": f"EXECUTE ON FUNCTION {SCHEMA}.sign_access",
    "attest_control": f"EXECUTE ON FUNCTION {SCHEMA}.attest_control",
    "public_control": f"SELECT ON {SCHEMA}.public_control",
}
"""What the pages' login may call and read, where it is; `desk` grants the same when it comes later."""
_PROMISE = "C36"
_SAFEGUARDS = "C38"


def control_pieces() -> list[Piece]:
    """The register, its results, which change no more, who may say what; backups; and who can do what."""
    files = ("controls.sql", "access.sql", "emergency.sql")
    texts = {name: text for file in files for name, text in queries("houvast.compiler", file).items()}
    pieces = [_piece(name, text) for name, text in texts.items()]
    made = [
        *_kept("control_result", "tell_control", _PROMISE),
        *_kept("backup", "tell_backup", _SAFEGUARDS),
        *_kept("access_review", "tell_access", _SAFEGUARDS),
        *_kept("emergency", "tell_emergency", _SAFEGUARDS, told="INSERT OR UPDATE"),
        trigger(
            "hv_emergency_bounds",
            f"{SCHEMA}.use",
            f"{SCHEMA}.use",
            f"BEFORE INSERT ON {SCHEMA}.use",
            "emergency_bounds",
            _SAFEGUARDS,
        ),
    ]
    return [*pieces, *(replace(one, as_keeper=True, locks="") for one in made)]


def _kept(name: str, told_by: str, promise: str, told: str = "INSERT") -> list[Piece]:
    """What keeps the rows of a table, mostly as they were written first, and tells of them."""
    table, keeps = f"{SCHEMA}.{name}", f"{name}_kept"
    return [
        trigger(f"hv_keep_{name}", table, table, f"BEFORE INSERT OR UPDATE OR DELETE ON {table}", keeps, promise),
        trigger(f"hv_keep_{name}s", table, table, f"BEFORE TRUNCATE ON {table}", keeps, promise, level="STATEMENT"),
        trigger(f"hv_{told_by}", table, table, f"AFTER {told} ON {table}", told_by, promise),
    ]


def _piece(name: str, text: str) -> Piece:
    kind, _, bare = name.partition("_")
    if bare in _WEB:
        text += f""";
DO $$ BEGIN
    IF to_regrole('houvast_web') IS NOT NULL THEN GRANT {_WEB[bare]} TO houvast_web; END IF;
END $$"""
    undo = f"DROP {kind.upper()} {SCHEMA}.{bare}" + (" CASCADE" if kind == "table" else "")
    named = f"{SCHEMA}.{bare}" if kind == "view" else bare
    promise = _PROMISE if "control" in bare else _SAFEGUARDS
    return Piece(
        f"{kind} {named}", kind, Phase.PEOPLE, text, undo, promise, protects=True, as_keeper=True, replaces=True
    )
