"""What is known when somebody asks for a cell: people, rows, the open use. Frozen values, no I/O.

A world is the state *now*: facts that were entered late count from when they were recorded, and for a
write the circumstances are those at the start of the statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, TypeAlias

from houvast.policy.model import Action

PersonKey: TypeAlias = tuple[str, str]  # kind of data subject, key
Moment: TypeAlias = datetime | date

COLLECTED: Final = "collected"
ACCOUNT_CLOSED: Final = "account.closed"
BOOK_YEAR_END: Final = "book_year.end"
REQUEST_OPEN: Final = "request.open"
HOLD_OPEN: Final = "hold.open"
NOT_YET: Final = date.max


@dataclass(frozen=True)
class Person:
    """One data subject and what they said.

    `accepted`: versions accepted and not withdrawn. `allowed_restricted`: purposes consented to after
    restricting. `objected`: purposes; one to a legitimate interest leaves the set when it has been weighed
    and dismissed, one to marketing never does, and withdrawing consent to marketing enters it.
    `contested`: "table.column". `circumstances`: the cases that are open now, by circumstance. `self_opened`: those
    of them that the login opened itself which asks, for a person who was not open to it then.
    """

    key: PersonKey
    collected_at: datetime | None = None
    accepted: frozenset[int] = frozenset()
    restricted: bool = False
    allowed_restricted: frozenset[str] = frozenset()
    objected: frozenset[str] = frozenset()
    consented: frozenset[str] = frozenset()
    own_customer: frozenset[str] = frozenset()
    stopped: bool = False
    has_account: bool = True
    closed_at: datetime | None = None
    contested: frozenset[str] = frozenset()
    request_open: bool = False
    circumstances: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    self_opened: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def closed(self, instant: datetime) -> datetime | None:
        """When this person's account was closed; None if it is open or there is none."""
        shut = self.has_account and self.closed_at is not None and self.closed_at <= instant
        return self.closed_at if shut else None


NOBODY: Final = Person(("", ""), has_account=False)


@dataclass(frozen=True)
class Row:
    """One row. `owners`: whom it is about, and whether they are still there (False: they left it).

    `given_for`: column ("" for the whole row) -> the purpose that the value was given for. `events`: when
    the row's own events happened (None: not yet; absent: not known of this row; `book_year.end`: the date
    whose book year it is). `cases`: circumstance -> the case that the row belongs to. `holds`: the dispute
    cases whose hold names it. `creates`: the circumstances that inserting it opens. `ownerless`: by nature.
    `flagged`: the columns in whose text something was found that must not lie open, and on which nobody of the staff
    has decided yet.
    `readers`: who may have it in their copy besides, though it is not about them.
    """

    table: str
    key: str
    owners: tuple[tuple[Person, bool], ...] = ()
    ever_owned: bool = True
    written_by: str = ""
    given_for: Mapping[str, str] = field(default_factory=dict[str, str])
    events: Mapping[str, Moment | None] = field(default_factory=dict[str, Moment | None])
    cases: Mapping[str, str] = field(default_factory=dict[str, str])
    holds: frozenset[str] = frozenset()
    creates: frozenset[str] = frozenset()
    ownerless: bool = False
    flagged: frozenset[str] = frozenset()
    readers: tuple[Person, ...] = ()

    @property
    def never_owned(self) -> bool:
        """Nobody has been its owner yet, though somebody may become it."""
        return not (self.owners or self.ever_owned or self.ownerless)

    @property
    def people(self) -> tuple[Person, ...]:
        """All owners, leavers too. A row that never had one counts as of somebody who said nothing."""
        if self.never_owned:
            collected = self.events.get(COLLECTED)
            return (replace(NOBODY, collected_at=collected if isinstance(collected, datetime) else None),)
        return tuple(person for person, _ in self.owners)

    def asking(self, action: Action) -> tuple[Person, ...]:
        """Who may ask for this with it as their own right: its owners, and to have it in their copy its readers."""
        return self.people + (self.readers if action is Action.READ else ())

    def present(self, instant: datetime) -> tuple[Person, ...]:
        """The owners who have not left. Closing an account is leaving; the last owner never leaves."""
        stayed = tuple(person for person, still_there in self.owners if still_there)
        last = max((c for p in stayed if (c := p.closed(instant))), default=None)
        there = tuple(person for person in stayed if not person.closed(instant))
        return there or tuple(person for person in stayed if person.closed_at == last)

    def happened(self, event: str, instant: datetime) -> Moment | None:
        """When the event happened: NOT_YET if it has not, None if nobody knows it of this row.

        What cannot happen counts from collection: nobody closes an account that they do not have.
        """
        accounts = [person for person in self.present(instant) if person.has_account]
        if self.never_owned or (event == ACCOUNT_CLOSED and not accounts):
            event = COLLECTED
        if event == ACCOUNT_CLOSED:
            # Whoever is present either has an open account or was the last to close theirs.
            return accounts[0].closed(instant) or NOT_YET
        return (self.events[event] or NOT_YET) if event in self.events else None


@dataclass(frozen=True)
class OpenUse:
    """A recorded use: somebody opening personal data for one purpose, and one person or case."""

    purpose: str
    person: PersonKey | None = None
    case: str = ""
    this_login: bool = True  # recorded by the login that asks
    committed: bool = True
    ended: bool = False
    member_then: bool = True  # the login was a member of the purpose when the use was opened
    member_now: bool = True

    def serves(self, purpose: str) -> bool:
        """This use counts for that purpose."""
        counts = self.this_login and self.committed and not self.ended
        return counts and self.member_then and self.member_now and self.purpose == purpose


@dataclass(frozen=True)
class Ask:
    """May this purpose do this with this cell at this instant? No category: nobody classified it."""

    purpose: str
    action: Action
    column: str
    categories: frozenset[str]
    row: Row
    instant: datetime
    use: OpenUse | None = None
