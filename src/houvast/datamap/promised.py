"""What a data map must know of a policy: names, and which of them go together.

The room `datamap` does not know the room `policy`; every `houvast.policy.Policy` fits `Promised`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class PromisedCategory(Protocol):
    """A category and its fields; `given_for`: each value is used only for what it was given for."""

    @property
    def given_for(self) -> bool: ...
    @property
    def fields(self) -> Sequence[str]: ...


class PromisedPurpose(Protocol):
    """A purpose; `one`: "", "person" or "case"; `volume`: how much one login may open, None = it does not say."""

    @property
    def one(self) -> str: ...
    @property
    def volume(self) -> object | None: ...


class PromisedUse(Protocol):
    """A use with its conditions."""

    @property
    def id(self) -> str: ...
    @property
    def categories(self) -> tuple[str, ...]: ...
    @property
    def purposes(self) -> tuple[str, ...]: ...
    @property
    def actions(self) -> Sequence[str]: ...
    @property
    def while_(self) -> tuple[tuple[str, ...], ...]: ...
    @property
    def form(self) -> str: ...


class PromisedTerm(Protocol):
    """A term and the event that it counts from."""

    @property
    def category(self) -> str: ...
    @property
    def event(self) -> str: ...


class Promised(Protocol):
    """One version of a policy."""

    @property
    def name(self) -> str: ...
    @property
    def people(self) -> Mapping[str, object]: ...
    @property
    def categories(self) -> Mapping[str, PromisedCategory]: ...
    @property
    def purposes(self) -> Mapping[str, PromisedPurpose]: ...
    @property
    def uses(self) -> Sequence[PromisedUse]: ...
    @property
    def terms(self) -> Sequence[PromisedTerm]: ...
