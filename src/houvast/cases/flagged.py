"""Free text that is flagged (G16): where, what kinds, since when; and what an officer decides. The only SQL about it.

Nothing here holds a text but `opened`, which the database shows once it recorded who looks, and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from houvast.cases.store import Refused, refusing
from houvast.database import Connection, queries

DECISIONS = ("kept", "redacted", "removed")
GROUNDS = ("consent", "vital", "public", "claims", "law", "mistaken")
"""On what ground a text stays: GDPR article 9(2)(a), (c), (e), (f), a law (articles 9(2)(b) and (g) to (j), 10; UAVG
article 46), or because it was flagged by mistake."""
AT_ONCE = 200
"""How many are listed."""
_SQL = queries("houvast.cases", "flagged.sql")
_NONE = "houvast flagged list shows them."


@dataclass(frozen=True)
class Flag:
    """One text. `kinds`: as the data map writes them; `state`: open or one of DECISIONS; `by`: the role and number of
    whoever decided."""

    number: int
    table: str
    column: str
    kinds: tuple[str, ...]
    found_at: datetime
    state: str
    ground: str
    decided_at: datetime | None
    by: str


@dataclass(frozen=True)
class Flagged:
    """A column in which texts wait: how many, of which kinds, the oldest since when."""

    table: str
    column: str
    count: int
    kinds: tuple[str, ...]
    since: datetime


def there(connection: Connection) -> bool:
    """Whether free text is shielded in this database."""
    return connection.execute(_SQL["there"]).fetchone() == (True,)


def waits(connection: Connection) -> int:
    """How many texts wait for a decision."""
    row = connection.execute(_SQL["waits"]).fetchone() if there(connection) else None
    return int(row[0]) if row else 0


def flags(connection: Connection, *, everything: bool = False) -> tuple[Flag, ...]:
    """The texts that wait, the oldest first, AT_ONCE at most; or with those that were decided."""
    values = {"all": everything, "limit": AT_ONCE}
    return tuple(_flag(row) for row in connection.execute(_SQL["flags"], values).fetchall())


def flag(connection: Connection, number: int) -> Flag:
    """One of them. Raises Refused when there is none."""
    row = connection.execute(_SQL["flag"], {"number": number}).fetchone()
    if row is None:
        raise Refused(f"No text {number} is flagged.", todo=_NONE)
    return _flag(row)


def places(connection: Connection) -> tuple[Flagged, ...]:
    """How many wait in each column."""
    rows = connection.execute(_SQL["places"]).fetchall()
    return tuple(Flagged(row[0], row[1], row[2], tuple(row[3]), row[4]) for row in rows)


def opened(connection: Connection, number: int, reason: str, by: str) -> str:
    """A text; looking is first recorded as a use by one of the staff. Raises Refused, in transactions too."""
    with refusing():
        row = connection.execute(_SQL["look"], {"number": number, "reason": reason, "by": by}).fetchone()
        shown = connection.execute(_SQL["read"], {"use": row[0] if row else 0}).fetchone()
    return str(shown[0] or "") if shown else ""


def decide(connection: Connection, numbers: Sequence[int], decision: str, *, ground: str, by: str, code: str) -> None:
    """What becomes of texts (DECISIONS), on what ground they stay (GROUNDS): all of them or none. Raises Refused."""
    values = {"numbers": list(numbers), "decision": decision, "ground": ground, "by": by, "code": code}
    with refusing():
        connection.execute(_SQL["decide"], values)


def _flag(row: tuple[Any, ...]) -> Flag:
    number, table, column, kinds, found_at, state, ground, decided_at, by = row
    return Flag(number, table, column, tuple(kinds), found_at, state, ground, decided_at, by)
