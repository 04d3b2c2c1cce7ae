"""The only SQL of the log. Whoever calls is the keeper of Houvast's tables, or may become it (`keeping`)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, LiteralString
from uuid import UUID

from houvast.database import Connection, queries
from houvast.evidence.kinds import kind as kind_of

_SQL = queries("houvast.evidence", "rows.sql")
AT_ONCE = 8192
"""So many leaves are asked for at a time: whole tiles, some megabytes."""
FILED_AT_ONCE = 2048
"""So many events are moved at a time; each is 20 kB at most, and most are much shorter."""
SECRET_BYTES = 32
Person = tuple[str, str]
"""(kind, key) of a data subject; ("", "") is nobody."""


@dataclass(frozen=True)
class Event:
    """What happened and waits to be taken into the log. `at`: aware; `person`: ("", "") for nobody; `id`: of its row
    in the outbox, 0 when it has none."""

    nonce: UUID
    at: datetime
    kind: str
    promise: str
    body: Mapping[str, Any]
    sealed: Mapping[str, Any]
    person: Person = ("", "")
    id: int = 0


@dataclass(frozen=True)
class Row:
    """An entry as the database keeps it. `sealed`: None where what opens it is not known, or erased."""

    index: int
    event: Event
    leaf: bytes
    opened: bool = True


@dataclass(frozen=True)
class Signed:
    """A checkpoint that was signed here."""

    size: int
    root: bytes
    note: str
    made_at: datetime


@dataclass(frozen=True)
class Standing:
    """How the log stands. `oldest`: since when the oldest event waits; `size`: under the newest checkpoint."""

    waiting: int
    oldest: datetime | None
    entries: int
    size: int
    made_at: datetime | None


def there(connection: Connection) -> bool:
    """Whether the log's tables are in this database."""
    return bool(_value(connection, _SQL["there"]))


def tell(
    connection: Connection,
    kind: str,
    body: Mapping[str, object],
    *,
    promise: str = "",
    sealed: Mapping[str, object] | None = None,
    person: Person = ("", ""),
) -> None:
    """Write down that something happened, in the transaction that is open. Raises EntryRefused for no such kind."""
    kind_of(kind).check(body, sealed or {})
    connection.execute(_SQL["tell"], {
        "kind": kind, "promise": promise, "body": json.dumps(dict(body)), "sealed": json.dumps(dict(sealed or {})),
        "subject_kind": person[0] or None, "subject_key": person[1] or None,
    })  # fmt: skip


def unpublished(connection: Connection) -> int:
    """How many events and entries are in no store yet; 0 where there is no log."""
    return int(_value(connection, _SQL["unpublished"])) if there(connection) else 0


def hold_events(connection: Connection) -> None:
    """Let no event in until the end of the transaction that is open."""
    if there(connection):
        connection.execute(_SQL["wait_for_sequencer"])
        connection.execute(_SQL["hold_events"])


def try_lock(connection: Connection) -> bool:
    """Be the only sequencer, until `unlock` or the end of the connection."""
    return bool(_value(connection, _SQL["lock"]))


def unlock(connection: Connection) -> None:
    """Let another one work."""
    connection.execute(_SQL["unlock"])


def answers(connection: Connection) -> bool:
    """Whether a connection is open and not in a transaction that has failed."""
    return not connection.closed and connection.info.transaction_status.name != "INERROR"


@contextmanager
def keeping(connection: Connection) -> Generator[None]:
    """Be the keeper of Houvast's tables within the block, and the login again after it."""
    connection.execute(_SQL["become_keeper"])
    try:
        yield
    finally:
        if answers(connection):
            connection.execute(_SQL["resign"])


def is_due(connection: Connection) -> bool:
    """Whether anything waits to be taken or published. Quick."""
    return bool(_value(connection, _SQL["is_due"]))


def size(connection: Connection) -> int:
    """How many entries there are."""
    return int(_value(connection, _SQL["size"]))


def last_time(connection: Connection) -> datetime | None:
    """When the last entry happened."""
    return _value(connection, _SQL["last_time"])


def last_checkpoints(connection: Connection) -> tuple[Signed, ...]:
    """The two newest checkpoints, newest first."""
    return tuple(Signed(*row) for row in connection.execute(_SQL["last_checkpoints"]).fetchall())


def root_at(connection: Connection, at: int) -> bytes | None:
    """The root that was signed at a size; None when none was."""
    found = _value(connection, _SQL["root_at"], (at,))
    return bytes(found) if found is not None else None


def waiting(connection: Connection, limit: int) -> list[Event]:
    """The oldest events, at most `limit`; calls that were refused meanwhile become events first."""
    connection.execute(_SQL["gather"])
    rows = connection.execute(_SQL["waiting"], (limit,)).fetchall()
    return [
        Event(nonce, at, kind, promise, _read(body), json.loads(sealed), (who or "", key or ""), id=number)
        for number, nonce, at, kind, promise, body, sealed, who, key in rows
    ]


@lru_cache(1024)
def _read(body: str) -> Mapping[str, Any]:
    """A body as JSON; there are few that differ."""
    return MappingProxyType(json.loads(body))


def secrets_of(connection: Connection, persons: Iterable[Person]) -> Mapping[Person, bytes]:
    """The secret of each of these people, made where there is none yet."""
    wanted = sorted(set(persons))
    found = _secrets(connection, wanted)
    if fresh := [one for one in wanted if one not in found]:
        made = [secrets.token_bytes(SECRET_BYTES) for _ in fresh]
        connection.execute(_SQL["make_secrets"], ([one[0] for one in fresh], [one[1] for one in fresh], made))
        found |= _secrets(connection, fresh)
    return found


def _secrets(connection: Connection, persons: Sequence[Person]) -> dict[Person, bytes]:
    asked = [one[0] for one in persons], [one[1] for one in persons]
    return {(row[0], row[1]): bytes(row[2]) for row in connection.execute(_SQL["secrets"], asked).fetchall()}


def secret_of(connection: Connection, person: Person) -> bytes | None:
    """The secret of a person; None when nothing was sealed for them, or it was destroyed."""
    found = _value(connection, _SQL["secret"], person)
    return bytes(found) if found is not None else None


def file(connection: Connection, rows: Sequence[Row]) -> None:
    """Move events out of the outbox into the log's table. Raises RuntimeError when one is not there any more."""
    for first in range(0, len(rows), FILED_AT_ONCE):
        some = rows[first : first + FILED_AT_ONCE]
        done = connection.execute(_SQL["file"], {
            "ids": ",".join(str(row.event.id) for row in some), "indexes": ",".join(str(row.index) for row in some),
            "leaves": b"\n".join(row.leaf for row in some).decode(),  # JSON has no line ends of its own
        })  # fmt: skip
        if done.rowcount != len(some):
            raise RuntimeError("An event that was read is not in the outbox any more.")


def add(connection: Connection, rows: Iterable[Row]) -> None:
    """Put entries into the log's table that were in no outbox."""
    with connection.cursor() as cursor, cursor.copy(_SQL["copy"]) as copy:
        for row in rows:
            one = row.event
            copy.write_row((
                row.index, one.nonce, one.at, one.kind, one.promise, json.dumps(one.body), row.leaf.decode(),
                json.dumps(one.sealed) if row.opened else None, one.person[0] or None, one.person[1] or None,
            ))  # fmt: skip


def leaves(connection: Connection, start: int, stop: int) -> Iterator[bytes]:
    """The canonical bytes of entries start..stop-1, in order."""
    for first in range(start, stop, AT_ONCE):
        found = connection.execute(_SQL["leaves"], (first, min(first + AT_ONCE, stop))).fetchall()
        yield from (row[0].encode() for row in found)


def drop_known(connection: Connection) -> int:
    """Drop events that are in the log already; how many."""
    return connection.execute(_SQL["drop_known"]).rowcount


def checkpoint(connection: Connection, at: int, root: bytes, note: str) -> None:
    """Keep what was signed."""
    connection.execute(_SQL["checkpoint"], (at, root, note))


def between(connection: Connection, start: datetime, stop: datetime) -> tuple[int, int]:
    """The entries (from, up to) of what happened from one aware moment until another."""
    row = connection.execute(_SQL["between"], {"start": start, "stop": stop}).fetchone() or (0, 0)
    return int(row[0]), max(int(row[0]), int(row[1]))


def of_person(connection: Connection, person: Person) -> list[tuple[int, bytes, Mapping[str, Any] | None]]:
    """(index, leaf, what its sealed fields hold) of the entries about a person, oldest first."""
    rows = connection.execute(_SQL["of_person"], person).fetchall()
    return [(row[0], row[1].encode(), row[2]) for row in rows]


def standing(connection: Connection) -> Standing:
    """How the log stands."""
    row = connection.execute(_SQL["status"]).fetchone() or (0, None, 0, None, None)
    return Standing(row[0], row[1], row[2], row[3] or 0, row[4])


def _value(connection: Connection, query: LiteralString, values: Sequence[object] = ()) -> Any:  # noqa: ANN401
    row = connection.execute(query, values or None).fetchone()
    return row[0] if row else None
