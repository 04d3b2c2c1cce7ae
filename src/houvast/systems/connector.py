"""What every system can be asked, whatever it is; and why it does not answer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from houvast.errors import HouvastError, UsageError
from houvast.policy.world import PersonKey
from houvast.systems.model import Secret, System

SHORTEST = 5
"""Values of fewer characters are found in too much to mean somebody."""


class Away(HouvastError):
    """A system does not answer now; nothing was done there, or all of it, and it is tried again."""

    code = "system-away"


class Unfit(HouvastError):
    """A system is not as `systems.yaml` says, so that nothing can be done there that would be whole."""

    code = "system-unfit"


@dataclass(frozen=True)
class Needles:
    """By what a person is found: our number, and values by their sort (email, phone, login ...)."""

    person: PersonKey
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    @property
    def texts(self) -> tuple[str, ...]:
        """The values that are long enough to be looked for anywhere; each once."""
        every = (value.strip() for values in self.values.values() for value in values)
        return tuple(dict.fromkeys(value for value in every if len(value) >= SHORTEST))


Cells: TypeAlias = tuple[str | None, ...]


@dataclass(frozen=True)
class Part:
    """Something about a person in a system: rows of a table, or messages; each row as texts. `categories`: of columns."""

    name: str
    columns: tuple[str, ...]
    categories: tuple[str, ...]
    rows: tuple[Cells, ...]


@dataclass(frozen=True)
class Counts:
    """How many rows, messages or files were about the person; how many changed or went; how many stay by law."""

    found: int
    changed: int
    kept: int = 0


@dataclass(frozen=True)
class Change:
    """A value that was wrong, what is right, and which data it is."""

    category: str
    old: str
    new: str


@dataclass(frozen=True)
class Remains:
    """Where something was found by the search afterwards: place -> how often. `kept`: what a law keeps. `unread`: what
    could not be looked into, and why. `closed`: kinds of files in which no text is looked for -> how many."""

    places: Mapping[str, int]
    kept: Mapping[str, int] = field(default_factory=dict[str, int])
    unread: Mapping[str, str] = field(default_factory=dict[str, str])
    closed: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def count(self) -> int:
        """How often in all, of what should not be there."""
        return sum(self.places.values())


class Connector(Protocol):
    """A way to one system. Every method raises Away, when it does not answer, and Unfit."""

    def look(self) -> None:
        """Whether it can be reached and is as the file says."""
        ...

    def read(self, needles: Needles) -> Iterator[Part]:
        """Everything about a person."""
        ...

    def erase(self, needles: Needles) -> Counts | None:
        """Erase a person: all of it or nothing, again and again. None: it says later."""
        ...

    def correct(self, needles: Needles, change: Change) -> Counts | None:
        """Put what is right where the old value of this person stands. None: it says later."""
        ...

    def remaining(self, needles: Needles) -> Remains:
        """Search for a person, by ways that share nothing with `erase`."""
        ...


def connector(system: System, home: Path, token: str = "") -> Connector:
    """The way to a system. `home`: where Houvast keeps what it makes; `token`: of the step, which a service gives back.

    Raises UsageError when a library is not installed, Unfit when a variable is not set.
    """
    url = found(system.url, f"system `{system.name}`").replace("{home}", str(home))
    try:
        if system.sort == "database":
            from houvast.systems.tables import Database

            return Database(system, url)
        if system.sort == "files":
            from houvast.systems.files import Folder

            return Folder(system, url)
    except ImportError as error:
        raise UsageError(
            f"System `{system.name}` needs a library that is not installed ({error.name}).",
            todo="pip install 'houvast[systems]', and the driver of its database.",
        ) from None
    from houvast.systems.service import Service

    return Service(system, url, found(system.sign, f"system `{system.name}`"), token)


def found(secret: Secret, of: str) -> str:
    """A text of the file, or of the environment. Raises Unfit when the variable is not set."""
    if not secret.variable:
        return secret.text
    text = os.environ.get(secret.variable, "")
    if not text:
        raise Unfit(f"The variable {secret.variable} of {of} is not set.", todo="Set it where houvast runs.")
    return text
