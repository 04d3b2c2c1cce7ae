"""What to do about a difference that drift names."""

from __future__ import annotations

import re

from houvast.compiler.naming import member_in
from houvast.compiler.words import ident

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
APPLY = "houvast apply makes it again."
_MEANT = "; if it is meant, houvast apply remembers it."
BY_KIND = {
    "unknown": "ask for a newer Houvast before you trust what drift says of this server; it is named each time.",
    "relation": "ALTER ... OWNER TO its owner of before, or drop what is new",
    "owner": "ALTER ... OWNER TO its owner of before, or drop what is new",
    "row security": "ALTER TABLE ... ENABLE and FORCE ROW LEVEL SECURITY",
    "policy": "DROP POLICY ... ON the table",
    "function": "DROP FUNCTION, or take away SECURITY DEFINER: ALTER FUNCTION ... SECURITY INVOKER",
    "system function": "put back what PostgreSQL came with: ALTER FUNCTION or DROP FUNCTION as a superuser",
    "system relation": "DROP it as a superuser, with allow_system_table_mods",
    "system view": "put back the definition that PostgreSQL came with",
    "leakproof": "ALTER FUNCTION ... NOT LEAKPROOF",
    "view": "DROP VIEW, or say in the data map what becomes of it",
    "options": "ALTER VIEW ... SET (security_invoker)",
    "role": "ALTER ROLE ... back to its attributes of before, or DROP ROLE",
    "role setting": "ALTER ROLE ... RESET the setting",
    "default privileges": "ALTER DEFAULT PRIVILEGES ... REVOKE the same",
    "parameter": "REVOKE SET or ALTER SYSTEM ON PARAMETER ... FROM the role",
    "trigger": "DROP TRIGGER, or ALTER TABLE ... ENABLE TRIGGER",
    "rule": "DROP RULE ... ON the table",
    "event trigger": "DROP EVENT TRIGGER",
    "publication": "DROP PUBLICATION, or ALTER PUBLICATION ... DROP the table",
    "subscription": "DROP SUBSCRIPTION",
    "replication slot": "SELECT pg_drop_replication_slot(...)",
    "foreign server": "DROP SERVER ... CASCADE",
    "foreign data wrapper": "DROP FOREIGN DATA WRAPPER ... CASCADE",
    "user mapping": "DROP USER MAPPING FOR ... SERVER ...",
    "large object": "SELECT lo_unlink(oid) of each: no row policy and no erasure reaches them",
    "extension": "DROP EXTENSION",
    "security label": "SECURITY LABEL ON ... IS NULL",
    "server setting": "ALTER SYSTEM RESET, or put the configuration file right, and reload",
    "authentication": "put pg_hba.conf right, and reload",
    "known": "restore Houvast's own tables from a backup, or run houvast apply",
    "rows": "run houvast apply, which fills them again",
}  # fmt: skip
OTHER = "drop or alter it back to what it was"


def todo(change: str, kind: str, identity: str, detail: str, piece: str) -> str:
    """One sentence: the statement that takes it back, or the command that makes it again."""
    if kind == "unknown":
        return BY_KIND[kind]
    if kind == "taken" and change == "new":
        return f"GRANT {detail.replace(' from ', f' ON {_object(identity)} TO ')}{_MEANT}"
    if kind == "leakproof" and "leak" in detail.removeprefix("marked leakproof"):
        return f"{BY_KIND[kind]}: it tells what stands in hidden rows, and is named each time."
    near = piece.startswith("row security ") and kind != "row security"  # apply leaves what others added to a table
    if change != "new" or (piece and not near and kind not in ("grant", "member")):
        return APPLY if piece else f"{BY_KIND.get(kind, OTHER)}{_MEANT}"
    if kind == "grant":
        privilege, _, who = detail.removesuffix(" with grant option").rpartition(" to ")
        return f"REVOKE {_privilege(privilege, identity)} FROM {_role(who)}{_MEANT}"
    if kind == "member":
        return f"REVOKE {identity} FROM {_role(member_in(detail))}{_MEANT}"
    return f"{BY_KIND.get(kind, OTHER)}{_MEANT}"


def _role(name: str) -> str:
    """A role as GRANT and REVOKE name it."""
    return name if _PLAIN.fullmatch(name) else ident(name)


def _privilege(privilege: str, identity: str) -> str:
    if "(" not in identity and identity.count(".") == 2:
        table, _, column = identity.rpartition(".")
        return f"{privilege} ({column}) ON {table}"
    return f"{privilege} ON {_object(identity)}"


def _object(identity: str) -> str:
    """An object as GRANT and REVOKE name it."""
    if "(" in identity:
        return f"FUNCTION {identity}"
    for words in ("schema", "database", "type", "language", "foreign data wrapper", "foreign server", "tablespace"):
        if identity.startswith(f"{words} "):
            return f"{words.upper()} {identity.removeprefix(f'{words} ')}"
    if identity.startswith("large objects of "):
        return "LARGE OBJECT (each of them)"
    return identity
