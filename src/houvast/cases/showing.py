"""A copy that one of the staff looks at before it goes out, under a use of their own; and what they judge of it.

What the database refuses comes out as `store.Refused`. `use` and `by`: under which use, and which of the staff; nobody
else is shown anything, and nobody after a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from houvast.cases.store import refusing
from houvast.database import Connection, queries

PAGE = 25
"""So many rows are shown at once; `houvast.read_shown` gives no more."""
_SQL = queries("houvast.cases", "showing.sql")


@dataclass(frozen=True)
class Stands:
    """How a copy that is shown stands. `marked`: rows in which something goes."""

    request: int
    until: datetime
    made: bool
    failed: bool
    rows: int
    marked: int


@dataclass(frozen=True)
class Row:
    """A row that is shown. `cells`: as `houvast.app.showing` makes them."""

    place: int
    table: str
    has_key: bool
    cells: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Judgement:
    """What was judged of a place: it goes too (`takes`), or what a rule took there stays."""

    number: int
    request: int
    table: str
    column: str
    takes: bool
    rule: str
    reason: str
    since: datetime


def there(connection: Connection) -> bool:
    """Whether copies are shown in this database."""
    row = connection.execute("SELECT to_regproc('houvast.ask_shown') IS NOT NULL").fetchone()
    return bool(row and row[0])


def ask(connection: Connection, number: int, reason: str, by: str, language: str) -> int:
    """Have the copy of a request shown; the number of the use, which is recorded. Raises Refused."""
    return _all(connection, "ask", {"number": number, "reason": reason, "by": by, "language": language})[0][0]


def stands(connection: Connection, use: int, by: str) -> Stands:
    """How it stands. Raises Refused."""
    return Stands(*_all(connection, "stands", {"use": use, "by": by})[0])


def rows(connection: Connection, use: int, by: str, *, past: int, only_marked: bool) -> tuple[Row, ...]:
    """The next rows after place `past`. Raises Refused."""
    asked = {"use": use, "by": by, "past": past, "only_marked": only_marked}
    return tuple(Row(*row) for row in _all(connection, "rows", asked))


def judged(connection: Connection, use: int, by: str) -> tuple[Judgement, ...]:
    """What was judged of copies of this person, and counts. Raises Refused."""
    return tuple(Judgement(*row) for row in _all(connection, "judged", {"use": use, "by": by}))


def take_out(connection: Connection, use: int, by: str, place: int, column: str, words: str) -> int:
    """Take words out of a value as well, wherever they stand in it; in how many places. Raises Refused."""
    asked = {"use": use, "by": by, "place": place, "column": column, "words": words}
    return _all(connection, "take_out", asked)[0][0]


def let_stand(
    connection: Connection, use: int, by: str, place: int, column: str, part: int, begin: int, reason: str
) -> None:
    """Let stand what a rule took; `part` -1: of the whole value. Raises Refused."""
    asked = {"use": use, "by": by, "place": place, "column": column, "part": part, "begin": begin, "reason": reason}
    _all(connection, "let_stand", asked)


def take_back(connection: Connection, use: int, by: str, number: int) -> None:
    """Take back what was judged. Raises Refused."""
    _all(connection, "take_back", {"use": use, "by": by, "number": number})


def _all(connection: Connection, name: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
    with refusing():
        return connection.execute(_SQL[name], values).fetchall()
