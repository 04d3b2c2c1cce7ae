"""Reports of visits: for the staff what one would cost before it is published, for everybody what was published."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from houvast.app import releasing, trends
from houvast.app.target import Target
from houvast.app.visits import counts
from houvast.database import Connection
from houvast.errors import DatabaseRefusal, HouvastError, UsageError
from houvast.visits.release.model import TIMES, Draft, Key, Question, Report, Row
from houvast.web import charts
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.posted import posted, text, whole
from houvast.web.roles import ALL, Role, staff
from houvast.web.state import state
from houvast.web.views.cached import send
from houvast.web.visit_words import value
from houvast.web.words import wording

MOST_KEYS = 4
DAYS = 28
SHARES = (5, 10, 15, 25, 50, 100)
SHARE = 15
LISTED = 200
"""So many groups a page lists; the files have all."""
FORMS = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf", "json": "application/json",
         "receipt": "application/json"}  # fmt: skip
LATELY = 5.0
_read: list[tuple[float, str, tuple[Report, ...]]] = []
"""When the reports were last read, from where, and what they were."""
_FOR_EVER = "public, max-age=86400, immutable"
"""What is published never changes."""


def target() -> Target:
    """The project and database of these pages."""
    site = sites.current()
    return Target(site.project(), site.url)


@staff(*ALL)
def visit_reports(request: HttpRequest) -> HttpResponse:
    """Put a report together: what it costs and what it promises is shown before anything is counted."""
    if not counts(sites.current().project()):
        return _sent(request, {"declared": None})
    given = request.POST if request.method == "POST" else request.GET
    question, wrong = _asked(given)
    if question:
        came = posted(request, lambda db, by: _publish(db, question, by, given), HouvastError, Role.OFFICER)
        if came.given is not None:
            return HttpResponseRedirect(reverse("report", args=[came.given.number]))
        wrong = came.wrong
    try:
        left, draft = sites.current().ask(lambda db: _stands(db, question))
    except HouvastError as error:
        left, draft, wrong = None, None, wrong or error
    return _sent(request, {"declared": True, "wrong": wrong, "budget": left, "draft": draft, **_form(given, question)})


def _publish(db: Connection, question: Question, by: str, given: QueryDict) -> Report:
    made = releasing.publish(target(), question, by=by, code=text(given, "code"), connection=db)
    _read.clear()
    return made


def _stands(db: Connection, question: Question | None) -> tuple[object, Draft | None]:
    return releasing.budget(target(), db), releasing.compose(target(), question, db) if question else None


def _asked(given: QueryDict) -> tuple[Question | None, HouvastError | None]:
    """The question of a form; None before there is one, or when it cannot be asked."""
    keys = [one for one in given.getlist("key") if one]
    if not keys and not text(given, "from"):
        return None, None
    try:
        if any(one not in [*Key] for one in keys):
            raise UsageError("A report counts by one or more keys, each once.", todo=f"Keys: {', '.join(Key)}.")
        if len(keys) > MOST_KEYS:
            raise UsageError("A report of the pages counts by four keys at most.", todo="Leave some out.")
        since, until = (date.fromisoformat(text(given, name)) for name in ("from", "to"))
        share = whole(text(given, "share") or str(SHARE), 3)
        return Question(tuple(Key(one) for one in keys), since, until, share, text(given, "site")), None
    except UsageError as error:
        return None, error
    except ValueError:
        return None, UsageError("This is not a day.", todo="Write it as 2026-11-25.")


def _form(given: QueryDict, question: Question | None) -> dict[str, object]:
    lang, said = language(), wording(language())["visits"]
    declared = trends.declared(sites.current().project())
    until = trends.today().date() - timedelta(days=1)
    chosen = set(given.getlist("key")) or {str(Key.DAY), str(Key.BROWSER)}
    return {
        "question": question, "keys": [(str(one), said[f"column_{one}"], str(one) in chosen) for one in Key],
        "since": text(given, "from") or str(until - timedelta(days=DAYS - 1)), "until": text(given, "to") or str(until),
        "shares": SHARES, "share": text(given, "share") or str(SHARE), "chosen_site": text(given, "site"),
        "our_sites": [(one.name, one.label.get(lang, one.name)) for one in (declared.sites if declared else ())],
    }  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Rows of a report that belong together: a line in time, or bars."""

    caption: str
    rows: tuple[charts.Row, ...]
    line: charts.Line | None
    more: int = 0


def reports(request: HttpRequest) -> HttpResponse:
    """What was published, the newest first."""
    now, found = state(), _known()
    key = (*now.key, "reports", language(), tuple(one.number for one in found))
    context = {"state": now, "reports": [(one, one.title(language())) for one in found]}
    return send(request, key, lambda: render_to_string("public/reports.html", context, request))


def report(request: HttpRequest, number: int) -> HttpResponse:
    """One report: its numbers, how sure each is, and what nobody can find out from it."""
    now, lang = state(), language()

    def make() -> str:
        found = _one(number)
        context = {"state": now, "report": found, "title": found.title(lang), "parts": _parts(found, lang),
                   "files": ("csv", "pdf", "json")}  # fmt: skip
        return render_to_string("public/report.html", context, request)

    return send(request, (*now.key, "report", number, lang), make)


def report_file(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """A report as a file: the same bytes each time."""
    known: dict[str, releasing.Format] = {one: one for one in releasing.FORMATS}
    if form not in known or form not in FORMS:
        raise Http404
    lang = language()

    def make() -> bytes:
        _one(number)
        try:
            return sites.current().ask(lambda db: releasing.report_bytes(target(), number, known[form], lang, db))
        except HouvastError:
            raise Http404 from None  # the log does not have it yet, or PDFs need Typst

    response = send(request, (sites.current().url, "report", number, lang, form), make, FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="report-{number}.{"json" if form == "receipt" else form}"'
    if form != "receipt":  # it may be of a longer log later
        response["Cache-Control"] = _FOR_EVER
    return response


def _known() -> tuple[Report, ...]:
    """What was published, read again after LATELY seconds: whoever asks for pages again and again costs nothing."""
    url, now = sites.current().url, time.monotonic()
    kept = _read[:]
    at, whose, found = kept[0] if kept else (0.0, "", ())
    if whose != url or now - at > LATELY:
        found = sites.current().ask(_published)
        _read[:] = [(now, url, found)]
    return found


def _published(db: Connection) -> tuple[Report, ...]:
    """Nothing where nothing can have been published."""
    try:
        return releasing.reports(target(), db) if counts(sites.current().project()) else ()
    except DatabaseRefusal:
        return ()


def _one(number: int) -> Report:
    found = next((one for one in _known() if one.number == number), None)
    if found is None:
        raise Http404
    return found


def _parts(found: Report, lang: str) -> list[Part]:
    """The totals first, then the groups."""
    said, keys = wording(lang)["reports"], found.question.ordered
    total_keys = tuple(one for one in keys if one in TIMES)
    parts = [_part(found, total_keys, found.totals, said["totals"], lang)] if found.totals else []
    if set(keys) - set(TIMES):
        parts.append(_part(found, keys, found.rows, said["groups"], lang))
    return parts


def _part(found: Report, keys: Sequence[Key], rows: Sequence[Row], caption: str, lang: str) -> Part:
    numbers = [charts.Number(_words(found, keys, one.values, lang), one.count, one.within) for one in rows]
    is_line = bool(keys) and all(one in TIMES for one in keys)
    listed = numbers[:LISTED]
    return Part(caption, charts.rows(listed), charts.line(numbers) if is_line else None, len(numbers) - len(listed))


def _words(found: Report, keys: Sequence[Key], values: Sequence[str], lang: str) -> str:
    said = [
        found.labels.get(one, {}).get(lang, one) if key is Key.SITE else value(str(key), one, lang)
        for key, one in zip(keys, values, strict=False)
    ]
    return ", ".join(said) or wording(lang)["visits"]["all"]


def _sent(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    response = render(request, "desk/visit_reports.html", context)
    response["Cache-Control"] = "no-store"
    return response
