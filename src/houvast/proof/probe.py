"""One attempt before it is made: who tries what, in which use, and what the policy says must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from houvast.compiler.words import literal

SEEN, NOT_SEEN = "canary seen", "not seen"
CHANGED, NOT_CHANGED = "changed", "not changed"
REFUSED = "refused: 42501"
ALLOWED = "allowed"
PERMITTED, FORBIDDEN = "permitted", "refused"
ADMINISTRATOR = "administrator (row condition)"
"""Who asks what a row policy would say of a row, without being held by it."""
REASON = "houvast prove"
"""What the record of uses says of those that a proof opens."""
MEANING = "nobody (the meaning of the policy)"


class Kind(StrEnum):
    """How the last statement of an attempt is judged."""

    READ = "read"  # does the canary's value come back, by whatever way?
    WRITE = "write"  # was a row written?
    ORDER = "order"  # was the statement refused, and with which SQLSTATE?
    CONDITION = "condition"  # does a row policy's condition hold for the canary?


@dataclass(frozen=True, order=True)
class Opened:
    """A use that is opened first, and committed."""

    purpose: str
    person: str = ""
    case: str = ""

    def sql(self) -> str:
        """The statement that opens it."""
        extra = f", person => {literal(self.person)}" if self.person else ""
        extra += f', "case" => {literal(self.case)}' if self.case else ""
        return f"SELECT houvast.open_use({literal(self.purpose)}, {literal(REASON)}{extra})"


@dataclass(frozen=True)
class Probe:
    """An attempt. `family` names its sort, `promises` whom it proves. `truth`: the canary's value, as text.

    `fresh`: it needs a connection of its own. `rollback`: everything in one transaction that is undone. `migration`:
    what the administrator changes first, in that transaction; then the login takes on `role`.
    """

    name: str
    family: str
    login: str
    steps: tuple[str, ...]
    expected: str
    promises: frozenset[str]
    kind: Kind = Kind.READ
    control: bool = False
    opened: Opened | None = None
    truth: str = ""
    marker: str = ""
    fresh: bool = False
    rollback: bool = False
    options: str = ""
    answer: str = ""  # what was seen, where no database needs to be asked
    tolerated: frozenset[str] = frozenset({"42501"})
    migration: str = ""
    role: str = ""
    cell: tuple[str, str, str] | None = None  # (column, table, condition) where it is a read of one value

    @property
    def sql(self) -> str:
        """Everything that is sent, as somebody would type it."""
        first = [self.opened.sql()] if self.opened else []
        added = [f"{self.migration} -- the administrator"] if self.migration else []
        steps = ["BEGIN", *added, *self.steps, "ROLLBACK"] if self.rollback else list(self.steps)
        return "; ".join([*first, *steps])
