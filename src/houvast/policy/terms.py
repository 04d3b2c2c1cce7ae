"""When the term of a row ends, by the calendar of the regime."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from houvast.policy.law import Regime
from houvast.policy.model import Term
from houvast.policy.periods import after
from houvast.policy.regime import regime as regime_named
from houvast.policy.world import BOOK_YEAR_END, NOT_YET, Row

ENDLESS: Final = datetime.max.replace(tzinfo=UTC)


def zone(regime: str) -> ZoneInfo:
    """The time zone in which this regime counts days. Raises UsageError for one that is not known."""
    return regime_named(regime).zone


def term_end(row: Row, term: Term | None, regime: str, instant: datetime) -> datetime | None:
    """The first instant after the term: local midnight of the event's date plus the period.

    ENDLESS when the event has not happened; None when there is no term, or nobody knows the event.
    """
    since = row.happened(term.event, instant) if term else None
    if term is None or since is None:
        return None
    if since == NOT_YET:
        return ENDLESS
    law = regime_named(regime)
    day = since.astimezone(law.zone).date() if isinstance(since, datetime) else since
    start = book_year_after(law, day, term.book_year) if term.event == BOOK_YEAR_END and not row.never_owned else day
    return datetime.combine(after(start, term.plus), time.min, law.zone)


def book_year_after(law: Regime, day: date, begins: int = 0) -> date:
    """The first day of the book year after the one that a day is in.

    `begins`: the month on whose first day book years begin; without it, as the law of that day has it.
    """
    if begins:
        start = date(day.year, begins, 1)
        return start if day < start else date(day.year + 1, begins, 1)
    month, last = law.on(max(day, law.begins)).book_year_end
    ends = date(day.year, month, last)
    return (ends if day <= ends else date(day.year + 1, month, last)) + timedelta(days=1)
