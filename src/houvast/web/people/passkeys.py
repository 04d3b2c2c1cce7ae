"""Passkeys of people: one is made in a session, and later opens one. What a device signs, the database checks."""

from __future__ import annotations

import base64
import binascii
import secrets
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from houvast.app import own_data, own_links
from houvast.database import queries
from houvast.web import site as sites
from houvast.web.people import door, oidc
from houvast.web.people.door import Session
from houvast.web.state import state

_SQL = queries("houvast.web", "people.sql")
_SIGNED = ("ceremony", "credential", "client", "authenticator", "signature")
_MADE = ("ceremony", "client", "authenticator")
_LONGEST = 8192
"""Characters of what a browser sends of a passkey."""


@require_http_methods(["GET", "HEAD", "POST"])
def come_in(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey. One that we do not know and one that signs something else get the same words."""
    if not sites.current().people:
        return HttpResponseRedirect(reverse("me"))
    if request.method == "POST" and (response := _came_in(request)) is not None:
        return response
    browser = secrets.token_hex(32)
    number, challenge = sites.current().ask(
        lambda desk: desk.execute(_SQL["begin_passkey"], (browser,)).fetchone()
    ) or ("", "")
    wrong = request.method == "POST"
    context = {
        "wrong": wrong,
        "fields": _fields(_SIGNED),
        "asked": {"challenge": challenge, "host": sites.current().host},
    }
    response = render(request, "people/passkey.html", context, status=422 if wrong else 200)
    door.give(response, "browser", browser)
    door.give(response, "check", str(number))
    return response


def _came_in(request: HttpRequest) -> HttpResponse | None:
    ceremony, browser = door.checked(request), door.kept(request, "browser")
    given = [_bytes(request.POST.get(name, "")) for name in _SIGNED[1:]]
    if ceremony is None or not browser or not all(given):
        return None
    values = (ceremony, browser, *given)
    (secret,) = sites.current().ask(lambda desk: desk.execute(_SQL["answer_passkey"], values).fetchone()) or ("",)
    return door.entered(secret)


@require_http_methods(["GET", "HEAD", "POST"])
@door.theirs
def passkeys(request: HttpRequest, mine: Session) -> HttpResponse:
    """Their passkeys, and their accounts elsewhere: make or link one, take one away."""
    site = sites.current()
    try:
        if request.method == "POST" and request.POST.get("remove"):
            own_data.remove_passkey(site.people, mine.secret, request.POST["remove"].replace("\0", ""))
            return HttpResponseRedirect(reverse("me_passkeys"))
        if request.method == "POST" and request.POST.get("unlink"):
            own_links.remove(site.people, mine.secret, request.POST["unlink"].replace("\0", ""))
            return HttpResponseRedirect(reverse("me_passkeys"))
        if request.method == "POST" and request.POST.get("link"):
            return oidc.link(request, mine, request.POST["link"])
        if request.method == "POST" and _made(request, mine):
            return HttpResponseRedirect(reverse("me_passkeys"))
        new = own_data.begin_passkey(site.people, mine.secret)
    except own_data.NotSignedIn:  # left alone for a while: a code of this moment is asked
        return HttpResponseRedirect(reverse("me_code"))
    name = site.project().versions[-1].controller.get("name", "Houvast")
    asked = {"challenge": new.challenge, "handle": new.handle, "known": new.known, "host": site.host, "name": name}
    wrong = request.method == "POST"
    fields = {**dict.fromkeys(_MADE, ""), "ceremony": str(new.number)}
    context = {"state": state(), "mine": mine, "wrong": wrong, "found": own_data.passkeys(site.people, mine.secret),
               **_linked(mine), "fields": fields, "asked": asked}  # fmt: skip
    return render(request, "people/passkeys.html", context, status=422 if wrong else 200)


def _linked(mine: Session) -> dict[str, object]:
    """Accounts elsewhere that are theirs, and where they may link one."""
    site, names = sites.current(), oidc.labels()
    found = own_links.links(site.people, mine.secret)
    linked = {one.issuer for one in found}
    offered = [{"name": one.name, "label": names[one.issuer], "linked": one.issuer in linked} for one in site.issuers]
    return {"links": [{"link": one, "label": names.get(one.issuer, one.issuer)} for one in found], "issuers": offered}


def _made(request: HttpRequest, mine: Session) -> bool:
    client, authenticator = (_bytes(request.POST.get(name, "")) for name in ("client", "authenticator"))
    try:
        number = UUID(request.POST.get("ceremony", ""))
    except ValueError:
        return False
    return bool(client and authenticator) and own_data.add_passkey(
        sites.current().people, mine.secret, number, client, authenticator
    )


def _fields(names: tuple[str, ...]) -> dict[str, str]:
    return dict.fromkeys(names[1:], "")


def _bytes(text: str) -> bytes:
    """What a browser wrote without padding; nothing when it is no such text."""
    try:
        return (
            base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            if len(text) <= _LONGEST
            else b""
        )
    except (ValueError, binascii.Error):
        return b""
