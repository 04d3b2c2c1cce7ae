"""The register of controls for the staff: what is red first, and a form for what people attest."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from houvast.controls import Standing, store
from houvast.controls.words import found, label, stands, wording
from houvast.database import Connection
from houvast.errors import DatabaseRefusal
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.posted import posted, text
from houvast.web.roles import ALL, Role, member, roles_of, staff

_STATES = {"failed": "broken", "overdue": "broken", "waiting": "notyet", "good": "kept"}
"""How a control stands -> the mark of a promise that looks the same."""


@staff(*ALL)
def controls(request: HttpRequest) -> HttpResponse:
    """Every control, its owner, its test and its last result; whoever answers for one attests it with a code."""
    came = posted(request, lambda db, by: _attest(db, request.POST, by), DatabaseRefusal)
    if came.is_done:
        return HttpResponseRedirect(reverse("controls"))
    user = member(request.user)
    roles = roles_of(user) if user else ()
    known = sites.current().ask(lambda db: store.standings(db) if store.there(db) else ())
    mine = [one for one in known if not one.control.measured and {Role.OFFICER, one.control.owner} & set(roles)]
    context = {"rows": [_row(one) for one in known], "mine": [_row(one) for one in mine], "wrong": came.wrong,
               "red": sum(one.red for one in known), "chosen": request.POST.get("control", "")}  # fmt: skip
    response = render(request, "desk/controls.html", context)
    response["Cache-Control"] = "no-store"
    return response


def red() -> int:
    """How many controls are red now, whether a worker lives or not."""
    return sites.current().ask(lambda db: sum(one.red for one in store.standings(db)) if store.there(db) else 0)


def _attest(db: Connection, asked: QueryDict, by: str) -> None:
    name, code, outcome, note = (text(asked, one) for one in ("control", "code", "outcome", "note"))
    store.attest(db, name, by=by, code=code, passed=outcome == "passed", note=note)


def _row(one: Standing) -> dict[str, Any]:
    lang = language()
    return {"one": one, "label": label(one, lang), "stands": stands(one, lang), "state": _STATES[one.stands],
            "sort": wording(lang)["sorts"][one.control.sort], "found": found(one, lang)}  # fmt: skip
