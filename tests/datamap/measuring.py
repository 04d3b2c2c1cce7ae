"""How well a proposal finds what a map made by hand says: columns counted, one by one."""

from __future__ import annotations

from dataclasses import dataclass

from houvast.datamap import DataMap
from houvast.datamap.model import NOT_PERSONAL
from houvast.datamap.proposing import Proposal


@dataclass(frozen=True)
class Score:
    """Columns by what was proposed and what is so. `opened`: taken for nothing personal, and they are, or nobody
    knows. `missed`: personal, and left closed. `over`: taken for personal, and they are not."""

    found: tuple[str, ...]
    right_category: tuple[str, ...]
    over: tuple[str, ...]
    missed: tuple[str, ...]
    opened: tuple[str, ...]

    @property
    def precision(self) -> float:
        """Of what is proposed as personal, how much is."""
        return len(self.found) / (len(self.found) + len(self.over))

    @property
    def recall(self) -> float:
        """Of what is personal, how much is proposed as such."""
        return len(self.found) / (len(self.found) + len(self.missed) + len(self.opened))

    def as_json(self) -> dict[str, object]:
        """The figures, and by name whatever is not as by hand."""
        return {
            "personal columns found": len(self.found),
            "precision": round(self.precision, 3),
            "recall": round(self.recall, 3),
            "of those in the right category": round(len(self.right_category) / len(self.found), 3),
            "proposed and not personal by hand": list(self.over),
            "personal and left closed": list(self.missed),
            "wrongly open": list(self.opened),
        }


def score(proposal: Proposal, truth: DataMap) -> Score:
    """Compare each proposed column with the map made by hand; a column that is not in it must stay closed."""
    told: dict[str, list[str]] = {key: [] for key in ("found", "right_category", "over", "missed", "opened")}
    for table in proposal.tables.values():
        for name, guess in table.columns.items():
            for key in _told(guess.value if guess.sure else None, _by_hand(truth, table.name, name)):
                told[key].append(f"{table.name}.{name}")
        by_hand = truth.tables.get(table.name)
        if table.whole and table.whole.sure and (by_hand is None or by_hand.personal):
            told["opened"].append(table.name)
        if table.whole and not table.whole.sure and by_hand and by_hand.personal:
            told["missed"] += [f"{table.name}.{c.name}" for c in by_hand.columns.values() if c.categories]
    return Score(**{key: tuple(names) for key, names in told.items()})


def _by_hand(truth: DataMap, table: str, column: str) -> tuple[str, ...] | None:
    """The categories of a column; () = nothing personal; None = closed."""
    found = truth.tables.get(table)
    if found is None:
        return None
    if not found.personal:
        return ()
    return found.columns[column].categories if column in found.columns else None


def _told(proposed: object, by_hand: tuple[str, ...] | None) -> list[str]:
    if proposed is None:
        return ["missed"] if by_hand else []
    if proposed == NOT_PERSONAL:
        return ["opened"] if by_hand or by_hand is None else []
    if not by_hand:
        return ["over"]
    return ["found", "right_category"] if proposed in by_hand else ["found"]
