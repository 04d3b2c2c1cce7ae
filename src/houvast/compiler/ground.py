"""Pieces that stand under everything: roles, the schema `houvast` and its functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from houvast.compiler.checking import check_pieces, people_login
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.quiet import PARAMETER
from houvast.compiler.telling import use_pieces
from houvast.compiler.words import KEEPER, SCHEMA, ident, literal, own_role, reader_role, view_role
from houvast.database.queries import queries
from houvast.datamap.model import DataMap
from houvast.evidence.log import log_texts
from houvast.policy.model import Policy, Purpose, PurposeKind


@dataclass(frozen=True)
class PurposeSeat:
    """A purpose with its number and roles in this database."""

    purpose: Purpose
    number: int
    reader: str  # "" for migration: the owner of the tables stays itself
    views: str
    schema: str
    own: str = ""  # of a purpose for people's rights: in which people see their own data


def seats(policies: tuple[Policy, ...], datamap: DataMap, known: Mapping[str, int]) -> dict[str, PurposeSeat]:
    """Give every purpose of the versions in play its number; a known number stays."""
    found: dict[str, PurposeSeat] = {}
    following = max(known.values(), default=0) + 1
    for policy in policies:
        for purpose in policy.purposes.values():
            number = known.get(purpose.name) or (found[purpose.name].number if purpose.name in found else 0)
            if not number:
                number, following = following, following + 1
            found[purpose.name] = PurposeSeat(
                purpose, number, reader_role(datamap.role_prefix, purpose.name),
                view_role(datamap.role_prefix, purpose.name), purpose.name,
                own_role(datamap.role_prefix, purpose.name) if purpose.kind is PurposeKind.RIGHTS else "",
            )  # fmt: skip
    return found


def _role(name: str, promise: str, database: str) -> Piece:
    comment = f"Houvast: role of database {database} (promise {promise})"
    create = f"CREATE ROLE {ident(name)} NOLOGIN;\nCOMMENT ON ROLE {ident(name)} IS {literal(comment)}"
    undo = f"DROP OWNED BY {ident(name)};\nDROP ROLE {ident(name)}"
    return Piece(f"role {name}", "role", Phase.GROUND, create, undo, promise, protects=True)


def _keeper() -> Piece:
    """The keeper serves every database of a server: it is made once and goes with the last of them."""
    create = f"""DO $hv$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(KEEPER)}) THEN
        CREATE ROLE {KEEPER} NOLOGIN;
        COMMENT ON ROLE {KEEPER} IS 'Houvast: owns its objects; nobody is a member (promise C38)';
    END IF;
END $hv$"""
    undo = f"""DO $hv$ DECLARE
    kept text[];
    name text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid WHERE r.rolname = {literal(KEEPER)}
                   AND d.dbid NOT IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))) THEN
        DROP OWNED BY {KEEPER};
        DROP ROLE {KEEPER};
    ELSE
        kept := ARRAY(SELECT parname FROM pg_parameter_acl WHERE has_parameter_privilege({literal(KEEPER)}, parname, 'SET'));
        DROP OWNED BY {KEEPER};
        FOREACH name IN ARRAY kept LOOP EXECUTE format('GRANT SET ON PARAMETER %s TO {KEEPER}', name); END LOOP;
    END IF;
END $hv$"""
    return Piece(f"role {KEEPER}", "role", Phase.GROUND, create, undo, "C38", protects=True)


def _function_pieces(profile: str) -> list[Piece]:
    texts = queries("houvast.compiler", "install.sql")
    token = "token_fast" if profile == "fast" else "token_portable"
    promise = {"tables": "C38", "terms": "C31"}
    pieces: list[Piece] = []
    for name in (
        "tables",
        token,
        "terms",
        "note_use",
        "record_use",
        "open_use",
        "take_use",
        "enter_use",
        "end_use",
        "close_use",
    ):
        pieces.append(Piece(f"houvast {name}", "function" if name != "tables" else "tables", Phase.GROUND,
                            texts[name], "", promise.get(name, "C02"), protects=True, as_keeper=True, replaces=True))  # fmt: skip
    return pieces


def _log_pieces() -> list[Piece]:
    """The tables of the log, and the functions that write to it."""
    return [
        Piece(f"houvast {name}", "tables" if name == "log" else "function", Phase.GROUND, text, "", "C01",
              protects=True, as_keeper=True, replaces=True)
        for name, text in log_texts().items()
    ]  # fmt: skip


def public_functions(profile: str) -> Piece:
    """Who may call what in the schema; comes after every function is made."""
    text = queries("houvast.compiler", "install.sql")["public_functions"]
    if profile != "fast":
        text += f"\nGRANT EXECUTE ON FUNCTION {SCHEMA}.use_is_open(int) TO PUBLIC;"
    return Piece("houvast public functions", "grant", Phase.OPEN, text, "", "C38", protects=True, as_keeper=True)


def ground(policy: Policy, datamap: DataMap, found: Mapping[str, PurposeSeat], profile: str) -> list[Piece]:
    """Roles, schema and functions."""
    pieces = [_keeper(), people_login()]
    if profile == "fast":
        pieces.append(Piece(
            "parameter backtrace_functions", "parameter", Phase.GROUND,
            f"GRANT SET ON PARAMETER backtrace_functions TO {KEEPER}",
            "", "C02", protects=True,
        ))  # fmt: skip
        pieces.append(PARAMETER)
    pieces.append(Piece(
        f"schema {SCHEMA}", "schema", Phase.GROUND,
        f"CREATE SCHEMA {SCHEMA} AUTHORIZATION {KEEPER};\n"
        f"COMMENT ON SCHEMA {SCHEMA} IS {literal(f'Houvast keeps policy {policy.name} here')}",
        f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", "C01", protects=True,
    ))  # fmt: skip
    tables, *functions = _function_pieces(profile)
    pieces += [tables, *_log_pieces(), *functions]
    pieces += use_pieces()
    pieces += check_pieces()
    for seat in found.values():
        promise = seat.purpose.promise or "C05"
        if seat.purpose.kind is PurposeKind.MIGRATION:
            continue
        pieces += [_role(seat.reader, promise, datamap.database), _role(seat.views, promise, datamap.database)]
        if seat.own:
            pieces.append(_role(seat.own, "C35", datamap.database))
        pieces.append(Piece(
            f"schema {seat.schema}", "schema", Phase.GROUND,
            f"CREATE SCHEMA {ident(seat.schema)} AUTHORIZATION {ident(seat.views)};\n"
            f"COMMENT ON SCHEMA {ident(seat.schema)} IS {literal(f'What purpose {seat.schema} may see (promise {promise})')};\n"
            f"GRANT USAGE ON SCHEMA {ident(seat.schema)} TO {ident(seat.reader)}",
            f"DROP SCHEMA {ident(seat.schema)}", promise, protects=True,
        ))  # fmt: skip
    return pieces
