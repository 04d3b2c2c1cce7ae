"""What a person asks about themselves, in their own session: as login `houvast_people`, which reads nobody else."""

# pyright: reportMissingTypeStubs=false, reportUntypedFunctionDecorator=false, reportUnknownMemberType=false
from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router

from houvast.app import own_data, own_requests
from houvast.web import site as sites
from houvast.web.api import shapes
from houvast.web.api.callers import TRIES, PersonSession, PersonToken, caller, count
from houvast.web.api.problems import Problem
from houvast.web.api.shapes import Limit, Offset
from houvast.web.context import language
from houvast.web.limits import caller_address
from houvast.web.people import door, shown
from houvast.web.state import state

router = Router(tags=["people"])
_THEIRS = [PersonToken(), PersonSession()]


@router.post("/codes", auth=None, response={202: shapes.Check}, operation_id="askCode")
def ask_code(request: HttpRequest, asked: shapes.AskCode) -> shapes.Check:
    """Ask for a code by mail. The answer is the same for an address that nobody has (promise C35)."""
    count(f"code {caller_address(request)}", TRIES)
    check, browser = door.begin(request, asked.address, asked.language)
    return shapes.Check(check=check, browser=browser)


@router.post("/sessions", auth=None, response={201: shapes.Entered}, operation_id="enter")
def enter(request: HttpRequest, asked: shapes.AskSession) -> shapes.Entered:
    """Answer with the code. Wrong, too old and one too many are the same (promise C35)."""
    count(f"enter {caller_address(request)}", TRIES)
    found = door.tried(asked.check, asked.code, asked.browser)
    if found is None:
        raise Problem(403, "This code does not count.", todo="Ask for a new code.", promise="C35")
    return shapes.Entered(token=found.secret, level=found.level, method=found.method, until=found.until.isoformat())


@router.get("/session", auth=_THEIRS, response=shapes.Me, operation_id="me")
def me(request: HttpRequest) -> shapes.Me:
    """How the session stands: how sure it is who this is, and until when."""
    found = door.standing(caller(request).secret)
    if found is None:
        raise Problem(401, promise="C35", todo="Ask for a code.")
    return shapes.Me(
        level=found.level,
        method=found.method,
        since=found.since.isoformat(),
        until=found.until.isoformat(),
        scopes=list(own_requests.scopes(sites.current().people, caller(request).secret)),
    )


@router.delete("/session", auth=_THEIRS, response={204: None}, operation_id="leave")
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    door.end(caller(request).secret)
    return HttpResponse(status=204)


@router.get("/data", auth=_THEIRS, response=shapes.Data, operation_id="data")
def data(request: HttpRequest) -> shapes.Data:
    """All that is held about this person: each row, and what each column is (GDPR art. 15). Recorded as a use."""
    site = sites.current()
    found = own_data.rows(site.people, site.project(), caller(request).secret, language())
    return shapes.Data(
        tables=[
            shapes.Held(
                table=one.table, columns=[dict(column) for column in one.columns], rows=[dict(row) for row in one.rows]
            )
            for one in found
        ]
    )


@router.get("/uses", auth=_THEIRS, response=shapes.Uses, operation_id="uses")
def uses(request: HttpRequest, after: Offset = 0, limit: Limit = 100) -> shapes.Uses:
    """Who used their data, for what, when; the newest first. Recorded as a use."""
    found = own_data.uses(sites.current().people, caller(request).secret)
    items = [
        shapes.Used(
            sort=one.sort,
            purpose=one.purpose,
            role=one.role,
            reason=one.reason,
            since=_at(one.since) or "",
            until=_at(one.until) or "",
            times=one.times,
        )
        for one in found[after : after + limit]
    ]
    return shapes.Uses(items=items, next=after + limit if len(found) > after + limit else None)


@router.get("/choices", auth=_THEIRS, response=shapes.Choices, operation_id="choices")
def choices(request: HttpRequest) -> shapes.Choices:
    """What they may choose about, and where they stand."""
    url, secret = sites.current().people, caller(request).secret
    found = shown.choices(state().policy, own_requests.kind(url, secret), own_data.stands(url, secret), language())
    return shapes.Choices(
        items=[
            shapes.Choice(purpose=one.purpose, label=one.label, asks=one.asks, now=one.now, since=_at(one.since))
            for one in found
        ]
    )


@router.post("/choices", auth=_THEIRS, response=shapes.Changed, operation_id="choose")
def choose(request: HttpRequest, asked: shapes.AskChoice) -> shapes.Changed:
    """Choose; in force when the answer comes (promise C13)."""
    kind = own_requests.kind(sites.current().people, caller(request).secret)
    offered = {one.purpose: one.asks for one in shown.choices(state().policy, kind, (), language())}
    if asked.choice not in {"consent": ("yes", "no"), "object": ("object", "allow")}.get(
        offered.get(asked.purpose, ""), ()
    ):
        raise Problem(
            409, "This cannot be chosen about that purpose.", todo="GET /api/me/choices says what can.", promise="C13"
        )
    url, secret = sites.current().people, caller(request).secret
    if asked.choice == "object":  # it counts at once, and is weighed in writing
        stood = any((one.stand, one.about) == ("objected", asked.purpose) for one in own_data.stands(url, secret))
        own_requests.ask(url, secret, "objection", asked.language, asked.why, asked.purpose)
        return shapes.Changed(changed=not stood)
    return shapes.Changed(changed=own_data.choose(url, secret, asked.purpose, asked.choice))


def _at(value: datetime | date | None) -> str | None:
    return value.isoformat() if value else None
