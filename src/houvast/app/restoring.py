"""After a backup was restored: who was erased since is erased again, and nobody comes in by what it knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from houvast.app import emergencies
from houvast.app.acting import REPEATED
from houvast.app.erasing import Erased, erase
from houvast.app.people import there
from houvast.app.remembering import read, store_of, yes
from houvast.app.target import Target
from houvast.backups import store as backups
from houvast.database import Connection, dumping, queries
from houvast.database.sessions import Sessions
from houvast.errors import DatabaseRefusal
from houvast.policy.world import PersonKey

_SQL = queries("houvast.app", "restoring.sql")


@dataclass(frozen=True)
class Restored:
    """Who was erased again. `opened`: the database was closed, and others may enter it now."""

    people: int
    waiting: int
    opened: bool = False


def back(target: Target) -> tuple[PersonKey, ...]:
    """Who was erased and is here again. Raises DatabaseRefusal, EvidenceError."""
    with target.connect() as connection:
        if not yes(connection, "there"):
            raise DatabaseRefusal("No policy was applied to this database.", todo="Apply it: houvast apply")
        return brought_back(connection, read(store_of(target)))


def brought_back(connection: Connection, digests: Iterable[str]) -> tuple[PersonKey, ...]:
    """Who is here of those whose digests these are, and was not erased here."""
    found = connection.execute(_SQL["back"], {"digests": list(digests)}).fetchall()
    return tuple((kind, key) for kind, key in found)


def take_back(connection: Connection) -> None:
    """End whatever lets somebody in, as the backup knows it, in the transaction of the caller."""
    connection.execute(_SQL["take_back"])


def erase_again(target: Target, tell: Callable[[str, int, int], None] | None = None) -> Restored:
    """Erase again whoever a backup brought back, let nobody in by what the backup knows, and open the database.

    Raises as `erase` does, DatabaseRefusal for an emergency that cannot be ended; what was done before stays done.
    """
    people, waiting = back(target), 0
    with Sessions() as sessions:
        for number, person in enumerate(people):
            if tell:
                tell("erasing again", number, len(people))
            done: Erased = erase(replace(target, sessions=sessions), ":".join(person), verified_by=REPEATED)
            waiting += bool(done.certificate.waits)
    with there(target) as connection:
        opened = _reopen(connection)
    return Restored(len(people), waiting, opened)


def _reopen(connection: Connection) -> bool:
    """A restored database is open again to the logins that could enter it before; whether it was closed.

    Staff, tokens, sessions, grants and emergencies may have ended since the backup was made, and end here in any case:
    whoever is of the staff now is named by an administrator.
    """
    who = backups.closed(connection)
    if who is None:
        return False
    with connection.transaction():
        emergencies.end_all(connection)
        take_back(connection)
        found = json.loads(who)
        dumping.let_in(connection, found["owner"], found["connects"])
        backups.reopen(connection)
    return True
