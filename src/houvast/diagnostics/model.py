"""What was asked, what was sent, what was found in it, and who opened it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from houvast.errors import HouvastError

MOST = 50 * 2**30
"""So many bytes a bundle has at most."""
ENDS = ("replaced", "withdrawn", "expired", "refused", "destroyed", "returned")
"""States of a bundle after which its key is destroyed."""


class Refused(HouvastError):
    """The database refuses a step of the exchange; the message names the promise."""

    code = "exchange"


@dataclass(frozen=True)
class Part:
    """A piece of a bundle: from which byte on, how many, and where it lies in the store."""

    begins: int
    size: int
    place: str


@dataclass(frozen=True)
class Asked:
    """What a link asks, before it is used."""

    wants: str
    why: str
    until: datetime
    consumer: bool


@dataclass(frozen=True)
class Stands:
    """How much of an upload is there. `until`: after that, what is not whole goes."""

    received: int
    size: int
    state: str
    until: datetime


@dataclass(frozen=True)
class Content:
    """Where a bundle lies that may be read now."""

    code: UUID
    format: str
    size: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Screening:
    """What the detectors found, without values.

    `outcome`: clean, findings or not_screened (`why`); `found`: how many places; `kinds`: how many of each kind;
    `members`: files in it, each {"file", "path", "bytes", "kinds", "marks": [[offset, length, kind]], "not_screened"};
    `file` is its place among those that were told, from 1.
    """

    outcome: str
    detectors: str
    bytes: int
    found: int
    kinds: Mapping[str, int]
    members: Sequence[Mapping[str, Any]] = ()
    why: str = ""


@dataclass(frozen=True)
class Line:
    """A line of a bundle for its customer's eyes. `number`: from 1, None where nobody counted; `parts`: (text, kind),
    where the kind stands in the place of what was found, and is "" for what is told as it stands."""

    number: int | None
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Bundle:
    """A bundle as its customer sees it. `received` of `size` bytes; size None while a redacted one is being made;
    `looks`: how often its customer looked at lines of it."""

    code: UUID
    state: str
    size: int | None
    received: int
    format: str
    redacted: bool
    why: str
    begun: datetime
    ended: datetime | None
    screening: Screening | None
    looks: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing follows."""
        return self.state in ENDS


@dataclass(frozen=True)
class Opening:
    """Somebody opened it. `subcontractor`, `country`: whose people they are; "" for our own."""

    at: datetime
    reason: str
    role: str
    subcontractor: str
    country: str


@dataclass(frozen=True)
class Followed:
    """How an exchange stands, for its customer. `helpers`: subcontractors with their countries."""

    number: int
    ticket: str
    wants: str
    why: str
    until: datetime
    language: str
    consumer: bool
    choice: str
    closed: datetime | None
    due: datetime | None
    ended: datetime | None
    taken: datetime | None
    stated: datetime | None
    certificate: str
    bundles: tuple[Bundle, ...]
    openings: tuple[Opening, ...]
    helpers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Problem:
    """An exchange as the staff see it. `bundles`: id, state, size, outcome, found, kinds, why, opened."""

    number: int
    ticket: str
    why: str
    language: str
    purpose: str
    consumer: bool
    until: datetime
    closed: datetime | None
    due: datetime | None
    choice: str
    ended: datetime | None
    begun: bool
    granted: bool
    confirmed: bool
    bundles: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Subcontractor:
    """One in the register. `counts_from`: the first day on which it may help, by its announcement."""

    number: int
    name: str
    country: str
    tool: str
    tool_from: date
    tool_until: date
    announced_on: date | None
    counts_from: date | None
    approved: bool
    ended: bool
    grants: int
