"""Pieces by which the database itself checks who somebody is: codes, sessions of people, and the mail that carries codes."""

from __future__ import annotations

from houvast.compiler.piece import Phase, Piece
from houvast.database.queries import queries

PROMISE = "C35"
TABLES = ("outgoing",)


def check_pieces() -> list[Piece]:
    """Each table and function of `sql/checks.sql`, in its order."""
    return [
        Piece(f"{kind} {name}", kind, Phase.GROUND, text, "", PROMISE, protects=True, as_keeper=True, replaces=True)
        for name, text in queries("houvast.compiler", "checks.sql").items()
        for kind in ("table" if name in TABLES else "function",)
    ]
