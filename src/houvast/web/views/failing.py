"""Pages for when something fails. What is logged names no address, no person and no value."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path

from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from houvast.database import DatabaseError
from houvast.web.api.problems import Problem, is_of_api

RETRY = 10
"""Seconds after which a browser may try again while the database is gone."""
_log = logging.getLogger("houvast.web")


def _page(request: HttpRequest, status: int, what: str) -> HttpResponse:
    if is_of_api(request):
        return Problem(status).response()
    return HttpResponse(render_to_string("failing.html", {"what": what, "status": status}, request), status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _page(request, 404, "not_found")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: signed in, but not for this."""
    return _page(request, 403, "forbidden")


def bad(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: an address or a form that no page of ours makes."""
    return _page(request, 400, "bad")


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without its token, or with that of another session."""
    _log.warning("A form was refused: %s", reason)
    return _page(request, 403, "stale")


def failed(request: HttpRequest) -> HttpResponse:
    """503 while the database is gone, else 500."""
    error = sys.exc_info()[1]
    match = request.resolver_match
    _log.error("%s at page %s, %s", type(error).__name__, match.view_name if match else "unknown", _where(error))
    if not isinstance(error, (OperationalError, InterfaceError, DatabaseError)):
        return _page(_nobody(request), 500, "failed")
    response = _page(_nobody(request), 503, "gone")
    response["Retry-After"] = str(RETRY)
    return response


def _nobody(request: HttpRequest) -> HttpRequest:
    """The same request from somebody unknown: who it was, only the database could say.

    A plain mapping in the session's place: Django leaves the cookie alone then, and nobody is signed out.
    """
    request.user = AnonymousUser()
    request.session = {}  # pyright: ignore[reportAttributeAccessIssue]
    return request


def _where(error: BaseException | None) -> str:
    """The lines of code on the way to an error, without any value."""
    frames = traceback.extract_tb(error.__traceback__ if error else None)[-4:]
    return " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
