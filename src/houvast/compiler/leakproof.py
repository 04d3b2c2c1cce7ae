"""Functions of PostgreSQL's that a superuser may mark LEAKPROOF, so that a condition with them finds its index again.

Under row security PostgreSQL looks at a hidden row only with functions that tell nothing of what they saw. Few are marked so.
The ones here tell nothing: their errors do not depend on the row, and they call nothing that somebody else made, and do not
call themselves. docs/leakproof.md has the argument of each, and what it gives back; `tests/compiler/test_leakproof.py` attacks each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from houvast.compiler.piece import Phase, Piece

KIND: Final = "leakproof"
PROMISE: Final = "C38"
_ORDERED = ("eq", "ne", "lt", "le", "gt", "ge")
VETTED: Final = (
    "lower(text)",
    "upper(text)",
    *(f"numeric_{how}(numeric,numeric)" for how in _ORDERED),
    "enum_eq(anyenum,anyenum)",
    *(f"timestamptz_{how}_date(timestamp with time zone,date)" for how in _ORDERED),
    "network_sub(inet,inet)",
    "network_subeq(inet,inet)",
    "jsonb_exists(jsonb,text)",
    "jsonb_object_field_text(jsonb,text)",
)
"""As PostgreSQL writes them (regprocedure)."""


def leakproof_pieces() -> Iterator[Piece]:
    """Each mark; the last to be made, for they open nothing that a row policy closes."""
    for function in VETTED:
        marked = f"ALTER FUNCTION pg_catalog.{function} {{}}LEAKPROOF"
        yield Piece(f"{KIND} {function}", KIND, Phase.OPEN, marked.format(""), marked.format("NOT "), PROMISE)
