"""What a person asks, follows and takes along by a program, as on the pages under /me/; the database decides on each.

A program gets their own session, or a token that may a part of it: `see`, `choose`, `ask`, `copy`. Which of these a
call needs stands in the function of the database that it calls, and nowhere here.
"""

# pyright: reportMissingTypeStubs=false, reportUntypedFunctionDecorator=false, reportUnknownMemberType=false
from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from houvast.app import own_data, own_requests
from houvast.web import site as sites
from houvast.web.api import own_shapes as shapes
from houvast.web.api.callers import PersonSession, PersonToken, caller
from houvast.web.api.describe import FILE, ONCE
from houvast.web.api.once import once
from houvast.web.api.problems import Problem
from houvast.web.api.shapes import Asked, AskedAll, Changed
from houvast.web.people import shown

router = Router(tags=["people"])
_THEIRS = [PersonToken(), PersonSession()]
_ONCE = {ONCE: True}


@router.post("/tokens", auth=_THEIRS, response={201: shapes.Token}, operation_id="giveToken")
def give_token(request: HttpRequest, asked: shapes.AskToken) -> shapes.Token:
    """Give a program a token that may less. Only in a session of their own that was not left alone (promise C35)."""
    url, secret = _who(request)
    token, until = own_requests.narrow(url, secret, asked.scopes, asked.minutes)
    return shapes.Token(token=token, scopes=sorted(set(asked.scopes)), until=until.isoformat())


@router.get("/history", auth=_THEIRS, response=shapes.History, operation_id="history")
def history(request: HttpRequest) -> shapes.History:
    """What they chose before, the newest first (promise G09). Scope see."""
    found = own_requests.history(*_who(request))
    return shapes.History(
        items=[
            shapes.BeforeOut(at=one.at.isoformat(), what=one.what, about=one.about, change=one.change) for one in found
        ]
    )


@router.get("/letters", auth=_THEIRS, response=shapes.Letters, operation_id="ownLetters")
def letters(request: HttpRequest) -> shapes.Letters:
    """The letters that were sent about their requests. Scope see."""
    found = own_requests.letters(*_who(request))
    return shapes.Letters(
        items=[
            shapes.OwnLetter(code=str(code), subject=one.subject, body=one.body, sent=one.sent_at.isoformat())
            for code, sent in found.items()
            for one in sent
        ]
    )


@router.get("/places", auth=_THEIRS, response=shapes.Places, operation_id="places")
def places(request: HttpRequest) -> shapes.Places:
    """What they may say is wrong: `about` of a request to correct."""
    return shapes.Places(items=_places(request))


@router.get("/requests", auth=_THEIRS, response=AskedAll, operation_id="ownRequests")
def asked_all(request: HttpRequest) -> AskedAll:
    """What they asked, and how it stands. Scope see or ask."""
    found = own_data.requests(*_who(request))
    return AskedAll(
        items=[
            Asked(
                code=str(one.code),
                right=one.right,
                state=one.state,
                received=_at(one.received) or "",
                due=_at(one.due),
                closed=_at(one.closed),
            )
            for one in found
        ]
    )


@router.post(
    "/requests", auth=_THEIRS, response={201: shapes.OwnTaken}, operation_id="askOwn", openapi_extra=_ONCE
)  # fmt: skip
@once(201)
def ask(request: HttpRequest, asked: shapes.AskOwn) -> shapes.OwnTaken:
    """Ask to correct, restrict, stop, close the account (scopes ask and see), or erase, whose plan is made before.

    What is contested is used no longer; stopping and closing count when the answer comes (promise C33). Scope ask.
    """
    url, secret = _who(request)
    if asked.about and (asked.right != "rectification" or asked.about not in _places(request)):
        raise Problem(
            409, "Nothing of that name can be corrected.", todo="GET /api/me/places lists what can.", promise="C33"
        )
    if asked.right == "closing":
        own_requests.close_account(url, sites.current().project(), secret, asked.language)
        return shapes.OwnTaken(code=None, due=None)
    if asked.right == "erasure" and (_made(request, "plan") is None):
        todo = "POST /api/me/made what=plan, and show them GET /api/me/plan."
        raise Problem(409, "They have not seen what would go and what stays.", todo=todo, promise="C33")
    code, due = own_requests.ask(url, secret, asked.right, asked.language, asked.words, asked.about)
    return shapes.OwnTaken(code=str(code), due=due.isoformat())


@router.post("/requests/withdraw", auth=_THEIRS, response=Changed, operation_id="withdraw")
def withdraw(request: HttpRequest, asked: shapes.AskOf) -> Changed:
    """Ask it no longer (promise G18). Scope ask."""
    return Changed(changed=own_requests.withdraw(*_who(request), UUID(asked.code)))


@router.get("/made", auth=_THEIRS, response=shapes.Made, operation_id="made")
def made(request: HttpRequest) -> shapes.Made:
    """What was asked to be made for this session, and whether it is there."""
    found = own_requests.prepared(*_who(request))
    return shapes.Made(
        items=[
            shapes.MadeOne(
                what=one.what,
                asked=one.asked.isoformat(),
                made=_at(one.made),
                until=one.until.isoformat(),
                failed=one.failed,
                size=one.size,
                taken=_at(one.taken),
            )
            for one in found.values()
        ]
    )


@router.post("/made", auth=_THEIRS, response={202: shapes.Made}, operation_id="make", openapi_extra=_ONCE)
@once(202)
def make(request: HttpRequest, asked: shapes.AskMade) -> shapes.Made:
    """Have the worker make a copy (scope copy; a request too), the plan of an erasure or the receipts (scope see)."""
    own_requests.prepare(*_who(request), asked.what, asked.language)
    return made(request)


@router.get("/plan", auth=_THEIRS, response=shapes.Plan, operation_id="plan")
def plan(request: HttpRequest) -> shapes.Plan:
    """What an erasure would do, once it was made (promise C33). Scope see."""
    return shapes.Plan(parts=_json(request, "plan")["parts"])


@router.get("/receipts", auth=_THEIRS, response=shapes.Receipts, operation_id="receipts")
def receipts(request: HttpRequest) -> shapes.Receipts:
    """Their receipts, once they were made. Scope see."""
    found = _json(request, "receipts")
    return shapes.Receipts(receipts=found["receipts"], waiting=found["waiting"])


@router.post("/copies", auth=_THEIRS, operation_id="takeCopy", openapi_extra={FILE: "application/zip"})
def take_copy(request: HttpRequest, asked: shapes.AskCopy) -> HttpResponse:
    """Take a copy along, once it was made; that is told, and answers the request (promise C33). Scope copy."""
    content = own_requests.take(*_who(request), asked.what)
    if content is None:
        raise _not_there(asked.what)
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{asked.what}.zip"'
    return response


@router.get("/unchecked", auth=_THEIRS, response=shapes.Unchecked, operation_id="unchecked")
def unchecked(request: HttpRequest) -> shapes.Unchecked:
    """What was asked in their name and waits until they say that it is theirs (promise C35). In their own session."""
    found = own_data.unchecked(*_who(request))
    return shapes.Unchecked(
        items=[
            shapes.UncheckedOne(
                code=str(one.code),
                right=one.right,
                channel=one.channel,
                received=one.received.isoformat(),
                enough=one.enough,
            )
            for one in found
        ]
    )


@router.post("/unchecked", auth=_THEIRS, response=shapes.Claimed, operation_id="claim")
def claim(request: HttpRequest, asked: shapes.AskClaim) -> shapes.Claimed:
    """Say whether it is theirs (promise C35). In a session of their own that was not left alone."""
    return shapes.Claimed(said=own_data.claim(*_who(request), UUID(asked.code), asked.choice))


@router.get("/mandates", auth=_THEIRS, response=shapes.Mandates, operation_id="mandates")
def mandates(request: HttpRequest) -> shapes.Mandates:
    """Who may ask for them, or asks to (promise C35). Scope see."""
    return shapes.Mandates(
        items=[
            shapes.MandateOut(
                number=one.number,
                sort=one.sort,
                holder=one.holder,
                rights=list(one.rights),
                until=one.until.isoformat(),
                confirmed=one.confirmed,
            )
            for one in own_data.mandates(*_who(request))
        ]
    )


@router.post("/mandates", auth=_THEIRS, response=shapes.Claimed, operation_id="answerMandate")
def answer_mandate(request: HttpRequest, asked: shapes.AskMandate) -> shapes.Claimed:
    """Confirm a mandate, or end it (promise C35). In a session of their own that was not left alone."""
    return shapes.Claimed(said=own_data.choose_mandate(*_who(request), asked.number, asked.choice))


def _who(request: HttpRequest) -> tuple[str, str]:
    return sites.current().people, caller(request).secret


def _places(request: HttpRequest) -> list[str]:
    url, secret = _who(request)
    return [place for place, _ in shown.places(own_requests.way(url, sites.current().project(), secret))]


def _made(request: HttpRequest, what: own_requests.What) -> bytes | None:
    return own_requests.take(*_who(request), what)


def _json(request: HttpRequest, what: own_requests.What) -> dict[str, Any]:
    found = _made(request, what)
    if found is None:
        raise _not_there(what)
    return json.loads(found)


def _not_there(what: str) -> Problem:
    return Problem(
        404, "This was not made for this session yet.", todo=f"POST /api/me/made what={what}, then wait.", promise="C33"
    )


def _at(value: datetime | date | None) -> str | None:
    return value.isoformat() if value else None
