"""OpenID AuthZEN Authorization API 1.0: may this login, for this purpose, see this of a person now?

https://openid.net/specs/authorization-api-1_0.html. Subject: a login, with its purpose. Action: use. Resource: a column
of a person.
"""

# pyright: reportMissingTypeStubs=false, reportUntypedFunctionDecorator=false, reportUnknownMemberType=false
from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from houvast.app import deciding
from houvast.app.deciding import ACTIONS, WHY, Decision, Question
from houvast.web import site as sites
from houvast.web.api.callers import ProgramToken, caller
from houvast.web.api.shapes import Line, Sent

router = Router(tags=["decisions"])
Properties = dict[str, Any]
MOST = 100
"""Questions in one call."""


class _Open(Sent):
    """AuthZEN lets others add fields: they are not looked at."""

    model_config = ConfigDict(extra="ignore", strict=True)


class Subject(_Open):
    """`type` login; `properties`: {"purpose": ...}."""

    type: Line
    id: Line
    properties: Properties = Field(default_factory=dict)


class Action(_Open):
    """`name`: use."""

    name: Line
    properties: Properties = Field(default_factory=dict)


class Resource(_Open):
    """`type` column; `id`: TABLE.COLUMN; `properties`: {"person": "KIND:KEY"}, and a `case` or `row`."""

    type: Line
    id: Line
    properties: Properties = Field(default_factory=dict)


class Evaluation(_Open):
    """One question."""

    subject: Subject
    action: Action
    resource: Resource
    context: Properties = Field(default_factory=dict)


class Part(_Open):
    """A question among several; what it leaves out, is that of all."""

    subject: Subject | None = None
    action: Action | None = None
    resource: Resource | None = None
    context: Properties = Field(default_factory=dict)


class Options(_Open):
    """When to stop."""

    evaluations_semantic: Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"] = "execute_all"


class Evaluations(Part):
    """Several questions."""

    evaluations: list[Part] = Field(default_factory=list[Part], max_length=MOST)
    options: Options = Options()


class Answer(Schema):
    """The decision. In `context`: a code, the promise, the reason in words, and of how many rows it is true."""

    decision: bool
    context: dict[str, Any]


class Answers(Schema):
    """The decisions in the order of the questions; or one, when one was asked."""

    evaluations: list[Answer] | None = None
    decision: bool | None = None
    context: dict[str, Any] | None = None


@router.post("/evaluation", auth=ProgramToken("decisions"), response=Answer, operation_id="evaluate")
def evaluate(request: HttpRequest, asked: Evaluation, response: HttpResponse) -> Answer:
    """May this login, for this purpose, see this column of this person now? As the database shows it (promise C05)."""
    _same_number(request, response)
    return _answer(request, Part(**asked.model_dump()))


@router.post(
    "/evaluations", auth=ProgramToken("decisions"), response=Answers, operation_id="evaluateAll", exclude_none=True
)
def evaluate_all(request: HttpRequest, asked: Evaluations, response: HttpResponse) -> Answers:
    """The same for several at once; without a list, one."""
    _same_number(request, response)
    if not asked.evaluations:
        one = _answer(request, asked)
        return Answers(decision=one.decision, context=one.context)
    found: list[Answer] = []
    for part in asked.evaluations:
        whole = Part(
            subject=part.subject or asked.subject,
            action=part.action or asked.action,
            resource=part.resource or asked.resource,
        )
        found.append(_answer(request, whole))
        stops = {"deny_on_first_deny": False, "permit_on_first_permit": True}.get(asked.options.evaluations_semantic)
        if found[-1].decision is stops:
            break
    return Answers(evaluations=found)


@require_safe
def configuration(request: HttpRequest) -> HttpResponse:
    """Where the decisions are asked (AuthZEN 1.0, section 9)."""
    origin = sites.current().origin
    return JsonResponse(
        {
            "policy_decision_point": origin,
            "access_evaluation_endpoint": f"{origin}/access/v1/evaluation",
            "access_evaluations_endpoint": f"{origin}/access/v1/evaluations",
        }
    )


def _answer(request: HttpRequest, asked: Part) -> Answer:
    found = _decide(caller(request).secret, asked)
    reason = dict(WHY.get(found.code, WHY["not now"]))
    context = {
        "code": found.code or "shown",
        "promise": found.promise,
        "reason": reason,
        "shown": found.shown,
        "of": found.of,
    }
    return Answer(decision=found.permitted, context=context)


def _decide(token: str, asked: Part) -> Decision:
    """What cannot be asked is refused, as a decision: an application that does not look further is safe."""
    subject, action, resource = asked.subject, asked.action, asked.resource
    if action is None or action.name not in ACTIONS:
        return Decision("no action")
    purpose = _text(subject.properties, "purpose") if subject else ""
    if subject is None or subject.type != "login" or not purpose:
        return Decision("no subject")
    person = _text(resource.properties, "person") if resource else ""
    if resource is None or resource.type != "column" or "." not in resource.id or ":" not in person:
        return Decision("no resource")
    question = Question(subject.id, purpose, resource.id, person, _text(resource.properties, "case") or None,
                        _text(resource.properties, "row") or None)  # fmt: skip
    return sites.current().ask(lambda db: deciding.decide(db, token, question))


def _text(properties: dict[str, Any], name: str) -> str:
    found = properties.get(name, "")
    if not isinstance(found, str) or len(found) > 200 or "\0" in found:
        return ""
    return found if found.isprintable() else ""


def _same_number(request: HttpRequest, response: HttpResponse) -> None:
    given = request.headers.get("X-Request-ID", "")
    if given and len(given) <= 200 and given.isascii() and given.isprintable():
        response["X-Request-ID"] = given
