"""Houvast's own touches of a row do not fire the application's triggers.

When a person's answers change, every row of theirs is touched so that its guard is computed anew. The
application must not notice: `updated_at` stays, nothing is counted twice. So the functions that touch run as
a replica does, and the one trigger that computes the guard fires always (and so for replicated rows too).
A superuser lets the keeper do so, once; the portable profile cannot, and there the application's triggers fire.
"""

from __future__ import annotations

import re
from dataclasses import replace

from houvast.compiler.piece import Phase, Piece
from houvast.compiler.words import KEEPER

PARAMETER = Piece(
    "parameter session_replication_role", "parameter", Phase.GROUND,
    f"GRANT SET ON PARAMETER session_replication_role TO {KEEPER}", "", "C02", protects=True,
)  # fmt: skip
_TOUCHING = ("function spread_person", "function o_", "function up_")
_DEFINER = "SECURITY DEFINER"
_WITH_SETTINGS = re.compile(r"SECURITY DEFINER(?=\s+SET )")


def quietly(piece: Piece) -> Piece:
    """The same piece, so that it neither fires the application's triggers nor is switched off with them."""
    if piece.name.startswith(_TOUCHING):
        return replace(
            piece, create=piece.create.replace(_DEFINER, f"SET session_replication_role = replica {_DEFINER}", 1)
        )
    if piece.name.startswith("trigger zzz_hv_keep"):
        name, _, table = piece.create.partition(" BEFORE ")
        trigger, on = name.rpartition(" ")[2], table.partition(" ON ")[2].split("\n")[0]
        return replace(piece, create=f"{piece.create};\nALTER TABLE {on} ENABLE ALWAYS TRIGGER {trigger}")
    return piece


def unprinted(piece: Piece) -> Piece:
    """The same piece, so that nobody has the plans of its functions printed: a plan made for one call holds its variables.

    Anybody may set `debug_print_plan`, and have what is logged sent to them.
    """
    create = _WITH_SETTINGS.sub(f"{_DEFINER} SET debug_print_plan = off", piece.create)
    return piece if create == piece.create else replace(piece, create=create)
