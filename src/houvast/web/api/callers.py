"""Who asks: a program by its token, somebody of the staff or a person by a token or by the cookie of their session."""

# pyright: reportMissingTypeStubs=false
from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf  # pyright: ignore[reportUnknownVariableType]

from houvast.app import asking
from houvast.app.asking import Program
from houvast.database import DatabaseError
from houvast.web import limits
from houvast.web import site as sites
from houvast.web.api.problems import Problem
from houvast.web.api.scopes import SCOPES
from houvast.web.people import door
from houvast.web.roles import may_enter, member, roles_of

CALLS, TRIES = 1200, 300
"""In five minutes: calls of one caller, and calls from one address by nobody who is known."""
_SECRET = re.compile(r"[0-9a-f]{64}")
_TOKEN = re.compile(r"hvt_[0-9a-f]{16}_[0-9a-f]{64}")


@dataclass(frozen=True)
class Caller:
    """Who asks. `secret`: the token or the secret of the session, for the database; "" for staff by their cookie.

    `by`: how cases name them; `key`: tells callers apart.
    """

    secret: str
    key: str
    by: str = ""
    program: Program | None = None


def caller(request: HttpRequest) -> Caller:
    """Who asks, as one of the below found."""
    found: object = getattr(request, "auth", None)
    if not isinstance(found, Caller):
        raise Problem(401, promise="C38")
    return found


def bearer(request: HttpRequest) -> str:
    """The token in a request; "" when there is none."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else ""


class _Bearer(AuthBase):
    openapi_type: str = "http"
    openapi_scheme: str = "bearer"


class _Cookie(AuthBase):
    openapi_type: str = "apiKey"
    openapi_in: str = "cookie"


class ProgramToken(_Bearer):
    """The token of an application, or of the staff, with a scope."""

    def __init__(self, scope: str = "") -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Whose token it is. Raises Problem, DatabaseError."""
        token = bearer(request)
        if not _TOKEN.fullmatch(token):
            unknown(request)
            return None
        try:
            found = sites.current().ask(lambda desk: asking.program(desk, token))
        except DatabaseError as error:
            if error.sqlstate == "28000":
                unknown(request)
            raise
        count(f"token {found.id}", CALLS)  # only what is known has a count of its own
        if self.scope and self.scope not in found.scopes:
            raise Problem(403, "This token may not do this.", todo=f"It needs the scope {self.scope}.", promise="C38")
        return Caller(token, f"token {found.id}", found.staff or f"token {found.name}", found)


class StaffSession(_Cookie):
    """Somebody of the staff who signed in on the pages; their browser sends the token of a form too."""

    openapi_name: str = "houvast"

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Who it is. Raises Problem."""
        user = member(request.user) if "houvast" in request.COOKIES and not bearer(request) else None
        if user is None or not may_enter(request, user):
            return None
        _same_site(request)
        count(f"staff {user.pk}", CALLS)
        if not any(self.scope in SCOPES.get(role, ()) for role in roles_of(user)):
            raise Problem(403, "Your role may not do this.", todo="Ask an officer.", promise="C38")
        return Caller("", f"staff {user.pk}", user.username)


class PersonToken(_Bearer):
    """The secret of a session that a person got for a code."""

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Whose session it is, without saying who. Raises Problem."""
        found = bearer(request)
        if not found:
            return None
        if not _SECRET.fullmatch(found):
            unknown(request)
            return None
        return _person(request, found)


class PersonSession(_Cookie):
    """A person who signed in on the pages; their browser sends the token of a form too."""

    openapi_name: str = "houvast_person"

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Whose session it is, without saying who. Raises Problem."""
        found = door.kept(request, "person") if not bearer(request) else ""
        if not found:
            unknown(request)
            return None
        _same_site(request)
        return _person(request, found)


def _person(request: HttpRequest, secret: str) -> Caller | None:
    if not sites.current().people or door.standing(secret) is None:
        unknown(request)
        return None
    count(f"person {secret}", CALLS)
    return Caller(secret, f"person {hashlib.sha256(secret.encode()).hexdigest()}")


def _same_site(request: HttpRequest) -> None:
    if check_csrf(request) is not None:
        raise Problem(
            403,
            "A browser sends the token of one of our forms too.",
            todo="Send it as X-CSRFToken, or show a token instead of a cookie.",
            promise="C38",
        )


def unknown(request: HttpRequest) -> None:
    """Count a call of nobody who is known. Raises Problem when that was too often."""
    count(f"nobody {limits.caller_address(request)}", TRIES)


def count(who: str, most: int) -> None:
    """Count a call, in one statement, and stop it when there were too many. Raises Problem."""
    caller = hmac.new(settings.SECRET_KEY.encode(), f"api {who}".encode(), hashlib.sha256).digest()
    counted = sites.current().ask(lambda desk: limits.count(desk, [caller]))
    if counted[caller] > most:
        raise Problem(429, f"At most {most} times in {limits.SECONDS // 60} minutes.", todo="Try again later.")
