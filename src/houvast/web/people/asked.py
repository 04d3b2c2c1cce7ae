"""What was asked in somebody's name: they say that it is theirs, or not, by a letter, by a link, or signed in."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from houvast.app import own_data
from houvast.database import queries
from houvast.web import site as sites
from houvast.web.people import door
from houvast.web.people.door import Session
from houvast.web.state import state

_SQL = queries("houvast.web", "people.sql")
_CHOICES = ("yes", "no")


@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest) -> HttpResponse:
    """The code of a letter. A wrong one, an old one, one too many and a number that is none get the same words."""
    done = _of_letter(request) if request.method == "POST" else None
    wrong = request.method == "POST" and done is None
    return render(request, "people/letter.html", {"wrong": wrong, "done": done}, status=422 if wrong else 200)


def _of_letter(request: HttpRequest) -> str | None:
    reference, choice = _reference(request.POST.get("reference", "")), request.POST.get("choice", "")
    if reference is None or choice not in _CHOICES:
        return None
    code = request.POST.get("code", "").replace("\0", "")
    sites.current().ask(lambda desk: desk.execute(_SQL["try_letter"], (reference, code)))
    row = sites.current().ask(lambda desk: desk.execute(_SQL["settle_letter"], (reference, choice)).fetchone())
    return row[0] if row else None


def _reference(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, reference: UUID) -> HttpResponse:
    """They did not ask this. The link changes nothing, because programs open links too; the button does."""
    done = request.method == "POST"
    if done:
        sites.current().ask(lambda desk: desk.execute(_SQL["not_me"], (reference,)))
    return render(request, "people/not_me.html", {"done": done})


@require_http_methods(["GET", "HEAD", "POST"])
def mandate(request: HttpRequest, token: str) -> HttpResponse:
    """May somebody ask for them? The link shows what is asked; the buttons answer."""
    token, done = token.replace("\0", ""), None
    if request.method == "POST" and (choice := request.POST.get("choice", "")) in _CHOICES:
        row = sites.current().ask(lambda desk: desk.execute(_SQL["answer_mandate"], (token, choice)).fetchone())
        done = row[0] if row else None
    row = sites.current().ask(lambda desk: desk.execute(_SQL["mandate"], (token,)).fetchone())
    found = own_data.Mandate(0, row[0], row[1], tuple(row[2]), *row[3:]) if row else None
    return render(request, "people/mandate.html", {"found": found, "done": done})


@require_http_methods(["GET", "HEAD", "POST"])
@door.theirs
def theirs(request: HttpRequest, mine: Session) -> HttpResponse:
    """What waits until they say that it is theirs, and who may ask for them."""
    url, more = sites.current().people, False
    if request.method == "POST":
        choice = request.POST.get("choice", "")
        if choice not in _CHOICES:
            return render(request, "failing.html", {"what": "bad"}, status=400)
        try:
            more = _said(request, url, mine.secret, choice)
        except own_data.NotSignedIn:  # left alone for a while: a code of this moment is asked
            return HttpResponseRedirect(reverse("me_code"))
        if not more:
            return HttpResponseRedirect(reverse("me_theirs"))
    context = {"state": state(), "mine": mine, "more": more, "waiting": own_data.unchecked(url, mine.secret),
               "mandates": own_data.mandates(url, mine.secret)}  # fmt: skip
    return render(request, "people/theirs.html", context, status=422 if more else 200)


def _said(request: HttpRequest, url: str, secret: str, choice: str) -> bool:
    """Carry out what was said; whether more is needed first."""
    number, reference = request.POST.get("mandate", ""), _reference(request.POST.get("request", ""))
    if number.isascii() and number.isdigit() and len(number) < 18:
        own_data.choose_mandate(url, secret, int(number), choice)
    elif reference is not None:
        return own_data.claim(url, secret, reference, choice) == "more"
    return False
