"""Controls and what was found of them, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from houvast.errors import NOWHERE, Place

SORTS = ("technical", "administrative", "physical")
OWNERS = ("officer", "support", "finance", "auditor")
"""The roles of staff, of which one answers for a control."""
ATTESTED = "attested"
"""The test that a person makes."""
STANDS = ("failed", "overdue", "waiting", "good")
"""How a control stands: the first two are red; `waiting` was never tested, and its first period is not over."""
RED = ("failed", "overdue")

Label: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class Found:
    """One thing that is wrong. `code`: a word of a closed list; `about`: which setting, role or file, and no person."""

    code: str
    about: str = ""


@dataclass(frozen=True)
class Control:
    """One control. `owner`: a role; `test`: a measure, or `attested`; `days`: within how many it is tested again."""

    name: str
    sort: str
    owner: str
    test: str
    days: int
    promise: str
    label: Label
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def measured(self) -> bool:
        """Whether the program tests it."""
        return self.test != ATTESTED

    def to_json(self) -> dict[str, object]:
        """What the register keeps of it."""
        return {"name": self.name, "sort": self.sort, "owner": self.owner, "test": self.test, "days": self.days,
                "promise": self.promise, "label_nl": self.label["nl"], "label_en": self.label["en"]}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How a control stands now, by its last result.

    `by`: who attested it, as role and number; `due`: when it must have been tested again.
    """

    control: Control
    since: datetime
    at: datetime | None
    how: str
    by: str
    found: tuple[Found, ...]
    note: str
    due: datetime
    stands: str

    @property
    def red(self) -> bool:
        """Whether somebody must do something."""
        return self.stands in RED

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {**self.control.to_json(), "stands": self.stands, "due": self.due.isoformat(timespec="seconds"),
                "tested": self.at.isoformat(timespec="seconds") if self.at else None, "how": self.how, "by": self.by,
                "found": [[one.code, one.about] for one in self.found], "note": self.note}  # fmt: skip
