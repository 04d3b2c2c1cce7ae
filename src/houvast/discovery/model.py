"""What a scan found, as frozen values, and as the JSON that other programs read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

BY_NAME, BY_CONTENT = "name", "content"


@dataclass(frozen=True, order=True)
class Undeclared:
    """A column that the map does not list, or a whole table (`column` "")."""

    table: str
    column: str = ""
    type: str = ""

    @property
    def key(self) -> str:
        """What stays the same from scan to scan."""
        return f"undeclared {self.table}.{self.column}".rstrip(".")


@dataclass(frozen=True, order=True)
class Found:
    """A kind of personal data where the map says that there is none of it.

    `by`: "content" (`count` values hold it) or "name" (the column is called like it; nothing was read).
    """

    table: str
    column: str
    kind: str
    by: str = BY_CONTENT
    count: int = 0

    @property
    def key(self) -> str:
        """What stays the same from scan to scan."""
        return f"{self.kind} in {self.table}.{self.column}"


@dataclass(frozen=True, order=True)
class Read:
    """How much of a table was read. `rows`: so many; `sampled`: there are more."""

    table: str
    columns: tuple[str, ...]
    rows: int
    sampled: bool


@dataclass(frozen=True, order=True)
class Unread:
    """A table that could not be read, and the SQLSTATE with which it was refused."""

    table: str
    why: str


@dataclass(frozen=True)
class Scan:
    """Everything that one scan found."""

    undeclared: Sequence[Undeclared] = ()
    found: Sequence[Found] = ()
    read: Sequence[Read] = ()
    unread: Sequence[Unread] = ()

    @property
    def keys(self) -> frozenset[str]:
        """The findings by what stays the same from scan to scan."""
        return frozenset(one.key for one in (*self.undeclared, *self.found))

    def to_json(self) -> dict[str, object]:
        """As the JSON of `houvast scan --json`."""
        return {
            "undeclared": [asdict(one) for one in self.undeclared],
            "found": [asdict(one) for one in self.found],
            "read": [asdict(one) for one in self.read],
            "unread": [asdict(one) for one in self.unread],
        }
