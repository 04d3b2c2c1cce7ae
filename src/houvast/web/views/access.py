"""Who can do what, for officers and auditors: from the catalogue, as a page and as a file, and signed with a code."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from houvast.controls import access as reviews
from houvast.errors import DatabaseRefusal
from houvast.web import site as sites
from houvast.web.roles import Role, member, staff


@staff(Role.OFFICER, Role.AUDITOR)
def access(request: HttpRequest) -> HttpResponse:
    """Every line, by kind and by whom; what is signed is what was on this page."""
    wrong: DatabaseRefusal | None = None
    user = member(request.user)
    if request.method == "POST" and user:
        wrong = _sign(request, user.username)
        if wrong is None:
            return HttpResponseRedirect(reverse("access"))
    if not sites.current().ask(reviews.there):
        return render(request, "desk/access.html", {"found": None})
    found, signed = sites.current().ask(lambda db: (reviews.access(db), reviews.last(db)))
    if request.GET.get("format"):
        return _file(found, request.GET["format"])
    context = {"found": found, "signed": signed, "wrong": wrong, "groups": _groups(found)}
    response = render(request, "desk/access.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _sign(request: HttpRequest, by: str) -> DatabaseRefusal | None:
    seen, code = (request.POST.get(name, "").replace("\0", "").strip() for name in ("seen", "code"))
    try:
        sites.current().ask(lambda db: reviews.sign(db, seen, by=by, code=code))
    except DatabaseRefusal as error:
        return error
    return None


def _groups(found: reviews.Access) -> list[dict[str, Any]]:
    """kind -> whom -> lines."""
    ordered = sorted(found.lines, key=lambda one: (reviews.KINDS.index(one.kind), one.who))
    return [
        {"kind": kind, "of": [(who, list(lines)) for who, lines in groupby(ours, key=lambda one: one.who)]}
        for kind, ours in ((kind, list(lines)) for kind, lines in groupby(ordered, key=lambda one: one.kind))
    ]


def _file(found: reviews.Access, form: str) -> HttpResponse:
    made = {
        "csv": (found.to_csv, "text/csv"),
        "json": (lambda: json.dumps(found.to_json(), indent=1), "application/json"),
    }
    if form not in made:
        raise Http404
    write, sort = made[form]
    response = HttpResponse(write(), content_type=f"{sort}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="access-{found.sha256[:12]}.{form}"'
    return response
