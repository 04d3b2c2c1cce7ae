"""Pages for people about themselves. Nothing of a person stands in an address, a title or a cache."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from houvast.app import own_data, own_requests
from houvast.errors import DatabaseRefusal
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.people import door, shown
from houvast.web.people.door import Session
from houvast.web.state import State, state

LONGEST_WORDS = 10_000
LONGEST = 320
"""Characters of an address (RFC 3696 and its erratum allow no more)."""


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Where to begin; for whoever is signed in, how things stand."""
    found = door.session(request)
    if found is None:
        return render(request, "people/start.html", {"state": state(), "open": bool(sites.current().people)})
    try:
        return render(request, "people/overview.html", _overview(found))
    except own_data.NotSignedIn:
        return render(request, "people/start.html", {"state": state(), "open": True})


def _overview(found: Session) -> dict[str, object]:
    asked = [one for one in own_data.requests(sites.current().people, found.secret) if one.closed is None]
    return {"state": state(), "mine": found, "asked": asked}


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a code."""
    if not sites.current().people:
        return HttpResponseRedirect(reverse("me"))
    address = request.POST.get("address", "").strip()
    wrong = request.method == "POST" and not (0 < len(address) <= LONGEST and "@" in address and "\0" not in address)
    if request.method == "POST" and not wrong:
        return door.ask(request, address)
    return render(request, "people/ask.html", {"wrong": wrong}, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Answer it. A wrong code, an old one and one too many get the same words."""
    if door.checked(request) is None:
        return HttpResponseRedirect(reverse("me_code"))
    if request.method == "POST":
        response = door.answer(request, request.POST.get("code", "").replace("\0", ""))
        if response is not None:
            return response
    wrong = request.method == "POST"
    return render(request, "people/enter.html", {"wrong": wrong}, status=422 if wrong else 200)


@require_GET
@door.theirs
def data(request: HttpRequest, mine: Session) -> HttpResponse:
    """What is held about them, kind by kind."""
    site = sites.current()
    try:
        walk, copy = own_data.everything(site.people, site.project(), mine.secret, language())
    except DatabaseRefusal:  # something is not classified: an answer that is not whole is none
        return render(request, "failing.html", {"what": "unclassified"}, status=503)
    found = list(shown.categories(walk, copy, language()))
    return render(request, "people/data.html", {"state": state(), "mine": mine, "categories": found})


@require_GET
@door.theirs
def uses(request: HttpRequest, mine: Session) -> HttpResponse:
    """Who used their data, for what, when."""
    found, now = own_data.uses(sites.current().people, mine.secret), state()
    rows = [(one, shown.purpose_label(now.policy, one.purpose, language())) for one in found]
    parts = {
        sort: [(one, label) for one, label in rows if one.sort == sort] for sort in ("one person", "open", "refused")
    }
    context = {
        "state": now,
        "mine": mine,
        "named": parts["one person"],
        "many": parts["open"],
        "refused": parts["refused"],
    }
    return render(request, "people/uses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door.theirs
def choices(request: HttpRequest, mine: Session) -> HttpResponse:
    """Consent and objection: in force when the answer comes."""
    now, url = state(), sites.current().people
    if request.method == "POST":
        return _chosen(request, mine, now, url)
    kind = own_requests.kind(url, mine.secret)
    found = list(shown.choices(now.policy, kind, own_data.stands(url, mine.secret), language()))
    context = {
        "state": now,
        "mine": mine,
        **shown.sections(found),
        "history": list(shown.history(now.policy, own_requests.history(url, mine.secret), language())),
    }
    return render(request, "people/choices.html", context)


def _chosen(request: HttpRequest, mine: Session, now: State, url: str) -> HttpResponse:
    purpose, _, choice = request.POST.get("choice", "").partition(":")
    kind = own_requests.kind(url, mine.secret)
    offered = {one.purpose: one.asks for one in shown.choices(now.policy, kind, (), language())}
    if choice not in {"consent": ("yes", "no"), "object": ("object", "allow")}.get(offered.get(purpose, ""), ()):
        return render(request, "failing.html", {"what": "bad"}, status=400)
    if choice == "object":  # it counts at once, and is weighed in writing
        words = request.POST.get("why", "").replace("\0", "")[:LONGEST_WORDS]
        own_requests.ask(url, mine.secret, "objection", language(), words, purpose)
    else:
        own_data.choose(url, mine.secret, purpose, choice)
    return HttpResponseRedirect(reverse("me_choices"))


@require_POST
def out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    return door.leave(request)


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """They did not ask for a code. The link changes nothing, because programs open links too; the button does."""
    done = request.method == "POST"
    if done:
        door.stop(token.replace("\0", ""))
    return render(request, "people/stop.html", {"done": done})
