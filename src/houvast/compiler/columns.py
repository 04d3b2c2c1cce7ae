"""The columns that Houvast adds to a row, beside the guard: what a view or a term can ask of the row itself."""

from __future__ import annotations

from houvast.compiler.guard import CONTESTABLE_BITS, SHARED_BITS
from houvast.compiler.shape import Shape
from houvast.compiler.words import short

UNCONTESTED = ((1 << CONTESTABLE_BITS) - 1) << SHARED_BITS
"""The guard's bits that say that no owner contests a column of the row, one a contestable column."""


CLOSED = "hv_closed"
"""Houvast's column: when the last account of the row's owners closed, NULL while one is open."""


def hidden(column: str) -> str:
    """The column of Houvast's that is true when an owner contests this one, else NULL: the guard's bit again,
    for to read it costs a view no operator (decision 9)."""
    return short(f"hv_no_{column}")


def flag(column: str) -> str:
    """The column of Houvast's that is true when something was found in this free text on which nobody of the staff has
    decided, false when they let it be read, NULL when nothing was found."""
    return short(f"hv_flag_{column}")


def contest_bit(shape: Shape, column: str) -> int:
    """The guard's bit that says that no owner contests this column."""
    number = shape.contestable.index(column)
    if number >= CONTESTABLE_BITS:
        raise ValueError(f"{shape.name} has more than {CONTESTABLE_BITS} contestable columns")
    return 1 << (SHARED_BITS + number)
