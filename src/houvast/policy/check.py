"""Everything that is wrong with a policy that could be read, in a privacy officer's words.

Pure. A finding says what is wrong, where, and what to write instead. All of them are errors: a policy
with findings is not compiled and not published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from houvast.errors import Finding
from houvast.policy import check_forms, check_law, check_names, check_people, check_rules, check_text, check_visits
from houvast.policy.contradictions import contradictions
from houvast.policy.law import Law, Regime
from houvast.policy.model import Policy
from houvast.policy.regime import regime, regimes
from houvast.policy.rules import at
from houvast.reading import did_you_mean

CHECKS: tuple[Callable[[Policy], Iterator[Finding]], ...] = (
    *check_names.CHECKS,
    *check_text.CHECKS,
    *check_rules.CHECKS,
    *check_forms.CHECKS,
    *check_visits.CHECKS,
)
BY_THE_LAW: tuple[Callable[[Policy, Law], Iterator[Finding]], ...] = (*check_law.CHECKS, *check_people.CHECKS)


def check(policy: Policy, on: datetime | None = None, by: Regime | None = None) -> tuple[Finding, ...]:
    """The findings of a policy, in the order of its file; none when it may be compiled.

    `on`: by the law of that instant, if it is later than the policy takes effect. `by`: that regime instead of
    the one that the policy names.
    """
    ours = by or (regime(policy.regime) if policy.regime in regimes() else None)
    found = [finding for one in CHECKS for finding in one(policy)]
    found += _conflicts(policy)
    law = law_for(policy, on, ours)
    if ours is None:
        message = f"`{policy.regime}` is no law that Houvast knows."
        todo = did_you_mean(policy.regime, regimes())
        found.append(Finding("regime-unknown", at(policy, "regime"), message, todo))
    elif law is None:
        message = f"The policy takes effect before `{policy.regime}` holds any law."
        todo = f"Write {ours.begins.isoformat()} or later."
        found.append(Finding("effective-early", at(policy, "effective"), message, todo))
    else:
        found += [finding for one in BY_THE_LAW for finding in one(policy, law)]
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: (finding.place, finding.code)))


def law_for(policy: Policy, on: datetime | None = None, by: Regime | None = None) -> Law | None:
    """The law that a policy is held to at an instant, and when it takes effect at the earliest; None without one."""
    ours = by or (regime(policy.regime) if policy.regime in regimes() else None)
    instant = max(on, policy.effective) if on else policy.effective
    return ours.at(instant) if ours and ours.local_day(instant) >= ours.begins else None


def _conflicts(policy: Policy) -> Iterator[Finding]:
    for one in contradictions(policy):
        if not one.settled:
            message = f"{one.one} and {one.other} contradict each other: {one.conflict}"
            yield Finding("contradiction", one.place, message, one.todo, one.one)
