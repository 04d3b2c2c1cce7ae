# ruff: noqa: S608 - names pass through ident, values through literal
"""Rows of several people: each owner has them in their copy, nobody deletes what is another's too, who left has them no more;
whoever reads a row of somebody else changes nothing in it, and does not see what is hidden from them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from houvast.compiler.words import ident, literal
from houvast.database import Connection, run
from houvast.database.connect import DatabaseError
from houvast.datamap.model import Owner
from houvast.errors import HouvastError
from houvast.policy.model import PurposeKind
from houvast.proof.canary import Canary, CanaryRow, where_key
from houvast.proof.door import Door
from houvast.proof.field import Field
from houvast.proof.probe import NOT_SEEN, SEEN
from houvast.proof.report import Attempt
from houvast.proof.sharing import Values
from houvast.proof.states import State
from houvast.rights.access import Others, copy
from houvast.rights.walk import Stop, Walk, walk
from houvast.rights.words import roles

SORT = "owners"
CHANGED, NOT_CHANGED = "changed", "not changed"


def owners(connection: Connection, door: Door, field: Field) -> Iterator[Attempt]:
    """Somebody is made an owner, or a reader, of a made-up person's row; what they can do is tried; then it is taken back."""
    ours = {name for name, purpose in field.policy.purposes.items() if purpose.kind is PurposeKind.RIGHTS}
    if not any(ours & set(login.purposes) for login in field.map.logins.values()):
        return  # nobody answers people yet, which is not kept and not broken
    for kind in field.map.subjects:
        one = field.flock.person(kind, State.ACTIVE)
        way = walk(field.versions, field.map, field.catalogue, kind, field.now)
        for stop in way.stops if one else ():
            rows = [row for row in one.of(stop.name) if not row.error and stop.shape.key] if one else []
            for row in rows[:1]:
                yield from _of(connection, door, field, stop, row)


def _of(connection: Connection, door: Door, field: Field, stop: Stop, row: CanaryRow) -> Iterator[Attempt]:
    reading = [one.way for one in stop.shape.readers if not one.above and len(one.way.path) == 1]
    for to, owns in [*((way, True) for way in stop.shape.ways[-1:]), *((way, False) for way in reading)]:
        other = field.flock.person(to.kind, State.OBJECTED)
        if other is not None:
            yield from _Shared(connection, door, field, stop, row, other, to, owns).attempts()


@dataclass(frozen=True)
class _Shared:
    """One row, and somebody else to whom it is made to belong, or who is made to read it, by a way."""

    connection: Connection
    door: Door
    field: Field
    stop: Stop
    row: CanaryRow
    other: Canary
    to: Owner
    owns: bool

    def attempts(self) -> Iterator[Attempt]:
        """What is tried."""
        word = "another owner" if self.owns else "a reader"
        with self._made() as done:
            if not done:
                return  # the table asks for something else, or the other one has no link
            yield self._attempt(f"the copy of {word}", SEEN, self._copied, control=True)
            yield self._attempt(f"a delete by {word}", NOT_CHANGED, self._deletes)
            if not self.owns:
                yield self._attempt(f"a change by {word}", NOT_CHANGED, self._changes)
            for name in self.to.hides:
                if self.row.marker in str(self.row.values.get(name, "")):
                    yield self._attempt(
                        f"{name}, which is hidden from {word},", NOT_SEEN, lambda s, n=name: self._shown(s, n)
                    )
        yield self._attempt(f"the copy of who was {word}", NOT_SEEN, self._copied)

    @contextmanager
    def _made(self) -> Generator[bool]:
        """While the block runs, the row leads to the other person too."""
        key = self.row.key[self.stop.shape.key]
        link = next(iter(self.other.of(self.to.through)), None)
        if self.to.through and (link is None or link.error):
            yield False
            return
        row, column, value = (self.row, self.to.path[0], self.other.key) if link is None else (link, self.to.of, key)
        table, before = row.shape.sql, row.values.get(column)
        told = {column: value} | {name: found[0] for name, found in self.to.where.conditions.items() if found}
        back = {column: before} | {name: row.values.get(name) for name in self.to.where.conditions}
        there = where_key(
            {name: str(told.get(name, old)) for name, old in row.key.items()}
        )  # what is told may be a key
        try:
            run(self.connection, f"UPDATE {table} SET {_sets(told)} WHERE {row.where}")
        except DatabaseError:
            yield False
            return
        try:
            yield True
        finally:
            run(self.connection, f"UPDATE {table} SET {_sets(back)} WHERE {there}")

    def _attempt(
        self, what: str, expected: str, tried: Callable[[Connection], str], *, control: bool = False
    ) -> Attempt:
        way = walk(self.field.versions, self.field.map, self.field.catalogue, self.other.kind, self.field.now)
        try:
            with self.door.session(way.login) as session:
                opened = self.field.opened(self.field.policy.purposes[way.purpose], self.other)
                session.execute(opened.sql().encode())
                seen = tried(session)
        except HouvastError as error:
            seen = f"refused: {error.code}"
        except DatabaseError as error:
            seen = NOT_CHANGED if expected == NOT_CHANGED and error.sqlstate == "42501" else f"error: {error.sqlstate}"
        return Attempt(
            f"{what} of a row of {self.stop.name}", way.login, "houvast person access", control, expected, seen, SORT
        )

    def _values(self, session: Connection) -> str:
        way: Walk = walk(self.field.versions, self.field.map, self.field.catalogue, self.other.kind, self.field.now)
        person, values = (self.other.kind, self.other.key), Values()
        copy(session, way, person, values, Others(way, person, roles(way.policy, "en"), {}))
        return values.found.get(self.stop.name, "")

    def _copied(self, session: Connection) -> str:
        found = f'"{self.stop.shape.key}":{self.row.key[self.stop.shape.key]}'
        text = (
            self._values(session)
            .replace(" ", "")
            .replace(f'"{self.row.key[self.stop.shape.key]}"', self.row.key[self.stop.shape.key])
        )
        return SEEN if any(f"{found}{end}" in text for end in ",}") else NOT_SEEN

    def _shown(self, session: Connection, name: str) -> str:
        return SEEN if str(self.row.values[name]) in self._values(session) else NOT_SEEN

    def _deletes(self, session: Connection) -> str:
        return self._tried(session, f"DELETE FROM {self.stop.sql} WHERE {self.row.where}")

    def _changes(self, session: Connection) -> str:
        column = next(c.name for c, live in self.stop.columns if c.categories and not live.generated)
        return self._tried(
            session, f"UPDATE {self.stop.sql} SET {ident(column)} = {ident(column)} WHERE {self.row.where}"
        )

    def _tried(self, session: Connection, text: str) -> str:
        with session.transaction(force_rollback=True):
            return CHANGED if session.execute(text.encode()).rowcount else NOT_CHANGED


def _sets(values: Mapping[str, object]) -> str:
    return ", ".join(f"{ident(n)} = {'NULL' if v is None else literal(str(v))}" for n, v in values.items())
