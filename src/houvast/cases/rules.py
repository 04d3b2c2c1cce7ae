"""The clock and the states of a request, and the hours of a breach. Pure; the database has the same, in SQL.

Regulation (EEC, Euratom) 1182/71 and the Algemene termijnenwet: the day of receipt does not count, a term of months
ends on the same day number or the last day of the month, and one that ends on a free day ends on the next working day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from houvast.cases.model import State
from houvast.compiler.handling import hours, terms
from houvast.policy.calendar import is_free
from houvast.policy.law import Regime
from houvast.policy.model import Period, Policy
from houvast.policy.periods import after
from houvast.policy.regime import regime

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.ACKNOWLEDGED, State.IDENTITY, State.SEARCHING, State.WITHDRAWN}),
    State.ACKNOWLEDGED: frozenset({State.IDENTITY, State.SEARCHING, State.WITHDRAWN}),
    State.IDENTITY: frozenset({State.SEARCHING, State.REFUSED, State.WITHDRAWN}),
    State.SEARCHING: frozenset({State.IDENTITY, State.REVIEW, State.DELAYED, State.WITHDRAWN}),
    State.REVIEW: frozenset({State.SEARCHING, State.DELAYED, State.ANSWERED, State.REFUSED, State.WITHDRAWN}),
    State.DELAYED: frozenset({State.IDENTITY, State.SEARCHING, State.REVIEW, State.WITHDRAWN}),
    State.ANSWERED: frozenset(),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
"""State -> what may follow it."""


@dataclass(frozen=True)
class Terms:
    """The terms of a policy under its law: to answer, at most when that was extended, and hours to report a breach."""

    law: Regime
    answer: Period
    longest: Period
    hours: int

    @classmethod
    def of(cls, policy: Policy, at: datetime) -> Terms:
        """The terms of a policy at an instant: of what it promises and what the law asks the shortest."""
        ours = regime(policy.regime)
        law = ours.on(max(ours.local_day(at), ours.begins))
        return cls(ours, *terms(policy, law), hours(policy, law))

    def due(self, received: datetime, *, extended: bool = False, waited: int = 0) -> date:
        """The last day for an answer to what was received at an instant (aware). `waited`: days of the person's own."""
        first = self.law.local_day(received)
        law = self.law.on(max(first, self.law.begins))
        day = after(first, self.longest if extended else self.answer) + timedelta(days=waited)
        while is_free(law, day):
            day += timedelta(days=1)
        return day

    def waiting(self, since: datetime, until: datetime) -> int:
        """How many days a clock stood still."""
        return max(0, (self.law.local_day(until) - self.law.local_day(since)).days)

    def may_extend(self, due: date, now: datetime, *, extended: bool) -> bool:
        """Whether more time can still be taken: once, told before the first term is over."""
        return not extended and self.law.local_day(now) <= due

    def report_by(self, aware: datetime) -> datetime:
        """Until when a breach is reported: hours, which run on at night, in weekends and over a changed clock."""
        return aware.astimezone(UTC) + timedelta(hours=self.hours)


def may_move(was: State, becomes: State) -> bool:
    """Whether a state may follow another."""
    return becomes in TRANSITIONS[was]
