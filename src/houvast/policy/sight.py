"""Which data of a person a purpose could see, from when to when: by the policy, and where the person stood.

Pure. What the policy asks of a row itself (its term, a circumstance such as an open ticket) is not recorded over time.
It counts as met and is named, so that nobody is told that data were hidden when they may have been visible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from houvast.policy.decide import Permit, decide
from houvast.policy.model import Action, Policy, Purpose, PurposeKind
from houvast.policy.world import COLLECTED, Ask, OpenUse, Person, PersonKey, Row

BY_RETENTION, BY_DISPUTE = "term.ended", "hold.open"


@dataclass(frozen=True)
class Said:
    """Something that a person stood for over a time. `since` None: from before anything was recorded."""

    what: str  # as the log calls it: "objected", "closed" ...
    about: str
    since: datetime | None
    until: datetime | None = None

    def at(self, instant: datetime) -> bool:
        """Whether it held at an instant."""
        begun = self.since is None or self.since <= instant
        return begun and (self.until is None or instant < self.until)


@dataclass(frozen=True)
class Sight:
    """What a purpose could see of somebody from an instant on. `circumstances`: what also had to hold, any of them."""

    since: datetime
    until: datetime
    categories: tuple[str, ...]
    circumstances: tuple[str, ...]


def sights(
    versions: Sequence[Policy], purpose: str, key: PersonKey, said: Sequence[Said], since: datetime, until: datetime
) -> list[Sight]:
    """What a purpose could see of this person: spans in which that stays the same, those without any left out."""
    found: list[Sight] = []
    moments = sorted({since, *(one for one in _changes(versions, said) if since < one < until)})
    for start, stop in zip(moments, [*moments[1:], until], strict=True):
        categories, circumstances = _at(versions, purpose, key, said, since, start)
        if not categories:
            continue
        if found and (found[-1].until, found[-1].categories) == (start, categories):
            both = tuple(dict.fromkeys((*found[-1].circumstances, *circumstances)))
            found[-1] = replace(found[-1], until=stop, circumstances=both)
        else:
            found.append(Sight(start, stop, categories, circumstances))
    return found


def _changes(versions: Sequence[Policy], said: Sequence[Said]) -> Iterator[datetime]:
    yield from (one.effective for one in versions)
    yield from (moment for one in said for moment in (one.since, one.until) if moment)


def _at(
    versions: Sequence[Policy], purpose: str, key: PersonKey, said: Sequence[Said], since: datetime, instant: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(categories, circumstances) that the purpose could see at an instant."""
    past = [one for one in versions if one.effective <= instant]
    known = past[-1].purposes.get(purpose) if past else None
    if known is None:
        return (), ()
    person = _person(past, key, said, since, instant)
    declared = [u for u in past[-1].uses if purpose in u.purposes and Action.READ in u.actions]
    everything = known.kind is PurposeKind.MIGRATION
    asked = past[-1].categories if everything else dict.fromkeys(c for u in declared for c in u.categories)
    ours = [c for c in asked if key[0] in (past[-1].categories[c].of or (key[0],))]
    seen = tuple(c for c in ours if _sees(past, known, c, person, instant))
    ways = [name for u in declared if set(u.categories) & set(seen) for way in u.while_ for name in way]
    special = {PurposeKind.RETENTION: [BY_RETENTION], PurposeKind.DISPUTE: [BY_DISPUTE]}.get(known.kind, ways)
    return seen, tuple(dict.fromkeys(special))


def _sees(past: Sequence[Policy], purpose: Purpose, category: str, person: Person, instant: datetime) -> bool:
    """Whether the policy permits it for a row that is in time and in every circumstance."""
    if purpose.kind is not PurposeKind.ORDINARY:
        return True  # what holds these is in the row alone: its term, its hold
    events = dict.fromkeys(term.event for policy in past for term in policy.terms)
    row = Row("", "", ((person, True),), given_for={"": purpose.name}, events={**events, COLLECTED: instant})
    use = OpenUse(purpose.name, person.key if purpose.one == "person" else None)
    return isinstance(
        decide(past, Ask(purpose.name, Action.READ, "", frozenset({category}), row, instant, use)), Permit
    )


def _person(past: Sequence[Policy], key: PersonKey, said: Iterable[Said], since: datetime, instant: datetime) -> Person:
    """Where somebody stood at an instant, in every circumstance that there is."""
    held = [one for one in said if one.at(instant)]
    names = {name for policy in past for use in policy.uses for way in use.while_ for name in way}

    def about(what: str) -> frozenset[str]:
        return frozenset(one.about for one in held if one.what == what)

    return Person(
        key,
        collected_at=since,
        accepted=frozenset(int(version) for version in about("accepted") if version.isdecimal()),
        restricted=bool(about("restricted")),
        stopped=bool(about("stopped")),
        closed_at=instant if about("closed") else None,
        circumstances={name: frozenset({""}) for name in names},
        objected=about("objected"),
        consented=about("consented"),
        own_customer=about("own_customer"),
        allowed_restricted=about("allowed"),
    )
