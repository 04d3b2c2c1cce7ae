"""The law as dated data: `regimes/NAME.yaml`, asked for one instant.

A `Regime` is a country's law through time, a `Law` what of it holds at one instant. `regime` reads
the file; nothing of the law stands anywhere else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from houvast.errors import HouvastError
from houvast.policy.model import Basis, Period, Wording
from houvast.policy.periods import parse_period


class _Since(Protocol):
    @property
    def since(self) -> date: ...


Entry = TypeVar("Entry", bound=_Since)


@dataclass(frozen=True)
class Dated:
    """A value of a parameter and since when it holds. `source`: the law book that it stands in."""

    since: date
    value: tuple[str, ...]
    law: tuple[str, ...]
    source: str = ""


@dataclass(frozen=True)
class LawBook:
    """A law that may be cited. `articles`, `recitals`: how many it has, 0 when they are not numbered through."""

    short: str
    name: str
    source: str
    articles: int = 0
    recitals: int = 0


@dataclass(frozen=True)
class Floor:
    """What a promise with this parameter may not fall below.

    `kind`: `most`, `least`, `same` (`than` names a parameter of the law), `word` (`than` is the word), `with` (`than`
    must be in the list). `of`: only for a recipient in this role.
    """

    since: date
    parameter: str
    kind: str
    than: str
    law: tuple[str, ...] = ()
    of: str = ""


@dataclass(frozen=True)
class LegalDuty:
    """One duty that the law adds to every policy (G01 ...); the regime's file says what each value means.

    `tells`: what of `notice_names` a notice says once a policy answers this duty.
    """

    since: date
    id: str
    label: Wording
    asks: str
    law: tuple[str, ...]
    sections: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    when: str = ""
    default: Wording = field(default_factory=dict[str, str])
    todo: Wording = field(default_factory=dict[str, str])
    tells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Article:
    """What an article asks by itself, in a few words."""

    since: date
    says: Wording


@dataclass(frozen=True)
class Law:
    """What holds at one instant. `now`: every parameter with its value and articles."""

    timezone: str
    now: Mapping[str, Dated]
    holidays: Mapping[str, Dated]
    duties: Mapping[str, LegalDuty]
    floors: tuple[Floor, ...]
    articles: Mapping[str, Article]
    books: Mapping[str, LawBook]

    def texts(self, name: str) -> tuple[str, ...]:
        """A parameter as a list."""
        return self.now[name].value

    def cite(self, name: str) -> str:
        """The articles behind a parameter."""
        return ", ".join(self.now[name].law)

    def period(self, name: str) -> Period:
        """A parameter as a calendar duration."""
        return parse_period(self.texts(name)[0]) or Period()

    def number(self, name: str) -> int:
        """A parameter as a whole number."""
        return int(self.texts(name)[0])

    @property
    def answer_term(self) -> Period:
        """Within what time a request is answered."""
        return self.period("answer_term")

    @property
    def answer_extension(self) -> Period:
        """By how much that may be longer, with reasons."""
        return self.period("answer_extension")

    @property
    def source_notice(self) -> Period:
        """Within what time people hear what came from others."""
        return self.period("source_notice")

    @property
    def breach_hours(self) -> int:
        """Within how many hours a breach is reported."""
        return self.number("breach_hours")

    @property
    def court_term(self) -> Period:
        """Within what time after an answer one can go to court."""
        return self.period("court_term")

    @property
    def fiscal_retention(self) -> Period:
        """How long the books are kept."""
        return self.period("fiscal_retention")

    @property
    def book_year_end(self) -> tuple[int, int]:
        """Month and day on which a book year ends."""
        month, _, day = self.texts("book_year_end")[0].partition("-")
        return int(month), int(day)

    @property
    def authority(self) -> str:
        """The supervisory authority."""
        return self.texts("authority")[0]

    @property
    def consent_age(self) -> int:
        """From what age people consent themselves."""
        return self.number("consent_age")

    @property
    def notice_names(self) -> tuple[str, ...]:
        """What a notice must tell: of everything, and of what came from others."""
        return (*self.texts("notice_names"), *self.texts("notice_names_from_others"))

    @property
    def statutes(self) -> tuple[str, ...]:
        """What demands the use or keeping of data."""
        return self.texts("statutes")

    @property
    def marketing_bases(self) -> frozenset[Basis]:
        """On what marketing mail may rest."""
        return frozenset(map(Basis, self.texts("marketing_bases")))

    @property
    def sources(self) -> Mapping[str, tuple[str, ...]]:
        """Parameter -> the articles behind it."""
        return {name: value.law for name, value in self.now.items()}


@dataclass(frozen=True)
class Regime:
    """A country's law through time."""

    name: str
    timezone: str
    parameters: Mapping[str, tuple[Dated, ...]]
    country: str = ""
    books: Mapping[str, LawBook] = field(default_factory=dict[str, LawBook])
    holidays: Mapping[str, tuple[Dated, ...]] = field(default_factory=dict[str, tuple[Dated, ...]])
    duties: Mapping[str, tuple[LegalDuty, ...]] = field(default_factory=dict[str, tuple[LegalDuty, ...]])
    floors: tuple[Floor, ...] = ()
    articles: Mapping[str, Article] = field(default_factory=dict[str, Article])

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone in which days are counted."""
        return ZoneInfo(self.timezone)

    @cached_property
    def begins(self) -> date:
        """The first day on which every parameter has a value."""
        return max(min(one.since for one in values) for values in self.parameters.values())

    @cached_property
    def changes(self) -> tuple[date, ...]:
        """The days on which something of the law changed, the first aside."""
        groups: list[Iterable[_Since]] = [*self.parameters.values(), *self.holidays.values(), *self.duties.values()]
        days = {one.since for group in groups for one in group} | {one.since for one in self.floors}
        return tuple(sorted(day for day in days if day > self.begins))

    def local_day(self, instant: datetime) -> date:
        """The day that it is in this country at an instant."""
        return instant.astimezone(self.zone).date()

    def at(self, instant: datetime) -> Law:
        """The law at an instant (aware). Raises HouvastError for an instant before `begins`."""
        return self.on(self.local_day(instant))

    def on(self, day: date) -> Law:
        """The law on a day. Raises HouvastError for a day before `begins`."""
        if day < self.begins:
            raise HouvastError(
                f"{self.name} holds no law for {day.isoformat()}.",
                todo=f"Ask for {self.begins.isoformat()} or later.",
            )
        age = bisect_right(self._days, day)
        if age not in self._laws:
            self._laws[age] = self._law(day)
        return self._laws[age]

    @cached_property
    def _days(self) -> tuple[date, ...]:
        """The days since which something is as it is."""
        groups: list[Iterable[_Since]] = [*self.parameters.values(), *self.holidays.values(), *self.duties.values()]
        days = {one.since for group in groups for one in group}
        return tuple(sorted(days | {one.since for one in (*self.floors, *self.articles.values())}))

    @cached_property
    def _laws(self) -> dict[int, Law]:
        """How many of those days have passed -> the law, made once: terms are computed by the thousand."""
        return {}

    def _law(self, day: date) -> Law:
        return Law(
            timezone=self.timezone,
            now=_in_force(self.parameters, day),
            holidays=_in_force(self.holidays, day),
            duties=_in_force(self.duties, day),
            floors=tuple(one for one in self.floors if one.since <= day),
            articles={name: one for name, one in self.articles.items() if one.since <= day},
            books=self.books,
        )

    def changed(self, name: str, value: Dated) -> Regime:
        """The same law, with a parameter that is otherwise from a day on."""
        return replace(self, parameters={**self.parameters, name: (*self.parameters[name], value)})


def _in_force(entries: Mapping[str, Sequence[Entry]], day: date) -> dict[str, Entry]:
    known = {name: [one for one in values if one.since <= day] for name, values in entries.items()}
    return {name: max(values, key=lambda one: one.since) for name, values in known.items() if values}
