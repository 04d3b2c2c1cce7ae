"""How each promise stands now: kept, broken or not yet, by its last proof; an old proof is no proof."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from houvast.app import desk
from houvast.database import Connection, queries
from houvast.policy import Policy
from houvast.policy.model import Promise
from houvast.proof.outcome import NO_DRIFT, proven

KEPT, BROKEN, NOT_YET = "kept", "broken", "notyet"
STATES = (BROKEN, NOT_YET, KEPT)
_SQL = queries("houvast.web", "pages.sql")


@dataclass(frozen=True)
class Standing:
    """One promise: its state, when it was last proven, and what was tried then. `old`: too long ago to count.

    `stopped`: how many attempts gave what the policy says. `sorts`: how many of each sort.
    """

    promise: Promise
    state: str
    proven: datetime | None = None
    old: bool = False
    tried: int = 0
    stopped: int = 0
    sorts: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def id(self) -> str:
        """The identifier of the promise."""
        return self.promise.id

    @property
    def through(self) -> int:
        """How many attempts gave something else than the policy says."""
        return self.tried - self.stopped


@dataclass(frozen=True)
class Sort:
    """Attempts of one sort at one promise. `controls`: those that had to succeed."""

    name: str
    tried: int
    passed: int
    controls: int

    @property
    def through(self) -> int:
        """How many came through that should not have, or did not that should."""
        return self.tried - self.passed


def newest(connection: Connection) -> int:
    """The number of the newest proof; 0 before the first, or without a desk."""
    if not desk.exists(connection):
        return 0
    row = connection.execute(_SQL["newest_proof"]).fetchone()
    return int(row[0]) if row else 0


def proofs(connection: Connection) -> Mapping[str, desk.Proven]:
    """The newest proof of each promise; nothing without a desk."""
    return desk.proofs(connection) if desk.exists(connection) else {}


def standings(policy: Policy, found: Mapping[str, desk.Proven], fresh: Collection[str]) -> dict[str, Standing]:
    """Every promise of text and law in the order of the policy. `fresh`: those whose proof still counts."""
    return {promise.id: _standing(promise, found.get(promise.id), fresh) for promise in proven(policy)}


def counts(of: Iterable[Standing]) -> dict[str, int]:
    """How many stand how."""
    states = [one.state for one in of]
    return {state: states.count(state) for state in STATES}


def _standing(promise: Promise, proof: desk.Proven | None, fresh: Collection[str]) -> Standing:
    if proof is None:
        return Standing(promise, NOT_YET)
    old = promise.id not in fresh
    state = BROKEN if proof.outcome == "broken" else KEPT if proof.outcome == "held" and not old else NOT_YET
    return Standing(promise, state, proof.ended, old, proof.tried, proof.passed, proof.sorts)


def attempts(connection: Connection, promise: str) -> tuple[Mapping[str, Any], ...]:
    """Every attempt of the newest proof of one promise; none when there is none, or it was long ago."""
    found = desk.proof(connection, promise) if desk.exists(connection) else None
    return tuple(found[1].get("attempts", ())) if found else ()


def sorts(of: Iterable[Mapping[str, Any]]) -> tuple[Sort, ...]:
    """Attempts by sort: what came through first, then the largest."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in of:
        found.setdefault(sort_of(str(one["name"]), str(one.get("sort", ""))), []).append(one)
    made = [
        Sort(name, len(ours), sum(bool(one["passed"]) for one in ours), sum(bool(one["control"]) for one in ours))
        for name, ours in found.items()
    ]
    return tuple(sorted(made, key=lambda sort: (-sort.through, -sort.tried, sort.name)))


def sort_of(name: str, sort: str) -> str:
    """The sort under which pages count an attempt: states of people together, the comparison apart."""
    return "drift" if name == NO_DRIFT else "state" if sort.startswith("state ") else sort or "other"
