"""What is known of a live database, and what is proposed for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from houvast.datamap.model import NOT_PERSONAL
from houvast.datamap.promised import PromisedUse
from houvast.writing import Value


class LiveColumn(Protocol):
    """A column of the catalogue. Every `houvast.database` column fits."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def not_null(self) -> bool: ...
    @property
    def generated(self) -> str: ...
    @property
    def comment(self) -> str: ...


class LiveKey(Protocol):
    """A foreign key."""

    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def table(self) -> str: ...
    @property
    def target_columns(self) -> tuple[str, ...]: ...


class LiveTable(Protocol):
    """A table of the catalogue."""

    @property
    def name(self) -> str: ...
    @property
    def relname(self) -> str: ...
    @property
    def columns(self) -> Mapping[str, LiveColumn]: ...
    @property
    def key(self) -> tuple[str, ...]: ...
    @property
    def foreign_keys(self) -> Sequence[LiveKey]: ...
    @property
    def comment(self) -> str: ...


class Kind(Protocol):
    """A kind of people, with its words."""

    @property
    def label(self) -> Mapping[str, str]: ...


class DescribedCategory(Protocol):
    """A category with the words by which it is recognised."""

    @property
    def name(self) -> str: ...
    @property
    def of(self) -> tuple[str, ...]: ...
    @property
    def label(self) -> Mapping[str, str]: ...
    @property
    def fields(self) -> tuple[str, ...]: ...
    @property
    def dpv(self) -> tuple[str, ...]: ...


class DescribedTerm(Protocol):
    """A term, its event, and the law that demands it."""

    @property
    def category(self) -> str: ...
    @property
    def event(self) -> str: ...
    @property
    def statute(self) -> str: ...


class Described(Protocol):
    """What a proposal must know of a policy; every `houvast.policy.Policy` fits."""

    @property
    def name(self) -> str: ...
    @property
    def people(self) -> Mapping[str, Kind]: ...
    @property
    def categories(self) -> Mapping[str, DescribedCategory]: ...
    @property
    def purposes(self) -> Mapping[str, object]: ...
    @property
    def uses(self) -> Sequence[PromisedUse]: ...
    @property
    def terms(self) -> Sequence[DescribedTerm]: ...


@dataclass(frozen=True)
class Guess:
    """A value and why. Not `sure`: it is told and not taken, so that what it is about stays closed."""

    value: Value
    why: str
    sure: bool = True


@dataclass(frozen=True)
class TableGuess:
    """What is proposed for one table. `keys`: owner, events ...; without columns and keys it is one word."""

    name: str
    columns: Mapping[str, Guess] = field(default_factory=dict[str, Guess])
    keys: Mapping[str, Guess] = field(default_factory=dict[str, Guess])
    whole: Guess | None = None

    @property
    def closed(self) -> bool:
        """Nothing of it is sure."""
        return not (self.whole and self.whole.sure) and not any(one.sure for one in self.columns.values())

    @property
    def personal(self) -> tuple[str, ...]:
        """The columns that are proposed as personal."""
        return tuple(name for name, one in self.columns.items() if one.sure and one.value != NOT_PERSONAL)


@dataclass(frozen=True)
class Proposal:
    """Everything that a map lacks, by section of the file; tables in the order of their names."""

    head: Mapping[str, Guess] = field(default_factory=dict[str, Guess])
    subjects: Mapping[str, Guess] = field(default_factory=dict[str, Guess])
    circumstances: Mapping[str, Guess] = field(default_factory=dict[str, Guess])
    tables: Mapping[str, TableGuess] = field(default_factory=dict[str, TableGuess])
    logins: Mapping[str, Guess] = field(default_factory=dict[str, Guess])
    views: Mapping[str, Guess] = field(default_factory=dict[str, Guess])
    functions: Mapping[str, Guess] = field(default_factory=dict[str, Guess])
    materialised: Mapping[str, Guess] = field(default_factory=dict[str, Guess])
