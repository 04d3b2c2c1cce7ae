"""Pages of the staff: what is kept and what is not, who may use what, and what a text forgot."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from houvast.app import desk
from houvast.app.examine import examine
from houvast.cases import flagged
from houvast.database import Connection
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.matrix import counted, pairs, pictures
from houvast.web.roles import ALL, Role, staff
from houvast.web.rules import rules
from houvast.web.source import FILES, findings, source
from houvast.web.standing import BROKEN, STATES, attempts, counts, sorts
from houvast.web.state import state
from houvast.web.views.controls import red

MANY = 30
SHOWN = 200
"""So many attempts that came through are listed; `prove --json` has all."""


@staff(*ALL)
def today(request: HttpRequest) -> HttpResponse:
    """What waits for somebody now."""
    now, site = state(), sites.current()
    lang = language()
    alarms = site.ask(lambda found: desk.alarms(found, lang) if desk.exists(found) else ())
    runs = site.ask(lambda found: _recent(found, 5))
    broken = [one for one in now.standings.values() if one.state == BROKEN]
    context = {"state": now, "counts": counts(now.standings.values()), "alarms": alarms, "runs": runs, "broken": broken,
               "red": red(), "hidden": site.ask(flagged.waits)}  # fmt: skip
    return render(request, "desk/today.html", context)


@staff(*ALL)
def promises(request: HttpRequest) -> HttpResponse:
    """Every promise with its state, its last proof, and what is still to do."""
    now = state()
    wanted = request.GET.get("status", "")
    if wanted and wanted not in STATES:
        raise Http404
    shown = [one for one in now.standings.values() if wanted in ("", one.state)]
    broken = [one for one in now.standings.values() if one.state == BROKEN]
    context = {"state": now, "counts": counts(now.standings.values()), "shown": shown, "broken": broken}
    return render(request, "desk/promises.html", {**context, "wanted": wanted})


@staff(*ALL)
def promise(request: HttpRequest, promise: str) -> HttpResponse:
    """One promise: every sort of attempt, and each one that came through as it was sent."""
    now, lang = state(), language()
    one = now.standings.get(promise)
    if one is None:
        raise Http404
    tried = sites.current().ask(lambda found: attempts(found, promise))
    failed = [attempt for attempt in tried if not attempt["passed"]]
    context = {
        "state": now,
        "one": one,
        "said": one.promise.says.get(lang, ()),
        "rules": rules(now.policy, promise, lang),
        "sorts": sorts(tried),
        "failed": failed[:SHOWN],
        "more": max(0, len(failed) - SHOWN),
    }
    return render(request, "desk/promise.html", context)


@staff(*ALL)
def uses(request: HttpRequest) -> HttpResponse:
    """Who may use what for what: a picture, and the same in words."""
    now, lang = state(), language()
    if request.GET.get("format") == "csv":
        return _csv(now.policy.version, [*pairs(now.policy, lang)])
    allowed, ruled_out = counted(now.policy)
    context = {
        "state": now,
        "pictures": pictures(now.policy, lang),
        "pairs": pairs(now.policy, lang),
        "allowed": allowed,
        "ruled_out": ruled_out,
    }
    return render(request, "desk/uses.html", context)


def _csv(version: int, rows: list[Any]) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("data", "purpose", "basis", "bounds", "promise"))
    writer.writerows((row.data, row.purpose, row.basis, row.bounds, row.promise) for row in rows)
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="uses-version-{version}.csv"'
    return response


@staff(Role.OFFICER, Role.AUDITOR)
def checks(request: HttpRequest) -> HttpResponse:
    """Gaps and contradictions of the files as they stand now, each with what to write."""
    return render(request, "desk/checks.html", {"found": examine(sites.current().folder, language=language())})


@staff(Role.OFFICER, Role.AUDITOR)
def drift(request: HttpRequest) -> HttpResponse:
    """What PostgreSQL grants and did not when the policy was applied, as last compared."""
    last = sites.current().ask(lambda found: desk.last(found, "drift") if desk.exists(found) else None)
    return render(request, "desk/drift.html", {"last": last, "rows": last.result.get("drift", ()) if last else ()})


@staff(Role.OFFICER, Role.AUDITOR)
def runs(request: HttpRequest) -> HttpResponse:
    """What ran lately, and how it ended."""
    return render(request, "desk/runs.html", {"runs": sites.current().ask(lambda found: _recent(found, MANY))})


@staff(Role.OFFICER, Role.AUDITOR)
def mail(request: HttpRequest) -> HttpResponse:
    """What the demo's own mail server took in."""
    found = sites.current().ask(lambda found: desk.mails(found) if desk.exists(found) else ())
    return render(request, "desk/mail.html", {"mails": found})


@staff(Role.OFFICER, Role.AUDITOR)
def policy_source(request: HttpRequest, file: str) -> HttpResponse:
    """The policy file or the data map, line by line, with what is wrong in place."""
    if file not in FILES:
        raise Http404
    folder = sites.current().folder
    wrong, remarks = findings(folder)
    shown = source(folder, FILES[file], (*wrong, *remarks))
    return render(request, "desk/source.html", {"source": shown, "file": file, "wrong": wrong, "remarks": remarks})


@staff(*ALL)
def look(request: HttpRequest) -> HttpResponse:
    """Every part of these pages, to see how it looks and to copy it."""
    return render(request, "desk/look.html")


def _recent(found: Connection, many: int) -> tuple[desk.Run, ...]:
    return desk.recent(found, many) if desk.exists(found) else ()
