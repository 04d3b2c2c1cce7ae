"""Calendar durations: read from ISO 8601, compared, added to a date."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from functools import lru_cache

from houvast.policy.model import Period

_PERIOD = re.compile(r"P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?", re.ASCII)
_FOUR_YEARS = [date(2023, 1, 1) + timedelta(days=n) for n in range(1461)]


def parse_period(text: str) -> Period | None:
    """`P1Y6M10D` as a Period (a week is seven days); None when the text is no such duration."""
    match = _PERIOD.fullmatch(text.strip())
    if not match or not any(match.groups()):
        return None
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    return Period(years, months, weeks * 7 + days)


def after(start: date, period: Period) -> date:
    """The date that lies a period after another; month ends are kept (31 January + P1M = 28 February)."""
    months = start.year * 12 + start.month - 1 + period.years * 12 + period.months
    year, month = divmod(months, 12)
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) + timedelta(days=period.days)


@lru_cache(4096)
def ever_longer(one: Period, other: Period) -> date | None:
    """The first day of four years from which `one` ends later than `other`; None when it never does."""
    return next((day for day in _FOUR_YEARS if after(day, one) > after(day, other)), None)
