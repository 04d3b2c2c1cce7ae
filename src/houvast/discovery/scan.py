"""Reads text columns, in the database as far as that goes: only values in which something may be come out."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count as counting

from houvast.database import Connection, DatabaseError, queries
from houvast.database.catalogue import Catalogue, Relation
from houvast.database.connect import sql
from houvast.datamap.model import DataMap
from houvast.discovery.inventory import named_like_personal, to_read, undeclared
from houvast.discovery.model import Found, Read, Scan, Unread
from houvast.screening import Detector, Kind
from houvast.screening.detect import LONGEST
from houvast.screening.special import STEMS

ROWS = 200_000
"""Rows of a table that are read; of a larger one the newest half of that, and as many others by chance."""

AT_ONCE = 500
"""Rows that are in memory at a time."""

_PLAUSIBLE = r"(?i)@|%40|[0-9]([^0-9]{0,3}[0-9]){3}|" + STEMS
"""What a value must hold for any detector to find something: an @, four digits close together, or a word that is one of
those that tell of health, faith, crime or a child."""

_SQL = queries("houvast.discovery", "scan.sql")
_CURSORS = counting(1)
Progress = Callable[[str, int, int], None]


def scan(
    connection: Connection,
    datamap: DataMap,
    catalogue: Catalogue,
    *,
    role: str,
    country: str = "NL",
    rows: int = ROWS,
    tables: Sequence[str] = (),
    progress: Progress | None = None,
) -> Scan:
    """Compare the catalogue with the map, and read what may hold personal data that nobody declared.

    The session has a use open under which `role` sees every row. `tables`: read only these. Each table is read in a
    transaction of its own. Raises UsageError when the extra `scan` is not installed.
    """
    detector = Detector(country)
    wanted = {name: columns for name, columns in to_read(datamap, catalogue).items() if not tables or name in tables}
    found, read, unread = list(named_like_personal(datamap, catalogue)), list[Read](), list[Unread]()
    for number, (name, columns) in enumerate(wanted.items()):
        if progress:
            progress(name, number, len(wanted))
        reader = _Reader(connection, catalogue.relations[name], role, rows)
        try:
            with connection.transaction():
                tally = reader.read(tuple(columns), detector)
        except DatabaseError as error:
            if connection.closed:
                raise
            unread.append(Unread(name, error.sqlstate or ""))
            continue
        read.append(Read(name, tuple(columns), reader.seen, reader.sampled))
        found += tally.findings(name, columns)
    if progress:
        progress("done", len(wanted), len(wanted))
    return Scan(undeclared(datamap, catalogue), tuple(sorted(found)), tuple(read), tuple(unread))


class _Tally:
    """How many values of each column hold which kind."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._kinds = Counter[tuple[str, Kind]]()
        self._against = Counter[str]()

    def add(self, column: str, text: str) -> None:
        for kind in self._detector.kinds_in(text):
            self._kinds[column, kind] += 1
        self._against[column] += self._detector.counts_against(text)

    def findings(self, table: str, columns: Mapping[str, frozenset[str]]) -> Iterator[Found]:
        for (column, kind), number in sorted(self._kinds.items()):
            by_chance = kind is Kind.BSN and number * 4 < self._against[column]  # one number in eleven passes
            if kind.value not in columns[column] and not by_chance:
                yield Found(table, column, kind.value, count=number)


@dataclass
class _Reader:
    """Reads one table. `seen`: how many rows; `sampled`: whether there are more."""

    connection: Connection
    live: Relation
    role: str
    rows: int
    seen: int = 0
    sampled: bool = False

    def read(self, columns: tuple[str, ...], detector: Detector) -> _Tally:
        self.connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(self.role)))
        tally = _Tally(detector)
        for part in self._parts(columns):
            row = self.connection.execute(sql.SQL("SELECT count(*) FROM ({}) v").format(part)).fetchone()
            self.seen += int(row[0]) if row else 0
            for values in self._plausible(part, columns):
                for column, text in zip(columns, values, strict=True):
                    if text is not None:
                        tally.add(column, text)
        return tally

    def _plausible(self, part: sql.Composable, columns: tuple[str, ...]) -> Iterator[tuple[str | None, ...]]:
        """Streams the values in which something may be; the others stay in the database."""
        values = [
            sql.SQL("CASE WHEN {0} ~ {1} THEN left({0}, {2}) END").format(
                sql.Identifier(name), sql.Literal(_PLAUSIBLE), sql.Literal(LONGEST)
            )
            for name in columns
        ]
        wheres = [sql.SQL("{} ~ {}").format(sql.Identifier(name), sql.Literal(_PLAUSIBLE)) for name in columns]
        query = sql.SQL("SELECT {} FROM ({}) v WHERE {}").format(
            sql.SQL(", ").join(values), part, sql.SQL(" OR ").join(wheres)
        )
        with self.connection.cursor(name=f"houvast_scan_{next(_CURSORS)}") as cursor:
            cursor.itersize = AT_ONCE
            yield from cursor.execute(query)

    def _parts(self, columns: tuple[str, ...]) -> list[sql.Composable]:
        """The whole table; of one with more rows than the bound the newest, and others that chance picks."""
        texts = sql.SQL(", ").join(sql.SQL("{0}::text AS {0}").format(sql.Identifier(name)) for name in columns)
        table = sql.Identifier(self.live.schema, self.live.relname)
        enough = sql.SQL("SELECT count(*) FROM (SELECT FROM {} LIMIT {}) v").format(table, sql.Literal(self.rows + 1))
        row = self.connection.execute(enough).fetchone()
        if not row or row[0] <= self.rows:
            return [sql.SQL("SELECT {} FROM {}").format(texts, table)]
        self.sampled = True
        return self._sample(texts, table, self.rows // 2)

    def _sample(self, texts: sql.Composable, table: sql.Identifier, half: int) -> list[sql.Composable]:
        row = self.connection.execute(_SQL["size"], (self.live.schema, self.live.relname)).fetchone()
        share = min(100.0, 120.0 * half / max(float(row[0]) if row else 0, self.rows))
        chance = sql.SQL("TABLESAMPLE SYSTEM ({}) REPEATABLE ({})").format(
            sql.Literal(share),
            sql.Literal(random.SystemRandom().randrange(2**31)),
        )
        limit = sql.Literal(half)
        if len(self.live.key) != 1:
            return [sql.SQL("SELECT {} FROM {} {} LIMIT {}").format(texts, table, chance, limit)]
        key = sql.Identifier(self.live.key[0])
        newest = sql.SQL("FROM {} ORDER BY {} DESC LIMIT {}").format(table, key, limit)
        oldest_of_those = sql.SQL("(SELECT k FROM (SELECT {0} AS k {1}) v ORDER BY k LIMIT 1)").format(key, newest)
        return [
            sql.SQL("SELECT {} {}").format(texts, newest),
            sql.SQL("SELECT {} FROM {} {} WHERE {} < {} LIMIT {}").format(
                texts, table, chance, key, oldest_of_those, limit
            ),
        ]
