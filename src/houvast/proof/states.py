"""In which states canaries are made: each differs from a willing, active person in one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from houvast.datamap.model import DataMap
from houvast.policy.model import Policy


class State(StrEnum):
    """What has become of a canary person."""

    ACTIVE = "active"  # every circumstance holds, nothing refused
    EAGER = "eager"  # moreover consented to every purpose there is
    ENDED = "ended"  # every circumstance has ended
    OBJECTED = "objected"  # to every purpose
    RESTRICTED = "restricted"  # GDPR art. 18
    CONTESTED = "contested"  # every value that can be contested, GDPR art. 18(1)(a)
    STOPPED = "stopped"  # the use for services
    WITHDRAWN = "withdrawn"  # consent and own-customer ground
    CLOSED = "closed"  # the account
    EXPIRED = "expired"  # every event is longer ago than any term; the account is open
    FORGOTTEN = "forgotten"  # closed its account longer ago than any term
    KEPT = "kept"  # the same, and a dispute holds some of its rows, not the person's own


WORDS = {
    State.ACTIVE: "an active person",
    State.EAGER: "a person who consented to everything",
    State.ENDED: "the circumstance has ended",
    State.OBJECTED: "the person has objected",
    State.RESTRICTED: "the person has asked for restriction",
    State.CONTESTED: "the person contests the value",
    State.STOPPED: "the person has stopped the use for services",
    State.WITHDRAWN: "the person has withdrawn consent",
    State.CLOSED: "the account is closed",
    State.EXPIRED: "the term of the row has passed, no job having run",
    State.FORGOTTEN: "the account was closed longer ago than the term, no job having run",
    State.KEPT: "the account was closed longer ago than the term, a dispute holding some of the rows",
}


@dataclass(frozen=True)
class Stand:
    """Something that a canary has said to the company."""

    stand: str
    about: str = ""


def contestable(datamap: DataMap) -> frozenset[str]:
    """Every value that a person may contest, as "table.column"."""
    tables = datamap.tables.values()
    return frozenset(f"{t.name}.{c.name}" for t in tables for c in t.columns.values() if c.contestable)


def stands(state: State, policy: Policy, datamap: DataMap) -> list[Stand]:
    """What a canary in this state has told the company beyond what the application's rows say."""
    if state is State.OBJECTED:
        return [Stand("objected", name) for name in policy.purposes]
    if state is State.EAGER:
        return [Stand(s, name) for name in policy.purposes for s in ("consented", "own_customer")]
    if state is State.CONTESTED:
        return [Stand("contested", name) for name in sorted(contestable(datamap))]
    if state is State.RESTRICTED:
        return [Stand("restricted")]
    return [Stand("stopped")] if state is State.STOPPED else []


def long_ago(versions: Sequence[Policy]) -> str:
    """An interval longer than any term of any version."""
    years = max(
        (t.plus.years + t.plus.months // 12 + t.plus.days // 365 for v in versions for t in v.terms),
        default=0,
    )
    return f"{years + 3} years"
