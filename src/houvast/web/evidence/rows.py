"""What the pages may read of the log in the database: the public fields of its entries, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

from houvast.database import Connection, queries

MANY = 50
"""Entries on a page."""
_SQL = queries("houvast.web", "evidence.sql")
_LAST = 2**62
_CONDITIONS: Mapping[str, LiteralString] = {
    "kind": " AND kind = %(kind)s",
    "promise": " AND promise = %(promise)s AND promise <> ''",
    "since": " AND minute >= %(since)s AND minute < %(until)s",
}


@dataclass(frozen=True)
class Entry:
    """An entry without what is sealed in it. `at`: aware, to the minute; `leaf`: its canonical bytes, b"" in a list."""

    index: int
    at: datetime
    kind: str
    promise: str
    body: Mapping[str, Any]
    leaf: bytes = b""


@dataclass(frozen=True)
class Standing:
    """How the log stands in the database. `waiting`: events not taken yet, the oldest since `oldest`.

    `size`: entries under the newest checkpoint, which was made at `made_at`.
    """

    waiting: int
    oldest: datetime | None
    entries: int
    size: int
    made_at: datetime | None

    @property
    def unsigned(self) -> int:
        """How many events and entries are under no checkpoint yet."""
        return self.waiting + self.entries - self.size


@dataclass(frozen=True)
class Search:
    """What is looked for; "" and None are everything. `since` <= time < `until`, aware; `before`: a number."""

    kind: str = ""
    promise: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def standing(connection: Connection) -> Standing | None:
    """How the log stands; None where no policy was applied."""
    if connection.execute(_SQL["there"]).fetchone() != (True,):
        return None
    waiting, oldest, entries, size, made_at = connection.execute(_SQL["standing"]).fetchone() or (0, None, 0, 0, None)
    return Standing(waiting, _aware(oldest) if oldest else None, entries, size, made_at)


def search(connection: Connection, wanted: Search) -> tuple[Entry, ...]:
    """The newest entries that fit, newest first: one more than a page when there are older ones."""
    first, last = span(connection, wanted.since, wanted.until) if wanted.since else (0, _LAST)
    given = {"kind": bool(wanted.kind), "promise": bool(wanted.promise), "since": wanted.since is not None}
    query = _SQL["search"]
    for name, condition in _CONDITIONS.items():
        query += condition if given[name] else ""
    values = {
        "first": first, "last": min(last, _LAST if wanted.before is None else wanted.before - 1), "kind": wanted.kind,
        "promise": wanted.promise, **_times(wanted.since, wanted.until), "many": MANY + 1,
    }  # fmt: skip
    rows = connection.execute(query + " ORDER BY index DESC LIMIT %(many)s", values).fetchall()
    return tuple(Entry(row[0], _aware(row[1]), *row[2:]) for row in rows)


def span(connection: Connection, since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """The first and the last entry within a time, both included; (0, -1) when there is none."""
    row = connection.execute(_SQL["bounds"], _times(since, until)).fetchone()
    return (0, -1) if row is None or row[0] is None else (row[0], row[1])


def one(connection: Connection, index: int) -> Entry | None:
    """An entry by its number."""
    row = connection.execute(_SQL["one"], (index,)).fetchone()
    return Entry(row[0], _aware(row[1]), *row[2:5], leaf=row[5].encode()) if row else None


def tell_export(connection: Connection, role: str, first: int, last: int) -> None:
    """Tell the log that its entries `first` to `last` are taken along by somebody in a role."""
    connection.execute(_SQL["tell_export"], (role, first, last))


def _times(since: datetime | None, until: datetime | None) -> dict[str, object]:
    """As the database keeps minutes: in UTC, without a zone."""
    return {
        "since": since.astimezone(UTC).replace(tzinfo=None) if since else "-infinity",
        "until": until.astimezone(UTC).replace(tzinfo=None) if until else "infinity",
    }


def _aware(minute: datetime) -> datetime:
    return minute.replace(tzinfo=UTC)
