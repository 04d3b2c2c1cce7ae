"""Free text that is flagged, for the officer: where and what, the text for a recorded reason, and a decision."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from houvast.cases import flagged as store
from houvast.cases.store import Refused
from houvast.database import Connection
from houvast.screening import Kind
from houvast.screening.kinds import WORDS
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.roles import Role, member, roles_of, staff
from houvast.web.words import wording


@staff(Role.OFFICER, Role.AUDITOR)
def flagged(request: HttpRequest) -> HttpResponse:
    """How many texts wait in each column, and each of them, the oldest first. The list shows nobody's words."""
    found = sites.current().ask(lambda db: (store.places(db), store.flags(db)) if store.there(db) else ((), ()))
    places = [(one, _kinds(one.kinds)) for one in found[0]]
    return render(request, "desk/flagged.html", {"places": places, "flags": [_shown(one) for one in found[1]]})


@staff(Role.OFFICER, Role.AUDITOR)
def flagged_text(request: HttpRequest, number: int) -> HttpResponse:
    """One text; an officer looks at it, and decides."""
    text: str | None = None
    wrong: Refused | None = None
    if request.method == "POST":
        user = member(request.user)
        if user is None or Role.OFFICER not in roles_of(user):
            raise PermissionDenied
        try:
            text = sites.current().ask(lambda db: _do(db, request, number, user.username))
        except Refused as error:
            wrong = error
        if not wrong and text is None:
            return HttpResponseRedirect(reverse("flagged"))
    try:
        found = sites.current().ask(lambda db: store.flag(db, number))
    except Refused:
        raise Http404 from None
    grounds = [(one, wording(language())["flagged"][f"ground_{one}"]) for one in store.GROUNDS]
    context = {**_shown(found), "text": text, "wrong": wrong, "grounds": grounds}
    response = render(request, "desk/flagged_text.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _do(db: Connection, request: HttpRequest, number: int, by: str) -> str | None:
    """What was asked: the text, or a decision."""

    def given(name: str) -> str:
        return request.POST.get(name, "").replace("\0", "").strip()  # which no database takes

    if given("do") == "open":
        return store.opened(db, number, given("reason"), by)
    if given("do") not in store.DECISIONS:
        raise Http404
    with db.transaction():
        store.decide(db, [number], given("do"), ground=given("ground"), by=by, code=given("code"))
    return None


def _kinds(kinds: tuple[str, ...]) -> str:
    return ", ".join(WORDS[Kind(one)][language()] for one in kinds)


def _shown(one: store.Flag) -> dict[str, Any]:
    says = wording(language())["flagged"]
    return {"one": one, "what": _kinds(one.kinds), "stands": says[f"state_{one.state}"],
            "ground": says[f"ground_{one.ground}"] if one.ground else ""}  # fmt: skip
