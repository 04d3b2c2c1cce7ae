"""What people may ask about their own data: each canary's copy is exactly its own, and its erasure does what was planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from houvast.database import Connection
from houvast.database.connect import DatabaseError
from houvast.errors import HouvastError
from houvast.policy.model import PurposeKind
from houvast.proof.canary import Canary
from houvast.proof.door import ADMIN, Door
from houvast.proof.field import Field
from houvast.proof.report import Attempt
from houvast.proof.states import WORDS, State
from houvast.rights.access import Line, Others, copy
from houvast.rights.correcting import correct, wrong_value
from houvast.rights.erasing import carry_out
from houvast.rights.keeping import plan
from houvast.rights.plan import Fate
from houvast.rights.walk import Stop, Walk, walk
from houvast.rights.words import roles

COPY, ERASURE, CORRECTION = "copy", "erasure", "correction"
_STATES = (State.ACTIVE, State.OBJECTED, State.RESTRICTED, State.CONTESTED, State.CLOSED, State.KEPT)
_FREE = State.OBJECTED
"""No dispute holds a row of this one, so that there must be something to erase."""
_EXACTLY, _PLANNED = "exactly its own rows", "what was planned, and nothing else is left"
_RIGHT = "the new value, and a mark where the old one stays"
_VERB = {COPY: "access", ERASURE: "erase", CORRECTION: "correct"}


@dataclass
class _Keys:
    """Takes a copy and remembers the keys of its rows."""

    found: set[tuple[str, tuple[str, ...]]] = field(default_factory=set[tuple[str, tuple[str, ...]]])

    def table(self, stop: Stop, columns: tuple[str, ...], rows: Iterator[Line]) -> int:
        """The rows of one table."""
        keys = [tuple(str(row[name]) for name in stop.key) for _, row in rows]
        self.found |= {(stop.name, key) for key in keys}
        return len(keys) if columns else 0


def copies(door: Door, field: Field) -> Iterator[Attempt]:
    """For people in each state: a copy holds all their rows and none of anybody else's."""
    with door.session(ADMIN) as connection:
        yield from _each(connection, door, field, COPY, _EXACTLY, _copied)


def erasures(connection: Connection, door: Door, field: Field) -> Iterator[Attempt]:
    """For people in each state: an erasure, taken back, leaves what a law or a dispute keeps, and nothing else."""
    yield from _each(connection, door, field, ERASURE, _PLANNED, _erased)


def corrections(connection: Connection, door: Door, field: Field) -> Iterator[Attempt]:
    """For people in each state: a correction, taken back, reaches every row of theirs, and documents that keep it are marked."""
    yield from _each(connection, door, field, CORRECTION, _RIGHT, _corrected)


_Try = Callable[[Connection, Connection, Walk, Canary], str]


def _each(connection: Connection, door: Door, field: Field, sort: str, expected: str, tried: _Try) -> Iterator[Attempt]:
    ours = {name for name, purpose in field.policy.purposes.items() if purpose.kind is PurposeKind.RIGHTS}
    if not any(ours & set(login.purposes) for login in field.map.logins.values()):
        return  # nobody answers people yet, which is not kept and not broken
    for canary in field.flock.canaries:
        if canary.state in _STATES:
            name = f"{sort}: {canary.kind}, {WORDS[canary.state]}"
            seen, login = _seen(connection, door, field, canary, tried)
            yield Attempt(name, login, f"houvast person {_VERB[sort]}",
                          canary.state is _FREE, expected, seen, sort)  # fmt: skip


def _seen(connection: Connection, door: Door, field: Field, canary: Canary, tried: _Try) -> tuple[str, str]:
    try:
        way = walk(field.versions, field.map, field.catalogue, canary.kind, field.now)
        opened = field.opened(field.policy.purposes[way.purpose], canary)
        with door.session(way.login) as session:
            session.execute(opened.sql().encode())
            return tried(connection, session, way, canary), way.login
    except HouvastError as error:
        return f"refused: {error.code}", "rights"
    except DatabaseError as error:
        return f"error: {error.sqlstate}", "rights"


def _copied(_: Connection, session: Connection, way: Walk, canary: Canary) -> str:
    keys = _Keys()
    copy(
        session,
        way,
        (canary.kind, canary.key),
        keys,
        Others(way, (canary.kind, canary.key), roles(way.policy, "en"), {}),
    )
    own = {
        (row.shape.name, tuple(row.key[name] for name in row.shape.relation.key))
        for row in canary.rows
        if not row.error
    }
    own = {(table, key) for table, key in own if way.stop(table)}
    missing, strange = len(own - keys.found), len(keys.found - own)
    if not own:
        return "there was nothing to copy"
    return _EXACTLY if not missing and not strange else f"{missing} of its rows missing, {strange} of others"


def _erased(connection: Connection, session: Connection, way: Walk, canary: Canary) -> str:
    made = plan(connection, way, (canary.kind, canary.key))
    if not made.parts or (canary.state is _FREE and not made.counts()[Fate.ERASED]):
        return "there was nothing to erase"
    with session.transaction(force_rollback=True):
        carry_out(session, way, made)
        left = _left(session, way)
    kept = {part.table for part in made.parts if part.fate in (Fate.KEPT, Fate.EMPTIED)}
    return _PLANNED if left <= kept else f"still there: {', '.join(sorted(left - kept))}"


def _corrected(_: Connection, session: Connection, way: Walk, canary: Canary) -> str:
    one = next((i for i in way.datamap.subjects[canary.kind].identifiers.values() if i.sort == "email"), None)
    if one is None:
        return _RIGHT  # such people have no address that could be wrong
    with session.transaction(force_rollback=True):
        old = wrong_value(session, way, f"{one.table}.{one.column}")[1]
        if old is None:
            return "there was nothing to correct"
        found = correct(
            session, way, f"{one.table}.{one.column}", f"corrected-{canary.key}@canary.example", everywhere=True
        )
        still = correct(session, way, f"{one.table}.{one.column}", old, everywhere=True)
    return (
        _RIGHT
        if found.changed and not found.left and len(still.changed) == len(found.changed)
        else "the old value in places"
    )


def _left(session: Connection, way: Walk) -> set[str]:
    """The tables in which the person still has a row."""
    found: set[str] = set()
    for stop in way.stops:
        if session.execute(f"SELECT EXISTS (SELECT FROM {stop.sql})".encode()).fetchone() == (True,):  # noqa: S608
            found.add(stop.name)
    return found
