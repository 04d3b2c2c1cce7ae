"""What the staff do by a program: requests, letters, breaches, holds."""

# pyright: reportMissingTypeStubs=false, reportUntypedFunctionDecorator=false, reportUnknownMemberType=false
from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import Field

from houvast.app import asking, cases
from houvast.cases import Breach, Case, State, store
from houvast.cases import Right as Asked
from houvast.web import site as sites
from houvast.web.api import staff_shapes as shapes
from houvast.web.api.callers import ProgramToken, StaffSession, caller
from houvast.web.api.describe import ONCE
from houvast.web.api.once import once
from houvast.web.api.problems import Problem
from houvast.web.api.shapes import Limit, Offset

router = Router(tags=["staff"])
_ONCE = {ONCE: True}
_READ = [ProgramToken("cases:read"), StaffSession("cases:read")]
_OPEN = [ProgramToken("cases:open"), StaffSession("cases:open")]
_WRITE = [ProgramToken("cases:write"), StaffSession("cases:write")]
Number = Annotated[int, Field(ge=1, le=2**62)]


@router.get("/requests", auth=_READ, response=shapes.Cases, operation_id="listRequests")
def list_requests(
    request: HttpRequest,
    all: bool = False,
    after: Offset = 0,
    limit: Limit = 100,
) -> shapes.Cases:
    """Requests, the one that is due first at the top; open ones, or `all`. Nobody is named."""
    found = sites.current().ask(lambda db: store.cases(db, everything=all))
    more = len(found) > after + limit
    return shapes.Cases(
        items=[_case(one) for one in found[after : after + limit]], next=after + limit if more else None
    )


@router.get("/requests/{number}", auth=_READ, response=shapes.CaseOut, operation_id="showRequest")
def show_request(request: HttpRequest, number: Path[Number]) -> shapes.CaseOut:
    """One request. Nobody is named."""
    return _case(sites.current().ask(lambda db: store.case(db, number)))


@router.post("/requests/{number}/open", auth=_OPEN, response=shapes.Opened, operation_id="openRequest")
def open_request(request: HttpRequest, asked: shapes.AskReason, number: Path[Number]) -> shapes.Opened:
    """Whom a request is of, what was written, and the letters. Recorded as a use (promise C02)."""
    by = caller(request).by
    found = sites.current().ask(lambda db: store.opened(db, number, asked.reason, by))
    letters = [
        shapes.LetterOut(
            number=one.number,
            kind=one.kind,
            language=one.language,
            subject=one.subject,
            body=one.body,
            drafted_by=one.drafted_by,
            approved_by=one.approved_by,
            sent=_at(one.sent_at),
        )
        for one in found.letters
    ]
    return shapes.Opened(person=found.person, text=found.words, letters=letters)


@router.post("/requests/{number}/move", auth=_WRITE, response=shapes.Due, operation_id="moveRequest")
def move_request(request: HttpRequest, asked: shapes.AskMove, number: Path[Number]) -> shapes.Due:
    """Take a request to its next state; that it is withdrawn, you confirm by a code (promise G18)."""
    by = caller(request).by
    due = sites.current().ask(lambda db: store.move(db, number, State(asked.to), by=by, code=asked.code))
    return shapes.Due(due=due.isoformat())


@router.post(
    "/requests/{number}/letters",
    auth=ProgramToken("cases:write"),
    response={201: shapes.Number},
    operation_id="draftLetter",
    openapi_extra=_ONCE,
)
@once(201)
def draft_letter(request: HttpRequest, asked: shapes.AskLetter, number: Path[Number]) -> shapes.Number:
    """Draft an answer, a refusal, the letter that takes more time, or the one that asks who they are (promise G10)."""
    who, site = caller(request), sites.current()
    more = {"explanation": asked.explanation, "kept": asked.kept, "until": asked.until}
    right = site.ask(lambda db: store.case(db, number)).right
    kinds = {
        "answer": cases.answer_of(right),
        "refusal": "objection_dismissed" if right is Asked.OBJECTION else "refusal",
    }
    kind = kinds.get(asked.kind, asked.kind)
    made = site.ask(lambda db: asking.draft(db, site.project(), who.secret, number, kind, asked.reason, more))
    return shapes.Number(number=made)


@router.post("/letters/{number}/approve", auth=_WRITE, response=shapes.Done, operation_id="approveLetter")
def approve_letter(request: HttpRequest, asked: shapes.AskStaffCode, number: Path[Number]) -> shapes.Done:
    """Approve a letter of somebody else, by a code of your authenticator app that serves once (promise G10)."""
    by = caller(request).by
    sites.current().ask(lambda db: store.approve(db, number, by, asked.code))
    return shapes.Done(done=True)


@router.post("/letters/{number}/send", auth=_WRITE, response=shapes.Done, operation_id="sendLetter")
def send_letter(request: HttpRequest, number: Path[Number]) -> shapes.Done:
    """Send an approved letter to the address on file; that moves its request (promise G10)."""
    sites.current().ask(lambda db: store.send(db, number))
    return shapes.Done(done=True)


@router.get("/breaches", auth=_READ, response=shapes.Breaches, operation_id="listBreaches")
def list_breaches(request: HttpRequest) -> shapes.Breaches:
    """The register of breaches, the open ones first (promise G14)."""
    return shapes.Breaches(items=[_breach(one) for one in sites.current().ask(store.breaches)])


@router.post("/breaches", auth=_WRITE, response={201: shapes.Number}, operation_id="recordBreach", openapi_extra=_ONCE)
@once(201)
def record_breach(request: HttpRequest, asked: shapes.AskBreach) -> shapes.Number:
    """Write a breach down; its hours run from when it was known (promise G14)."""
    by = caller(request).by
    return shapes.Number(
        number=sites.current().ask(lambda db: store.record_breach(db, asked.title, _instant(asked.aware), by))
    )


@router.patch("/breaches/{number}", auth=_WRITE, response=shapes.BreachOut, operation_id="changeBreach")
def change_breach(request: HttpRequest, asked: shapes.AskBreachChange, number: Path[Number]) -> shapes.BreachOut:
    """Write down what was found and done (promise G14)."""
    site = sites.current()
    site.ask(
        lambda db: store.change_breach(
            db,
            number,
            risk=asked.risk,
            note=asked.note,
            persons=asked.persons,
            measures=asked.measures,
            reported=_instant(asked.reported),
            late=asked.late,
            told=_instant(asked.told),
            closes=asked.closes,
        )
    )
    return _breach(site.ask(lambda db: store.breach(db, number)))


@router.get("/holds", auth=ProgramToken("cases:read"), response=shapes.Holds, operation_id="listHolds")
def list_holds(request: HttpRequest) -> shapes.Holds:
    """Every hold, with how many rows of which table (promise C31)."""
    token = caller(request).secret
    return shapes.Holds(
        items=[
            shapes.HoldOut(
                case=one.case,
                table=one.table,
                rows=one.rows,
                owner=one.owner,
                review=_at(one.review_on),
                since=one.since.isoformat(),
            )
            for one in sites.current().ask(lambda db: asking.holds(db, token))
        ]
    )


@router.post(
    "/holds",
    auth=ProgramToken("holds:write"),
    response={201: shapes.Rows},
    operation_id="placeHold",
    openapi_extra=_ONCE,
)
@once(201)
def place_hold(request: HttpRequest, asked: shapes.AskHold) -> shapes.Rows:
    """Hold rows of a table for a case; nothing erases them (promise C31)."""
    who, site = caller(request), sites.current()
    held = site.ask(
        lambda db: asking.place_hold(
            db,
            site.project(),
            who.secret,
            asked.case,
            asked.table,
            asked.keys,
            asked.owner,
            date.fromisoformat(asked.review),
        )
    )
    return shapes.Rows(rows=held)


@router.post("/holds/lift", auth=ProgramToken("holds:write"), response=shapes.Rows, operation_id="liftHold")
def lift_hold(request: HttpRequest, asked: shapes.AskReason) -> shapes.Rows:
    """Lift every hold of the case that `reason` names (promise C31)."""
    token = caller(request).secret
    return shapes.Rows(rows=sites.current().ask(lambda db: asking.lift_hold(db, token, asked.reason)))


def _case(one: Case) -> shapes.CaseOut:
    return shapes.CaseOut(
        number=one.number,
        right=one.right.value,
        state=one.state.value,
        dpv=one.state.dpv,
        channel=one.channel,
        language=one.language,
        promise=one.promise,
        received=one.received_at.isoformat(),
        due=one.due_on.isoformat(),
        days_left=one.days_left,
        paused=one.paused_at is not None,
        extended=one.extended_at is not None,
        reason=one.reason,
        verified=one.verified,
        level=one.level,
        known=one.known,
        closed=_at(one.closed_at),
        drafts=one.drafts,
    )


def _breach(one: Breach) -> shapes.BreachOut:
    return shapes.BreachOut(
        number=one.number,
        title=one.title,
        aware=one.aware_at.isoformat(),
        report_by=one.report_by.isoformat(),
        risk=one.risk,
        state=one.state,
        persons=one.persons,
        hours_left=round(one.hours_left, 2),
    )


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    found = datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    if found > datetime.now(UTC):
        raise Problem(409, "This instant is still to come.", todo="Give one that has been.", promise="G14")
    return found


def _at(value: datetime | date | None) -> str | None:
    return value.isoformat() if value else None
