"""What a run of `prove` found, as frozen values, and as the JSON that other programs read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a promise."""

    HELD = "held"
    BROKEN = "broken"
    NOT_YET_KEPT = "not_yet_kept"


@dataclass(frozen=True)
class Attempt:
    """One thing that was tried. `control`: it must succeed, so that an empty database cannot pass.

    `sort`: the name of its kind ("no use", "attack"), by which pages count what was tried.
    """

    name: str
    login: str
    sql: str
    control: bool
    expected: str
    seen: str
    sort: str = ""

    @property
    def passed(self) -> bool:
        """Whether what was seen is what the policy says."""
        return self.seen == self.expected

    def to_json(self, *, sorts: bool = False) -> dict[str, object]:
        """As the JSON of `houvast prove --json`; with `sorts`, as it is kept for pages."""
        return {
            "name": self.name,
            **({"sort": self.sort} if sorts else {}),
            "login": self.login,
            "sql": self.sql,
            "control": self.control,
            "expected": self.expected,
            "seen": self.seen,
            "passed": self.passed,
        }


@dataclass(frozen=True)
class Extra:
    """Attempts that a room above this one can make, because they need what it makes: pages, a scan.

    `make` is called once, and only when one of `promises` is to be proven; in a thread beside what is tried on canaries, so that it
    changes nothing of theirs. `beside`: it looks at no canary and at nothing that attempts change, and begins before there are any;
    others wait until no login tries any more.
    """

    promises: frozenset[str]
    make: Callable[[], Iterable[Attempt]]
    beside: bool = False


@dataclass(frozen=True)
class Proof:
    """One promise: what keeps it, what is still to come, and what was tried."""

    id: str
    label: Mapping[str, str]
    outcome: Outcome
    mechanism: str
    missing: str
    attempts: tuple[Attempt, ...]

    @property
    def passed(self) -> int:
        """How many attempts gave what was expected."""
        return sum(attempt.passed for attempt in self.attempts)

    @property
    def failed(self) -> tuple[Attempt, ...]:
        """The attempts that gave something else."""
        return tuple(attempt for attempt in self.attempts if not attempt.passed)

    def to_json(self, *, sorts: bool = False) -> dict[str, object]:
        """As the JSON of `houvast prove --json`; with `sorts`, as it is kept for pages."""
        return {
            "id": self.id,
            "outcome": self.outcome.value,
            "mechanism": self.mechanism,
            "missing": self.missing,
            "attempts": [attempt.to_json(sorts=sorts) for attempt in self.attempts],
        }


@dataclass(frozen=True)
class Residual:
    """What PostgreSQL lets through: what can still happen, what makes it small, and the attacks that show it."""

    name: str
    what: str
    smaller: str
    attacks: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """As the JSON of `houvast prove --json`."""
        return {"name": self.name, "what": self.what, "smaller": self.smaller, "attacks": list(self.attacks)}


@dataclass(frozen=True)
class Report:
    """Every promise of text and law, in the order of the policy file; and what no proof can close."""

    promises: tuple[Proof, ...]
    residuals: tuple[Residual, ...] = ()

    @property
    def broken(self) -> tuple[Proof, ...]:
        """The promises that are not kept although they should be."""
        return tuple(p for p in self.promises if p.outcome is Outcome.BROKEN)

    def of(self, promise: str) -> Proof:
        """The proof of one promise; KeyError when the policy has no such promise."""
        found = next((p for p in self.promises if p.id == promise), None)
        if found is None:
            raise KeyError(promise)
        return found

    def to_json(self, *, sorts: bool = False) -> dict[str, object]:
        """As the JSON of `houvast prove --json`."""
        return {
            "promises": [promise.to_json(sorts=sorts) for promise in self.promises],
            "residuals": [residual.to_json() for residual in self.residuals],
        }
