"""After a backup was restored: who was erased since it was made is erased again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from houvast.app.acting import REPEATED
from houvast.app.erasing import Erased, erase
from houvast.app.remembering import read, store_of, yes
from houvast.app.target import Target
from houvast.database import queries
from houvast.database.sessions import Sessions
from houvast.errors import DatabaseRefusal
from houvast.policy.world import PersonKey

_SQL = queries("houvast.app", "restoring.sql")


@dataclass(frozen=True)
class Restored:
    """Who was erased again."""

    people: int
    waiting: int


def back(target: Target) -> tuple[PersonKey, ...]:
    """Who was erased and is here again. Raises DatabaseRefusal, EvidenceError."""
    with target.connect() as connection:
        if not yes(connection, "there"):
            raise DatabaseRefusal("No policy was applied to this database.", todo="Apply it: houvast apply")
        digests = list(read(store_of(target)))
        found = connection.execute(_SQL["back"], {"digests": digests}).fetchall()
    return tuple((kind, key) for kind, key in found)


def erase_again(target: Target, tell: Callable[[str, int, int], None] | None = None) -> Restored:
    """Erase again whoever a backup brought back. Raises as `erase` does; what was done before stays done."""
    people, waiting = back(target), 0
    with Sessions() as sessions:
        for number, person in enumerate(people):
            if tell:
                tell("erasing again", number, len(people))
            done: Erased = erase(replace(target, sessions=sessions), ":".join(person), verified_by=REPEATED)
            waiting += bool(done.certificate.waits)
    return Restored(len(people), waiting)
