"""Looking together, for the one who was named: asking, watching, and what happened."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from houvast.compiler.looking import SHORTEST, USUAL, longest
from houvast.diagnostics import looking
from houvast.diagnostics.looking import Session
from houvast.diagnostics.model import Refused
from houvast.errors import HouvastError
from houvast.web import site as sites
from houvast.web.roles import Role, staff
from houvast.web.views.exchanges import address, problem, who
from houvast.web.views.looking import after, body, ice, private, refused, told

_HELPS = (Role.SUPPORT, Role.OFFICER, Role.SUBCONTRACTOR)
_TIMES = (10, 15, USUAL, 60, 120)


@staff(*_HELPS, Role.AUDITOR)
def lookings(request: HttpRequest, number: int) -> HttpResponse:
    """The sessions of a problem with their logs; whoever it was granted to asks for one."""
    by, roles = who(request)
    one = problem(number, by)
    wrong: HouvastError | None = None
    token = ""
    if request.method == "POST":
        if not {*roles} & {str(role) for role in _HELPS}:
            raise PermissionDenied
        reason = request.POST.get("reason", "").replace("\0", "").strip()[:200]
        minutes = request.POST.get("minutes", "")
        if not (minutes.isascii() and minutes.isdigit() and len(minutes) <= 4):
            raise Http404
        try:
            token = sites.current().ask(lambda db: looking.ask(db, number, reason, int(minutes), by))[1]
        except Refused as error:
            wrong = error
    found = sites.current().ask(lambda db: looking.mine(db, number, by))
    most = longest(sites.current().project().versions[-1])
    context = {"one": one, "found": found, "wrong": wrong, "link": address("looking", token, one.language),
               "asks": one.granted and not one.closed and all(session.is_over for session in found),
               "times": [time for time in _TIMES if SHORTEST <= time <= most], "usual": USUAL,
               "given": request.POST}  # fmt: skip
    return private(render(request, "desk/lookings.html", context))


@staff(*_HELPS)
def looking_watch(request: HttpRequest, number: int) -> HttpResponse:
    """The one who was named looks along here, and leaves."""
    by, _ = who(request)
    if request.method == "POST":
        sites.current().ask(lambda db: looking.leave(db, _watched(number, by).number, by))
        return HttpResponseRedirect(reverse("looking_watch", args=[number]))
    found = _watched(number, by)
    return private(render(request, "desk/looking.html", {"found": found, "ice": ice(found)}))


@staff(*_HELPS)
@require_http_methods(["GET", "POST"])
def looking_watched(request: HttpRequest, number: int) -> HttpResponse:
    """For the script: how it stands (GET); that this browser is ready, or its answer to an offer (POST)."""
    by, _ = who(request)
    if request.method == "GET":
        return told(_watched(number, by, after(request)))
    kind = request.POST.get("do", "")
    if kind not in ("ready", "answer"):
        raise Http404
    try:
        sites.current().ask(lambda db: looking.reply(db, number, by, kind, body(request)))
    except Refused as error:
        return refused(f"{error.message} {error.todo}")
    return private(HttpResponse(status=204))


def _watched(number: int, by: str, since: int = 0) -> Session:
    try:
        return sites.current().ask(lambda db: looking.watch(db, number, by, since))
    except Refused:
        raise Http404 from None
