"""What anybody may ask without an account and without a name: a complaint, a question, and how a request stands.

These forms carry no cookie: nothing of who sends them counts, so there is nothing that a forged form could use. A
browser that says it comes from another site is sent away all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from houvast.app.cases import evidence
from houvast.cases import Right, store
from houvast.cases.reasons import REASONS
from houvast.cases.words import RIGHTS, STATES
from houvast.database import Connection, queries
from houvast.policy.regime import regime
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.state import State, state
from houvast.web.views import failing
from houvast.web.views.cached import send

SORTS = {"breach": (Right.COMPLAINT, "breach"), "expectation": (Right.COMPLAINT, "expectation"),
         "question": (Right.QUESTION, "")}  # fmt: skip
"""What the form offers: the two kinds of complaint (promise C54), and a question."""
SHORTEST, LONGEST = 3, 20_000
_SQL = queries("houvast.web", "people.sql")
View = Callable[..., HttpResponse]


def ours(view: View) -> View:
    """A form without a cookie, which other sites may not send for their visitors."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401
        origin = request.headers.get("Origin")
        if request.method == "POST" and origin is not None and origin not in settings.CSRF_TRUSTED_ORIGINS:
            return failing.stale(request, "another site")
        return view(request, *args, **kwargs)

    return guard


@ours
def complain(request: HttpRequest, promise: str = "") -> HttpResponse:
    """Complain, of one of two kinds, or ask something; about a promise or about nothing in particular."""
    now = state()
    if promise and promise not in now.policy.promises:
        raise Http404
    context = {"state": now, "sorts": tuple(SORTS), "promises": _promises(now), "about": promise, "longest": LONGEST}
    if request.method != "POST":
        key = (*now.key, language(), "complain", request.path)
        return send(request, key, lambda: render_to_string("anybody/complain.html", context, request))
    given = {name: request.POST.get(name, "").replace("\0", "").strip() for name in ("sort", "about", "words")}
    wrong = {"sort": given["sort"] not in SORTS, "words": not SHORTEST <= len(given["words"]) <= LONGEST}
    if given["about"] and given["about"] not in now.policy.promises:
        return failing.bad(request, ValueError())
    if any(wrong.values()):
        return render(request, "anybody/complain.html", {**context, **given, "wrong": wrong}, status=422)
    code, due = sites.current().ask(lambda desk: _take(desk, **given))
    return render(request, "anybody/complained.html", {"state": now, "code": code, "due": due, "sort": given["sort"]})


def _take(desk: Connection, sort: str, about: str, words: str) -> tuple[UUID, Any]:
    right, kind = SORTS[sort]
    return store.complain(
        desk, right, words, language=language(), promise=about, sort=kind, evidence=evidence(desk, about)
    )


def _promises(now: State) -> list[tuple[str, str]]:
    """What a complaint can be about, as the policy orders it."""
    return [(name, one.label.get(language(), name)) for name, one in now.policy.promises.items() if not one.added]


@ours
def follow(request: HttpRequest) -> HttpResponse:
    """How a request stands, for whoever has its code. What is no code costs what a code costs."""
    now = state()
    if request.method != "POST":
        key = (*now.key, language(), "follow", request.path)
        return send(request, key, lambda: render_to_string("anybody/follow.html", {"state": now}, request))
    found = sites.current().ask(lambda desk: store.follow(desk, _code(request.POST.get("code", ""))))
    if found is None:
        return render(request, "anybody/follow.html", {"state": now, "wrong": True}, status=422)
    reason = REASONS.get(found.reason)
    law = regime(now.policy.regime).at(found.received_at)
    context = {"state": now, "found": found, "right": RIGHTS[found.right][language()],
               "stands": STATES[found.state][language()], "authority": law.authority,
               "reason": reason.words[language()] if reason else "",
               "law": reason.law if reason else ""}  # fmt: skip
    return render(request, "anybody/followed.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def opt_out(request: HttpRequest, code: UUID) -> HttpResponse:
    """The link in a message: no more of these, with the same answer whatever the code.

    Programs open links, so that looking changes nothing and the button does; a mail program that sends
    `List-Unsubscribe=One-Click` needs no page (RFC 8058).
    """
    done = request.method == "POST"
    if done:
        sites.current().ask(lambda desk: desk.execute(_SQL["opt_out"], (code,)))
    return render(request, "anybody/opt_out.html", {"state": state(), "done": done})


def _code(typed: str) -> UUID:
    try:
        return UUID("".join(typed.split())[:64])
    except ValueError:
        return uuid4()
