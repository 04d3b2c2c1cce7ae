"""What an objection does, and what a purpose may see of somebody who stands there. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from houvast.policy.model import Basis, Policy, PurposeKind
from houvast.policy.sight import Said, sights
from houvast.policy.world import PersonKey


class Answer(StrEnum):
    """What an objection to a purpose does (GDPR art. 21)."""

    FOR_EVER = "for ever"  # marketing: at once, and never weighed
    UNTIL_WEIGHED = "until weighed"  # a legitimate interest: it pauses until the objection was weighed
    NOTHING = "nothing"  # it rests on something else, or must go on: the objection is answered


def objection_to(policy: Policy, purpose: str) -> Answer:
    """What an objection to one purpose of a policy does."""
    known = policy.purposes[purpose]
    if known.marketing:
        return Answer.FOR_EVER
    bases = {basis for use in policy.uses if purpose in use.purposes for basis in use.basis}
    goes_on = known.compelling or known.kind is PurposeKind.DISPUTE
    return Answer.UNTIL_WEIGHED if Basis.INTEREST in bases and not goes_on else Answer.NOTHING


def objected(policy: Policy, kind: str) -> dict[str, Answer]:
    """What an objection in general is against: all marketing, what rests on an interest and concerns such people."""
    found = {name: objection_to(policy, name) for name in policy.purposes}
    return {
        name: answer
        for name, answer in found.items()
        if answer is Answer.FOR_EVER or (answer is Answer.UNTIL_WEIGHED and concerns(policy, name, kind))
    }


def told(answers: Mapping[str, Answer]) -> str:
    """What an objection does, in words: a line for each purpose."""
    says = {
        Answer.FOR_EVER: "holds at once and for ever",
        Answer.UNTIL_WEIGHED: "pauses until the objection has been weighed: houvast person weigh",
        Answer.NOTHING: "does not rest on an interest that an objection outweighs: answer the person in writing, "
        "nothing changes here",
    }
    return "\n".join(f"{name} {says[answer]}" for name, answer in answers.items())


def concerns(policy: Policy, purpose: str, kind: str) -> bool:
    """Whether a purpose uses data about people of a kind."""
    categories = {name for use in policy.uses if purpose in use.purposes for name in use.categories}
    return any(kind in (policy.categories[name].of or (kind,)) for name in categories)


def seen_by(
    versions: Sequence[Policy], person: PersonKey, said: Sequence[Said], since: datetime, now: datetime
) -> Mapping[str, tuple[str, ...]]:
    """purpose -> categories that it may see of this person now, where each circumstance holds and no term has ended."""
    current = [policy for policy in versions if policy.effective <= now]
    found: dict[str, tuple[str, ...]] = {}
    for purpose in current[-1].purposes if current else ():
        spans = sights(versions, purpose, person, said, min(since, now), now + timedelta(seconds=1))
        if spans and spans[-1].until > now:
            found[purpose] = spans[-1].categories
    return found


def lost(before: Mapping[str, tuple[str, ...]], after: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What each purpose saw before and does not see after."""
    gone = {
        purpose: tuple(one for one in categories if one not in after.get(purpose, ()))
        for purpose, categories in before.items()
    }
    return {purpose: categories for purpose, categories in gone.items() if categories}
