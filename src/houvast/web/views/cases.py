"""Requests and breaches for the officer: what is due first, one case, and the register of breaches.

The list names nobody. Whom a case is of, and what was written, is shown once for a reason that is given, which the
database records as a use; it is not kept anywhere, and the page is not stored.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from houvast.cases import Right, State, flagged, inbox, store
from houvast.cases.rules import TRANSITIONS
from houvast.cases.words import RIGHTS, RISKS, STATES
from houvast.database import Connection
from houvast.policy.words import words as policy_words
from houvast.systems import store as systems
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.posted import posted, text, whole
from houvast.web.roles import Role, staff

MOVES = (State.SEARCHING, State.REVIEW, State.WITHDRAWN)
"""States that need no letter."""
COPIES = (Right.ACCESS, Right.PORTABILITY)
"""What is answered with a copy, which is shown before it goes out."""


@staff(Role.OFFICER, Role.AUDITOR)
def cases(request: HttpRequest) -> HttpResponse:
    """Every open request, the one that is due first at the top."""
    found = sites.current().ask(lambda db: store.cases(db) if store.there(db) else ())
    waits = sites.current().ask(lambda db: len(inbox.mails(db)) if inbox.there(db) else 0)
    hidden = sites.current().ask(flagged.waits)
    context = {"cases": [_shown(one) for one in found], "waits": waits, "flagged": hidden}
    return render(request, "desk/cases.html", context)


@staff(Role.OFFICER, Role.AUDITOR)
def case(request: HttpRequest, number: int) -> HttpResponse:
    """One case, with what can be done now; an officer may do it."""
    came = posted(request, lambda db, by: _do(db, request.POST, number, by), store.Refused, Role.OFFICER)
    if came.is_done:
        return HttpResponseRedirect(reverse("case", args=[number]))
    try:
        found, steps = sites.current().ask(lambda db: (store.case(db, number), systems.steps(db, number)))
    except store.Refused:
        raise Http404 from None
    moves = [(to.value, STATES[to][language()]) for to in MOVES if to in TRANSITIONS[found.state]]
    context = {
        **_shown(found),
        "row": _shown(found),
        "steps": [_step(one) for one in steps],
        "opened": came.given,
        "wrong": came.wrong,
        "moves": moves,
        "shows": found.right in COPIES and found.verified and not found.closed_at,
    }
    response = render(request, "desk/case.html", context)
    response["Cache-Control"] = "no-store"
    return response


@staff(Role.OFFICER, Role.AUDITOR)
def breaches(request: HttpRequest) -> HttpResponse:
    """The register of breaches, with the hours that are left."""
    found = sites.current().ask(lambda db: store.breaches(db) if store.there(db) else ())
    lang = language()
    shown = [{"one": one, "risk": RISKS[one.risk][lang], "hours": int(abs(one.hours_left) // 1)} for one in found]
    return render(request, "desk/breaches.html", {"breaches": shown})


def _do(db: Connection, asked: QueryDict, number: int, by: str) -> store.Opened | None:
    """What was asked: open the case, approve or send a letter, or take the request on."""
    do, to, code = (text(asked, name) for name in ("do", "to", "code"))
    if do == "open":
        return store.opened(db, number, text(asked, "reason"), by)
    with db.transaction():
        match do:
            case "approve":
                store.approve(db, whole(text(asked, "letter"), 17), by, code)
            case "send":
                store.send(db, whole(text(asked, "letter"), 17))
            case "move" if to in [state.value for state in MOVES]:
                store.move(db, number, State(to), by=by, code=code)
            case _:
                raise Http404
    return None


def _step(one: systems.Step) -> dict[str, Any]:
    return {"one": one, "label": one.label(language()), "stands": one.stands,
            "counts": one.state == "done" and one.sort != "recipient"}  # fmt: skip


def _shown(one: store.Case) -> dict[str, Any]:
    whole = max(1, (one.due_on - one.received_at.date()).days)
    lang, left = language(), max(0, one.days_left)
    return {"one": one, "right": RIGHTS[one.right][lang], "stands": STATES[one.state][lang],
            "part": round(100 * min(left, whole) / whole), "left": _days(left),
            "late": _days(-one.days_left) if one.days_left < 0 else ""}  # fmt: skip


def _days(count: int) -> str:
    units = policy_words(language()).units
    return f"{count} {units['day' if count == 1 else 'days']}"
