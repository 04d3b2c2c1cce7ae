"""The only SQL of this room: steps, who got data, marked documents. Each function takes the connection of whoever applies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from houvast.database import Connection, queries
from houvast.errors import HouvastError, UsageError
from houvast.policy.world import PersonKey
from houvast.systems.connector import Change, Counts, Needles, Remains
from houvast.systems.model import RIGHTS, Systems

_SQL = queries("houvast.systems", "steps.sql")


@dataclass(frozen=True)
class Step:
    """How far a system is, without whom it is about."""

    number: int
    request: int | None
    system: str
    what: str
    state: str
    found: int
    changed: int
    kept: int
    remains: int
    tries: int
    next_at: datetime
    error: str
    done_at: datetime | None
    sort: str
    label_nl: str
    label_en: str

    def label(self, language: str) -> str:
        """What people call the system."""
        return self.label_nl if language == "nl" else self.label_en

    @property
    def stands(self) -> str:
        """In one word: planned, waiting, again (it failed, and is tried again), running, asked, done."""
        return "again" if self.state == "waiting" and self.error else self.state

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {"step": self.number, "system": self.system, "what": self.what, "state": self.stands, "found": self.found,
                "changed": self.changed, "kept": self.kept, "remains": self.remains, "tries": self.tries,
                "error": self.error, "done": self.done_at.isoformat(timespec="seconds") if self.done_at else None}  # fmt: skip


@dataclass(frozen=True)
class Task:
    """A step that somebody does now."""

    number: int
    request: int | None
    person: PersonKey
    system: str
    what: str
    token: UUID
    tries: int
    needles: Needles
    change: Change | None


@dataclass(frozen=True)
class Given:
    """A recipient of a person's data. `since`: when it was first written down; None for one who always gets them."""

    name: str
    label_nl: str
    label_en: str
    since: datetime | None
    categories: tuple[str, ...]


@dataclass(frozen=True)
class Mark:
    """A document that keeps a value which was corrected elsewhere."""

    table: str
    column: str
    row: str
    corrected_at: datetime


def there(connection: Connection) -> bool:
    """Whether steps are kept in this database."""
    row = connection.execute(_SQL["there"]).fetchone()
    return bool(row and row[0])


def register(connection: Connection, systems: Systems) -> None:
    """Let the database know the systems of the file. Raises UsageError for one that is gone and still has to do something."""
    rows: list[dict[str, Any]] = [
        {"name": one.name, "sort": one.sort, "does": list(one.does), "kinds": list(one.kinds), "always": True,
         "label_nl": one.label.get("nl", one.name), "label_en": one.label.get("en", one.name)}
        for one in systems.systems.values()
    ]  # fmt: skip
    rows += [
        {"name": one.name, "sort": "recipient", "does": list(RIGHTS[1:]), "kinds": list(one.kinds), "always": one.always,
         "label_nl": one.label.get("nl", one.name), "label_en": one.label.get("en", one.name)}
        for one in systems.recipients.values()
    ]  # fmt: skip
    names = [row["name"] for row in rows]
    with connection.transaction():
        waits = [row[0] for row in connection.execute(_SQL["waited_for"], {"names": names}).fetchall()]
        if waits:
            raise UsageError(f"Requests still wait for {', '.join(waits)}, which systems.yaml does not name any more.",
                             todo="Put it back until they are done: houvast systems.")  # fmt: skip
        connection.execute(_SQL["forget"], {"names": names})
        for row in rows:
            connection.execute(_SQL["register"], row)


def listed(connection: Connection) -> tuple[str, ...]:
    """The names of the systems that the database knows."""
    return tuple(row[0] for row in connection.execute(_SQL["listed"]).fetchall())


def steps(connection: Connection, request: int) -> tuple[Step, ...]:
    """The steps of a request."""
    return tuple(Step(*row) for row in connection.execute(_SQL["steps"], {"request": request}).fetchall())


def unfinished(connection: Connection) -> tuple[Step, ...]:
    """Every step that is not done."""
    return tuple(Step(*row) for row in connection.execute(_SQL["open"]).fetchall())


def due(connection: Connection, request: int | None = None) -> tuple[int, ...]:
    """The numbers of steps that can be tried now."""
    return tuple(row[0] for row in connection.execute(_SQL["due"], {"request": request}).fetchall())


def begin(connection: Connection, number: int) -> Task | None:
    """Take a step on; None when somebody else does it, or it is not to be done now. `let` gives it free."""
    held = connection.execute(_SQL["hold"], {"id": number}).fetchone()
    if not (held and held[0]):
        return None
    row = connection.execute(_SQL["begin"], {"id": number}).fetchone()
    if row is None:
        let(connection, number)
        return None
    return _task(connection, row)


def _task(connection: Connection, row: Sequence[Any]) -> Task:
    number, request, kind, key, system, what, token, tries = row
    identifiers: dict[str, tuple[str, ...]] = {}
    others: dict[str, str] = {}
    for role, sort, value in connection.execute(_SQL["values"], {"id": number}).fetchall():
        if role == "identifier":
            identifiers[sort] = (*identifiers.get(sort, ()), value)
        else:
            others[role] = value
    change = Change(others.get("category", ""), others["old"], others.get("new", "")) if "old" in others else None
    return Task(number, request, (kind, key), system, what, token, tries, Needles((kind, key), identifiers), change)


def let(connection: Connection, number: int) -> None:
    """Give a step free for others."""
    connection.execute(_SQL["let"], {"id": number})


def done(connection: Connection, number: int, counts: Counts) -> None:
    """A step is done and was looked at."""
    connection.execute(
        _SQL["done"], {"id": number, "found": counts.found, "changed": counts.changed, "kept": counts.kept}
    )


def later(
    connection: Connection, number: int, error: str, counts: Counts | None, remains: Remains | None = None
) -> None:
    """A step is tried again, later each time."""
    had = counts or Counts(0, 0)
    connection.execute(_SQL["later"], {"id": number, "error": error[:200], "found": had.found, "changed": had.changed,
                                       "kept": had.kept, "remains": remains.count if remains else 0})  # fmt: skip


def asked(connection: Connection, number: int) -> None:
    """A service answers later."""
    connection.execute(_SQL["asked"], {"id": number})


def read(connection: Connection, request: int, system: str, found: int) -> None:
    """What a system holds stands in a copy."""
    connection.execute(_SQL["read"], {"request": request, "system": system, "found": found})


def unread(connection: Connection, request: int, system: str, error: str) -> None:
    """A system could not be read for a copy."""
    connection.execute(_SQL["unread"], {"request": request, "system": system, "error": error[:200]})


def told_by_hand(connection: Connection, number: int) -> None:
    """One of the staff told a recipient. Raises UsageError when there is no such step of a recipient that waits."""
    if connection.execute(_SQL["told_by_hand"], {"id": number}).fetchone() is None:
        raise UsageError(f"Nobody is to be told in step {number}.", todo="houvast request show lists the steps.")


def again(connection: Connection) -> None:
    """Whatever waits is tried at once."""
    connection.execute(_SQL["again"])


def given_to(connection: Connection, person: PersonKey) -> tuple[Given, ...]:
    """Who got data of a person (GDPR art. 15(1)(c))."""
    rows = connection.execute(_SQL["recipients_of"], {"kind": person[0], "key": person[1]}).fetchall()
    return tuple(Given(name, nl, en, since, tuple(categories)) for name, nl, en, since, categories in rows)


def disclose(connection: Connection, person: PersonKey, recipient: str, categories: Iterable[str]) -> None:
    """Write down that a recipient got data of a person."""
    connection.execute(
        _SQL["disclose"], {"who": ":".join(person), "recipient": recipient, "categories": list(categories)}
    )


def marks(connection: Connection, person: PersonKey) -> tuple[Mark, ...]:
    """Documents of a person that keep a value which was corrected elsewhere."""
    return tuple(
        Mark(*row) for row in connection.execute(_SQL["marks"], {"kind": person[0], "key": person[1]}).fetchall()
    )


@dataclass(frozen=True)
class Hook:
    """A signed message of a service, as it came."""

    system: str
    number: str
    sent_at: int
    signature: str
    body: str


def hooks(connection: Connection) -> tuple[Hook, ...]:
    """Messages that wait to be looked at."""
    return tuple(Hook(*row) for row in connection.execute(_SQL["hooks"]).fetchall())


def taken(connection: Connection, hook: Hook) -> None:
    """A message was looked at."""
    connection.execute(_SQL["hook_taken"], {"system": hook.system, "number": hook.number})


def refused(connection: Connection, hook: Hook) -> None:
    """A message was not signed: it is as if it had not come."""
    connection.execute(_SQL["hook_refused"], {"system": hook.system, "number": hook.number})


def forget_hooks(connection: Connection) -> None:
    """Numbers of messages that nobody can send again go."""
    connection.execute(_SQL["hooks_forgotten"])


def answered(connection: Connection, system: str, token: UUID) -> Task | None:
    """The step that a message answers, taken on; None when none waits for it, or somebody else does it."""
    row = connection.execute(_SQL["hook_answers"], {"system": system, "token": token}).fetchone()
    if row is None:
        return None
    held = connection.execute(_SQL["hold"], {"id": row[0]}).fetchone()
    if not (held and held[0]):
        return None
    connection.execute(_SQL["resume"], {"id": row[0]})
    return _task(connection, row)


def hand_over(connection: Connection, request: int, address: str, by: str) -> None:
    """Write down where a person wants their data sent."""
    connection.execute(_SQL["hand_over"], {"request": request, "address": address, "by": by})


def approve_address(connection: Connection, request: int, by: str) -> None:
    """Another of the staff approves it. Raises UsageError when nothing was written down."""
    if connection.execute(_SQL["approve_address"], {"request": request, "by": by}).fetchone() is None:
        raise UsageError(f"Nobody wrote down where the data of request {request} go.", todo="Give --to URL first.")


def handover(connection: Connection, request: int) -> tuple[str, PersonKey, str]:
    """(address, person, language) of what may be sent now. Raises UsageError."""
    row = connection.execute(_SQL["handover"], {"request": request}).fetchone()
    if row is None:
        raise UsageError(
            f"The data of request {request} may not be sent: nobody approved where to, or they were sent (promise G07).",
            todo="Write the address down with --to URL; let another of the staff approve it with --approve.",
        )
    return row[0], (row[1], row[2]), row[3]


def handed_over(connection: Connection, request: int, sha256: str) -> None:
    """They were sent."""
    connection.execute(_SQL["handed_over"], {"request": request, "sha256": sha256})


class Waiting(HouvastError):
    """A request waits for a system; nothing failed, and it goes on by itself."""

    code = "waiting"
