"""What `systems.yaml` says, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from houvast.errors import NOWHERE, Place

SORTS = ("database", "files", "service")
RIGHTS = ("access", "rectification", "erasure", "restriction", "lifting")
"""What a system, or a recipient, can be asked to do."""
KEY = "key"
"""In `person:`, the number by which our own database knows somebody."""
FORMS = ("mbox", "mail", "text", "any")
"""mbox: many messages in a file; mail: a message a file (Maildir, .eml); text and any: files, whole."""

Label: TypeAlias = Mapping[str, str]
Path: TypeAlias = tuple[str, ...]
"""A column; or foreign-key columns to follow, the last one a column."""


@dataclass(frozen=True)
class Secret:
    """Where a URL or a key comes from: written in the file, or in a variable of the environment."""

    text: str = ""
    variable: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True)
class Table:
    """A table of a database. `person`: identifier or `key` -> the way to the column that holds it.

    `columns`: column -> category, "" for not personal. `blank`: the columns that `anonymise` empties.
    `because`: the law that keeps rows, with `erasure: keep`.
    """

    name: str
    person: Mapping[str, Path]
    columns: Mapping[str, str]
    erasure: str = "delete"
    blank: tuple[str, ...] = ()
    because: str = ""
    place: Place = NOWHERE
    places: Mapping[str, Place] = field(default_factory=dict[str, Place], compare=False, repr=False)


@dataclass(frozen=True)
class System:
    """One system. `kinds`: of which people; () = all. What does not belong to its `sort` is empty.

    `closed`: tables without personal data; `holds`: categories in files, or at a service; `erasure` of files: delete
    or redact; `callback`: whether a service answers later.
    """

    name: str
    sort: str
    label: Label
    url: Secret
    kinds: tuple[str, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict[str, Table])
    closed: tuple[str, ...] = ()
    form: str = "any"
    holds: tuple[str, ...] = ()
    erasure: str = "delete"
    because: str = ""
    sign: Secret = Secret()
    does: tuple[str, ...] = RIGHTS[:3]
    place: Place = NOWHERE
    places: Mapping[str, Place] = field(default_factory=dict[str, Place], compare=False, repr=False)


@dataclass(frozen=True)
class Recipient:
    """Somebody who got data from us. `role`: the policy's name for such recipients; `always`: of everybody.

    Told by a signed message to `url`, or by mail to `mail`; by hand when there is neither.
    """

    name: str
    role: str
    label: Label
    data: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    always: bool = True
    url: Secret = Secret()
    sign: Secret = Secret()
    mail: str = ""
    language: str = "nl"
    place: Place = NOWHERE
    places: Mapping[str, Place] = field(default_factory=dict[str, Place], compare=False, repr=False)


@dataclass(frozen=True)
class Systems:
    """Everything in the file. `receivers`: to which addresses data may be handed over, beside those approved one by one."""

    systems: Mapping[str, System] = field(default_factory=dict[str, System])
    recipients: Mapping[str, Recipient] = field(default_factory=dict[str, Recipient])
    receivers: tuple[str, ...] = ()
    place: Place = NOWHERE
