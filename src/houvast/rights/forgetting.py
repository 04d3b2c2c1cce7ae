"""After an erasure: what opened the entries of the log about somebody is destroyed."""

from __future__ import annotations

from houvast.database import Connection, queries
from houvast.policy.world import PersonKey

_SQL = queries("houvast.rights", "forgetting.sql")


def forget(connection: Connection, person: PersonKey) -> int | None:
    """Destroy what opens the entries about a person, as somebody who may; how many entries it was.

    None, and nothing is destroyed, while something about them waits to be taken into the log: it would be sealed anew.
    """
    with connection.transaction():
        connection.execute(_SQL["wait"])
        row = connection.execute(_SQL["waiting"], person).fetchone()
        if row and row[0]:
            return None
        entries = connection.execute(_SQL["close_entries"], person).rowcount
        connection.execute(_SQL["close_uses"], person)
        connection.execute(_SQL["destroy_secret"], person)
    return entries
