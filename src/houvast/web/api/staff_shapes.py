"""What goes in and out for the staff and their programs."""

# pyright: reportMissingTypeStubs=false
from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from houvast.web.api.shapes import WHOLE, Body, Day, Instant, Line, Reason, Words

Count = Annotated[int, Field(ge=0, le=10**9), WHOLE]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9 ]{0,12}$")]
Keys = Annotated[list[Line], Field(min_length=1, max_length=1000)]


class CaseOut(Schema):
    """A request as the staff see it, without whom it is of. `days_left`: below 0 when its last day is over."""

    number: int
    right: str
    state: str
    dpv: str
    channel: str
    language: str
    promise: str
    received: str
    due: str
    days_left: int
    paused: bool
    extended: bool
    reason: str
    verified: bool
    level: int
    known: bool
    closed: str | None
    drafts: int


class Cases(Schema):
    """A page of requests; `next` is null on the last."""

    items: list[CaseOut]
    next: int | None


class AskReason(Body):
    """Why: recorded, without personal data."""

    reason: Reason


class LetterOut(Schema):
    """A letter about a request."""

    number: int
    kind: str
    language: str
    subject: str
    body: str
    drafted_by: str
    approved_by: str | None
    sent: str | None


class Opened(Schema):
    """Whom a request is of, what was written, and the letters."""

    person: str
    text: str
    letters: list[LetterOut]


class AskStaffCode(Body):
    """What your authenticator app shows now."""

    code: Code


class AskMove(Body):
    """States that need no letter; `code`: what your authenticator app shows now, for `withdrawn`."""

    to: Literal["searching", "review", "withdrawn"]
    code: Code = ""


class Due(Schema):
    """The last day for the answer."""

    due: str


class AskLetter(Body):
    """What the letter says in its own words. `reason`: of the law, for a refusal or more time."""

    kind: Literal["answer", "refusal", "extension", "identity"]
    explanation: Words = ""
    reason: Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,40}$")] = ""
    kept: Words = ""
    until: Day | Literal[""] = ""


class Number(Schema):
    """The number of what was made."""

    number: int


class Done(Schema):
    """It was done."""

    done: bool


class BreachOut(Schema):
    """A breach; `hours_left`: below 0 when its hours are over."""

    number: int
    title: str
    aware: str
    report_by: str
    risk: str
    state: str
    persons: int | None
    hours_left: float


class Breaches(Schema):
    """The register."""

    items: list[BreachOut]


class AskBreach(Body):
    """A breach that somebody noticed. No names of people in it."""

    title: Reason
    aware: Instant | None = None


class AskBreachChange(Body):
    """What was found and done; what is left out stays as it is."""

    risk: Literal["unknown", "none", "risk", "high"] | None = None
    note: Words | None = None
    persons: Count | None = None
    measures: Words | None = None
    reported: Instant | None = None
    late: Words | None = None
    told: Instant | None = None
    closes: bool = False


class HoldOut(Schema):
    """The rows of one table that a case holds."""

    case: str
    table: str
    rows: int
    owner: str
    review: str | None
    since: str


class Holds(Schema):
    """Every hold."""

    items: list[HoldOut]


class AskHold(Body):
    """Rows of a table that a case holds; who owns it, and when it is looked at again."""

    case: Reason
    table: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[a-z][a-z0-9_.]*$")]
    keys: Keys
    owner: Reason
    review: Day


class Rows(Schema):
    """How many rows."""

    rows: int


class PromiseOut(Schema):
    """A promise, and what its last proof said. `state`: kept, broken or notyet."""

    id: str
    label: str
    state: str
    proven: str | None
    old: bool
    tried: int
    passed: int


class Promises(Schema):
    """Every promise, in the order of the policy."""

    items: list[PromiseOut]


class PromiseWhole(PromiseOut):
    """With the sentences that it quotes, and what of its last proof came through."""

    says: list[str]
    failed: list[dict[str, Any]]


class AlarmOut(Schema):
    """Something that somebody must look at."""

    number: int
    kind: str
    raised: str
    text: str
    promise: str | None


class Alarms(Schema):
    """The open ones, oldest first."""

    items: list[AlarmOut]


class EntryOut(Schema):
    """An entry of the log: what is public of it."""

    index: int
    at: str
    kind: str
    promise: str
    body: dict[str, Any]


class Entries(Schema):
    """A page, the newest first; `next` is null on the last."""

    items: list[EntryOut]
    next: int | None
