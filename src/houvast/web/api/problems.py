"""What goes wrong, as `application/problem+json` (RFC 9457): the promise that refuses it, what to do, never a value."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from houvast.app.own_data import NotGranted, NotSignedIn
from houvast.cases.store import Refused
from houvast.database import DatabaseError
from houvast.errors import DatabaseRefusal, HouvastError, UsageError

TYPE = "application/problem+json"
RETRY = 10
"""Seconds after which a program may try again while the database is gone."""
_PROMISE = re.compile(r" ?\(promises? ([A-Z][A-Z0-9]*)[^)]*\)")
_PREFIX = "Houvast refuses: "
_STATUS = {
    "42501": 403,  # insufficient_privilege
    "28000": 401,  # the token or session counts for nothing
    "23514": 409,  # says_no: the rules of cases
    "22023": 409,  # invalid_parameter_value
    "P0002": 404,  # no_data_found
    "23505": 409,
    "23503": 404,
}
TITLES = {
    400: ("bad-request", "This cannot be read."),
    401: ("not-signed-in", "Nobody is known by this token or session."),
    403: ("refused", "This is refused."),
    404: ("not-found", "There is no such thing."),
    405: ("no-such-way", "This address is not asked in this way."),
    409: ("not-so", "This cannot be done as things stand."),
    413: ("too-large", "This is too large."),
    415: ("no-json", "This is not JSON."),
    422: ("not-as-described", "This is not as the description says."),
    429: ("too-often", "This was asked too often."),
    500: ("failed", "Something went wrong here."),
    503: ("gone", "The database does not answer now."),
}


class Problem(Exception):
    """A request that is not answered. `status`: of HTTP; `wrong`: (where, what) of each field that is wrong."""

    def __init__(
        self, status: int, detail: str = "", *, todo: str = "", promise: str = "", wrong: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail or TITLES[status][1]
        self.todo = todo
        self.promise = promise
        self.wrong = tuple(wrong)

    def response(self) -> HttpResponse:
        """As an answer."""
        name, title = TITLES.get(self.status, TITLES[400])
        said: dict[str, object] = {
            "type": f"urn:houvast:problem:{name}",
            "title": title,
            "status": self.status,
            "detail": self.detail,
            "promise": self.promise,
            "todo": self.todo,
        }
        if self.wrong:
            said["wrong"] = [{"where": where, "what": what} for where, what in self.wrong]
        response = HttpResponse(json.dumps(said, ensure_ascii=False), status=self.status, content_type=TYPE)
        if self.status == 401:
            response["WWW-Authenticate"] = 'Bearer realm="houvast"'
        if self.status == 503:
            response["Retry-After"] = str(RETRY)
        return response


def problem_of(error: Exception) -> Problem | None:
    """The problem that an error of a room below is; None for one that nobody foresaw."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, DatabaseError):
        return _of_database(error)
    if isinstance(error, NotGranted):
        return Problem(403, error.message, todo=error.todo, promise="C35")
    if isinstance(error, NotSignedIn):
        return Problem(401, error.message, todo=error.todo, promise="C35")
    if isinstance(error, Refused):
        text, promise = _promised(error.message)
        status = 404 if text.startswith("There is no ") else 409
        return Problem(status, text, todo=error.todo, promise=promise)
    if isinstance(error, (UsageError, DatabaseRefusal)):
        text, promise = _promised(error.message)
        return Problem(409, text, todo=error.todo, promise=promise)
    if isinstance(error, HouvastError):
        return Problem(409, error.message, todo=error.todo)
    return None


def _of_database(error: DatabaseError) -> Problem | None:
    said = error.diag.message_primary or ""
    if error.sqlstate is None or error.sqlstate.startswith(("08", "57", "53")):
        return Problem(503, todo=f"Try again in {RETRY} seconds.")
    status = _STATUS.get(error.sqlstate)
    if status is None or not said.startswith(_PREFIX):
        return None
    text, promise = _promised(said.removeprefix(_PREFIX))
    return Problem(status, text[:1].upper() + text[1:], todo=error.diag.message_hint or "", promise=promise)


def _promised(text: str) -> tuple[str, str]:
    found = _PROMISE.search(text)
    return _PROMISE.sub("", text), found[1] if found else ""


def is_of_api(request: HttpRequest) -> bool:
    """Whether a program asks, so that what fails is told as a problem and not as a page."""
    return request.path.startswith(("/api/", "/access/", "/v1/", "/.well-known/authzen", "/.well-known/data-rights"))
