"""From events to entries: what waits in the outbox is sealed and put in line, in one transaction."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from uuid import uuid4

from houvast.database import Connection
from houvast.evidence import rows
from houvast.evidence.entry import build
from houvast.evidence.rows import Event, Person, Row

TOLERANCE = timedelta(minutes=1)
"""Events of sessions side by side may be written down a little out of order."""


def take(connection: Connection, limit: int) -> tuple[int, int]:
    """Take the oldest events, at most `limit`, into the log; (how many, by how many minutes the clock was set back).

    In the transaction that is open. Raises EntryRefused for an event that is not as its kind says, which the database
    does not let in.
    """
    events = rows.waiting(connection, limit)
    if not events:
        return 0, 0
    ordered, minutes = with_clock(events, rows.last_time(connection))
    found = rows.secrets_of(connection, {one.person for one in ordered})
    made = list(entries(ordered, rows.size(connection), found))
    rows.file(connection, [row for row in made if row.event.id])
    rows.add(connection, [row for row in made if not row.event.id])
    return len(events), minutes


def entries(events: Iterable[Event], first: int, found: Mapping[Person, bytes]) -> Iterator[Row]:
    """The entries of these events, numbered from `first` on."""
    for index, one in enumerate(events, first):
        subject = ":".join(one.person) if one.person[0] else ""
        leaf = build(one.kind, one.at, one.nonce, one.promise, one.body, one.sealed, found[one.person], subject)
        yield Row(index, one, leaf)


def with_clock(events: Iterable[Event], last: datetime | None) -> tuple[list[Event], int]:
    """The events, with an entry before each that happened earlier than the one before it; and by how many minutes."""
    ordered: list[Event] = []
    most = 0
    for one in events:
        if last is not None and one.at < last - TOLERANCE:
            minutes = math.ceil((last - one.at) / timedelta(minutes=1))
            ordered.append(Event(uuid4(), one.at, "clock_set_back", "", {"minutes": minutes}, {}))
            most, last = max(most, minutes), one.at
        ordered.append(one)
        last = max(last, one.at) if last else one.at
    return ordered, most
