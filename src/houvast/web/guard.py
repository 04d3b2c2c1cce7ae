"""What every answer carries: nothing runs, loads or frames that is not ours."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_NOTHING = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
_CLOSED = f"{_NOTHING}; form-action 'self'"
_SCRIPTED = f"{_CLOSED}; script-src 'self'; connect-src 'self'"
_ALONE = f"{_NOTHING}; form-action 'none'; script-src 'self'"
SCRIPTED = frozenset(
    {
        "account_login",
        "mfa_add_webauthn",
        "mfa_authenticate",
        "mfa_reauthenticate_webauthn",
        "me_passkey",
        "me_passkeys",
        "exchange",
        "looking",
        "looking_watch",
    }
)
"""Pages with a script that asks us: a browser offers passkeys to scripts alone."""
_RULES = {"check": _ALONE, **dict.fromkeys(SCRIPTED, _SCRIPTED)}
"""The page that checks a receipt has a script that can ask nobody, us neither: what is chosen there stays there."""
ALWAYS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), picture-in-picture=(), usb=(), "
        "publickey-credentials-get=(self), publickey-credentials-create=(self)"
    ),
    "X-Frame-Options": "DENY",
}
_SHOWS = {"Permissions-Policy": ALWAYS["Permissions-Policy"].replace("display-capture=()", "display-capture=(self)")}
_MORE = {"looking": _SHOWS}
"""The page on which a customer shows what they choose is the only one that may ask a browser for a picture of it."""


class Guard:
    """Sets the headers of each answer; what is not said to be public is stored nowhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        response = self._answer(request)
        match = request.resolver_match
        response["Content-Security-Policy"] = _RULES.get(match.view_name, _CLOSED) if match else _CLOSED
        for name, value in {**ALWAYS, **_MORE.get(match.view_name if match else "", {})}.items():
            response[name] = value
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response
