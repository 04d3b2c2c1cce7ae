"""The columns that Houvast adds to a row, beside the guard: what a view or a term can ask of the row itself."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.compiler.guard import CONTESTABLE_BITS, SHARED_BITS
from houvast.compiler.shape import Shape
from houvast.compiler.words import short
from houvast.errors import Finding

UNCONTESTED = ((1 << CONTESTABLE_BITS) - 1) << SHARED_BITS
"""The guard's bits that say that no owner contests a column of the row, one a contestable column."""
WIDEST, FIXED = 1600, 3
"""How many columns a table has at most, and how many Houvast adds beside the derived and the contestable ones."""

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


def too_many(shape: Shape) -> Iterator[Finding]:
    """Findings about a table that has no place for what Houvast adds."""
    table, width = shape.table, shape.relation.width
    if len(shape.contestable) > CONTESTABLE_BITS:
        yield Finding("contestable", table.place, f"Table `{shape.name}` has more than {CONTESTABLE_BITS} contestable columns.",
                      "let people contest fewer of them apart: a guard has a bit for each.")  # fmt: skip
    if width + len(shape.derived) + len(shape.contestable) + FIXED > WIDEST:
        yield Finding("too-wide", table.place, f"Table `{shape.name}` has {width} columns, dropped ones too, and Houvast adds some;"
                      f" PostgreSQL takes {WIDEST}.", "move some columns to a table of their own.")  # fmt: skip
