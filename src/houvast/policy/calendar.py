"""Days on which nobody works, and on which day a term of the law ends.

Regulation (EEC, Euratom) 1182/71: the day of receipt does not count; a term of months ends on the same day
number, or else on the last day of the month; one that ends on a Saturday, Sunday or holiday ends on the next
working day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from houvast.policy.law import Law
from houvast.policy.model import Period
from houvast.policy.periods import after

SUNDAY = 6


def due(law: Law, received: date, period: Period) -> date:
    """The last day of a term that began with a receipt on this day."""
    day = after(received, period)
    while is_free(law, day):
        day += timedelta(days=1)
    return day


def is_free(law: Law, day: date) -> bool:
    """Whether it is a Saturday, a Sunday or a holiday."""
    return day.weekday() >= SUNDAY - 1 or day in dict.fromkeys(holidays(law, day.year))


def holidays(law: Law, year: int) -> Iterator[date]:
    """The holidays of a year."""
    for value in law.holidays.values():
        text = value.value[0]
        if text.startswith("easter"):
            yield easter(year) + timedelta(days=int(text.removeprefix("easter")))
            continue
        day, _, instead = text.partition(", on sunday ")
        found = _day(year, day)
        yield _day(year, instead) if instead and found.weekday() == SUNDAY else found


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher; Astronomical Algorithms, 1991)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _day(year: int, text: str) -> date:
    month, _, day = text.partition("-")
    return date(year, int(month), int(day))
