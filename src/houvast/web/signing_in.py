"""Tells the log when one of the staff signs in: in which role and how, and not who.

It is told before the session begins: a sign-in that cannot be told does not happen.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false
from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from houvast.database import Connection, queries
from houvast.web import site as sites
from houvast.web.roles import Role, roles_of

_SQL = queries("houvast.web", "entry.sql")
NOBODY = "none"
"""The role of somebody who has none."""


def listen() -> None:
    """Be called at each sign-in from now on."""
    user_logged_in.connect(_signed_in, dispatch_uid="houvast log")


def _signed_in(sender: object, request: HttpRequest, user: User, **_: object) -> None:
    roles = roles_of(user)
    role = next((str(one) for one in Role if str(one) in roles), NOBODY)
    method = method_of(_records(request, user))

    def tell(connection: Connection) -> None:
        if connection.execute(_SQL["has_log"]).fetchone() == (True,):
            connection.execute(_SQL["tell_sign_in"], (role, method))

    sites.current().ask(tell)


def method_of(records: list[dict[str, Any]]) -> str:
    """How somebody signed in, by what django-allauth recorded; nothing is recorded yet of a one-time link."""
    methods = [one.get("method", "") for one in records]
    factors = [one.get("type", "") for one in records if one.get("method") == "mfa"]
    if not methods:
        return "invitation"
    if "recovery_codes" in factors:
        return "recovery code"
    if "webauthn" in factors:
        return "passkey"
    if "totp" in factors:
        return "password and code"
    return "password" if methods == ["password"] else "other"


def _records(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    from allauth.account.internal.flows.login import get_authentication_records

    return get_authentication_records(request, user)
