"""Pieces by which the database knows the staff: who they are, and that they confirm by a code what needs one."""

from __future__ import annotations

from houvast.compiler.piece import Phase, Piece
from houvast.compiler.standard import standard_letter
from houvast.compiler.words import SCHEMA
from houvast.database.queries import queries
from houvast.policy.model import Policy
from houvast.policy.regime import regime

_PROMISES = {
    "staff_name": "G10",
    "confirm": "G10",
    "is_confirmed": "G10",
    "staff_now": "C02",
}
_SEQUENCES = ("staff_tries",)


def staff_pieces(policy: Policy) -> list[Piece]:
    """Who works here, their codes, and the letters that need none."""
    pieces: list[Piece] = []
    for name, text in queries("houvast.compiler", "staff.sql").items():
        kind, _, bare = name.partition("_")
        what = "SEQUENCE" if bare in _SEQUENCES else kind.upper()
        pieces.append(_piece(kind, bare, text, f"DROP {what} {SCHEMA}.{bare}", _PROMISES.get(bare, "C38")))
    letter = standard_letter(policy, regime(policy.regime).timezone)
    return [*pieces, _piece("function", "standard_letter", letter, f"DROP FUNCTION {SCHEMA}.standard_letter", "G10")]


def _piece(kind: str, name: str, text: str, undo: str, promise: str) -> Piece:
    return Piece(
        f"{kind} {name}", kind, Phase.PEOPLE, text, undo, promise, protects=True, as_keeper=True, replaces=True
    )
