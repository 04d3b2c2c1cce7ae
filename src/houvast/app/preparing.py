"""What people asked in their session is made for them: copies, the plan of an erasure, receipts; and what one of the
staff asked to see of a copy before it goes out (`showing`).

The row in the database is the job: it names whom, so that nothing else does; killed at any moment, the next worker
begins it again. What is made lies in the database, for the session or the use that asked alone, until that ends.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from houvast.app.copying import copy_to
from houvast.app.erasing import planned
from houvast.app.handing_out import receipts
from houvast.app.showing import show
from houvast.app.target import Target
from houvast.database import Connection, DatabaseError, queries
from houvast.errors import HouvastError
from houvast.systems.store import Waiting

TRIES = 3
"""How often something is tried before it is said that it cannot be made."""
_SQL = queries("houvast.app", "preparing.sql")


@dataclass(frozen=True)
class Round:
    """How many things were made, and how many cannot be; `trouble`: the last error."""

    made: int = 0
    failed: int = 0
    trouble: HouvastError | DatabaseError | OSError | None = None


def there(connection: Connection) -> bool:
    """Whether a policy is kept here under which things are made for people."""
    return _yes(connection, "there")


def alone(connection: Connection) -> bool:
    """Be the one who makes things, as long as this connection lives; False when somebody else is."""
    return _yes(connection, "alone")


def sweep(connection: Connection) -> None:
    """Take away what had its time, and what was made for sessions that have ended."""
    connection.execute(_SQL["sweep"])
    if _yes(connection, "shows") and _yes(connection, "sweep_shown"):
        connection.execute(_SQL["clean_shown"])


def make(target: Target, connection: Connection) -> Round:
    """Make everything that waits."""
    made = failed = 0
    trouble: HouvastError | DatabaseError | OSError | None = None
    for job in _waiting(target, connection):
        try:
            job.do()
            made += 1
        except (HouvastError, DatabaseError, OSError) as error:
            trouble = error
            if connection.closed:
                raise
            if isinstance(error, Waiting):  # another system is away; the page shows that it is still being made
                trouble = None
                continue
            if job.tries >= TRIES:
                job.fail()
                failed += 1
    return Round(made, failed, trouble)


@dataclass(frozen=True)
class _Job:
    tries: int
    do: Callable[[], object]
    fail: Callable[[], object]


def _waiting(target: Target, connection: Connection) -> Iterator[_Job]:
    """What waits: first what people asked for, then what one of the staff asked to see."""

    def make_one(number: UUID, person: str, what: str, language: str) -> None:
        connection.execute(_SQL["made"], (MAKERS[what](target, person, language), number))

    while row := connection.execute(_SQL["next"]).fetchone():
        number, kind, key, what, language, tries = row
        yield _Job(tries, partial(make_one, number, f"{kind}:{key}", what, language),
                   partial(connection.execute, _SQL["failed"], (number,)))  # fmt: skip
    while _yes(connection, "shows") and (row := connection.execute(_SQL["next_shown"]).fetchone()):
        use, person, right, language, tries = row
        yield _Job(tries, partial(show, target, connection, use, person, right, language),
                   partial(connection.execute, _SQL["not_shown"], (use,)))  # fmt: skip


def _copy(target: Target, person: str, language: str, *, portable: bool = False) -> bytes:
    with tempfile.TemporaryDirectory(prefix="houvast-") as folder:  # only its user enters it
        out = Path(folder) / "copy.zip"
        copy_to(target, person, out, language=language, portable=portable)
        return out.read_bytes()


def _portable(target: Target, person: str, language: str) -> bytes:
    return _copy(target, person, language, portable=True)


def _plan(target: Target, person: str, _language: str) -> bytes:
    return _json(planned(target, person).to_json())


def _receipts(target: Target, person: str, _language: str) -> bytes:
    found, waiting = receipts(target, person)
    told = [{"index": one.index, "opened": one.opened, "text": one.text} for one in found]
    return _json({"receipts": told, "waiting": waiting})


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode()


def _yes(connection: Connection, name: str) -> bool:
    row: tuple[Any, ...] | None = connection.execute(_SQL[name]).fetchone()
    return bool(row and row[0])


MAKERS: Mapping[str, Callable[[Target, str, str], bytes]] = {
    "access": _copy,
    "portability": _portable,
    "plan": _plan,
    "receipts": _receipts,
}
"""What can be made for a person: how, in which language."""
