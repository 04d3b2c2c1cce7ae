"""Why a purpose may see a column, or may not, for an application and for the staff: the rule and its promise."""

# pyright: reportMissingTypeStubs=false, reportUntypedFunctionDecorator=false, reportUnknownMemberType=false
from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from houvast.app import deciding, explaining
from houvast.app.deciding import WHY, Question
from houvast.web import site as sites
from houvast.web.api.callers import Caller, ProgramToken, StaffSession, caller
from houvast.web.api.problems import Problem
from houvast.web.api.shapes import Body, Name, Person

router = Router(tags=["decisions"])


class AskWhy(Body):
    """A purpose, and a TABLE or TABLE.COLUMN. `person`: of an application, whether its login sees it of them now."""

    purpose: Name
    place: Name
    person: Person | None = None


class Why(Schema):
    """Of one column: whether the purpose may read it, by which rule of the meaning and which promise, and why."""

    column: str
    permitted: bool
    rule: int
    promise: str
    why: str


class Now(Schema):
    """What the database shows of the person now, as a decision has it."""

    permitted: bool
    code: str
    promise: str
    reason: str
    shown: int
    of: int


class Explained(Schema):
    """What policy and data map say of each column; `now`: of the person that was named."""

    purpose: str
    table: str
    instant: str
    answers: list[Why]
    now: Now | None


@router.post(
    "/explain", auth=[ProgramToken("explain"), StaffSession("explain")], response=Explained, operation_id="explain"
)
def explain(request: HttpRequest, asked: AskWhy) -> Explained:
    """Why a purpose sees a column, or does not (promise C05). Of an application: the purposes of its login alone.

    With `person` the token needs the scope decisions too, and the place a column. Nothing more of anybody is told.
    """
    who, site = caller(request), sites.current()
    found = site.ask(lambda db: explaining.why(db, site.project(), who.secret, asked.purpose, asked.place))
    return Explained(
        purpose=found.purpose,
        table=found.table,
        instant=found.instant.isoformat(),
        answers=[
            Why(column=one.column, permitted=one.permitted, rule=one.rule, promise=one.promise, why=one.why)
            for one in found.answers
        ],
        now=_now(who, asked) if asked.person is not None else None,
    )


def _now(who: Caller, asked: AskWhy) -> Now:
    if who.program is None or who.program.login is None or "." not in asked.place:
        raise Problem(
            409,
            "Of a person only an application asks, about one column.",
            todo="Ask with the token of a login, for TABLE.COLUMN; staff open a request instead.",
            promise="C02",
        )
    question = Question(who.program.login, asked.purpose, asked.place, asked.person or "")
    found = sites.current().ask(lambda db: deciding.decide(db, who.secret, question))
    return Now(
        permitted=found.permitted,
        code=found.code or "shown",
        promise=found.promise,
        reason=WHY.get(found.code, WHY["not now"])["en"],
        shown=found.shown,
        of=found.of,
    )
