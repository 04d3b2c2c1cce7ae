"""How long a proof counts: one answer, for the pages and for the notice."""

from __future__ import annotations

from datetime import datetime

from houvast.policy import Policy
from houvast.policy.model import Period
from houvast.policy.periods import after, parse_period
from houvast.policy.regime import regime

TERM = "evidence_max_age"
DEFAULT = Period(days=2)
"""For a policy that does not say: a proof a day, of which one may fail."""


def proof_term(policy: Policy) -> Period:
    """For how long a proof counts: the policy's own `evidence_max_age` (promise C36 of the sample), else DEFAULT."""
    said = next((duty.parameters[TERM] for duty in policy.duties if TERM in duty.parameters), "")
    found = parse_period(said) if isinstance(said, str) else None
    return found or DEFAULT


def counts_until(policy: Policy, ended: datetime) -> datetime:
    """Until when a proof that ended then counts: the same time of day, by the clock of the policy's country."""
    there = ended.astimezone(regime(policy.regime).zone)
    return there.combine(after(there.date(), proof_term(policy)), there.time(), there.tzinfo)
