"""How staff come in: the invitation, setting up a way to sign in, ways to sign in, and sessions."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from houvast.web import site as sites
from houvast.web.invitations import accept
from houvast.web.roles import ENTERED, first_page, has_factor, may_enter, member

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_View = Callable[..., HttpResponse]


def signed_in(view: _View) -> _View:
    """For whoever is signed in, also before they have a second factor."""

    @wraps(view)
    def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401
        user = member(request.user)
        return redirect_to_login(request.get_full_path()) if user is None else view(request, user, *args, **kwargs)

    return guard


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link. Opening it changes nothing, because programs open links too; the button does."""
    if request.method != "POST":
        return render(request, "entry/welcome.html")
    found = accept(sites.current(), token)
    if found is None:
        return render(request, "failing.html", {"what": "used"}, status=410)
    user, enters = found
    request.session.flush()
    login(request, user, backend=BACKEND)
    record_authentication(request, user, method="invitation", reauthenticated=True)
    request.session[ENTERED] = enters
    UserSession.objects.create_from_request(request)
    return HttpResponseRedirect(reverse(first_page(user) if enters or has_factor(user) else "set_up"))


@signed_in
def set_up(request: HttpRequest, user: User) -> HttpResponse:
    """Choose a way to sign in: a passkey, or a password and a code."""
    return render(request, "entry/set_up.html", {"ready": has_factor(user)})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def password(request: HttpRequest, user: User) -> HttpResponse:
    """Choose a password, on the way to a code from an app."""
    if has_factor(user) and user.has_usable_password():
        raise PermissionDenied
    form = SetPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, user)
        record_authentication(request, user, method="password", reauthenticated=True)
        UserSession.objects.create_from_request(request)  # the session has a new key
        return HttpResponseRedirect(reverse("mfa_activate_totp"))
    return render(request, "entry/password.html", {"form": form})


@signed_in
def factors(request: HttpRequest, user: User) -> HttpResponse:
    """Every way in which somebody can sign in."""
    if not may_enter(request, user):
        return HttpResponseRedirect(reverse("set_up"))
    ours = Authenticator.objects.filter(user=user).order_by("created_at")
    rows = [{"is_passkey": one.type == Authenticator.Type.WEBAUTHN, "one": one, "name": str(one)} for one in ours]
    return render(request, "entry/factors.html", {"rows": rows, "entered": not has_factor(user)})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sessions(request: HttpRequest, user: User) -> HttpResponse:
    """Where somebody is signed in; each session can be ended, by its own user alone."""
    if request.method == "POST":
        one = UserSession.objects.filter(user=user, pk=_number(request.POST.get("session"))).first()
        if one is None:
            raise Http404
        mine = one.session_key == request.session.session_key
        one.end()
        if mine:
            request.session.flush()
        return HttpResponseRedirect(reverse("account_login" if mine else "sessions"))
    rows = [
        {"one": one, "mine": one.session_key == request.session.session_key}
        for one in UserSession.objects.purge_and_list(user)
    ]
    return render(request, "entry/sessions.html", {"rows": rows})


def _number(text: object) -> int:
    if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404
    return int(text)
