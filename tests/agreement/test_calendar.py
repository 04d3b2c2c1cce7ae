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


def _over(event: str, period: Period, instant: datetime, day: date) -> bool:
    """Whether the term of an event of this day is over at this instant: of no day after the first whose is not."""
    name, _, begins = event.partition("@")
    term = Term("c", name, period, book_year=int(begins or 0))
    end = term_end(Row("t", "1", events={name: day}), term, "nl-avg", instant)
    return end is not None and end <= instant


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
    asked = [(event, period) for event in EVENTS for period in _periods()]
    instants = _instants()
    at = ", ".join(f"'{instant.isoformat()}'" for instant in instants)
    terms = queries("houvast.compiler", "install.sql")["terms"]
    told: dict[tuple[str, Period], list[date]] = {}
    with connect(server.url()) as database:
        run(database, "CREATE SCHEMA IF NOT EXISTS houvast")
        run(database, terms)
        for event, period in asked:
            call = first_in_time(event, period, str(HERE), "date")
            query = call.replace("pg_catalog.statement_timestamp()", "instant")
            rows = f"unnest(ARRAY[{at}]::timestamptz[]) WITH ORDINALITY asked (instant, number)"
            found = run_query(database, f"SELECT {query} FROM {rows} ORDER BY number")
            told[event, period] = [row[0] for row in found]
    wrong = [
        f"{event} + {period} at {instant}: PostgreSQL {day}, another than the calendar"
        for (event, period), days in told.items()
        for instant, day in zip(instants, days, strict=True)
        if _over(event, period, instant, day) or not _over(event, period, instant, day - timedelta(days=1))
    ]
    assert sum(map(len, told.values())) > 5000
    assert not wrong, f"{len(wrong)} wrong\n" + "\n".join(wrong[:10])
