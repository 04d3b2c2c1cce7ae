"""Pages on which people ask something about their data, follow it, and take along what was made for them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from houvast.app import own_data, own_requests
from houvast.cases.store import Refused
from houvast.cases.words import RIGHTS, STATES
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.people import door, shown
from houvast.web.people.door import Session
from houvast.web.state import State, state

WORDED = frozenset({"rectification", "restriction"})
"""What asks for words of one's own."""
FORMS = ("rectification", "restriction", "stop", "closing", "erasure")
LONGEST = 10_000
COPIES: tuple[own_requests.What, ...] = ("access", "portability")
SHORTEST = 3


@dataclass(frozen=True)
class Row:
    """A request with its clock, in words, the letters about it, and (name, how far) of each other system."""

    one: own_data.Asked
    right: str
    stands: str
    letters: tuple[own_requests.Answered, ...]
    steps: tuple[tuple[str, str], ...]


@require_http_methods(["GET", "HEAD", "POST"])
@door.theirs
def asked(request: HttpRequest, mine: Session) -> HttpResponse:
    """What they asked, how far it is and until when; what is open they may withdraw."""
    url, lang = sites.current().people, language()
    if request.method == "POST":
        own_requests.withdraw(url, mine.secret, _code(request))
        return HttpResponseRedirect(reverse("me_requests"))
    letters = own_requests.letters(url, mine.secret)
    steps = own_requests.steps(url, mine.secret)
    rows = [
        Row(
            one,
            RIGHTS[one.right][lang],
            STATES[one.state][lang],
            tuple(letters.get(one.code, ())),
            tuple((step.label(lang), step.stands) for step in steps.get(one.code, ())),
        )
        for one in own_data.requests(url, mine.secret)
    ]
    context = {
        "state": state(),
        "mine": mine,
        "open": [row for row in rows if row.one.closed is None],
        "closed": [row for row in rows if row.one.closed is not None],
    }
    return render(request, "people/requests.html", context)


def _code(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("code", ""))
    except ValueError:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
@door.theirs
def ask(request: HttpRequest, mine: Session, right: str) -> HttpResponse:
    """Ask one thing: to correct, restrict, stop, close the account, or erase."""
    if right not in FORMS:
        raise Http404
    now = state()
    form = _Form.of(right, mine, now)
    if request.method == "POST" and (right != "erasure" or form.plan is not None):
        words = request.POST.get("words", "").replace("\0", "").strip()
        about = request.POST.get("about", "") if right == "rectification" else ""
        wrong = right in WORDED and not SHORTEST <= len(words) <= LONGEST
        if about and about not in {place for place, _ in form.places}:
            return render(request, "failing.html", {"what": "bad"}, status=400)
        if not wrong:
            return _ask(request, mine, now, form, words, about)
        return form.page(request, status=422, wrong=True, words=words, about=about)
    return form.page(request)


def _ask(request: HttpRequest, mine: Session, now: State, form: _Form, words: str, about: str) -> HttpResponse:
    url = sites.current().people
    due: date | None = None
    try:
        if form.right == "closing":
            own_requests.close_account(url, now.project, mine.secret, language())
        else:
            _, due = own_requests.ask(url, mine.secret, form.right, language(), words, about)
    except Refused as error:
        return form.page(request, status=422, refused=error, words=words, about=about)
    context = {"state": now, "mine": mine, "right": form.right, "due": due}
    return render(request, "people/asked.html", context)


@dataclass(frozen=True)
class _Form:
    """What a page to ask something shows. `plan`: what an erasure would do, once the worker has worked it out."""

    right: str
    mine: Session
    state: State
    places: tuple[tuple[str, str], ...] = ()
    plan: Mapping[str, Any] | None = None
    failed: bool = False

    @classmethod
    def of(cls, right: str, mine: Session, now: State) -> _Form:
        if right == "rectification":
            return cls(right, mine, now, places=tuple(_places(mine, now)))
        if right != "erasure":
            return cls(right, mine, now)
        url = sites.current().people
        found = own_requests.prepared(url, mine.secret).get("plan")
        if found is None:
            own_requests.prepare(url, mine.secret, "plan", language())
        text = own_requests.take(url, mine.secret, "plan") if found and found.made else None
        return cls(right, mine, now, plan=json.loads(text) if text else None, failed=bool(found and found.failed))

    def page(self, request: HttpRequest, status: int = 200, **more: object) -> HttpResponse:
        parts = list(shown.fates(self.plan or {}))
        context = {"state": self.state, "mine": self.mine, "right": self.right, "places": self.places,
                   "plan": self.plan, "parts": parts, "failed": self.failed, "longest": LONGEST, **more}  # fmt: skip
        return render(request, "people/ask_right.html", context, status=status)


def _places(mine: Session, now: State) -> Iterator[tuple[str, str]]:
    return shown.places(own_requests.way(sites.current().people, now.project, mine.secret))


@require_http_methods(["GET", "HEAD", "POST"])
@door.theirs
def copies(request: HttpRequest, mine: Session) -> HttpResponse:
    """Copies of everything: made by the worker, taken by this session alone."""
    url = sites.current().people
    if request.method == "POST":
        what = request.POST.get("what", "")
        if what not in COPIES:
            return render(request, "failing.html", {"what": "bad"}, status=400)
        chosen = what
        if request.POST.get("do") == "take":
            found = own_requests.take(url, mine.secret, chosen)
            return (
                _file(found, f"{chosen}.zip", "application/zip") if found else HttpResponseRedirect(reverse("me_copy"))
            )
        own_requests.prepare(url, mine.secret, chosen, language())
        return HttpResponseRedirect(reverse("me_copy"))
    made = own_requests.prepared(url, mine.secret)
    ours = [(what, made.get(what)) for what in COPIES]
    waits = any(one is not None and one.made is None and not one.failed for _, one in ours)
    context = {"state": state(), "mine": mine, "copies": ours, "waits": waits}
    return render(request, "people/copy.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@door.theirs
def receipts(request: HttpRequest, mine: Session) -> HttpResponse:
    """Receipts of everything that the log says of them, to print, or to keep and check."""
    url = sites.current().people
    made = own_requests.prepared(url, mine.secret).get("receipts")
    if request.method == "POST" and request.POST.get("do") != "take":
        own_requests.prepare(url, mine.secret, "receipts", language())
        return HttpResponseRedirect(reverse("me_receipts"))
    if made is None:
        own_requests.prepare(url, mine.secret, "receipts", language())
    text = own_requests.take(url, mine.secret, "receipts") if made and made.made else None
    found: dict[str, Any] | None = json.loads(text) if text else None
    if request.method == "POST":
        return _receipt(found, request.POST.get("index", ""))
    rows = list(shown.receipts(found["receipts"], language())) if found else []
    context = {"state": state(), "mine": mine, "made": made, "receipts": rows, "there": found is not None,
               "waiting": found["waiting"] if found else 0}  # fmt: skip
    return render(request, "people/receipts.html", context)


def _receipt(found: Mapping[str, Any] | None, index: str) -> HttpResponse:
    text = next((one["text"] for one in (found or {}).get("receipts", ()) if str(one["index"]) == index), None)
    if text is None:
        raise Http404
    return _file(text.encode(), f"receipt-{index}.json", "application/json")


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
@door.theirs
def start(request: HttpRequest, mine: Session) -> HttpResponse:
    """Everything that they may ask, in plain questions."""
    return render(request, "people/ask_start.html", {"state": state(), "mine": mine, "forms": FORMS})
