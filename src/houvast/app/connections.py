"""What else holds data, as the file, the database and the systems have it; and what staff write down about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from houvast.app.handing_out import person_of
from houvast.app.places import home
from houvast.app.recording import said
from houvast.app.target import Target
from houvast.errors import DatabaseRefusal, HouvastError, UsageError
from houvast.reading import did_you_mean
from houvast.systems import connector, store
from houvast.systems.connector import found
from houvast.systems.model import Table
from houvast.systems.service import asked


@dataclass(frozen=True)
class Connection:
    """A system, or a recipient (`sort`). `wrong`: why it cannot be used now; "" when it can, None when nobody tried."""

    name: str
    sort: str
    label: str
    data: tuple[str, ...]
    waiting: int
    wrong: str | None = None

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {"name": self.name, "sort": self.sort, "label": self.label, "data": list(self.data),
                "waiting": self.waiting, "wrong": self.wrong}  # fmt: skip


def connections(target: Target, *, language: str = "en", reach: bool = False) -> tuple[Connection, ...]:
    """Every system and recipient of the file; `reach`: try each. Registers in the database what the file names."""
    systems = target.project.systems
    with target.connect() as connection:
        if not store.there(connection):
            raise DatabaseRefusal("No policy was applied to this database.", todo="Apply it: houvast apply")
        if reach:
            store.register(connection, systems)
        waiting = [step.system for step in store.unfinished(connection)]
    made = [
        Connection(one.name, one.sort, one.label.get(language, one.name), one.holds or _held(one.tables.values()),
                   waiting.count(one.name), _tried(target, one.name) if reach else None)
        for one in systems.systems.values()
    ]  # fmt: skip
    made += [
        Connection(one.name, "recipient", one.label.get(language, one.name), one.data, waiting.count(one.name),
                   _tried(target, one.name) if reach else None)
        for one in systems.recipients.values()
    ]  # fmt: skip
    return tuple(made)


def _held(tables: Iterable[Table]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for table in tables for one in table.columns.values() if one))


def _tried(target: Target, name: str) -> str:
    systems = target.project.systems
    try:
        if name in systems.systems:
            connector(systems.systems[name], home()).look()
        else:
            one = systems.recipients[name]
            url = found(one.url, f"recipient `{name}`").replace("{home}", str(home()))
            if url:
                asked(url, found(one.sign, f"recipient `{name}`"), f"recipient `{name}`", "", "ping", {})
            elif not one.mail:
                return "it is told by hand"
    except HouvastError as error:
        return said(error)
    return ""


def disclosed(target: Target, person: str, recipient: str, categories: Sequence[str]) -> None:
    """Write down that a recipient got data of a person. Raises UsageError, DatabaseRefusal."""
    known = target.project.systems.recipients
    if recipient not in known:
        raise UsageError(f"systems.yaml has no recipient `{recipient}`.", todo=did_you_mean(recipient, tuple(known)))
    strange = [one for one in categories if one not in known[recipient].data]
    if strange:
        raise UsageError(f"`{recipient}` may not get {', '.join(strange)} (promise C25).",
                         todo=f"It gets: {', '.join(known[recipient].data)}.")  # fmt: skip
    whom = person_of(target, person)
    with target.connect() as connection:
        store.disclose(connection, whom, recipient, categories or known[recipient].data)


def told(target: Target, step: int) -> None:
    """Write down that one of the staff told a recipient. Raises UsageError."""
    with target.connect() as connection:
        store.told_by_hand(connection, step)
