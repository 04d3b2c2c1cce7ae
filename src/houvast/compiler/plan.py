"""The difference between what a database has and what it must have, as ordered steps. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from houvast.compiler.compare import limits_within, narrower
from houvast.compiler.piece import Phase, Piece

KEPT_UNTIL_UNAPPLY = ("revoke", "role option", "function option")
"""Pieces that come from what the application had: once closed they leave no trace in the catalogue."""

REPEATABLE = (
    "row security",
    "grant",
    "member",
    "function",
    "view option",
    "function option",
    "tables",
    "data",
    "parameter",
    "volume",
    "leakproof",
)
"""Pieces that are mended by making them once more; a policy or a view is taken away first."""
MENDED = (*REPEATABLE, "policy", "trigger", "view", "fill")
LEFT_FOR_LAST = ("column", "table", "function")
"""What is no longer wanted but may still be referred to until its users have been replaced."""


STANDING = ("schema", "role", "parameter")
"""What stays as it is while anything needs it: taking it away would take along everything in it."""


class Verb(StrEnum):
    """What a step does."""

    TAKE_AWAY = "take away"
    MAKE = "make"
    REPLACE = "replace"


@dataclass(frozen=True)
class Registered:
    """A piece that an earlier apply made."""

    name: str
    kind: str
    seq: int
    definition: str
    undo: str
    promise: str
    opens: bool
    needs: str


@dataclass(frozen=True)
class Step:
    """One statement of the plan. `weakens`: afterwards somebody may see or do more than before."""

    verb: Verb
    name: str
    sql: str
    promise: str
    weakens: bool
    piece: Piece | None = None
    remade: bool = False  # taken away to be made anew by a later step


@dataclass(frozen=True)
class Plan:
    """Ordered steps: what closes comes first."""

    steps: tuple[Step, ...]
    first: bool  # no apply has ended here before

    @property
    def weakening(self) -> tuple[Step, ...]:
        """The steps that need `--weaken`."""
        return tuple(s for s in self.steps if s.weakens)


def _opens_more(piece: Piece, registered: Mapping[str, Registered]) -> bool:
    if not piece.opens:
        return False
    old = next((registered[n] for n in (piece.name, *piece.instead) if n in registered), None)
    if old is None:
        return True
    return bool(piece.needs or old.needs) and not narrower(piece.needs, old.needs)


def _raises(piece: Piece, registered: Mapping[str, Registered]) -> bool:
    """Whether a limit of use lets more pass than before."""
    old = registered.get(piece.name)
    return piece.kind == "volume" and old is not None and not limits_within(piece.needs, old.needs)


def _dragged(pieces: Sequence[Piece], registered: Mapping[str, Registered]) -> set[str]:
    """What must be made again because a column that it refers to is."""
    changed = {
        p.locks
        for p in pieces
        if p.kind == "column"
        and not p.replaces
        and p.name in registered
        and registered[p.name].definition != p.definition
    }
    return {p.name for p in pieces if p.locks in changed and p.kind in ("trigger", "policy", "fill")}


def _with_views(mend: frozenset[str], pieces: Sequence[Piece]) -> set[str]:
    """With a view go its grants and its triggers."""
    views = [name.removeprefix("view ") for name in mend if name.startswith("view ")]
    tied = {p.name for p in pieces for v in views if p.name == f"grant view {v}" or p.name.endswith(f" on {v}")}
    return {*mend, *tied}


def difference(
    pieces: Sequence[Piece],
    registered: Mapping[str, Registered],
    mend: frozenset[str] = frozenset(),
    *,
    first: bool = False,
) -> Plan:
    """Steps from what is registered to `pieces`; `mend` names pieces that must be made again.

    `first`: no apply has ended here yet, so nothing was protected that could be weakened.
    """
    wanted = {p.name: p for p in pieces}
    again = {name for name in _with_views(mend, pieces) if name in wanted and wanted[name].kind in MENDED}
    again |= _dragged(pieces, registered)
    gone: list[Step] = []
    for old in sorted(registered.values(), key=lambda r: -r.seq):
        piece = wanted.get(old.name)
        if piece is None and old.kind in KEPT_UNTIL_UNAPPLY:
            continue
        standing = piece is not None and piece.kind in STANDING
        same = standing or (piece is not None and piece.definition == old.definition and old.name not in again)
        dragged = old.name in again and old.name not in mend
        replaced = (
            piece is not None and (piece.replaces or (piece.kind in REPEATABLE and old.name in again)) and not dragged
        )
        if same or replaced or (piece is not None and piece.kind in ("fill", *KEPT_UNTIL_UNAPPLY)):
            continue
        weakens = (
            not first
            and piece is None
            and not old.opens
            and old.kind in ("row security", "trigger", "function", "column", "view option", "volume")
        )
        gone.append(Step(Verb.TAKE_AWAY, old.name, old.undo, old.promise, weakens, remade=piece is not None))
    made: list[Step] = []
    for piece in pieces:
        old = registered.get(piece.name)
        if (
            old
            and (old.definition == piece.definition or piece.kind in STANDING)
            and piece.name not in again
            and piece.kind not in KEPT_UNTIL_UNAPPLY
        ):
            continue
        weakens = not first and (_opens_more(piece, registered) or _raises(piece, registered))
        verb = Verb.REPLACE if old else Verb.MAKE
        made.append(Step(verb, piece.name, piece.create, piece.promise, weakens, piece))
    last = [s for s in gone if s.name not in wanted and registered[s.name].kind in LEFT_FOR_LAST]
    return Plan((*(s for s in gone if s not in last), *made, *last), first)


def closing_first(steps: Sequence[Step]) -> bool:
    """Whether no opening step comes before a closing one; a property that tests hold."""
    phases = [s.piece.phase if s.piece else Phase(1) for s in steps]
    return phases == sorted(phases)
