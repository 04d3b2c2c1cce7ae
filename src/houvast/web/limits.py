"""How often somebody may try to sign in: counted in the database, before anything is looked up."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from houvast.database import Connection, queries
from houvast.web import site as sites

SECONDS = 300
"""The time in which tries are counted."""
TRIES = {"name": 5, "address": 30}
LIMITED = frozenset(
    {
        "account_login",
        "account_reauthenticate",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "welcome",
        *(
            PEOPLE := frozenset(
                {
                    "me_code",
                    "me_enter",
                    "me_stop",
                    "complain",
                    "complain_about",
                    "follow",
                    "me_letter",
                    "me_not_me",
                    "me_mandate",
                    "me_passkey",
                    "exchange_link",
                    "looking_link",
                }
            )
        ),
    }
)
GONE = frozenset({"me_oidc", "oidc_back"})
"""Counted too when they are followed: each begins or ends a sign-in elsewhere."""
_SQL = queries("houvast.web", "entry.sql")
_WAITING = "account_login"  # where allauth keeps who has given a password and not yet a code


class Limits:
    """Stops a form of sign-in that was sent too often, by its name or from its address; the same for all names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self._answer(request)

    def process_view(self, request: HttpRequest, view: object, *_: Any) -> HttpResponse | None:  # noqa: ANN401
        """Count, and stop when it is too much."""
        match = request.resolver_match
        if match is None or match.view_name not in (LIMITED | GONE if request.method == "POST" else GONE):
            return None
        callers = {"address": _hash(f"address {caller_address(request)}")}
        if match.view_name not in PEOPLE | GONE:  # whom a code is asked for, the database counts
            callers["name"] = _hash(f"name {_name(request)}")
        counted = sites.current().ask(lambda desk: count(desk, list(callers.values())))
        if all(counted[caller] <= TRIES[kind] for kind, caller in callers.items()):
            return None
        response = HttpResponse(render_to_string("failing.html", {"what": "often"}, request), status=429)
        response["Retry-After"] = str(SECONDS)
        return response


def count(desk: Connection, callers: list[bytes]) -> dict[bytes, int]:
    """Count one try for each of these; how many each has made."""
    rows = desk.execute(_SQL["count"], {"callers": callers, "seconds": SECONDS}).fetchall()
    return {bytes(caller): int(times) for caller, times in rows}


def caller_address(request: HttpRequest) -> str:
    """The address that the request came from, as the server saw it."""
    return str(request.META.get("REMOTE_ADDR", ""))


def _name(request: HttpRequest) -> str:
    """Who is tried: the name in the form, the person who waits for a code, who is signed in, or the address."""
    waiting: dict[str, Any] = request.session.get(_WAITING) or {}
    named = request.POST.get("login") or waiting.get("user_pk") or request.session.get("_auth_user_id")
    return str(named or caller_address(request)).strip().casefold()


def _hash(caller: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), caller.encode(), hashlib.sha256).digest()
