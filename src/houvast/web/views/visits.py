"""Trends of visits for the staff: numbers of groups, with how sure they are. Each question is recorded as a use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from houvast.app import trends
from houvast.errors import FileErrors, HouvastError, UsageError
from houvast.visits.model import Declared
from houvast.visits.trends import Answer, Group, Measure, Trend
from houvast.visits.trends.question import COLUMNS, WEEKDAYS, Every
from houvast.web import charts
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.posted import sender, text
from houvast.web.roles import ALL, staff
from houvast.web.visit_words import value
from houvast.web.words import wording

OVERVIEW = ("page", "referrer", "language", "browser", "hour")
MOST = 25
"""So many groups of a question are listed on a page."""
SPANS = (1, 4, 13)
"""Whole weeks, to choose from."""
BY_DAY = 4
"""Up to so many weeks a line in time is by day."""


@dataclass(frozen=True)
class Shown:
    """An answer as a page has it: what it is called, bars or a line, and how many groups more there are."""

    title: str
    answer: Answer
    rows: tuple[charts.Row, ...]
    line: charts.Line | None
    more: int


@staff(*ALL)
def visits(request: HttpRequest) -> HttpResponse:
    """Trends of one site and time; and a question of one's own."""
    project = sites.current().project()
    try:
        declared, purposes = trends.declared(project), trends.purposes(project)
    except FileErrors:
        wrong = UsageError("There are mistakes in visits.yaml.", todo="Run houvast visits status: it lists them.")
        return _sent(request, {"declared": None, "wrong": wrong})
    except UsageError as error:
        return _sent(request, {"declared": None, "wrong": error})
    if declared is None or not purposes:
        return _sent(request, {"declared": None})
    given = request.GET
    own = _own(given, declared)
    context = _form(given, declared, purposes, own)
    try:
        base = _base(given, declared)
        asked = [*_overview(base), *([_trend(base, own)] if own else [])]
        asking = trends.Asking(text(given, "for") or purposes[0], sender(request))
        answers = sites.current().ask(lambda db: trends.ask(project, db, asked, asking))
    except HouvastError as error:
        return _sent(request, {**context, "wrong": error})
    shown = [_shown(one, declared) for one in answers]
    mine = shown.pop() if own else None
    return _sent(request, {**context, "base": base, "shown": shown, "mine": mine, "total": answers[0].total,
                           "least": answers[0].least, "group": answers[0].group,
                           "nothing": not any(one.groups for one in answers)})  # fmt: skip


@dataclass(frozen=True)
class Own:
    """A question that somebody puts together, or that the organisation declares."""

    by: tuple[str, ...]
    where: tuple[tuple[str, str], ...]
    measure: str
    label: str = ""
    name: str = ""


def _own(given: QueryDict, declared: Declared) -> Own | None:
    name, lang = text(given, "question"), language()
    found = next((one for one in declared.questions if one.name == name), None)
    if found:
        return Own(found.by, found.where, found.measure, found.label[lang], name)
    by = tuple(filter(None, (text(given, "by"), text(given, "and"))))
    column, chosen = text(given, "where"), text(given, "is")
    if not by and not column:
        return None
    return Own(by, ((column, chosen),) if column else (), text(given, "counted") or Measure.VISITOR_DAYS)


def _base(given: QueryDict, declared: Declared) -> Trend:
    """The site and the time. Raises UsageError."""
    weeks = text(given, "weeks")
    since, until = (_day(text(given, name)) for name in ("from", "to"))
    if not (since or until):
        number = int(weeks) if weeks in {str(one) for one in SPANS} else trends.WEEKS
        since, until = trends.weeks(number)
    return trends.trend(declared, site=text(given, "site"), since=since, until=until)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise UsageError("This is not a day.", todo="Write it as 2026-11-25.") from None


def _overview(base: Trend) -> list[Trend]:
    """What everybody sees first: a line in time, and each column by itself."""
    days = (base.until - base.since).days + 1
    time = Every.WEEK if base.every is Every.WEEK and days > BY_DAY * WEEKDAYS else Every.DAY
    return [replace(base, keys=(time,)), *(replace(base, keys=(name,)) for name in OVERVIEW)]


def _trend(base: Trend, own: Own) -> Trend:
    """Raises UsageError."""
    if own.measure not in [*Measure]:
        raise UsageError("Visits are counted as visitor-days or as visits.", todo="Choose one of the two.")
    return replace(base, keys=own.by, where=own.where, measure=Measure(own.measure))


def _shown(answer: Answer, declared: Declared) -> Shown:
    lang, keys = language(), answer.asked.keys
    numbers = [
        charts.Number(_words(keys, one.values, lang, declared), one.count, one.error) for one in _ordered(answer, keys)
    ]
    is_line = answer.asked.time is not None and len(keys) == 1
    title = wording(lang)["visits"][f"by_{keys[0]}"] if len(keys) == 1 else ""
    listed = numbers if is_line else numbers[:MOST]
    return Shown(title, answer, charts.rows(listed), charts.line(numbers) if is_line else None,
                 len(numbers) - len(listed))  # fmt: skip


def _ordered(answer: Answer, keys: Sequence[str]) -> Iterable[Group]:
    return sorted(answer.groups, key=lambda one: int(one.values[0])) if keys == ("hour",) else answer.groups


def _words(keys: Sequence[str], values: Sequence[str], lang: str, declared: Declared) -> str:
    found = [value(name, one, lang, declared) for name, one in zip(keys, values, strict=True)]
    return ", ".join(found) or wording(lang)["visits"]["all"]


def _form(given: QueryDict, declared: Declared, purposes: Sequence[str], own: Own | None) -> dict[str, object]:
    """What the form shows again."""
    lang, project = language(), sites.current().project()
    labels = project.version_at(trends.today()).purposes
    names = ("site", "for", "from", "to", "weeks", "by", "and", "where", "is", "counted")
    return {
        "declared": declared, "own": own, "given": {name: text(given, name) for name in names},
        "purposes": [(one, labels[one].label.get(lang, one)) for one in purposes],
        "our_sites": [(one.name, one.label.get(lang, one.name)) for one in declared.sites],
        "columns": [(one, wording(lang)["visits"][f"column_{one}"]) for one in (*COLUMNS, *Every)],
        "facts": [(one, wording(lang)["visits"][f"column_{one}"]) for one in COLUMNS],
        "questions": [(one.name, one.label.get(lang, one.name)) for one in declared.questions],
        "spans": SPANS,
    }  # fmt: skip


def _sent(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    response = render(request, "desk/visits.html", context)
    response["Cache-Control"] = "no-store"
    return response
