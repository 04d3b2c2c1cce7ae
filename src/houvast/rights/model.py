"""What a copy of somebody's data holds, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from houvast.policy.world import PersonKey

Row: TypeAlias = Mapping[str, Any]
"""Column -> value as JSON has it."""


class Rule(StrEnum):
    """Why something about somebody else is not shown."""

    REFERENCE = "reference"  # the row points at somebody else: their number is replaced by a role
    SHARED = "shared"  # a value of somebody with whom the row is shared
    ORGANISATION = "organisation"  # of the company or organisation, and no person's (GDPR art. 15(4))
    NAMED = "named"  # in a text, the name or address of somebody who is known
    ADDRESS = "address"  # in a text that others wrote or share, an address that is not this person's
    JUDGED = "judged"  # one of the staff found that it is somebody else's (GDPR art. 15(4))


@dataclass(frozen=True)
class Redaction:
    """How often one rule replaced something in one column."""

    table: str
    column: str
    rule: Rule
    count: int


@dataclass(frozen=True)
class Filed:
    """A file of a copy. `rows`: of a table, else None."""

    name: str
    size: int
    sha256: str
    rows: int | None = None


@dataclass(frozen=True)
class Told:
    """What stands in a summary of one table: how many rows, and the first of them."""

    table: str
    rows: int
    first: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Extra:
    """A table that a summary shows beside those of the copy: what another system holds, who got data, marked documents."""

    heading: str
    lead: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Elsewhere:
    """How far another system is with an erasure, or a recipient with being told. `stands`: "done" when it was looked at.
    `files`: it holds files."""

    name: str
    stands: str
    changed: int
    kept: int
    told: bool = False
    files: bool = False

    @property
    def is_done(self) -> bool:
        """Whether it was looked at, and nothing remains."""
        return self.stands == "done"

    def to_json(self) -> dict[str, object]:
        """Counts, no values."""
        return {
            "name": self.name,
            "state": self.stands,
            "changed": self.changed,
            "kept": self.kept,
            "recipient": self.told,
        }


@dataclass(frozen=True)
class Copy:
    """A copy of what is held about one person."""

    person: PersonKey
    tables: tuple[Told, ...]
    redactions: tuple[Redaction, ...] = ()
    files: tuple[Filed, ...] = field(default=(), compare=False)

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables)

    def to_json(self) -> dict[str, object]:
        """Counts and digests, no values."""
        return {
            "tables": {table.table: table.rows for table in self.tables},
            "redactions": [
                {"table": one.table, "column": one.column, "rule": one.rule.value, "count": one.count}
                for one in self.redactions
            ],
            "files": [
                {"file": one.name, "bytes": one.size, "sha256": one.sha256}
                | ({} if one.rows is None else {"rows": one.rows})
                for one in self.files
            ],
        }
