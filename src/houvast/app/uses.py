"""Who used one person's data: what the register and the log tell of it. The look itself is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, cast

from houvast.app.target import Target
from houvast.compiler import registry
from houvast.database import Connection, queries
from houvast.errors import DatabaseRefusal, UsageError
from houvast.people.store import stood
from houvast.policy.model import Policy
from houvast.policy.sight import Said, sights
from houvast.policy.world import PersonKey
from houvast.reading import did_you_mean

REASON = "houvast person uses"
_SQL = queries("houvast.app", "uses.sql")
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Naming:
    """A use for this person. `until` None: still open. `entry`: its number in the log, None while it waits for it."""

    purpose: str
    role: str
    reason: str
    since: datetime
    until: datetime | None
    entry: int | None


@dataclass(frozen=True)
class Open:
    """Uses that were open while the person's data were visible to them. `circumstances`: what also had to hold."""

    purpose: str
    role: str
    times: int
    since: datetime
    until: datetime
    categories: tuple[str, ...]
    circumstances: tuple[str, ...]


@dataclass(frozen=True)
class Refused:
    """A call that named the person and was refused. `purpose` "": one that the policy does not know."""

    at: datetime
    purpose: str
    role: str
    why: str
    entry: int | None


@dataclass(frozen=True)
class Uses:
    """Everything. `log_since`: since when each use is sealed; `recorded`: whether this look could be recorded."""

    person: PersonKey
    log_since: datetime | None
    naming: tuple[Naming, ...]
    open: tuple[Open, ...]
    refused: tuple[Refused, ...]
    recorded: bool

    def to_json(self) -> dict[str, object]:
        """As the JSON of `houvast person uses --json`."""
        found = {
            "person": ":".join(self.person),
            "log_since": self.log_since,
            "one_person_uses": self.naming,
            "open_while_visible": self.open,
            "refused_calls": self.refused,
            "look_recorded": self.recorded,
        }
        return {name: _plain(value) for name, value in found.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, tuple):
        return [_plain(one) for one in cast("tuple[object, ...]", value)]
    if isinstance(value, Naming | Open | Refused):
        return {name: _plain(one) for name, one in asdict(value).items()}
    return value


def uses_of(target: Target, person: str, since: datetime | None = None, until: datetime | None = None) -> Uses:
    """Who used the data of a person (`ID`, or `KIND:ID`), and for what.

    Raises:
        DatabaseRefusal: nothing was applied there, or nobody is known by this number.
        UsageError: a kind of people that the map does not have.
    """
    key = _key(target, person)
    with target.connect() as connection:
        if not registry.installed(connection):
            raise DatabaseRefusal("No policy was applied to this database.", todo="Apply it: houvast apply")
        with connection.transaction():
            recorded = connection.execute(_SQL["look"], {"reason": REASON, **_who(key)}).rowcount == 1
            connection.execute(_SQL["gather"])
        return _read(
            connection, target.project.versions, key, since or _EVER, until or datetime.now(UTC), recorded=recorded
        )


def _key(target: Target, person: str) -> PersonKey:
    kinds = tuple(target.project.datamap.subjects)
    kind, colon, number = person.partition(":")
    if not colon:
        return kinds[0], person
    if kind not in kinds:
        raise UsageError(f"The data map has no people of kind `{kind}`.", todo=did_you_mean(kind, kinds))
    return kind, number


def _who(key: PersonKey) -> dict[str, str]:
    return {"kind": key[0], "key": key[1]}


def _read(
    connection: Connection,
    versions: Sequence[Policy],
    key: PersonKey,
    since: datetime,
    until: datetime,
    *,
    recorded: bool,
) -> Uses:
    asked = {**_who(key), "from": since, "to": until}
    naming = tuple(Naming(*row) for row in connection.execute(_SQL["naming"], asked).fetchall())
    refused = tuple(Refused(*row) for row in connection.execute(_SQL["refused"], asked).fetchall())
    row = connection.execute(_SQL["person"], key).fetchone()
    if row is None and not refused and all(one.reason == REASON for one in naming):
        raise DatabaseRefusal(
            "Nobody is known by this number.", todo="Give the key that the data map names, as KIND:ID."
        )
    begun = connection.execute(_SQL["begun"]).fetchone()
    said = stood(connection, key, row[1] if row else None)
    start = max(since, row[0]) if row and row[0] else since
    found = _open(connection, versions, key, said, start, until)
    return Uses(key, begun[0] if begun else None, naming, tuple(found), refused, recorded)


def _open(
    connection: Connection,
    versions: Sequence[Policy],
    key: PersonKey,
    said: Sequence[Said],
    since: datetime,
    until: datetime,
) -> list[Open]:
    found: list[Open] = []
    for (purpose,) in connection.execute(_SQL["purposes"]).fetchall():
        for sight in sights(versions, purpose, key, said, since, until):
            asked: Mapping[str, Any] = {**_who(key), "purpose": purpose, "from": sight.since, "to": sight.until}
            for role, times, first, last in connection.execute(_SQL["others"], asked).fetchall():
                span = max(first, sight.since), min(last, sight.until)
                found.append(Open(purpose, role, times, *span, sight.categories, sight.circumstances))
    return found
