"""The typed values of a plan: each thing that Houvast makes in a database, and how to take it back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property


class Phase(IntEnum):
    """The order of work: what closes comes before what opens."""

    GROUND = 1  # roles, schema, functions of Houvast itself
    CLOSE = 2  # row security on, foreign grants away
    PEOPLE = 3  # what keeps persons, stands and circumstances
    PEOPLE_FILL = 4  # the persons, stands and circumstances that were there before
    ROWS = 5  # columns and triggers that keep the guard of each row
    OWNERS_FILL = 6  # whom the shared rows are about that were there before
    ROWS_FILL = 7  # the rows that were there before
    ROWS_KEEP = 8  # triggers on rows that change, for which each row of a fill would pay, and what changed before them
    OPEN = 9  # policies, views, grants to purposes, memberships


@dataclass(frozen=True)
class Fill:
    """Work over a whole table in pieces: `statement` has {low} and {high} for a range of pages; none is no work in pieces.

    `lock` runs before it in the same transaction; `quiet` = without firing triggers, when the one who
    applies may do so, because the next fill does what they would have done.
    """

    table: str
    statement: str
    lock: str = ""
    quiet: bool = False
    whole: tuple[str, ...] = ()  # afterwards, over the whole table at once
    batch_pages: int = 100


@dataclass(frozen=True)
class Piece:
    """One thing to have. `undo` takes it back; `opens` when having it gives somebody access.

    `needs` names what is demanded of a reader (one line per alternative), so that a changed piece can be
    told wider or narrower. `as_keeper` runs as the role that owns Houvast's objects. What is no fill itself and has a
    `fill` is made first.
    """

    name: str
    kind: str
    phase: Phase
    create: str
    undo: str
    promise: str
    opens: bool = False
    protects: bool = False  # taking it away weakens protection
    needs: str = ""
    as_keeper: bool = False
    fill: Fill | None = None
    replaces: bool = False  # `create` replaces an older definition in place
    locks: str = ""  # the application's table that it locks for a moment
    instead: tuple[str, ...] = ()  # pieces that would give the same access in another way

    @cached_property
    def definition(self) -> str:
        """A digest of what it is; a changed digest is a changed piece."""
        return hashlib.sha256(f"{self.create}\n{self.fill}".encode()).hexdigest()
