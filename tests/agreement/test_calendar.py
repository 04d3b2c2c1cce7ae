"""The compiler's cut-off days are those of the calendar, on every day and for every period."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random

from houvast.compiler.render import first_in_time
from houvast.database import connect, queries, run, run_query
from houvast.database.server import Server
from houvast.policy.model import Period, Term
from houvast.policy.terms import term_end, zone
from houvast.policy.world import Row

HERE = zone("nl-avg")
EVENTS = ("collected", "book_year.end", "book_year.end@2", "book_year.end@7", "book_year.end@12")


def _periods() -> list[Period]:
    random = Random(7)
    some = [Period(random.randint(0, 3), random.randint(0, 14), random.randint(0, 70)) for _ in range(60)]
    return [Period(), Period(days=1), Period(months=1), Period(years=1), Period(years=7), *some]


def _first_day(event: str, period: Period, instant: datetime) -> date:
    """The first day on which an event has a term that is not over at this instant."""

    name, _, begins = event.partition("@")
    term = Term("c", name, period, book_year=int(begins or 0))

    def over(day: date) -> bool:
        end = term_end(Row("t", "1", events={name: day}), term, "nl-avg", instant)
        return end is not None and end <= instant

    day = instant.astimezone(HERE).date() - timedelta(days=period.years * 366 + period.months * 31 + period.days + 800)
    step = 512
    while step:
        if over(day + timedelta(days=step)):
            day += timedelta(days=step)
        else:
            step //= 2
    return day + timedelta(days=1)


def _instants() -> list[datetime]:
    """Ends and beginnings of months, leap days, nights on which the clock changes, about midnight."""
    days = [
        date(2024, 2, 28),
        date(2024, 2, 29),
        date(2024, 3, 1),
        date(2025, 2, 28),
        date(2025, 3, 1),
        date(2025, 3, 30),
        date(2025, 3, 31),
        date(2025, 4, 30),
        date(2025, 5, 1),
        date(2025, 10, 26),
        date(2025, 12, 31),
        date(2026, 1, 1),
    ]
    clocks = (time(0, 0), time(0, 0, 1), time(12, 0), time(23, 59, 59))
    return [datetime.combine(day, clock, HERE).astimezone(UTC) for day in days for clock in clocks]


def test_first_days_in_time_are_those_of_the_calendar(server: Server):
    asked = [(event, period, instant) for event in EVENTS for period in _periods() for instant in _instants()]
    terms = queries("houvast.compiler", "install.sql")["terms"]
    told: list[date] = []
    with connect(server.url()) as database:
        run(database, "CREATE SCHEMA IF NOT EXISTS houvast")
        run(database, terms)
        for event, period, instant in asked:
            call = first_in_time(event, period, str(HERE), "date")
            query = call.replace("pg_catalog.statement_timestamp()", f"timestamptz '{instant.isoformat()}'")
            told += [row[0] for row in run_query(database, f"SELECT {query}")]
    wrong = [
        f"{event} + {period} at {instant}: PostgreSQL {day}, the calendar {right}"
        for (event, period, instant), day in zip(asked, told, strict=True)
        if day != (right := _first_day(event, period, instant))
    ]
    assert len(told) > 5000
    assert not wrong, f"{len(wrong)} wrong\n" + "\n".join(wrong[:10])
