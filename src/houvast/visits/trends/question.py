"""A question about visits: which groups, counted how, of which days. Everything in it is of a closed list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from houvast.errors import UsageError

COLUMNS = ("page", "referrer", "language", "browser", "hour")
"""By what visits are grouped: facts of a visit, as `visits.model.COLUMNS` has them; `hour` of the day, in UTC."""
WEEKDAYS = 7
AT_ONCE = 2
"""So many columns a question is about, those that it chooses by included: never one more."""
LONGEST = 400
"""Days in one question."""
_PROMISE = "(promise C24)"
_SHAPE = {
    "page": re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}"),
    "referrer": re.compile(r"none|own|other|(?=.{1,80}$)[a-z0-9-]+(\.[a-z0-9-]+)+"),
    "language": re.compile(r"none|other|[a-z]{2,3}"),
    "browser": re.compile(r"[A-Za-z][A-Za-z0-9 ._-]{0,39}"),
    "hour": re.compile(r"[0-9]|1[0-9]|2[0-3]"),
}
_LIST = ", ".join(COLUMNS)


class Measure(StrEnum):
    """What is counted.

    VISITOR_DAYS: each visitor once a day, by their first visit of that day. VISITS: pages that were asked for, of one
    visitor at most `VISITS_A_DAY` a day.
    """

    VISITOR_DAYS = "visitor-days"
    VISITS = "visits"


VISITS_A_DAY = 5
CAP = {Measure.VISITOR_DAYS: 1, Measure.VISITS: VISITS_A_DAY}
"""How many visits of one visitor-day count: what one visitor can change about a number, at most."""


class Every(StrEnum):
    """In which pieces a period is answered: each piece has numbers of its own, which are added."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True)
class Trend:
    """A question. Days are those of UTC, and whole; `since` and `until` both count.

    `site`: one of the declared sites. `keys`: columns by which to group (COLUMNS), and "day" or "week" for a line in
    time. `where`: only visits with these values (column, value). `robots`: count robots in the place of people.
    """

    site: str
    since: date
    until: date
    keys: tuple[str, ...] = ()
    measure: Measure = Measure.VISITOR_DAYS
    where: tuple[tuple[str, str], ...] = ()
    robots: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is about, in the order of COLUMNS: the table that answers it."""
        wanted = {*self.keys, *(name for name, _ in self.where)}
        return tuple(name for name in COLUMNS if name in wanted)

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns by which it groups, as they were asked for."""
        return tuple(name for name in self.keys if name in COLUMNS)

    @property
    def time(self) -> Every | None:
        """The pieces of the line in time that it asks for; None for one number of the whole period."""
        return next((one for one in Every if one in self.keys), None)

    @property
    def every(self) -> Every:
        """In which pieces it is answered: weeks when it asks for them, or when it is of whole ones (ISO 8601)."""
        whole = self.since.weekday() == 0 and self.until.weekday() == WEEKDAYS - 1
        return self.time or (Every.WEEK if whole else Every.DAY)

    def blocks(self) -> tuple[tuple[date, date], ...]:
        """The pieces, each with its first and last day."""
        step = WEEKDAYS if self.every is Every.WEEK else 1
        starts = range(0, (self.until - self.since).days + 1, step)
        firsts = [self.since + timedelta(days=number) for number in starts]
        return tuple((first, first + timedelta(days=step - 1)) for first in firsts)

    def __str__(self) -> str:
        """In one line, the same for the same question: what the register of uses holds of it."""
        chosen = "".join(f" where {name} is {value}" for name, value in sorted(self.where))
        by = f" by {', '.join(self.keys)}" if self.keys else ""
        who = " of robots" if self.robots else ""
        return f"{self.measure}{who} at {self.site}{by}{chosen}, {self.since} to {self.until}"


def check(asked: Trend, today: date, sites: tuple[str, ...]) -> None:
    """Raises UsageError for a question that is not answered, with the promise and what to ask instead."""
    said = strange(asked.keys, asked.where)
    if said:
        raise UsageError(said, todo=f"Ask by at most two of {_LIST}, and by day or by week.")
    _check_days(asked, today)
    if asked.site not in sites:
        raise UsageError("This site is not declared.", todo=f"Ask about one of: {', '.join(sites)}.")


def strange(keys: Sequence[str], where: Sequence[tuple[str, str]]) -> str:
    """What is wrong with the columns of a question; "" when nothing is. It repeats nothing of what was asked."""
    chosen = [name for name, _ in where]
    if any(name not in (*COLUMNS, *Every) for name in keys) or any(name not in COLUMNS for name in chosen):
        return f"Visits are grouped by {_LIST}, day or week, and by nothing else {_PROMISE}."
    if len({*keys, *chosen}) < len(keys) + len(chosen):
        return "A question names each column once."
    if len({*keys, *chosen} - {*Every}) > AT_ONCE:
        return f"A question is about two columns at most, chosen ones included {_PROMISE}."
    if sum(one in keys for one in Every) > 1:
        return "A line in time is by day or by week."
    unknown = next((name for name, value in where if not _SHAPE[name].fullmatch(value)), "")
    return f"That is no value of {unknown}, as answers name them {_PROMISE}." if unknown else ""


def _check_days(asked: Trend, today: date) -> None:
    if asked.until >= today or asked.since > asked.until:
        raise UsageError("A question is about days that are over, the first before the last (days of UTC).",
                         todo=f"Ask until {today - timedelta(days=1)}, or earlier.")  # fmt: skip
    if (asked.until - asked.since).days >= LONGEST:
        raise UsageError(f"A question is about {LONGEST} days at most.", todo="Ask for a shorter time.")
    begins, ends = asked.since.weekday() == 0, asked.until.weekday() == WEEKDAYS - 1
    if asked.time is Every.WEEK and not (begins and ends):
        raise UsageError("A line by week begins on a Monday and ends on a Sunday.", todo="Ask for whole weeks.")
