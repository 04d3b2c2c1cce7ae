"""What an application asks: whom it may write to, where somebody stands, and what somebody asked there."""

# pyright: reportMissingTypeStubs=false, reportUntypedFunctionDecorator=false, reportUnknownMemberType=false
from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from houvast.app import asking
from houvast.cases import Right
from houvast.web import site as sites
from houvast.web.api import shapes
from houvast.web.api.callers import ProgramToken, caller
from houvast.web.api.describe import ONCE
from houvast.web.api.once import once

router = Router(tags=["applications"])
_ONCE = {ONCE: True}


@router.get("/token", auth=ProgramToken(), response=shapes.Whose, operation_id="token")
def whose(request: HttpRequest) -> shapes.Whose:
    """Whose this token is, and what it may."""
    found = caller(request).program
    assert found is not None  # noqa: S101 - ProgramToken found it
    return shapes.Whose(
        name=found.name, login=found.login, role=found.role, scopes=list(found.scopes), until=found.until.isoformat()
    )


@router.post("/mail/recipients", auth=ProgramToken("mail"), response=shapes.Recipients, operation_id="recipients")
def recipients(request: HttpRequest, asked: shapes.AskRecipients) -> shapes.Recipients:
    """Whom a message may go to now, on what ground, with the code of the way out. Recorded as a use (promise C13)."""
    token = caller(request).secret
    found = sites.current().ask(
        lambda db: asking.recipients(db, token, asked.purpose, asked.reason, after=asked.after, many=asked.limit)
    )
    items = [
        shapes.Recipient(
            person=one.person,
            ground=one.ground,
            since=one.since.isoformat() if one.since else None,
            opt_out=str(one.opt_out),
        )
        for one in found
    ]
    return shapes.Recipients(items=items, next=items[-1].person if len(items) == asked.limit else None)


@router.post("/mail/may-send", auth=ProgramToken("mail"), response=shapes.MaySend, operation_id="maySend")
def may_send(request: HttpRequest, asked: shapes.AskMaySend) -> shapes.MaySend:
    """Whether this person may be sent a message at this moment, and on what ground (promise C13)."""
    token = caller(request).secret
    found = sites.current().ask(lambda db: asking.may_send(db, token, asked.purpose, asked.person))
    refused, _, why = found.partition(": ")
    may = refused != "refused"
    return shapes.MaySend(may=may, ground=found if may else "", why="" if may else why)


@router.post(
    "/mail/sent", auth=ProgramToken("mail"), response={201: shapes.Ground}, operation_id="sent", openapi_extra=_ONCE
)
@once(201)
def sent(request: HttpRequest, asked: shapes.AskSent) -> shapes.Ground:
    """Say that a message goes now, just before it goes. Refused to whoever said no (promise C13)."""
    token = caller(request).secret
    found = sites.current().ask(
        lambda db: asking.sent(db, token, asked.purpose, asked.person, asked.message, asked.products_of)
    )
    return shapes.Ground(ground=found)


@router.post(
    "/requests",
    auth=ProgramToken("requests"),
    response={201: shapes.Taken},
    operation_id="register",
    openapi_extra=_ONCE,
)
@once(201)
def register(request: HttpRequest, asked: shapes.AskRequest) -> shapes.Taken:
    """Hand on what a person asked. We say at once that it came, and still check whose it is (promise C35)."""
    who, site = caller(request), sites.current()
    taken = site.ask(
        lambda db: asking.request(
            db,
            site.project(),
            who.secret,
            Right(asked.right),
            asked.person,
            language=asked.language,
            text=asked.text,
            promise=asked.promise,
            sort=asked.sort,
            by=who.by,
        )
    )
    return shapes.Taken(number=taken.number, code=str(taken.code), due=taken.due_on.isoformat())


@router.post("/people/state", auth=ProgramToken("people"), response=shapes.Stands, operation_id="state")
def state(request: HttpRequest, asked: shapes.AskState) -> shapes.Stands:
    """Where a person stands about a purpose of this application. Recorded as a use."""
    token = caller(request).secret
    found = sites.current().ask(lambda db: asking.stands(db, token, asked.purpose, asked.person, asked.reason))
    return shapes.Stands(
        items=[
            shapes.Stand(stand=one.stand, about=one.about, since=one.since.isoformat() if one.since else None)
            for one in found
        ]
    )
