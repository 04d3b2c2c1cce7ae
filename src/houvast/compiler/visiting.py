"""Pieces by which the database keeps the budget for reports of visits, and what was published."""

from __future__ import annotations

from dataclasses import dataclass, replace

from houvast.compiler.exchanging import written
from houvast.compiler.persons import trigger
from houvast.compiler.piece import Piece
from houvast.compiler.words import SCHEMA
from houvast.database.queries import queries
from houvast.policy.counting import counting
from houvast.policy.model import Policy

PROMISE = "C24"
CALLED = "report_"
"""How every function begins that the pages' login may call; `report_left` needs no hiding."""
_SHORTEST_MONTH, _YEAR = 28, 365
_MILLION, _TRILLION = 10**6, 10**12
_WHEN = "BEFORE INSERT OR UPDATE OR DELETE"


@dataclass(frozen=True)
class Cap:
    """What may be released of visits within `period` days: rho in millionths, delta in trillionths."""

    rho: int
    delta: int
    period: int


def rules(policy: Policy) -> Cap | None:
    """What the policy lets out of visits; None when it does not say, so that nothing is.

    A period in months becomes the fewest days that it can be for the visits themselves; here the most, so that what was spent
    counts a day too long rather than too short.
    """
    said = counting(policy)
    if said is None or said.budget is None:
        return None
    period = said.budget.period
    days = period.years * (_YEAR + 1) + period.months * 31 + period.days
    return Cap(round(said.budget.rho * _MILLION), round(said.budget.delta * _TRILLION), max(1, days))


def visiting_pieces(policy: Policy) -> list[Piece]:
    """Tables, functions and triggers of the release gate. Without a budget in the policy it lets nothing out."""
    cap = rules(policy) or Cap(0, 0, 1)
    filled = {"{rho}": f"{cap.rho}::bigint", "{delta}": f"{cap.delta}::bigint", "{period}": str(cap.period)}
    texts = queries("houvast.compiler", "visits.sql")
    pieces = [written(name, text, filled, PROMISE, CALLED) for name, text in texts.items()]
    made = [*_kept("visit_release", "kept_release"), *_kept("visit_report", "kept_report")]
    return [*pieces, *(replace(one, as_keeper=True, locks="") for one in made)]


def _kept(name: str, keeps: str) -> list[Piece]:
    """What keeps the rows of a table as they were written, and tells of each."""
    table = f"{SCHEMA}.{name}"
    return [
        trigger(f"hv_keep_{name}", table, table, f"{_WHEN} ON {table}", keeps, PROMISE),
        trigger(f"hv_keep_{name}s", table, table, f"BEFORE TRUNCATE ON {table}", keeps, PROMISE, level="STATEMENT"),
        trigger(f"hv_tell_{name}", table, table, f"AFTER INSERT ON {table}", "tell_release", PROMISE),
    ]
