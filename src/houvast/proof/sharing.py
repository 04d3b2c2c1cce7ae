"""What of others stands in somebody's copy: names and addresses in texts that several share, and what is the company's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from houvast.compiler.words import ident, literal
from houvast.database import Connection, run
from houvast.database.catalogue import Column
from houvast.database.connect import DatabaseError
from houvast.datamap.model import EVERYBODY, ORGANISATION, PERSON
from houvast.datamap.model import Column as MapColumn
from houvast.errors import HouvastError
from houvast.policy.model import PurposeKind
from houvast.proof.canary import Canary, CanaryRow
from houvast.proof.door import Door
from houvast.proof.field import Field
from houvast.proof.probe import NOT_SEEN, SEEN
from houvast.proof.report import Attempt
from houvast.proof.states import State
from houvast.rights.access import Line, Others, copy
from houvast.rights.walk import Stop, Walk, walk
from houvast.rights.words import roles

SORT = "others"
_DOES = "houvast person access"


@dataclass
class Values:
    """Takes a copy and remembers the text of each table."""

    found: dict[str, str] = field(default_factory=dict[str, str])

    def table(self, stop: Stop, columns: tuple[str, ...], rows: Iterator[Line]) -> int:
        """The rows of one table."""
        lines = [line for line, _ in rows]
        self.found[stop.name] = "\n".join(lines)
        return len(lines) if columns else 0


def others(connection: Connection, door: Door, field: Field) -> Iterator[Attempt]:
    """Names, addresses and secrets are planted in rows about made-up people; then each takes their copy."""
    ours = {name for name, purpose in field.policy.purposes.items() if purpose.kind is PurposeKind.RIGHTS}
    if not any(ours & set(login.purposes) for login in field.map.logins.values()):
        return  # nobody answers people yet, which is not kept and not broken
    for kind in field.map.subjects:
        one, other = field.flock.person(kind, State.ACTIVE), field.flock.person(kind, State.OBJECTED)
        if one is None or other is None:
            continue
        way = walk(field.versions, field.map, field.catalogue, kind, field.now)
        for stop in way.stops:
            for column, live in stop.columns:
                for row in one.of(stop.name)[:1]:
                    yield from _planted(connection, door, field, _Place(way, one, other, stop, column, live, row))


@dataclass(frozen=True)
class _Place:
    """Where something is planted: a column of a row about `one`."""

    way: Walk
    one: Canary
    other: Canary
    stop: Stop
    column: MapColumn
    live: Column
    row: CanaryRow

    @property
    def whose(self) -> str:
        return self.column.whose or (EVERYBODY if self.stop.shape.shared else PERSON)

    @property
    def name(self) -> str:
        return f"{self.stop.name}.{self.column.name}"

    def called(self, canary: Canary) -> str:
        """The name of a made-up person; "" when the map does not say where names lie."""
        where = self.way.datamap.subjects[canary.kind].called
        rows = canary.of(where.table) if where else ()
        return str(rows[0].values.get(where.column) or "") if where and rows else ""


def _planted(connection: Connection, door: Door, field: Field, at: _Place) -> Iterator[Attempt]:
    free = at.live.type == "text" and not at.live.generated and at.column.categories and not at.row.error
    if not free or at.whose not in (EVERYBODY, ORGANISATION):
        return
    mark = f"{field.flock.marker}planted"
    address, own, other = f"{mark}@elsewhere.example", at.called(at.one), at.called(at.other)
    said = f"{mark} of {own}, and {other} at {address}" if at.whose == EVERYBODY else f"{mark} secret"
    before = at.row.values.get(at.column.name)
    change = f"UPDATE {at.stop.shape.sql} SET {ident(at.column.name)} = {{}} WHERE {at.row.where}"  # noqa: S608
    try:
        run(connection, change.format(literal(said)))
    except DatabaseError:
        return  # the table asks for another sort of value
    try:
        copied, login = _copied(door, field, at)
    finally:
        run(connection, change.format("NULL" if before is None else literal(str(before))))

    def attempt(what: str, words: str, *, control: bool = False) -> Attempt:
        expected = SEEN if control else NOT_SEEN
        seen = copied if copied.startswith(("refused", "error")) else SEEN if words in copied else NOT_SEEN
        return Attempt(f"{what} in {at.name} of a {at.one.kind}", login, _DOES, control, expected, seen, SORT)

    if at.whose == ORGANISATION:
        yield attempt("what is the company's", said)
        return
    yield attempt("the words about somebody", f"{mark} of {own}", control=True)
    yield attempt("an address of nobody knows whom", address)
    if other and other != own:
        yield attempt("the name of somebody else", other)


def _copied(door: Door, field: Field, at: _Place) -> tuple[str, str]:
    """What the copy of this person says of the table, and who took it."""
    person, values = (at.one.kind, at.one.key), Values()
    try:
        with door.connect_as(at.way.login) as session:
            opened = field.opened(field.policy.purposes[at.way.purpose], at.one)
            session.execute(opened.sql().encode())
            copy(session, at.way, person, values, Others(at.way, person, roles(at.way.policy, "en"), {}))
    except HouvastError as error:
        return f"refused: {error.code}", at.way.login
    except DatabaseError as error:
        return f"error: {error.sqlstate}", at.way.login
    return values.found[at.stop.name], at.way.login
