# ruff: noqa: S608 - names pass through ident, values through literal
"""What happens to a canary after it was made: cases close, consent goes, an account closes, years pass."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.compiler.columns import CLOSED
from houvast.compiler.words import ident, literal, relation
from houvast.database import Connection, queries, run
from houvast.database.catalogue import Column
from houvast.database.connect import DatabaseError
from houvast.datamap.model import DataMap, Where
from houvast.proof.canary import Canary, CanaryRow
from houvast.proof.states import State
from houvast.proof.values import Accepted, is_time

_SQL = queries("houvast.proof", "canary.sql")


class Change:
    """Brings a canary into its state by what an application would do, and by letting time pass."""

    def __init__(self, connection: Connection, datamap: DataMap, accepted: Accepted, long: str) -> None:
        self.connection = connection
        self.map = datamap
        self.accepted = accepted
        self.long = long
        self.trouble = ""

    def become(self, canary: Canary) -> str:
        """Make of an active canary what its state says; why not, where the database does not let it."""
        self.trouble = ""
        self._become(canary)
        return self.trouble

    def _become(self, canary: Canary) -> None:
        if canary.state is State.ENDED:
            for row in canary.rows:
                for found in row.shape.own_circumstances:
                    self._undo(row, found.where)
        elif canary.state is State.WITHDRAWN:
            for row in canary.rows:
                for stand in self.map.stands:
                    if stand.table == row.shape.name and stand.stand != "objected":
                        self._undo(row, stand.where)
        elif canary.state is State.CLOSED:
            self._close(canary)
        elif canary.state is State.EXPIRED:
            self._happen(canary)
            self._age(canary)
        elif canary.state in (State.FORGOTTEN, State.KEPT):
            self._close(canary)
            self._age(canary)

    def _update(self, row: CanaryRow, text: str) -> str:
        live = row.shape.relation
        try:
            with self.connection.transaction():
                run(
                    self.connection,
                    f"UPDATE {relation(live.schema, live.relname)} SET {text} WHERE {row.where}",
                )
        except DatabaseError as error:
            return error.sqlstate or "error"
        return ""

    def _must(self, row: CanaryRow, text: str) -> None:
        error = self._update(row, text)
        if error:
            self.trouble = f"{row.shape.name}: {error}"

    def _undo(self, row: CanaryRow, where: Where) -> None:
        """Make a condition no longer hold, as the application allows; the last way is removing the row."""
        if row.error:
            return
        if all(self._update(row, text) for text in self._tries(row, where)):
            self._remove(row)

    def _tries(self, row: CanaryRow, where: Where) -> Iterator[str]:
        shape = row.shape
        times = [c for c in shape.relation.columns.values() if is_time(c.type)]
        empty = [c for c in times if not (c.generated or c.not_null)]
        rest = "".join(f", {ident(c.name)} = coalesce({ident(c.name)}, {_moment(c)})" for c in empty)
        if where.ends:
            yield f"{ident(where.ends)} = {_moment(shape.relation.columns[where.ends])}"
        for column, values in where.conditions.items():
            live = shape.relation.columns[column]
            if not values:
                yield f"{ident(column)} = {_moment(live) if is_time(live.type) else literal('ended')}"
            elif values == ("not null",):
                yield f"{ident(column)} = NULL"
            elif column != shape.table.given_for:
                others = [v for v in self.accepted.values(shape.name, live) if v not in values]
                yield from (f"{ident(column)} = {literal(v)}" for v in others)
                yield from (f"{ident(column)} = {literal(v)}{rest}" for v in others if rest)

    def _remove(self, row: CanaryRow) -> None:
        live = row.shape.relation
        try:
            with self.connection.transaction():
                run(self.connection, f"DELETE FROM {relation(live.schema, live.relname)} WHERE {row.where}")
        except DatabaseError as error:
            self.trouble = f"{row.shape.name}: {error.sqlstate or 'error'}"

    def _close(self, canary: Canary) -> None:
        column = self.map.subjects[canary.kind].closed
        root = next(row for row in canary.rows if row.shape.subject_key)
        self._must(root, f"{ident(column)} = clock_timestamp()")

    def _happen(self, canary: Canary) -> None:
        """Every event of a row happens now, but for the closing of the account."""
        for row in canary.rows:
            for column, kind in row.shape.events.values():
                live = row.shape.relation.columns.get(column)
                if live and not live.generated and not live.not_null and is_time(kind):
                    self._must(row, f"{ident(column)} = {_moment(live)}")

    def _age(self, canary: Canary) -> None:
        """Years pass: every date moves back and no trigger fires, so that nothing is computed anew."""
        span = f"{literal(self.long)}::interval"
        self.connection.execute(_SQL["quietly"])
        self.connection.execute(_SQL["move_closing"], (self.long, canary.kind, canary.key))
        for row in canary.rows:
            derived = [d.column for d in row.shape.derived if is_time(d.type)]
            derived += [CLOSED] if row.shape.keeps_closed else []
            own = [c.name for c in row.shape.relation.columns.values() if is_time(c.type) and not c.generated]
            if own or derived:
                self._must(row, ", ".join(f"{ident(c)} = {ident(c)} - {span}" for c in (*own, *derived)))


def _moment(column: Column) -> str:
    return "current_date" if column.type == "date" else "clock_timestamp()"
