"""What goes in and what comes out, as the description says it. Nothing is taken that is not described."""

# pyright: reportMissingTypeStubs=false
from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from houvast.cases import Right

Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Reason = Annotated[str, StringConstraints(min_length=3, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Words = Annotated[str, StringConstraints(max_length=20000, pattern=r"^[^\x00]*$")]
Person = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^:\x00-\x1f]+:[^\x00-\x1f]+$")]
Name = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z][a-z0-9_.]*$")]
PromiseId = Annotated[str, StringConstraints(pattern=r"^([A-Z][0-9]{2})?$")]
Day = Annotated[str, StringConstraints(pattern=r"^2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$")]
Instant = Annotated[
    str,
    StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]Z$"),
]
Offset = Annotated[int, Field(ge=0, le=10**9)]
Limit = Annotated[int, Field(ge=1, le=500)]
Index = Annotated[int, Field(ge=0, le=2**62)]
PromiseName = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2}$")]
KindName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,40}$")]
Language = Literal["nl", "en"]


def _whole(value: object) -> object:
    """JSON writes 3 and 3.0 alike."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)
"""Whole numbers in bodies."""
RightName = Literal[
    "access",
    "portability",
    "rectification",
    "objection",
    "restriction",
    "withdrawal",
    "stop",
    "closing",
    "erasure",
    "complaint",
    "question",
]
assert {right.value for right in Right} == set(RightName.__args__)  # noqa: S101


class Sent(Schema):
    """What is sent: an object. Ninja reads anything that has attributes, so that a text would be one without fields."""

    @model_validator(mode="before")
    @classmethod
    def _is_object(cls, value: object) -> object:
        if not isinstance(getattr(value, "_obj", value), (dict, Schema)):
            raise PydanticCustomError("not_an_object", "This is no object.")
        return value


class Body(Sent):
    """What is sent: exactly these fields, of exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Whose(Schema):
    """Whose a token is, what it may, and until when."""

    name: str
    login: str | None
    role: str | None
    scopes: list[str]
    until: str


class AskRecipients(Body):
    """Whom a message may go to, page by page: `after` is `next` of the page before."""

    purpose: Name
    reason: Reason
    after: Person | Literal[""] = ""
    limit: Annotated[int, Field(ge=1, le=500), WHOLE] = 100


class Recipient(Schema):
    """Somebody whom a message may go to now. Their address is read by the application's own login."""

    person: str
    ground: str
    since: str | None
    opt_out: str


class Recipients(Schema):
    """A page of them; `next` is null on the last."""

    items: list[Recipient]
    next: str | None


class AskMaySend(Body):
    """May this person be sent a message now?"""

    purpose: Name
    person: Person


class MaySend(Schema):
    """Whether, and on what ground; if not, why."""

    may: bool
    ground: str
    why: str


class AskSent(Body):
    """A message that is sent now. `products_of`: whose products it is about."""

    purpose: Name
    person: Person
    message: Reason
    products_of: Line


class Ground(Schema):
    """On what ground it went."""

    ground: str


class AskRequest(Body):
    """What a person asked. A complaint or a question needs no person."""

    right: RightName
    person: Person | Literal[""] = ""
    language: Language = "nl"
    text: Words = ""
    promise: PromiseId = ""
    sort: Literal["", "expectation", "breach"] = ""


class Taken(Schema):
    """The request: its number, the code to follow it by, the last day for the answer."""

    number: int
    code: str
    due: str


class AskState(Body):
    """Where a person stands about a purpose."""

    person: Person
    purpose: Name
    reason: Reason


class Stand(Schema):
    """One thing that they said, or that they are known."""

    stand: str
    about: str
    since: str | None


class Stands(Schema):
    """All of it that concerns the purpose."""

    items: list[Stand]


class AskCode(Body):
    """A code by mail, to the address on file."""

    address: Annotated[str, StringConstraints(min_length=3, max_length=320, pattern=r"^[^\x00-\x1f@]+@[^\x00-\x1f@]+$")]
    language: Language = "nl"


class Check(Schema):
    """What belongs to the code: keep it until the code is typed. The same comes for an address that nobody has."""

    check: str
    browser: str


class AskSession(Body):
    """The code, with what came when it was asked."""

    check: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    browser: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    code: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f]*$")]


class Entered(Schema):
    """A session: its token, how sure it is who this is, and until when."""

    token: str
    level: int
    method: str
    until: str


class Me(Schema):
    """How the session stands. `scopes`: what a token of it may; `all`, of a session of their own, is everything."""

    level: int
    method: str
    since: str
    until: str
    scopes: list[str]


class Held(Schema):
    """The rows of one table that are about the person, with what each column is."""

    table: str
    columns: list[dict[str, Any]]
    rows: list[dict[str, Any]]


class Data(Schema):
    """Everything that is held about the person. Other people in it are roles."""

    tables: list[Held]


class Used(Schema):
    """A use of their data. `times`: how often, of a use that was not of them alone."""

    sort: str
    purpose: str
    role: str
    reason: str | None
    since: str
    until: str
    times: int


class Uses(Schema):
    """A page of uses, the newest first; `next` is null on the last."""

    items: list[Used]
    next: int | None


class Choice(Schema):
    """A purpose about which they choose. `asks`: consent, or object; `now`: yes, no or open."""

    purpose: str
    label: str
    asks: str
    now: str
    since: str | None


class Choices(Schema):
    """All of them."""

    items: list[Choice]


class AskChoice(Body):
    """Yes or no to what asks for consent; object to, or allow, what does not. `why`: of an objection, if they like."""

    purpose: Name
    choice: Literal["yes", "no", "object", "allow"]
    why: Annotated[str, StringConstraints(max_length=10000, pattern=r"^[^\x00]*$")] = ""
    language: Language = "nl"


class Changed(Schema):
    """Whether it changed anything."""

    changed: bool


class Asked(Schema):
    """A request of theirs."""

    code: str
    right: str
    state: str
    received: str
    due: str | None
    closed: str | None


class AskedAll(Schema):
    """All of them, the newest first."""

    items: list[Asked]
