"""Mail to the address for privacy, for the officer: what waits, what each seems to ask, and what it is made of.

The list shows nobody's words. Who wrote a mail and what is shown once for a reason that is given, which the database
records as a use.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from houvast.app import intake
from houvast.cases import Right, inbox, store
from houvast.cases.words import RIGHTS
from houvast.database import Connection
from houvast.screening import Kind
from houvast.screening.kinds import WORDS
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.posted import posted, text
from houvast.web.roles import Role, staff
from houvast.web.words import wording


@staff(Role.OFFICER, Role.AUDITOR)
def incoming(request: HttpRequest) -> HttpResponse:
    """The mail that nobody has looked at, the one that is due first at the top."""
    found = sites.current().ask(lambda db: inbox.mails(db) if inbox.there(db) else ())
    return render(request, "desk/incoming.html", {"mails": [_shown(one) for one in found]})


@staff(Role.OFFICER, Role.AUDITOR)
def incoming_mail(request: HttpRequest, number: int) -> HttpResponse:
    """One mail, with what it seems to ask and why; an officer makes a request of it, or says that it is none."""
    came = posted(request, lambda db, by: _do(db, request.POST, number, by), store.Refused, Role.OFFICER)
    if came.is_done:
        return HttpResponseRedirect(reverse("incoming_mail", args=[number]))
    try:
        found = sites.current().ask(lambda db: inbox.mail(db, number))
    except store.Refused:
        raise Http404 from None
    lang = language()
    asks = [(right.value, RIGHTS[right.value][lang], right in found.rights) for right in Right]
    why = [(one, wording(lang)["incoming"][f"why_{one}"]) for one in inbox.WHY]
    context = {**_shown(found), "opened": came.given, "wrong": came.wrong, "asks": asks, "why": why}
    response = render(request, "desk/incoming_mail.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _do(db: Connection, asked: QueryDict, number: int, by: str) -> inbox.Words | None:
    """What was asked: open the mail, make requests of it, or set it aside."""
    if asked.get("do") == "open":
        return inbox.opened(db, number, text(asked, "reason"), by)
    with db.transaction():
        match asked.get("do", ""):
            case "accept":
                known = {right.value for right in Right}
                rights = [Right(one) for one in asked.getlist("right") if one in known]
                policy = sites.current().project().versions[-1]
                intake.accept_here(db, policy, number, rights, text(asked, "person") or None, by)
            case "dismiss":
                inbox.dismiss(db, number, text(asked, "why"))
            case _:
                raise Http404
    return None


def _shown(one: inbox.Mail) -> dict[str, Any]:
    lang = language()
    says = wording(lang)["incoming"]
    whole = max(1, (one.due_on - one.received_at.date()).days)
    reasons = [(RIGHTS[right.value][lang], one.reasons.get(right.value, ())) for right in one.rights]
    asks_for = [RIGHTS[right.value][lang] for right in one.rights]
    return {"one": one, "asks_for": asks_for, "reasons": reasons, "whole": whole,
            "speaks": says[f"language_{one.language}"], "sort": says[f"sort_{one.sort}"],
            "notes": [says[f"note_{note}"] for note in one.notes], "left": max(0, min(whole, one.days_left)),
            "late": -one.days_left if one.days_left < 0 else 0,
            "became": "" if one.is_new else says[f"state_{one.state}"],
            "because": says[f"why_{one.why}"] if one.why else "",
            "held": ", ".join(WORDS[Kind(kind)][lang] for kind in one.held)}  # fmt: skip
