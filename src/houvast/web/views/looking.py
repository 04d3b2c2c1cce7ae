"""Looking together, for the customer: what is asked, yes or no, and the page that shows and stops.

Two browsers find one another through us, and the picture goes between them alone: it never comes here.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from houvast.app.settings import load_settings
from houvast.compiler.looking import Accepting, accepting
from houvast.database import Connection
from houvast.diagnostics import looking
from houvast.diagnostics.looking import MOVES, Session
from houvast.diagnostics.model import Refused
from houvast.errors import HouvastError
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.state import state
from houvast.web.views.anybody import ours


@ours
def link(request: HttpRequest, token: str) -> HttpResponse:
    """What is asked; yes and no use the link, looking at it does not."""
    wrong: HouvastError | None = None
    said = _asked_now()
    if request.method == "POST":
        try:
            answer = sites.current().ask(lambda db: _answer(db, token, request.POST.get("do", ""), said))
        except Refused as error:
            wrong = error
        else:
            if answer:
                return HttpResponseRedirect(reverse("looking", args=[answer]))
            if answer == "":
                return private(render(request, "looking/declined.html", {"state": state()}))
    found = sites.current().ask(lambda db: looking.asked(db, token))
    context = {"state": state(), "asked": found, "statement": said, "wrong": wrong}
    return private(render(request, "looking/link.html", context, status=200 if found else 404))


@ours
def page(request: HttpRequest, code: str) -> HttpResponse:
    """The customer shows, pauses and stops here; the button to stop works without a script."""
    if request.method == "POST":
        if request.POST.get("do") != "end":
            raise Http404
        sites.current().ask(lambda db: _end(db, code))
        return HttpResponseRedirect(reverse("looking", args=[code]))
    found = _followed(code)
    context = {"state": state(), "found": found, "code": code, "statement": _asked_now(), "ice": ice(found)}
    return private(render(request, "looking/page.html", context))


@csrf_exempt
@require_http_methods(["GET", "POST"])
def now(request: HttpRequest, code: str) -> HttpResponse:
    """For the script: how it stands and what the other browser said (GET); a step, or an offer (POST)."""
    if request.method == "GET":
        return told(_followed(code, after(request)))
    origin = request.headers.get("Origin")
    if origin is not None and origin not in settings.CSRF_TRUSTED_ORIGINS:
        return refused("Another site may not send for its visitors.", 403)
    do = request.POST.get("do", "")
    try:
        if do == "say":
            sites.current().ask(lambda db: looking.say(db, code, body(request)))
        elif do in MOVES:
            sites.current().ask(lambda db: looking.move(db, code, do))
        else:
            raise Http404
    except Refused as error:
        return refused(f"{error.message} {error.todo}")
    return private(HttpResponse(status=204))


def told(found: Session) -> HttpResponse:
    """How a session stands, for a script; `seconds`: until its state ends by itself."""
    left = max(0, round((found.until - datetime.now(UTC)).total_seconds()))
    signals = [{"id": one.id, "kind": one.kind, "body": one.body} for one in found.signals]
    return private(JsonResponse({"state": found.state, "seconds": left, "signals": signals}))


def refused(text: str, status: int = 409) -> HttpResponse:
    """What the database does not let happen, for a script."""
    return private(HttpResponse(text, status=status, content_type="text/plain; charset=utf-8"))


def ice(found: Session) -> list[dict[str, object]]:
    """Our own servers by which browsers find one another; none while nothing can run."""
    if found.state not in ("accepted", "running", "paused"):
        return []
    relays = load_settings(sites.current().folder).relays
    return [dict(one) for one in relays.given(found.until)]


def body(request: HttpRequest) -> str:
    """What a browser says to the other; longer than the database takes, it is refused there."""
    return request.POST.get("body", "").replace("\0", "")[:20_001]


def after(request: HttpRequest) -> int:
    """Up to which signal a script has read."""
    text = request.GET.get("after", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Http404
    return int(text)


def private(response: HttpResponse) -> HttpResponse:
    """Kept nowhere, and found by no search engine."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _asked_now() -> Accepting:
    return accepting(sites.current().project().versions[-1], language())


def _answer(db: Connection, token: str, do: str, said: Accepting) -> str | None:
    """The code of the page after a yes, "" after a no, None when the link is gone."""
    if do == "accept":
        return looking.accept(db, token, language(), said.sha256)
    if do == "decline":
        return "" if looking.decline(db, token) else None
    raise Http404


def _end(db: Connection, code: str) -> None:
    try:
        looking.move(db, code, "end")
    except Refused:
        raise Http404 from None


def _followed(code: str, since: int = 0) -> Session:
    found = sites.current().ask(lambda db: looking.follow(db, code, since))
    if found is None:
        raise Http404
    return found
