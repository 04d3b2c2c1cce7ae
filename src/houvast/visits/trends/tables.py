"""The tables from which every question is answered, as expressions of Ibis: one meaning, whatever engine runs it.

A row is a visit of somebody, and each visitor-day has as many rows as count of it, at most: so that what one visitor
can change about a table is known before anything is counted. Only ordinary SQL is used (a window, a group), for DuckDB,
Spark, ClickHouse and Trino must agree to the last unit.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from houvast.visits.model import COLUMNS as STORED
from houvast.visits.model import OWN

if TYPE_CHECKING:
    import ibis.expr.types as ir

_TYPES = {"TIMESTAMP": "timestamp", "VARCHAR": "string", "USMALLINT": "uint16", "BOOLEAN": "boolean",
          "UBIGINT": "uint64"}  # fmt: skip
_PRIME = 9973
"""Below 10,000, so that its products fit every engine's integers."""
Exact = Mapping[date, Mapping[tuple[str, ...], int]]
"""Day -> values of the columns -> how many. Exact: for nobody's eyes before it has its noise."""


VISITS = "visits"
"""What engines call the visits."""


def counted(site: str, columns: Sequence[str], cap: int, since: date, until: date, *, robots: bool) -> ir.Table:
    """How many visits there are of each day and of each value of some columns: (day, *columns, n).

    `cap`: so many visits of a visitor-day count, the first ones; a visit without a visitor counts never. With a cap of
    1 that is visitor-days. What came at the same moment goes by: no visit from our own pages first, then by a mix of
    visitor and page, so that no page is always the first.
    """
    import ibis as untyped

    ibis: Any = untyped
    visits = ibis.table({name: _TYPES[kind] for name, kind in STORED.items()}, name=VISITS)
    first, after = datetime.combine(since, datetime.min.time()), datetime.combine(until, datetime.min.time())
    at: Any = visits["at"]
    ours: Any = visits.filter(
        visits["site"] == site,
        visits["robot"] == robots,
        visits["visitor"].notnull(),
        at >= ibis.timestamp(first.isoformat()),
        at < ibis.timestamp((after + timedelta(days=1)).isoformat()),
    )
    page: Any = ours["page"]
    letters = (page.length() * 37 + page.ascii_str()).cast("int64")
    seen: Any = ours.mutate(
        day=ours["at"].date(),
        hour=ours["at"].hour().cast("int32").cast("string"),
        own=(ours["referrer"] == OWN).ifelse(1, 0),
        mix=((ours["visitor"] % _PRIME).cast("int64") * letters) % _PRIME,
    )
    order = [seen[name] for name in ("at", "own", "mix", "page", "referrer", "language", "browser")]
    within = ibis.window(group_by=[seen["day"], seen["visitor"]], order_by=order)
    ranked: Any = seen.mutate(place=ibis.row_number().over(within))
    few: Any = ranked.filter(ranked["place"] < cap)
    return few.group_by(["day", *columns]).aggregate(n=few.count().cast("int64"))


def by_day(rows: Iterable[tuple[Any, ...]]) -> Exact:
    """What an engine says of such a table."""
    found: dict[date, dict[tuple[str, ...], int]] = {}
    for day, *values, count in rows:
        found.setdefault(day, {})[tuple(values)] = int(count)
    return found
