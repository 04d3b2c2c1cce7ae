"""A call with a key is done once: the same key again gets the same answer, and does nothing."""

# pyright: reportMissingTypeStubs=false
from __future__ import annotations

import hashlib
import hmac
import inspect
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Schema

from houvast.database import queries
from houvast.web import site as sites
from houvast.web.api.callers import caller
from houvast.web.api.problems import Problem
from houvast.web.limits import caller_address

_KEY = re.compile(r"[A-Za-z0-9_-]{8,100}")
_SQL = queries("houvast.web", "api.sql")
View = Callable[..., Schema]


def once(status: int = 200) -> Callable[[View], Callable[..., HttpResponse]]:
    """For a view that changes something and answers without personal data."""

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401
            key = request.headers.get("Idempotency-Key")
            if key is None:
                return _json(view(request, *args, **kwargs).model_dump_json(), status)
            if not _KEY.fullmatch(key):
                raise Problem(
                    422,
                    wrong=[("header.Idempotency-Key", "string_pattern_mismatch")],
                    todo="A key has 8 to 100 letters, digits, dashes and underscores.",
                )
            return _keyed(request, key, status, lambda: view(request, *args, **kwargs).model_dump_json())

        # Ninja reads what a view takes from its signature, by names that are known where the view is.
        guard.__signature__ = inspect.signature(view, eval_str=True)  # pyright: ignore[reportAttributeAccessIssue]
        return guard

    return decorate


def _keyed(request: HttpRequest, key: str, status: int, do: Callable[[], str]) -> HttpResponse:
    site = sites.current()
    asked = hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.body).digest()
    values = {"key": _hash(f"{_who(request)} {key}"), "asked": asked}
    row = site.ask(lambda desk: desk.execute(_SQL["claim"], values).fetchone())
    mine, same, answer = row or (False, False, None)
    if not mine:
        if not same:
            raise Problem(409, "This key was used for another call.", todo="Make a new key for each new call.")
        if answer is None:
            raise Problem(409, "This call is being done, or its end is not known.", todo="Look whether it was done.")
        return _json(answer, status)
    try:
        answer = do()
    except BaseException:
        site.ask(lambda desk: desk.execute(_SQL["release"], values))
        raise
    site.ask(lambda desk: desk.execute(_SQL["keep"], {**values, "answer": answer}))
    return _json(answer, status)


def _who(request: HttpRequest) -> str:
    """Keys of different callers are different keys; those of nobody who is known, by their address."""
    return caller(request).key if hasattr(request, "auth") else f"nobody {caller_address(request)}"


def _json(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")


def _hash(text: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), f"once {text}".encode(), hashlib.sha256).digest()
