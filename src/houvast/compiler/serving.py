"""A login of Houvast's own, which serves every database of a server."""

from __future__ import annotations

from houvast.compiler.piece import Phase, Piece
from houvast.compiler.words import literal


def login_piece(login: str, says: str, promise: str) -> Piece:
    """The login: it is made once and goes with the last of the databases. `says`: what it is for, as its comment."""
    create = f"""DO $hv$ BEGIN
    IF to_regrole({literal(login)}) IS NULL THEN
        CREATE ROLE {login} LOGIN NOINHERIT;
        COMMENT ON ROLE {login} IS {literal(f"Houvast: {says} (promise {promise})")};
    END IF;
END $hv$"""
    undo = f"""DO $hv$ BEGIN
    DROP OWNED BY {login};
    IF NOT EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = to_regrole({literal(login)}))
       AND NOT EXISTS (SELECT FROM pg_auth_members WHERE member = to_regrole({literal(login)})) THEN
        DROP ROLE {login};
    END IF;
END $hv$"""
    return Piece(f"role {login}", "role", Phase.GROUND, create, undo, promise, protects=True)
