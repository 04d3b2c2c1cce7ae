"""What of others stands in somebody's copy: names and addresses in texts that several share, and what is the company's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
        columns = [(stop, column, live) for stop in way.stops for column, live in stop.columns]
        places = [
            _Place(way, one, other, stop, column, live, row, f"{field.flock.marker}planted{number}x")
            for number, (stop, column, live) in enumerate(columns)
            for row in one.of(stop.name)[:1]
        ]
        yield from _tried(connection, door, field, places)


@dataclass(frozen=True)
class _Place:
    """Where something is planted: a column of a row about `one`. `mark`: stands in what is planted here, and nowhere else."""

    way: Walk
    one: Canary
    other: Canary
    stop: Stop
    column: MapColumn
    live: Column
    row: CanaryRow
    mark: str

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

    @property
    def address(self) -> str:
        """An address that nobody has."""
        return f"{self.mark}@elsewhere.example"

    @property
    def said(self) -> str:
        """What is planted."""
        of_people = f"{self.mark} of {self.called(self.one)}, and {self.called(self.other)} at {self.address}"
        return of_people if self.whose == EVERYBODY else f"{self.mark} secret"

    @property
    def is_free(self) -> bool:
        """Whether it is a text in which something about others, or the company's, could stand."""
        free = self.live.type == "text" and not self.live.generated and self.column.categories and not self.row.error
        return bool(free) and self.whose in (EVERYBODY, ORGANISATION)

    def change(self, value: str) -> str:
        """SQL that puts a value (SQL) here."""
        return f"UPDATE {self.stop.shape.sql} SET {ident(self.column.name)} = {value} WHERE {self.row.where}"  # noqa: S608


def _tried(connection: Connection, door: Door, field: Field, places: Sequence[_Place]) -> Iterator[Attempt]:
    """Everywhere something is planted, one copy is taken, and all of it is put back."""
    planted: list[_Place] = []
    try:
        for at in places:
            if at.is_free and _planted(connection, at):
                planted.append(at)
        copied = _copied(door, field, planted[0]) if planted else dict[str, str]()
    finally:
        for at in planted:
            before = at.row.values.get(at.column.name)
            run(connection, at.change("NULL" if before is None else literal(str(before))))
    for at in planted:
        yield from _attempts(at, copied if isinstance(copied, str) else copied[at.stop.name])


def _planted(connection: Connection, at: _Place) -> bool:
    """Whether it stands there now: a table may ask for another sort of value."""
    try:
        run(connection, at.change(literal(at.said)))
    except DatabaseError:
        return False
    return True


def _attempts(at: _Place, copied: str) -> Iterator[Attempt]:
    """What the copy says of a table, or why there is none, against what was planted in a column of it."""
    own, other = at.called(at.one), at.called(at.other)

    def attempt(what: str, words: str, *, control: bool = False) -> Attempt:
        expected = SEEN if control else NOT_SEEN
        seen = copied if copied.startswith(("refused", "error")) else SEEN if words in copied else NOT_SEEN
        name = f"{what} in {at.name} of a {at.one.kind}"
        return Attempt(name, at.way.login, _DOES, control, expected, seen, SORT)

    if at.whose == ORGANISATION:
        yield attempt("what is the company's", at.said)
        return
    yield attempt("the words about somebody", f"{at.mark} of {own}", control=True)
    yield attempt("an address of nobody knows whom", at.address)
    if other and other != own:
        yield attempt("the name of somebody else", other)


def _copied(door: Door, field: Field, at: _Place) -> Mapping[str, str] | str:
    """What the copy of this person says of each table, or why there is none."""
    person, values = (at.one.kind, at.one.key), Values()
    try:
        with door.session(at.way.login) as session:
            opened = field.opened(field.policy.purposes[at.way.purpose], at.one)
            session.execute(opened.sql().encode())
            copy(session, at.way, person, values, Others(at.way, person, roles(at.way.policy, "en"), {}))
    except HouvastError as error:
        return f"refused: {error.code}"
    except DatabaseError as error:
        return f"error: {error.sqlstate}"
    return values.found
