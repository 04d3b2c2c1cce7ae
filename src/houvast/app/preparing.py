"""What people asked in their session is made for them: copies, the plan of an erasure, receipts.

The row in the database is the job: it names whom, so that nothing else does; killed at any moment, the next worker
begins it again. What is made lies in the database, for the session that asked alone, until that ends.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from houvast.app.copying import copy_to
from houvast.app.erasing import planned
from houvast.app.handing_out import receipts
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


def make(target: Target, connection: Connection) -> Round:
    """Make everything that waits."""
    made = failed = 0
    trouble: HouvastError | DatabaseError | OSError | None = None
    while row := connection.execute(_SQL["next"]).fetchone():
        number, kind, key, what, language, tries = row
        try:
            content = MAKERS[what](target, f"{kind}:{key}", language)
            connection.execute(_SQL["made"], (content, number))
            made += 1
        except (HouvastError, DatabaseError, OSError) as error:
            trouble = error
            if connection.closed:
                raise
            if isinstance(error, Waiting):  # another system is away; the page shows that it is still being made
                trouble = None
                continue
            if tries >= TRIES:
                connection.execute(_SQL["failed"], (number,))
                failed += 1
    return Round(made, failed, trouble)


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
