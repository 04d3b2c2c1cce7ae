"""What a case is: what was asked, how far it is, why it was refused, and the letters about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Right(StrEnum):
    """What somebody asks for. The last two need no account and no name."""

    ACCESS = "access"
    PORTABILITY = "portability"
    RECTIFICATION = "rectification"
    OBJECTION = "objection"
    RESTRICTION = "restriction"
    WITHDRAWAL = "withdrawal"
    STOP = "stop"
    CLOSING = "closing"
    ERASURE = "erasure"
    COMPLAINT = "complaint"
    QUESTION = "question"

    @property
    def is_anonymous(self) -> bool:
        """Whether it can be asked by somebody who does not say who they are."""
        return self in (Right.COMPLAINT, Right.QUESTION)


class State(StrEnum):
    """How far a request is."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    IDENTITY = "identity"
    SEARCHING = "searching"
    REVIEW = "review"
    DELAYED = "delayed"
    ANSWERED = "answered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def is_end(self) -> bool:
        """Whether nothing follows it."""
        return self in (State.ANSWERED, State.REFUSED, State.WITHDRAWN)

    @property
    def dpv(self) -> str:
        """The term of the Data Privacy Vocabulary (https://w3id.org/dpv)."""
        return f"dpv:{_DPV[self]}"


_DPV = {
    State.RECEIVED: "RequestInitiated",
    State.ACKNOWLEDGED: "RequestAcknowledged",
    State.IDENTITY: "RequestRequiresAction",
    State.SEARCHING: "RequestAccepted",
    State.REVIEW: "RequestAccepted",
    State.DELAYED: "RequestActionDelayed",
    State.ANSWERED: "RequestFulfilled",
    State.REFUSED: "RequestRejected",
    State.WITHDRAWN: "RequestUnfulfilled",
}


@dataclass(frozen=True)
class Reason:
    """A reason of the law to refuse (`to`: refused) or to take longer (delayed). `dpv`: its code there, if any."""

    code: str
    to: State
    law: str
    words: Mapping[str, str]
    dpv: str = ""


@dataclass(frozen=True)
class Letter:
    """A letter: `number` 0 before it is stored."""

    kind: str
    language: str
    subject: str
    body: str
    reason: str = ""
    number: int = 0
    drafted_by: str = ""
    approved_by: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True)
class Case:
    """A request as the staff see it, without whom it is of. `days_left`: below 0 when its last day is over."""

    number: int
    right: Right
    state: State
    channel: str
    language: str
    promise: str
    sort: str
    received_at: datetime
    due_on: date
    days_left: int
    paused_at: datetime | None
    waited: int
    extended_at: datetime | None
    reason: str
    verified: bool
    level: int
    known: bool
    closed_at: datetime | None
    evidence: Mapping[str, Any] | None
    drafts: int

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.closed_at is None


@dataclass(frozen=True)
class Breach:
    """A breach of personal data. `hours_left`: below 0 when its hours are over."""

    number: int
    title: str
    aware_at: datetime
    report_by: datetime
    risk: str
    note: str
    persons: int | None
    measures: str
    owner: str
    state: str
    reported_at: datetime | None
    people_told_at: datetime | None
    late_because: str
    closed_at: datetime | None
    hours_left: float
