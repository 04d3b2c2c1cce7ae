"""From cells to rows: which rows are there, and which may be written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from houvast.policy.decide import Permit, Refuse, decide
from houvast.policy.model import Policy
from houvast.policy.world import Ask


def visible(versions: Sequence[Policy], cells: Collection[Ask]) -> bool:
    """A row is there if it shows one of its personal cells."""
    answers = (decide(versions, cell) for cell in cells)
    return any(isinstance(answer, Permit) and answer.shows for answer in answers)


def writable(
    versions: Sequence[Policy], old: Sequence[Ask], new: Sequence[Ask], changed: Collection[str] = ()
) -> Permit | Refuse:
    """May the row be written? `old` and `new` ask for its classified cells, as they are and will be.

    An insert has no `old`, and `changed` names the columns that it fills in. A delete has no `new`, and
    `old` has the cells of every row that goes with it too. All know the circumstances from before.
    """
    if not (old or new):
        return Refuse(1, "", "it has no classified cell")
    if not new:
        return next((r for cell in old if isinstance(r := decide(versions, cell), Refuse)), Permit())
    if old and old[0].row.given_for != new[0].row.given_for:
        return Refuse(3, "", "what a value was given for never changes")
    typed = [replace(cell, row=replace(cell.row, flagged=frozenset())) for cell in new]  # it is flagged, not refused
    return next((r for cells in (old, typed) if cells and (r := _passes(versions, cells, changed))), Permit())


def _passes(versions: Sequence[Policy], cells: Sequence[Ask], changed: Collection[str]) -> Refuse | None:
    """The row is there, and every cell that changes is given as it is."""
    answers = {cell.column: decide(versions, cell) for cell in cells}
    refusals = {column: answer for column, answer in answers.items() if isinstance(answer, Refuse)}
    if len(refusals) == len(answers):
        return next(iter(refusals.values()))
    for column in changed:
        if refused := refusals.get(column):
            return refused
        if column in answers and answers[column] != Permit():
            return Refuse(1, "", f"{column} comes in a changed form and cannot be changed")
    return None
