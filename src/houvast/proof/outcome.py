"""From attempts to outcomes: held, broken or not yet kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from houvast.compiler.drift import Drift, drift
from houvast.database import Connection
from houvast.policy.model import Policy, Promise
from houvast.proof.canary import Flock
from houvast.proof.report import Attempt, Outcome, Proof
from houvast.proof.states import WORDS
from houvast.proof.words import words_of

ENOUGH = 3
NO_DRIFT = "nothing drifted"
UNNAMED = "C38"
"""The promise of safeguards in general, to which `drift` gives what it can give to no other."""
_NOT_MADE = "The attempts that need more than the database, of the sort `{sorts}`, were not made."
_TOO_FEW = "More attempts: fewer than three, or none that must succeed, can be made from this policy and map."


def drifted(connection: Connection) -> tuple[Drift, ...]:
    """What has changed in the database since apply ended."""
    return drift(connection)


def proven(policy: Policy) -> list[Promise]:
    """The promises that have to be kept: those of the text and of the law, not the author's additions."""
    return [p for p in policy.promises.values() if not p.added and (p.says or p.spans or p.law)]


def proofs(
    policy: Policy,
    wanted: frozenset[str],
    found: Iterable[tuple[frozenset[str], Attempt]],
    extra: Mapping[str, Sequence[Attempt]],
    differences: Sequence[Drift],
    flock: Flock,
) -> tuple[Proof, ...]:
    """One proof for each promise, in the order of the policy."""
    attempts: dict[str, list[Attempt]] = {p.id: [] for p in proven(policy) if p.id in wanted}
    for promises, attempt in found:
        for promise in promises & attempts.keys():
            attempts[promise].append(attempt)
    for promise, more in extra.items():
        attempts.get(promise, []).extend(more)
    made = [*_troubles(flock)]
    lines = _by_promise(policy, differences)
    return tuple(
        _proof(policy, promise, [*tried, *(made if tried else []), *_drift(tried, lines.get(promise, []))])
        for promise, tried in attempts.items()
    )


def _by_promise(policy: Policy, differences: Sequence[Drift]) -> dict[str, list[Drift]]:
    """Differences by promise; one that touches only the author's additions counts for UNNAMED."""
    known = {p.id for p in proven(policy)}
    fallback = UNNAMED if UNNAMED in known else next(iter(known), "")
    found: dict[str, list[Drift]] = {}
    for difference in differences:
        found.setdefault(difference.promise if difference.promise in known else fallback, []).append(difference)
    return found


def _troubles(flock: Flock) -> Iterable[Attempt]:
    """Canaries that the database did not let come into their state: nothing is proven with them."""
    for canary in flock.canaries:
        if canary.trouble:
            yield Attempt(f"{canary.kind}: {WORDS[canary.state]}", "administrator", "", True, "made", canary.trouble)


def _drift(tried: Sequence[Attempt], ours: Sequence[Drift]) -> list[Attempt]:
    if not (tried or ours):
        return []
    seen = "; ".join(f"{d.change}: {d.kind} {d.identity}" for d in ours[:5])
    more = f"; and {len(ours) - 5} more" if len(ours) > 5 else ""
    return [
        Attempt(
            NO_DRIFT,
            "administrator",
            "houvast drift",
            False,
            "no difference",
            (seen + more) or "no difference",
        )
    ]


def _proof(policy: Policy, promise: str, attempts: list[Attempt]) -> Proof:
    words = words_of(promise, policy)
    left = sorted(set(words.needs) - {attempt.sort for attempt in attempts})
    missing = words.missing or (_NOT_MADE.format(sorts=", ".join(left)) if left else "")
    outcome = Outcome.NOT_YET_KEPT
    if not all(attempt.passed for attempt in attempts):
        outcome = Outcome.BROKEN
    elif not missing and _enough(attempts):
        outcome = Outcome.HELD
    elif not missing:
        missing = _TOO_FEW
    return Proof(promise, policy.promises[promise].label, outcome, words.by, missing, tuple(attempts))


def _enough(attempts: Sequence[Attempt]) -> bool:
    tried = [a for a in attempts if a.name != NO_DRIFT]
    return len(tried) >= ENOUGH and any(a.control for a in tried)
