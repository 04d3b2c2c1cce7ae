"""What anybody asks without an account and without a name, as on the pages: complaints, and what a mail or letter asks.

Codes, references and links travel in bodies. What is none gets the answer of one (promise C35); the address that asks
is counted before anything is looked up.
"""

# pyright: reportMissingTypeStubs=false, reportUntypedFunctionDecorator=false, reportUnknownMemberType=false
from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from houvast.app.cases import evidence
from houvast.cases import Right, store
from houvast.database import queries
from houvast.web import site as sites
from houvast.web.api import own_shapes as shapes
from houvast.web.api.callers import TRIES, count
from houvast.web.api.describe import ONCE
from houvast.web.api.once import once
from houvast.web.api.problems import Problem
from houvast.web.limits import caller_address
from houvast.web.people import door
from houvast.web.state import state

router = Router(tags=["anybody"])
_SQL = queries("houvast.web", "people.sql")


@router.post(
    "/complaints", auth=None, response={201: shapes.ComplaintTaken}, operation_id="complain", openapi_extra={ONCE: True}
)
@once(201)
def complain(request: HttpRequest, asked: shapes.AskComplaint) -> shapes.ComplaintTaken:
    """Complain, or ask something. What the last proof said of the promise goes with it (promise C54)."""
    _count(request)
    if asked.promise and asked.promise not in state().policy.promises:
        raise Problem(
            409, "The policy has no such promise.", todo="Leave it empty, or name one of the policy.", promise="C54"
        )
    right, sort = (Right.QUESTION, "") if asked.sort == "question" else (Right.COMPLAINT, asked.sort)
    code, due = sites.current().ask(
        lambda desk: store.complain(
            desk,
            right,
            asked.words,
            language=asked.language,
            promise=asked.promise,
            sort=sort,
            evidence=evidence(desk, asked.promise),
        )
    )
    return shapes.ComplaintTaken(code=str(code), due=due.isoformat())


@router.post("/requests/status", auth=None, response=shapes.Follows, operation_id="follow")
def follow(request: HttpRequest, asked: shapes.AskOf) -> shapes.Follows:
    """How a request stands, for whoever has its code; nothing of whom it is of (promise C54)."""
    _count(request)
    found = sites.current().ask(lambda desk: store.follow(desk, UUID(asked.code)))
    if found is None:
        raise Problem(404, "There is no request of this code.", todo="Look at the code once more.", promise="C54")
    return shapes.Follows(
        right=found.right.value,
        state=found.state.value,
        dpv=found.state.dpv,
        received=found.received_at.isoformat(),
        due=found.due_on.isoformat(),
        waits=found.waits,
        reason=found.reason,
        closed=found.closed_at.isoformat() if found.closed_at else None,
        answers=[
            shapes.AnswerOut(subject=one.subject, body=one.body, sent=one.sent_at.isoformat()) for one in found.answers
        ],
    )


@router.post("/opt-out", auth=None, response=shapes.Heard, operation_id="optOut")
def opt_out(request: HttpRequest, asked: shapes.AskOf) -> shapes.Heard:
    """No more of these messages, by the code in one (promise C13)."""
    _count(request)
    sites.current().ask(lambda desk: desk.execute(_SQL["opt_out"], (UUID(asked.code),)))
    return shapes.Heard(heard=True)


@router.post("/not-me", auth=None, response=shapes.Heard, operation_id="notMe")
def not_me(request: HttpRequest, asked: shapes.AskReference) -> shapes.Heard:
    """They did not ask what they got a letter about: it ends, and the officer is alarmed (promise C35)."""
    _count(request)
    sites.current().ask(lambda desk: desk.execute(_SQL["not_me"], (UUID(asked.reference),)))
    return shapes.Heard(heard=True)


@router.post("/stop", auth=None, response=shapes.Heard, operation_id="stopCode")
def stop(request: HttpRequest, asked: shapes.AskLink) -> shapes.Heard:
    """They did not ask for the code that was mailed: it ends, and what came of it (promise C35)."""
    _count(request)
    door.stop(asked.token)
    return shapes.Heard(heard=True)


@router.post("/letter", auth=None, response=shapes.Claimed, operation_id="answerLetter")
def answer_letter(request: HttpRequest, asked: shapes.AskLetterCode) -> shapes.Claimed:
    """The code of a letter by post. A wrong one, an old one and one too many are the same (promise C35)."""
    _count(request)
    reference = UUID(asked.reference)
    sites.current().ask(lambda desk: desk.execute(_SQL["try_letter"], (reference, asked.code)))
    row = sites.current().ask(lambda desk: desk.execute(_SQL["settle_letter"], (reference, asked.choice)).fetchone())
    if row is None or row[0] is None:
        raise Problem(
            403, "This code does not count.", todo="Look at the letter once more, or ask for another.", promise="C35"
        )
    return shapes.Claimed(said=row[0])


@router.post("/mandate", auth=None, response=shapes.AskedMandate, operation_id="askedMandate")
def asked_mandate(request: HttpRequest, asked: shapes.AskLink) -> shapes.AskedMandate:
    """What the link in a mail asks: may somebody ask for them? Never who they are (promise C35)."""
    _count(request)
    row = sites.current().ask(lambda desk: desk.execute(_SQL["mandate"], (asked.token,)).fetchone())
    if row is None:
        raise Problem(404, "Nothing is asked by this link any more.", todo="Sign in to see who may ask.", promise="C35")
    return shapes.AskedMandate(
        sort=row[0], holder=row[1], rights=list(row[2]), until=row[3].isoformat(), confirmed=row[4]
    )


@router.post("/mandate/answer", auth=None, response=shapes.Claimed, operation_id="answerAskedMandate")
def answer_asked_mandate(request: HttpRequest, asked: shapes.AskLinkAnswer) -> shapes.Claimed:
    """Confirm it, or say no (promise C35)."""
    _count(request)
    row = sites.current().ask(lambda desk: desk.execute(_SQL["answer_mandate"], (asked.token, asked.choice)).fetchone())
    return shapes.Claimed(said=row[0] if row else None)


def _count(request: HttpRequest) -> None:
    count(f"anybody {caller_address(request)}", TRIES)
