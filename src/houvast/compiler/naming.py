"""Which piece of a plan a line of the catalogue belongs to, and so which promise it keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from houvast.compiler.words import KEEPER, SCHEMA

Line = tuple[str, str, str]
HOUVAST_FUNCTIONS = {
    "set_token": "token_fast", "set_token_here": "token_fast", "clear_token": "token_fast", "purpose_now": "token_fast",
    "use_is_open": "token_portable", "first_day": "terms", "first_moment": "terms",
    "refusal_words": "refuse", "person_hash": "refuse", "tell_refusals": "gather_refusals", "instant": "tell_use",
    "is_of_a_kind": "log", "is_bsn": "personal_in", "is_iban": "personal_in",
    **dict.fromkeys(("is_card", "is_special", "looks_like", "plainly", "shielded_in", "kinds_in", "held_in", "redacted"), "personal_in"),
}  # fmt: skip
LOG = ("event", "entry", "secret", "checkpoint")
"""The tables of the log."""
SHOWN = ("public_entry", "public_log")
"""What the pages see of it."""
RING = ("refused", "ring")
"""What remembers refused calls."""
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_DAY = re.compile(r"visit_address_\d{8}")
"""The part of a day of whole addresses."""
_OPTIONS = re.compile("( with admin option)?( inherits)?( cannot set)?$")
_HIDDEN = {ord(sign): 0xFDD0 + number for number, sign in enumerate(" .(),")}
"""Within quotes these part nothing; until a name is whole again, signs that no name holds stand for them."""
_SHOWN = {hidden: sign for sign, hidden in _HIDDEN.items()}


def piece_of(line: Line, promises: Mapping[str, str]) -> tuple[str, str]:
    """(piece, promise) of a line (kind, identity, detail); ("", "C38") when no piece is responsible.

    `promises`: piece -> promise, of everything that was applied.
    """
    kind, identity, detail = line
    plain = _QUOTED.sub(lambda quoted: quoted[1].replace('""', '"').translate(_HIDDEN), identity)
    table = plain.split(" ")[0].removeprefix("public.")
    near = (f"row security {table}", f"view {table}", f"schema {table}")
    names = (name.translate(_SHOWN) for name in (*_candidates(kind, plain, detail), *near))
    found = next((name for name in names if name in promises), "")
    return found, promises.get(found, "C38")


def member_in(detail: str) -> str:
    """The member in the detail of a membership."""
    return _OPTIONS.sub("", detail.removeprefix("of it: "))


def _candidates(kind: str, plain: str, detail: str) -> Iterator[str]:
    first, _, second = plain.partition(" ")
    table = first.removeprefix("public.")
    if kind == "policy":
        yield f"policy {second} on {table}"
    elif kind == "trigger":
        yield f"trigger {second} on {table}"
        if second.startswith("hv_tell_use"):
            yield "houvast telling_uses"
        if second.startswith("hv_decide_"):
            yield from _view_trigger(table, second.removeprefix("hv_decide_"))
    elif kind == "function":
        yield from _function(plain)
    elif kind in ("view", "relation"):
        yield from (f"view {table}", f"table {table.removeprefix(f'{SCHEMA}.')}", f"row security {table}")
        yield from _own_tables(table)
    elif kind in ("constraint", "foreign key", "index", "sequence", "inherits"):
        yield from _own_tables(table)
    elif kind == "row security":
        yield f"row security {table}"
    elif kind == "options":
        yield f"view {table} reads as its caller"
    elif kind == "column":
        yield f"column {table}"
        yield from _own_tables(table)
    elif kind == "member":
        yield f"member {member_in(detail)} of {plain}"
        yield f"role {plain}"
    elif kind == "role":
        yield from (f"role {plain}", f"login {plain} inherits nothing")
    elif kind == "schema":
        yield f"schema {plain}"
    elif kind == "parameter":
        yield f"parameter {plain}"
    elif kind == "default privileges":
        yield f"revoke default {plain} from {detail.partition(' to ')[2]}"
    elif kind == "leakproof":
        yield f"leakproof {plain}"
    elif kind == "known":
        yield plain
        yield "houvast known"
    elif kind == "grant":
        yield from _grant(plain, detail)


def _view_trigger(view: str, event: str) -> Iterator[str]:
    schema, _, name = view.partition(".")
    yield f"trigger hv_{event}_{name} on {schema}.{name}"


def _function(identity: str) -> Iterator[str]:
    schema, _, rest = identity.partition(".")
    name, arguments = rest.partition("(")[0], rest.partition("(")[2].rstrip(")")
    if schema == SCHEMA:
        yield f"function {name}"
        yield f"houvast {name}"
        yield f"houvast {HOUVAST_FUNCTIONS.get(name, name)}"
        yield "houvast token_portable"
    else:
        event, _, view = name.removeprefix("hv_").partition("_")
        yield f"trigger {name} on {schema}.{view}"
        yield f"function {schema}.{name}"
        del event
        types = ", ".join(part.strip().split(" ", 1)[-1] for part in arguments.split(",")) if arguments else ""
        bare = name if schema == "public" else f"{schema}.{name}"
        yield f"function {bare}({types}) closed"
        yield f"function {bare}({types}) runs as its caller"


def _grant(identity: str, detail: str) -> Iterator[str]:
    grantee = detail.partition(" to ")[2].split(" ")[0]
    if identity.startswith("schema "):
        schema = identity.removeprefix("schema ")
        if "CREATE" in detail:
            yield from (f"revoke create on schema {schema} from {grantee}", f"schema {schema}")
        if (schema, grantee) == (SCHEMA, "public"):
            yield "houvast public functions"
        yield from (
            f"schema {schema} for {grantee}",
            f"schemas for {grantee}",
            f"schemas for {grantee.replace('_v_', '_', 1)}",
        )
        yield f"schema {schema}"
        return
    if identity.startswith("database "):
        yield "revoke temporary from public"
        return
    if "(" in identity:
        if identity.startswith(f"{SCHEMA}."):
            yield "houvast public functions"
        yield from _function(identity)
        return
    name = identity.removeprefix("public.")
    relation = ".".join(name.split(".")[:-1]) if _is_column(identity) else name
    for target in dict.fromkeys((name, relation)):
        if grantee == KEEPER:
            yield from (f"keeper reads {target}", f"keeper on {target}")
        yield from (f"grant {target} to {grantee}", f"grant view {target}", f"look-up {target} for {grantee}")
        yield from (f"sequence {target} for {grantee}", f"sequence {target} for {grantee.replace('_v_', '_', 1)}")
        yield from (
            f"grant {target} to {grantee.replace('_v_', '_', 1)}",
            f"column {target}",
            f"revoke {target} from others",
        )
        yield from (f"row security {target}", f"view {target}", f"table {target.removeprefix(f'{SCHEMA}.')}")
    yield from _own_tables(name)


def _own_tables(identity: str) -> Iterator[str]:
    """The piece by which a table (or column, or sequence) of Houvast's own was made."""
    schema, _, name = identity.partition(".")
    if schema == SCHEMA:
        if name.partition(".")[0].removesuffix("_id_seq") in LOG:
            yield "houvast log"
        if name.partition(".")[0] in SHOWN:
            yield "houvast shown"
        if name.startswith(RING):
            yield "houvast ring"
        if _DAY.fullmatch(name.partition(".")[0]):
            yield "table visit_address"
        yield f"table {name.partition('.')[0].removesuffix('_id_seq')}"
        yield "houvast tables"


def _is_column(identity: str) -> bool:
    return identity.count(".") == 2
