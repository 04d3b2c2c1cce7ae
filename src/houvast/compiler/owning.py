"""Pieces by which people act for themselves, in their own session: what they ask, what is made for them, what they chose."""

from __future__ import annotations

import re

from houvast.compiler.piece import Phase, Piece
from houvast.compiler.words import SCHEMA
from houvast.database.queries import queries

_PROMISE = re.compile(r"COMMENT ON .*?promise (\w+)\)", re.DOTALL)


def own_pieces() -> list[Piece]:
    """Each table and function of `sql/own.sql`, in its order; the promise is the one that its comment names."""
    return [_piece(name, text) for name, text in queries("houvast.compiler", "own.sql").items()]


def _piece(name: str, text: str) -> Piece:
    kind, _, bare = name.partition("_")
    named = _PROMISE.search(text)
    undo = f"DROP {kind.upper()} {SCHEMA}.{bare}" + (" CASCADE" if kind == "table" else "")
    return Piece(f"{kind} {bare}", kind, Phase.PEOPLE, text, undo, named[1] if named else "C33", protects=True,
                 as_keeper=True, replaces=True)  # fmt: skip
