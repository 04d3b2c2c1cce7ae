"""What goes in and what comes out of what people ask about themselves, and of what anybody asks without a name."""

# pyright: reportMissingTypeStubs=false
from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from houvast.web.api.shapes import WHOLE, Body, Language, Line, PromiseId, Words

Code = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Secret = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Typed = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f]*$")]
Said = Annotated[str, StringConstraints(min_length=3, max_length=20000, pattern=r"^[^\x00]*$")]
YesNo = Literal["yes", "no"]
Scope = Literal["see", "choose", "ask", "copy"]


class AskToken(Body):
    """What a program may do for this person, and for how many minutes; never longer than the session itself."""

    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]
    minutes: Annotated[int, Field(ge=1, le=480), WHOLE] = 60


class Token(Schema):
    """A token that may less; it is shown once."""

    token: str
    scopes: list[str]
    until: str


class BeforeOut(Schema):
    """What they chose before: `change` is set or ended."""

    at: str
    what: str
    about: str
    change: str


class History(Schema):
    """The newest first."""

    items: list[BeforeOut]


class OwnLetter(Schema):
    """A letter that was sent about a request of theirs."""

    code: str
    subject: str
    body: str
    sent: str


class Letters(Schema):
    """All of them, the oldest first."""

    items: list[OwnLetter]


class Places(Schema):
    """The TABLE.COLUMNs of which they may say that they are wrong."""

    items: list[str]


class AskOwn(Body):
    """What they ask. `words`: why, or what is right (to correct and to restrict); `about`: TABLE.COLUMN, to correct."""

    right: Literal["rectification", "restriction", "stop", "closing", "erasure"]
    language: Language = "nl"
    words: Words = ""
    about: Line = ""


class OwnTaken(Schema):
    """The request: the code to follow it by, the last day for the answer; null when it is done already."""

    code: str | None
    due: str | None


class AskOf(Body):
    """A request, by its code."""

    code: Code


class AskMade(Body):
    """What the worker makes for this session: two sorts of copy, the plan of an erasure, receipts."""

    what: Literal["access", "portability", "plan", "receipts"]
    language: Language = "nl"


class MadeOne(Schema):
    """Something that is made. `made`: null as long as it is not there; `size`: bytes."""

    what: str
    asked: str
    made: str | None
    until: str
    failed: bool
    size: int | None
    taken: str | None


class Made(Schema):
    """All that was asked to be made for this session."""

    items: list[MadeOne]


class AskCopy(Body):
    """Which copy is taken along."""

    what: Literal["access", "portability"]


class Plan(Schema):
    """What an erasure would do: of each part its rows, what becomes of them and why. Rows of nobody else are told."""

    parts: list[dict[str, Any]]


class Receipts(Schema):
    """Receipts of what the log says of them, to be checked offline; `waiting`: entries that have none yet."""

    receipts: list[dict[str, Any]]
    waiting: int


class UncheckedOne(Schema):
    """A request in their name that waits. `enough`: whether a yes in this session will do."""

    code: str
    right: str
    channel: str
    received: str
    enough: bool


class Unchecked(Schema):
    """All of them."""

    items: list[UncheckedOne]


class AskClaim(Body):
    """Whether a request is theirs."""

    code: Code
    choice: YesNo


class Claimed(Schema):
    """What came of it: yes, no, or more: it must be surer that it is them. Null when nothing of that kind waits."""

    said: str | None


class MandateOut(Schema):
    """Who may ask for them, or asks to."""

    number: int
    sort: str
    holder: str
    rights: list[str]
    until: str
    confirmed: bool


class Mandates(Schema):
    """All of them."""

    items: list[MandateOut]


class AskMandate(Body):
    """Whether somebody may ask for them."""

    number: Annotated[int, Field(ge=0, le=2**62), WHOLE]
    choice: YesNo


class AskComplaint(Body):
    """A complaint of one of two kinds, or a question; about a promise, or about nothing in particular."""

    sort: Literal["expectation", "breach", "question"]
    words: Said
    promise: PromiseId = ""
    language: Language = "nl"


class ComplaintTaken(Schema):
    """The code to follow it by, and the last day for the answer."""

    code: str
    due: str


class AnswerOut(Schema):
    """A letter to somebody who did not say who they are."""

    subject: str
    body: str
    sent: str


class Follows(Schema):
    """How a request stands, without whom it is of. `waits`: until they show that it is them."""

    right: str
    state: str
    dpv: str
    received: str
    due: str
    waits: bool
    reason: str
    closed: str | None
    answers: list[AnswerOut]


class AskReference(Body):
    """A request, by the reference in the letter about it."""

    reference: Code


class AskLetterCode(AskReference):
    """The code in a letter by post, with whether they asked what it is about."""

    code: Typed
    choice: YesNo


class AskLink(Body):
    """What the link in a mail holds."""

    token: Secret


class AskLinkAnswer(AskLink):
    """The answer to it."""

    choice: YesNo


class AskedMandate(Schema):
    """What the link in a mail asks about: who may ask for them, what, until when."""

    sort: str
    holder: str
    rights: list[str]
    until: str
    confirmed: bool


class Heard(Schema):
    """It was heard; it is not said whether there was such a thing."""

    heard: bool
