"""What an erasure does with each row, and why, as frozen values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from houvast.policy.world import PersonKey


class Fate(StrEnum):
    """What becomes of a row."""

    ERASED = "erased"  # the row goes
    EMPTIED = "emptied"  # the row stays, its personal columns are emptied
    LEFT = "left"  # others are still there: the person leaves the row, which is theirs no more
    KEPT = "kept"  # it stays as it is


class Reason(StrEnum):
    """Why a row is kept."""

    STATUTE = "statute"  # a law demands it until a day
    HELD = "held"  # a dispute holds it
    NEEDED = "needed"  # a row that is kept points at it
    MAP = "map"  # the data map says that such rows are kept


DPV: Mapping[Reason, str] = {
    Reason.STATUTE: "justifications:JustificationA17LegallyRequired",
    Reason.HELD: "justifications:JustificationA17LegalClaims",
}
"""As the Data Privacy Vocabulary calls them; it has no word for the others."""


@dataclass(frozen=True)
class Part:
    """Rows of one table with one fate. `until`: the last day of what keeps them longest, None when nobody can tell.

    `grounds`: the laws, or the cases that hold them. `keys`: of which rows, where that matters; else ().
    """

    table: str
    fate: Fate
    count: int
    reason: Reason | None = None
    until: date | None = None
    grounds: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Without the keys of rows."""
        found: dict[str, object] = {"table": self.table, "fate": self.fate.value, "rows": self.count}
        if self.reason:
            found |= {"reason": self.reason.value, "grounds": list(self.grounds)}
            found |= {"dpv": DPV[self.reason]} if self.reason in DPV else {}
            found |= {"until": self.until.isoformat()} if self.until else {}
        return found


@dataclass(frozen=True)
class Plan:
    """Everything that an erasure does, in the order of doing: rows that point at others come before them."""

    person: PersonKey
    parts: tuple[Part, ...]

    def of(self, table: str, fate: Fate) -> Part | None:
        """The rows of a table with a fate that is not `KEPT`."""
        return next((part for part in self.parts if part.table == table and part.fate is fate), None)

    def counts(self) -> dict[str, int]:
        """How many rows have each fate."""
        found: Counter[str] = Counter({fate.value: 0 for fate in Fate})
        for part in self.parts:
            found[part.fate.value] += part.count
        return dict(found)

    def to_json(self) -> dict[str, object]:
        """Counts and reasons, no values."""
        return {"counts": self.counts(), "parts": [part.to_json() for part in self.parts]}
