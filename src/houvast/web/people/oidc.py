"""Signing in elsewhere (OpenID Connect): people go to an issuer, and come back with a code for a token.

Authorization code with PKCE (RFC 7636). The database gives state and nonce, takes each back once, and decides by the
token whose session it is; what is checked here stops what is wrong before that.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET

from houvast.app import oidc, own_data, own_links
from houvast.app.issuers import Issuer
from houvast.database import queries
from houvast.errors import HouvastError
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.people import door
from houvast.web.people.door import Session

AT_ONCE = 3
"""How many codes are exchanged at once: an issuer that is slow leaves threads for everybody else."""
RECENT = 900
"""Seconds that a sign-in there may lie back; who signed in longer ago is asked there again."""
_COOKIE = "away"
_SQL = queries("houvast.web", "people.sql")
_room = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Place:
    """An issuer as it was last seen."""

    enter: str
    exchange: str
    says_issuer: bool
    keys: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Visit:
    """Somebody who comes back. `linking`: to link the account in their session."""

    state: str
    browser: str
    language: str
    nonce: str
    linking: bool


def named(name: str) -> Issuer:
    """The issuer of this name. Raises Http404."""
    for one in sites.current().issuers:
        if one.name == name and sites.current().people:
            return one
    raise Http404


@require_GET
def go(request: HttpRequest, name: str) -> HttpResponse:
    """Go and sign in there."""
    issuer = named(name)
    browser = secrets.token_hex(32)
    values = (name, browser, language())
    state, nonce = sites.current().ask(lambda desk: desk.execute(_SQL["begin_oidc"], values).fetchone()) or ("", "")
    address = _address(issuer, state, nonce, browser)
    if address is None:
        return _away(request)
    response = HttpResponseRedirect(address)
    door.give(response, _COOKIE, browser)
    return response


def link(request: HttpRequest, mine: Session, name: str) -> HttpResponse:
    """A page from which somebody who is signed in goes to link an account. Raises NotSignedIn, also when left alone."""
    issuer = named(name)
    browser = secrets.token_hex(32)
    state, nonce = own_links.begin(sites.current().people, mine.secret, name, browser, language())
    address = _address(issuer, state, nonce, browser, linking=True)
    if address is None:
        return _away(request)
    response = render(request, "people/link.html", {"mine": mine, "label": labels()[issuer.issuer], "address": address})
    door.give(response, _COOKIE, browser)
    return response


@require_GET
def back(request: HttpRequest, name: str) -> HttpResponse:
    """They come back: a session when the issuer says who it is, and one calm page when it does not."""
    issuer = named(name)
    visit = _taken(request, name)
    with translation.override(visit.language if visit else language()):
        try:
            response = _answered(request, issuer, visit)
        except oidc.IssuerAway:
            response = _away(request)
        door.take(response, _COOKIE)
        return response


def labels() -> Mapping[str, str]:
    """Issuer -> what people call it, in the language of the page."""
    return {one.issuer: one.label.get(language(), one.name) for one in sites.current().issuers}


def _answered(request: HttpRequest, issuer: Issuer, visit: Visit | None) -> HttpResponse:
    token = _token(request, issuer, visit)
    if visit is None or not token:
        return _not(request)
    if visit.linking:
        return _linked(request, visit, token)
    values = (visit.state, visit.browser, token)
    (secret,) = sites.current().ask(lambda desk: desk.execute(_SQL["answer_oidc"], values).fetchone()) or ("",)
    return door.entered(secret) or _not(request)


def _linked(request: HttpRequest, visit: Visit, token: str) -> HttpResponse:
    site, secret, done = sites.current(), door.kept(request, "person"), False
    with suppress(own_data.NotSignedIn):
        done = own_links.add(site.people, secret, visit.state, visit.browser, token)
    return HttpResponseRedirect(reverse("me_passkeys")) if done else _not(request, linking=True)


def _token(request: HttpRequest, issuer: Issuer, visit: Visit | None) -> str:
    """The token of who comes back; "" when what they bring is not good. Raises IssuerAway."""
    place = _place(issuer)
    if visit is None:
        return ""
    if place is None:
        raise oidc.IssuerAway(f"`{issuer.name}` was not seen for a day.")
    given = {key: values[0] for key, values in request.GET.lists() if len(values) == 1}
    said, code = given.get("iss"), given.get("code", "")
    if said != issuer.issuer and (said is not None or "iss" in request.GET or place.says_issuer):
        return ""  # another issuer than the one to which they went (RFC 9207)
    if not 0 < len(code) <= 4096 or "error" in request.GET:
        return ""
    if not _room.acquire(blocking=False):
        raise oidc.IssuerAway(f"`{issuer.name}` is waited for already.")
    try:
        token = oidc.exchange(issuer, place.exchange, code, _verifier(visit.browser), _redirect(issuer))
    except oidc.IssuerAway:
        raise
    except HouvastError:
        return ""
    finally:
        _room.release()
    from houvast.web.people.id_token import is_good

    return token if is_good(issuer, token, visit.nonce, place.keys) else ""


def _taken(request: HttpRequest, name: str) -> Visit | None:
    states, browser = request.GET.getlist("state"), door.kept(request, _COOKIE)
    state = states[0] if len(states) == 1 and len(states[0]) == 64 and "\0" not in states[0] else ""
    row = sites.current().ask(lambda desk: desk.execute(_SQL["take_oidc"], (name, state, browser)).fetchone())
    return Visit(state, browser, *row) if row else None


def _place(issuer: Issuer) -> Place | None:
    row = sites.current().ask(lambda desk: desk.execute(_SQL["oidc_place"], (issuer.name,)).fetchone())
    return Place(*row) if row else None


def _address(issuer: Issuer, state: str, nonce: str, browser: str, *, linking: bool = False) -> str | None:
    """Where somebody signs in; None while the issuer is not known.

    Who links an account is asked there who they are, even when somebody is signed in: that may be somebody else.
    """
    place = _place(issuer)
    if place is None:
        return None
    digest = hashlib.sha256(_verifier(browser).encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": issuer.client,
        "redirect_uri": _redirect(issuer),
        "scope": "openid email" if issuer.by_mail else "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "max_age": str(RECENT),
        "ui_locales": language(),
        **({"prompt": "login"} if linking else {}),
        **({"acr_values": " ".join(issuer.acr)} if issuer.acr else {}),
    }
    return f"{place.enter}{'&' if '?' in place.enter else '?'}{urlencode(asked)}"


def _verifier(browser: str) -> str:
    """What proves to the issuer that who exchanges the code is who went: made of the browser's secret, and not that."""
    return hashlib.sha256(f"verifier {browser}".encode()).hexdigest()


def _redirect(issuer: Issuer) -> str:
    """Where people come back: an address of each issuer's own, so that none can hand in what another gave."""
    return f"{sites.current().origin}{reverse('oidc_back', args=[issuer.name])}"


def _not(request: HttpRequest, *, linking: bool = False) -> HttpResponse:
    return render(request, "people/elsewhere.html", {"what": "linking" if linking else "not"}, status=422)


def _away(request: HttpRequest) -> HttpResponse:
    return render(request, "people/elsewhere.html", {"what": "away"}, status=503)
