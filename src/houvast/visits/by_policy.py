"""What the policy says of counting, as this room wants it."""

from __future__ import annotations

from datetime import timedelta

from houvast.errors import UsageError
from houvast.policy.counting import counting
from houvast.policy.model import Period, Policy
from houvast.visits.model import Address, Precision, Rules

_SHORTEST_MONTH, _YEAR = 28, 365


def rules_of(policy: Policy) -> Rules:
    """The rules of a version of the policy, in which `check` finds nothing wrong.

    A term in months becomes the fewest days that it can be, so that nothing is kept a day too long. Without a budget
    `rho` and `delta` are 0: nothing can be released. Without a store apart `security` is 0: no whole address is kept.
    Raises UsageError for a policy that does not say how visits are counted.
    """
    said = counting(policy)
    if said is None or said.keep is None:
        raise UsageError(
            "The policy does not say how visits are counted (promise C20).",
            todo="Add the section `visits` to policy.yaml, as docs/policy-file.md has it, and a term of what is counted.",
        )
    budget = said.budget
    return Rules(
        precision=Precision(said.precision),
        address=Address(said.mode),
        group=said.group,
        keep=shortest(said.keep),
        security=shortest(said.apart.term) if said.apart else timedelta(0),
        rho=budget.rho if budget else 0.0,
        delta=budget.delta if budget else 0.0,
        period=max(1, shortest(budget.period).days) if budget else 1,
    )


def shortest(period: Period) -> timedelta:
    """The fewest days that a period can be: P13M is 393, P1Y is 365."""
    years, months = divmod(period.months, 12)
    return timedelta(days=(period.years + years) * _YEAR + months * _SHORTEST_MONTH + period.days)
