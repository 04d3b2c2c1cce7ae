"""A database that SQLAlchemy reaches: one statement a table, in the order of its foreign keys, in one transaction."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.pool import NullPool

from houvast.systems.connector import Away, Change, Counts, Needles, Part, Remains, Unfit
from houvast.systems.model import KEY, System, Table
from houvast.systems.searching import remaining

PATIENCE = 10
"""Seconds to wait for a connection, or for a lock."""
_ARGUMENTS: dict[str, dict[str, object]] = {
    "sqlite": {"timeout": PATIENCE},
    "mysql": {"connect_timeout": PATIENCE, "read_timeout": 300, "write_timeout": 300},
    "mariadb": {"connect_timeout": PATIENCE, "read_timeout": 300, "write_timeout": 300},
    "postgresql": {"connect_timeout": PATIENCE},
}


class Database:
    """The way to one database."""

    def __init__(self, system: System, url: str) -> None:
        self.system = system
        try:
            self.url = sa.make_url(url)
            backend = self.url.get_backend_name()
            self.engine = sa.create_engine(
                self.url, poolclass=NullPool, connect_args=_ARGUMENTS.get(backend, {}), hide_parameters=True
            )
        except exc.ArgumentError:
            raise Unfit(f"The URL of system `{system.name}` is none of SQLAlchemy.",
                        todo="Write DIALECT+DRIVER://USER@HOST/DATABASE; see docs/systems.md.") from None  # fmt: skip
        if backend == "sqlite":
            event.listen(self.engine, "connect", _overwrite)

    def look(self) -> None:
        with self._reached():
            self._refuse_unclassified()

    def read(self, needles: Needles) -> Iterator[Part]:
        with self._reached() as connection:
            self._refuse_unclassified()
            for table in self._ordered():
                names = tuple(table.columns)
                query = sa.select(*(self._live(table).c[name] for name in names)).where(self._about(table, needles))
                rows = tuple(tuple(_text(cell) for cell in row) for row in connection.execute(query))
                yield Part(table.name, names, tuple(table.columns[name] for name in names), rows)

    def erase(self, needles: Needles) -> Counts:
        found = changed = kept = 0
        with self._reached() as connection:
            self._refuse_unclassified()
            for table in reversed(self._ordered()):
                live, about = self._live(table), self._about(table, needles)
                if table.erasure == "keep":
                    count = connection.scalar(sa.select(sa.func.count()).select_from(live).where(about)) or 0
                    found, kept = found + count, kept + count
                    continue
                if table.erasure == "delete":
                    done = connection.execute(live.delete().where(about)).rowcount
                else:
                    done = connection.execute(live.update().values(self._blanks(table)).where(about)).rowcount
                found, changed = found + done, changed + done
        return Counts(found, changed, kept)

    def correct(self, needles: Needles, change: Change) -> Counts:
        found = changed = kept = 0
        with self._reached() as connection:
            for table in reversed(self._ordered()):  # children first: rows are found by what stands in their parents
                live = self._live(table)
                held = [name for name, category in table.columns.items() if category == change.category]
                about = self._about(table, needles)
                for name in held:
                    same = self._same(live.c[name], (change.old,))
                    if table.erasure == "keep":
                        kept += connection.scalar(sa.select(sa.func.count()).select_from(live).where(about, same)) or 0
                        continue
                    changed += connection.execute(live.update().values({name: change.new}).where(about, same)).rowcount
        found = changed + kept
        return Counts(found, changed, kept)

    def remaining(self, needles: Needles) -> Remains:
        with self._reached() as connection:
            return remaining(connection, self.system, needles)

    @contextmanager
    def _reached(self) -> Generator[sa.Connection]:
        """A connection with one transaction on it. What fails says no more than which kind of failure it was."""
        file = self.url.database
        if self.url.get_backend_name() == "sqlite" and not (file and Path(file).is_file()):
            raise Away(f"System `{self.system.name}` is away: its file is not there.")
        try:
            with self.engine.connect() as connection, connection.begin():
                yield connection
        except (
            exc.OperationalError,
            exc.InterfaceError,
            exc.InternalError,
            exc.TimeoutError,
            OSError,
        ) as error:
            raise Away(f"System `{self.system.name}` does not answer ({_named(error)}).",
                       todo="Nothing has to be done: it is tried again.") from None  # fmt: skip
        except exc.DBAPIError as error:
            raise Unfit(f"System `{self.system.name}` refuses ({_named(error)}); nothing was changed there.",
                        todo="A constraint, a trigger or a right is in the way: look there.") from None  # fmt: skip
        except exc.SQLAlchemyError as error:
            raise Unfit(f"System `{self.system.name}` is not as systems.yaml says ({type(error).__name__}).",
                        todo="Compare the tables and columns.") from None  # fmt: skip

    @cached_property
    def _metadata(self) -> sa.MetaData:
        found = sa.MetaData()
        found.reflect(self.engine)
        return found

    def _live(self, table: Table) -> sa.Table:
        try:
            return self._metadata.tables[table.name]
        except KeyError:
            raise Unfit(f"System `{self.system.name}` has no table `{table.name}`.",
                        todo="Correct systems.yaml.") from None  # fmt: skip

    def _ordered(self) -> list[Table]:
        """Parents before the rows that point at them."""
        order = [one.name for one in self._metadata.sorted_tables]
        for table in self.system.tables.values():
            self._live(table)
        return sorted(self.system.tables.values(), key=lambda table: order.index(table.name))

    def _refuse_unclassified(self) -> None:
        """What nobody has classified makes every answer look complete that is not."""
        left: list[str] = []
        for name, live in self._metadata.tables.items():
            table = self.system.tables.get(name)
            if table is None:
                left += [] if name in self.system.closed else [name]
            else:
                left += [f"{name}.{column.name}" for column in live.columns if column.name not in table.columns]
        if left:
            raise Unfit(
                f"In system `{self.system.name}` nobody has classified {', '.join(f'`{one}`' for one in sorted(left))} (promise C33).",
                todo="List each in systems.yaml with its category, as `not personal`, or under `closed:`.",
            )

    def _about(self, table: Table, needles: Needles) -> sa.ColumnElement[bool]:
        """The row is of this person: by our number, else, where it has none, by a value on file."""
        live = self._live(table)
        ways: list[sa.ColumnElement[bool]] = []
        for sort, path in table.person.items():
            values = (needles.person[1],) if sort == KEY else needles.values.get(sort, ())
            if sort != KEY and values:
                ways.append(self._reach(live, path, sort, values))
        by_value = sa.or_(*ways) if ways else sa.false()
        path = table.person.get(KEY)
        if path is None:
            return by_value
        return sa.or_(self._reach(live, path, KEY, (needles.person[1],)),
                      sa.and_(sa.not_(self._reach(live, path, KEY, ())), by_value))  # fmt: skip

    def _reach(self, live: sa.Table, path: Sequence[str], sort: str, values: Sequence[str]) -> sa.ColumnElement[bool]:
        """At the end of the path stands one of these values; without values, anything at all."""
        column = self._column(live, path[0])
        if len(path) == 1:
            return self._same(column, values, sort) if values else column.is_not(None)
        key = next(iter(column.foreign_keys), None)
        if key is None:
            raise Unfit(f"`{live.name}.{path[0]}` of system `{self.system.name}` leads nowhere: it is no foreign key.",
                        todo="Name a column of the table itself.")  # fmt: skip
        target = key.column
        return column.in_(sa.select(target).where(self._reach(target.table, path[1:], sort, values)))  # pyright: ignore[reportArgumentType]

    def _column(self, live: sa.Table, name: str) -> sa.Column[object]:
        try:
            return live.c[name]
        except KeyError:
            raise Unfit(f"System `{self.system.name}` has no column `{live.name}.{name}`.",
                        todo="Correct systems.yaml.") from None  # fmt: skip

    def _same(self, column: sa.ColumnElement[object], values: Sequence[str], sort: str = "") -> sa.ColumnElement[bool]:
        """Compared letter by letter, whatever the collation; addresses without regard to capitals, numbers by their digits."""
        text: sa.ColumnElement[str] = sa.cast(column, sa.CHAR if self._is_mysql else sa.Text)
        if sort == "phone":
            for sign in "+ -()./":
                text = sa.func.replace(text, sign, "")
            digits = {"".join(filter(str.isdigit, value)).removeprefix("00") for value in values}
            return text.in_(sorted({*digits, *(f"00{one}" for one in digits)}))
        if sort == "email":
            text, values = sa.func.lower(text), [value.strip().lower() for value in values]
        if self._is_mysql:
            text = text.collate("utf8mb4_bin")
        return text.in_(list(values))

    @property
    def _is_mysql(self) -> bool:
        return self.url.get_backend_name() in ("mysql", "mariadb")

    def _blanks(self, table: Table) -> dict[str, object]:
        """What stands in emptied columns: nothing; where the table asks for something, what means nothing."""
        live = self._live(table)
        alone = {column.name for index in live.indexes if index.unique for column in index.columns}
        alone |= {c.name for one in live.constraints if isinstance(one, sa.UniqueConstraint) for c in one.columns}
        return {name: _nothing(self._column(live, name), live, unique=name in alone) for name in table.blank}


def _nothing(column: sa.Column[object], live: sa.Table, *, unique: bool) -> object:
    if column.nullable:
        return None
    if isinstance(column.type, sa.String):
        key = next(iter(live.primary_key.columns), None)
        return sa.literal("erased-").concat(sa.cast(key, sa.String(36))) if unique and key is not None else ""
    if isinstance(column.type, sa.Date | sa.DateTime):
        return sa.text("'1970-01-01'")
    return 0


def _text(cell: object) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    return cell.decode(errors="replace") if isinstance(cell, bytes) else str(cell)


def _named(error: BaseException) -> str:
    """A failure by its kind and number: what the database says may quote a row."""
    cause = getattr(error, "orig", None)
    number = next(iter(getattr(cause, "args", ())), "")
    return f"{type(cause or error).__name__}{f' {number}' if isinstance(number, int) else ''}"


def _overwrite(connection: object, _record: object) -> None:
    """SQLite overwrites what it deletes, and keeps to foreign keys, only when it is asked to."""
    cursor = connection.cursor()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType]
    cursor.execute("PRAGMA secure_delete = ON")  # pyright: ignore[reportUnknownMemberType]
    cursor.execute("PRAGMA foreign_keys = ON")  # pyright: ignore[reportUnknownMemberType]
    cursor.close()  # pyright: ignore[reportUnknownMemberType]
