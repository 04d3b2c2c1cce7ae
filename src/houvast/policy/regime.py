"""The law as dated parameters: `regimes/NAME.yaml`, asked for one instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from houvast.document import Findings, parse
from houvast.errors import HouvastError, UsageError
from houvast.policy.model import Basis, Period
from houvast.policy.periods import parse_period
from houvast.reading import Section, did_you_mean

_FOLDER = Path(__file__).parent / "regimes"


@dataclass(frozen=True)
class Dated:
    """A value of a parameter and since when it holds."""

    since: date
    value: tuple[str, ...]
    law: tuple[str, ...]


@dataclass(frozen=True)
class Law:
    """What holds at one instant. `sources`: parameter -> articles."""

    timezone: str
    answer_term: Period
    answer_extension: Period
    book_year_end: tuple[int, int]  # month, day
    fiscal_retention: Period
    marketing_bases: frozenset[Basis]
    consent_age: int
    court_term: Period
    authority: str
    statutes: tuple[str, ...]
    sources: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Regime:
    """A country's law through time."""

    name: str
    timezone: str
    parameters: Mapping[str, tuple[Dated, ...]]

    @property
    def begins(self) -> date:
        """The first day on which every parameter has a value."""
        return max(min(one.since for one in values) for values in self.parameters.values())

    def local_day(self, instant: datetime) -> date:
        """The day that it is in this country at an instant."""
        return instant.astimezone(ZoneInfo(self.timezone)).date()

    def at(self, instant: datetime) -> Law:
        """The law at an instant (aware). Raises HouvastError for an instant before `begins`."""
        day = self.local_day(instant)
        if day < self.begins:
            raise HouvastError(
                f"{self.name} holds no law for {day.isoformat()}.",
                todo=f"Ask for {self.begins.isoformat()} or later.",
            )
        now = {name: _in_force(values, day) for name, values in self.parameters.items()}
        month, _, last = now["book_year_end"].value[0].partition("-")
        return Law(
            timezone=self.timezone,
            answer_term=_period(now["answer_term"]),
            answer_extension=_period(now["answer_extension"]),
            book_year_end=(int(month), int(last)),
            fiscal_retention=_period(now["fiscal_retention"]),
            marketing_bases=frozenset(Basis(word) for word in now["marketing_bases"].value),
            consent_age=int(now["consent_age"].value[0]),
            court_term=_period(now["court_term"]),
            authority=now["authority"].value[0],
            statutes=now["statutes"].value,
            sources={name: value.law for name, value in now.items()},
        )


@cache
def regime(name: str) -> Regime:
    """The regime of this name. Raises UsageError when Houvast does not know it."""
    known = regimes()
    if name not in known:
        raise UsageError(f"`{name}` is no law that Houvast knows.", todo=did_you_mean(name, known))
    file = f"{name}.yaml"
    findings = Findings()
    root = Section(parse((_FOLDER / file).read_text("utf-8"), file), findings, "a regime")
    found = Regime(root.required("regime"), root.required("timezone"), _parameters(root))
    root.close()
    findings.stop_if_any()
    return found


def regimes() -> tuple[str, ...]:
    """The names of all regimes."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.yaml")))


def _parameters(root: Section) -> dict[str, tuple[Dated, ...]]:
    group = root.section("parameters")
    return {name: tuple(_dated(one) for one in group.sections(name, "value")) for name in group.names()}


def _dated(section: Section) -> Dated:
    found = Dated(date.fromisoformat(section.required("from")), section.texts("is"), section.texts("law"))
    section.close()
    return found


def _in_force(values: tuple[Dated, ...], day: date) -> Dated:
    return max((one for one in values if one.since <= day), key=lambda one: one.since)


def _period(value: Dated) -> Period:
    period = parse_period(value.value[0])
    if period is None:
        raise HouvastError(f"`{value.value[0]}` in the regime is no period.", todo="Write it as P1M.")
    return period
