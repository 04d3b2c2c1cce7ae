"""Data Rights Protocol 1.0: an agent asks for somebody, who is asked before anything is done.

https://github.com/consumer-reports-innovation-lab/data-rights-protocol. Who signed a message is checked here; whose it
says it is, for whom, when, and that it counts once, in the database. Errors are as in section 3.06 of the protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from houvast.app import agents
from houvast.app.agents import Exercise
from houvast.database import DatabaseError
from houvast.web import site as sites
from houvast.web.api.callers import CALLS, bearer, count, unknown
from houvast.web.api.problems import Problem, problem_of
from houvast.web.api.signed import LONGEST, Forged, Malformed, message, opened, text

REGIMES = ("", "ccpa", "gdpr")
"""The law that a request names. Here everybody has the rights of the GDPR, whichever they name."""
_TOO_MANY = "53400"  # configuration_limit_exceeded
_BAD = "22023"  # invalid_parameter_value
View = Callable[..., HttpResponse]


def protocol(*methods: str) -> Callable[[View], View]:
    """For a view of the protocol: other methods are refused, and what goes wrong is told as it asks."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401
            try:
                if request.method not in methods:
                    raise Problem(405)
                return view(request, *args, **kwargs)
            except (Problem, DatabaseError, Malformed, Forged) as error:
                return _error(error)

        return guard

    return decorate


@protocol("POST")
def exercise(request: HttpRequest) -> HttpResponse:
    """An agent asks for somebody (2.01). What the token, the signature or the claims do not bear is refused."""
    agent, key = _caller(request)
    found, digest = opened(_body(request), key)
    said = message(found, digest)
    if said.agent != agent:
        raise Forged("This message is not of the agent that shows it.")
    if text(found, "regime", 20, needed=False) not in REGIMES:
        raise Malformed("regime is ccpa, gdpr, or left away.")
    asked = Exercise(
        text(found, "exercise", 40),
        text(found, "agent-request-id", 200, needed=False),
        text(found, "email", 320, needed=False),
    )
    site = sites.current()
    language = site.languages()[0]
    number = site.ask(lambda db: agents.exercise(db, bearer(request), said, asked, language))
    return _status(request, number)


@protocol("GET", "DELETE")
def one(request: HttpRequest, number: UUID) -> HttpResponse:
    """How it stands (2.02), or that it is asked no longer (2.04)."""
    _, key = _caller(request)
    if request.method == "DELETE":
        found, _ = opened(_body(request), key)
        text(found, "reason", 2000, needed=False)
        if not sites.current().ask(lambda db: agents.end(db, bearer(request), number)):
            raise Problem(409, "This is over: there is nothing to revoke.")
    return _status(request, number)


@protocol("GET", "POST")
def pair(request: HttpRequest, agent: str) -> HttpResponse:
    """A token for an agent that signs for one (2.05), or whether its token still counts (2.06)."""
    if request.method == "GET":
        if _caller(request)[0] != agent:
            raise Forged("This token is of another agent.")
        return JsonResponse({})
    try:
        token = _token(request, agent)
    except (DatabaseError, Malformed, Forged) as error:
        if isinstance(error, DatabaseError) and error.sqlstate != "42501":
            raise
        return HttpResponse(status=403)  # without a word, as the protocol has it
    return JsonResponse({"agent-id": agent, "token": token})


def _token(request: HttpRequest, agent: str) -> str:
    site = sites.current()
    if "\0" in agent or (key := site.ask(lambda db: agents.key_of(db, agent))) is None:
        unknown(request)
        raise Forged("There is no such agent.")
    try:
        said = message(*opened(_body(request), key))
    except ValueError:
        unknown(request)  # whoever only says that they are this agent has its count of calls nowhere
        raise
    count(f"agent {agent}", CALLS)
    return site.ask(lambda db: agents.give_token(db, agent, said))


def _caller(request: HttpRequest) -> tuple[str, bytes]:
    """Which agent shows its token, and its key. Raises Problem, DatabaseError."""
    token = bearer(request)
    try:
        if not token or "\0" in token or len(token) > 200:
            raise Problem(401, "This asks for the token of an agent.")
        agent, key = sites.current().ask(lambda db: agents.whose(db, token))
    except (Problem, DatabaseError) as error:
        if isinstance(error, Problem) or error.sqlstate == "28000":
            unknown(request)
        raise
    count(f"agent {agent}", CALLS)
    return agent, key


def _body(request: HttpRequest) -> bytes:
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not (length.isascii() and length.isdigit()) or len(length) > 9 or int(length) > LONGEST:
        raise Problem(413, f"A message has at most {LONGEST} bytes.")
    return request.body


def _status(request: HttpRequest, number: UUID) -> HttpResponse:
    site = sites.current()
    found = site.ask(lambda db: agents.status(db, bearer(request), number))
    waits = found.reason == "need_user_verification"
    said = {
        "request_id": str(number),
        "received_at": found.received.isoformat(),
        "expected_by": found.due.isoformat(),
        "agent_request_id": found.reference or None,
        "status": found.status,
        "reason": found.reason,
        "processing_details": found.details,
        "user_verification_url": f"{site.origin}/me/theirs/" if waits else None,
        "results_url": f"{site.origin}/me/requests/" if found.status == "fulfilled" else None,
        "expires_at": found.expires.isoformat() if found.expires else None,
    }
    return JsonResponse({name: value for name, value in said.items() if value is not None})


def _error(error: Exception) -> HttpResponse:
    """What goes wrong (3.06). `fatal`: this message will never count."""
    if isinstance(error, DatabaseError) and error.sqlstate == _TOO_MANY:
        error = Problem(429, "This agent asked too often.", todo="Try again later.")
    if isinstance(error, (Malformed, Forged)):
        status, detail = (400 if isinstance(error, Malformed) else 403), str(error)
    elif (found := problem_of(error)) is not None:
        is_bad = isinstance(error, DatabaseError) and error.sqlstate == _BAD
        status, detail = 400 if is_bad else found.status, f"{found.detail} {found.todo}".strip()
    else:
        raise error
    said: dict[str, object] = {"code": str(status), "message": detail}
    if status in (400, 403):
        said["fatal"] = True
    response = JsonResponse(said, status=status)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="houvast"'
    return response
