"""Quoting and naming: the only way in which names and values enter generated SQL."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

SCHEMA = "houvast"
_UNWRITABLE = re.compile(r"[.{}]|\$hv\$")
KEEPER = "houvast_keeper"  # owns Houvast's objects; nobody is a member of it


def writable(name: str) -> bool:
    """Whether a map can name a table or column so, and a function's body hold the name."""
    return name.isprintable() and not _UNWRITABLE.search(name)


@lru_cache(maxsize=16_384)
def ident(name: str) -> str:
    """A quoted SQL identifier."""
    if "\0" in name:
        raise ValueError("an identifier cannot hold a null character")
    return '"' + name.replace('"', '""') + '"'


def relation(schema: str, name: str) -> str:
    """A quoted, schema-qualified relation or function name."""
    return f"{ident(schema)}.{ident(name)}"


def literal(value: str) -> str:
    """A quoted SQL string literal; works whatever standard_conforming_strings says."""
    if "\0" in value:
        raise ValueError("a literal cannot hold a null character")
    escaped = value.replace("'", "''")
    return f"'{escaped}'" if "\\" not in value else " E'" + escaped.replace("\\", "\\\\") + "'"


def idents(names: Iterable[str]) -> str:
    """Quoted identifiers with commas between them."""
    return ", ".join(ident(name) for name in names)


def array(values: Iterable[str]) -> str:
    """A SQL array of text literals."""
    return f"ARRAY[{', '.join(literal(value) for value in values)}]::text[]"


def short(name: str, limit: int = 63) -> str:
    """A name that PostgreSQL keeps whole: a longer one ends in a digest of itself."""
    if len(name.encode()) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return name.encode()[: limit - 9].decode(errors="ignore") + "_" + digest


def reader_role(prefix: str, purpose: str) -> str:
    """The role that a login takes on for a purpose."""
    return short(f"{prefix}_{purpose}")


def own_role(prefix: str, purpose: str) -> str:
    """The role in which people see their own data for a purpose; they change nothing but that they close their account."""
    return short(f"{prefix}_o_{purpose}")


def view_role(prefix: str, purpose: str) -> str:
    """The role that owns a purpose's views; nobody is a member of it."""
    return short(f"{prefix}_v_{purpose}")


def total_role(prefix: str, purpose: str) -> str:
    """The role that counts for a purpose and owns its totals; nobody is a member of it."""
    return short(f"{prefix}_t_{purpose}")
