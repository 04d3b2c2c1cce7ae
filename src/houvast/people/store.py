"""The only SQL of this room. Every function takes the connection of whoever applies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from houvast.database import Connection, queries
from houvast.people.model import Doubt, Known
from houvast.policy.sight import Said
from houvast.policy.world import PersonKey

_SQL = queries("houvast.people", "people.sql")


def _who(person: PersonKey) -> dict[str, Any]:
    return {"kind": person[0], "key": person[1]}


def _known(rows: list[tuple[Any, ...]]) -> tuple[Known, ...]:
    return tuple(Known((kind, key), closed, tuple(stands)) for kind, key, closed, stands in rows)


def by(connection: Connection, sort: str, value: str) -> tuple[Known, ...]:
    """Everybody who is known by an identifier."""
    return _known(connection.execute(_SQL["by"], {"sort": sort, "value": value}).fetchall())


def known(connection: Connection, person: PersonKey) -> tuple[Known, ...]:
    """Somebody by their key; nobody, when there is none."""
    return _known(connection.execute(_SQL["known"], _who(person)).fetchall())


def person(connection: Connection, key: PersonKey) -> tuple[datetime | None, datetime | None] | None:
    """(since when their data are here, since when their account is closed); None for nobody."""
    row = connection.execute(_SQL["person"], _who(key)).fetchone()
    return (row[0], row[1]) if row else None


def stood(connection: Connection, key: PersonKey, closed: datetime | None) -> list[Said]:
    """Where somebody stood over time: what is recorded, and what holds now and of which no beginning is recorded."""
    found: list[Said] = []
    running: dict[tuple[str, str], datetime | None] = {}
    for at, what, about, change in connection.execute(_SQL["told"], _who(key)).fetchall():
        if change == "set":
            running.setdefault((what, about), at)
        else:
            found.append(Said(what, about, running.pop((what, about), None), at))
    now = {(stand, about): at for stand, about, at in connection.execute(_SQL["stands"], _who(key)).fetchall()}
    if closed:
        now["closed", ""] = closed
    running = {one: at for one, at in running.items() if one in now} | {
        one: at for one, at in now.items() if one not in running
    }
    return [*found, *(Said(what, about, at) for (what, about), at in running.items())]


def standing(connection: Connection, key: PersonKey, closed: datetime | None) -> list[Said]:
    """Where somebody stands now, with no past."""
    rows = connection.execute(_SQL["stands"], _who(key)).fetchall()
    return [Said(what, about, None) for what, about, _ in rows] + ([Said("closed", "", None)] if closed else [])


def same(connection: Connection, key: PersonKey) -> tuple[PersonKey, ...]:
    """Who else of the map is the same person."""
    return tuple((kind, other) for kind, other in connection.execute(_SQL["same"], _who(key)).fetchall())


def cooling(connection: Connection, key: PersonKey) -> tuple[str, ...]:
    """The sorts of their addresses that are too new for codes and copies."""
    return tuple(row[0] for row in connection.execute(_SQL["cooling"], _who(key)).fetchall())


def lock(connection: Connection, key: PersonKey) -> bool:
    """Hold a person until this transaction ends; whether there is one."""
    return connection.execute(_SQL["lock"], _who(key)).fetchone() is not None


def set_stand(connection: Connection, key: PersonKey, stand: str, about: str, source: str = "houvast") -> bool:
    """They stand there from now on; whether they did not before."""
    return _one("set", connection, {**_who(key), "stand": stand, "about": about, "source": source})


def end_stand(connection: Connection, key: PersonKey, stand: str, about: str) -> bool:
    """They stand there no longer; whether they did."""
    return _one("end", connection, {**_who(key), "stand": stand, "about": about})


def need_request(connection: Connection, key: PersonKey) -> None:
    """Refuse when nobody has checked that they ask for something."""
    connection.execute(_SQL["need_request"], _who(key))


def weigh(connection: Connection, key: PersonKey, purpose: str, reason: str) -> None:
    """Their objection was weighed and dismissed."""
    connection.execute(_SQL["weigh"], {**_who(key), "purpose": purpose, "reason": reason})


def bounced(connection: Connection, key: PersonKey, sort: str, *, letter: bool) -> int:
    """Mail to them did not arrive; how often now."""
    return _one("bounced", connection, {**_who(key), "sort": sort, "letter": letter})


def place_of(connection: Connection, kind: str, name: str) -> str | None:
    """Where a column lies that these people may contest; None when they may not."""
    return _one("place", connection, {"kind": kind, "name": name})


def link(connection: Connection, key: PersonKey, other: PersonKey, *, take_back: bool) -> bool:
    """Say that two are one, or no longer; whether that is new."""
    return _one("unlink" if take_back else "link", connection,
                {**_who(key), "other_kind": other[0], "other_key": other[1]})  # fmt: skip


def doubts(connection: Connection) -> tuple[Doubt, ...]:
    """What is contested or in doubt, the oldest first."""
    return tuple(Doubt(*row) for row in connection.execute(_SQL["doubts"]).fetchall())


def _one(name: str, connection: Connection, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as the query gives
    row = connection.execute(_SQL[name], values).fetchone()
    return row[0] if row else None
