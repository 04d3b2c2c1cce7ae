"""When the term of a row ends, by the calendar of the regime."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from houvast.errors import UsageError
from houvast.policy.model import Term
from houvast.policy.periods import after
from houvast.policy.world import BOOK_YEAR_END, NOT_YET, Row

ENDLESS: Final = datetime.max.replace(tzinfo=UTC)
_ZONES: Final = {"nl-avg": "Europe/Amsterdam"}


def zone(regime: str) -> ZoneInfo:
    """The time zone in which this regime counts days."""
    if regime not in _ZONES:
        known = ", ".join(_ZONES)
        raise UsageError(f"the regime {regime!r} is not known", todo=f"Write one of: {known}.")
    return ZoneInfo(_ZONES[regime])


def term_end(row: Row, term: Term | None, regime: str, instant: datetime) -> datetime | None:
    """The first instant after the term: local midnight of the event's date plus the period.

    ENDLESS when the event has not happened; None when there is no term, or nobody knows the event.
    """
    since = row.happened(term.event, instant) if term else None
    if term is None or since is None:
        return None
    if since == NOT_YET:
        return ENDLESS
    here = zone(regime)
    day = since.astimezone(here).date() if isinstance(since, datetime) else since
    start = date(day.year + 1, 1, 1) if term.event == BOOK_YEAR_END and not row.never_owned else day
    return datetime.combine(after(start, term.plus), time.min, here)
