"""Coming in: a code is asked for and answered, and a browser keeps the secret of the session."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from houvast.app.own_data import NotFresh, NotSignedIn
from houvast.database import queries
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.limits import caller_address

_SQL = queries("houvast.web", "people.sql")
_SECRET = re.compile(r"[0-9a-f]{64}")
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Session:
    """The session of somebody. `secret`: what their browser keeps."""

    secret: str
    level: int
    method: str
    since: datetime
    until: datetime
    fresh: bool


def name(cookie: str) -> str:
    """The name of a cookie of ours: behind https one that no other site of this domain can set."""
    return f"{'__Host-' if sites.current().secure else ''}houvast_{cookie}"


def kept(request: HttpRequest, cookie: str) -> str:
    """What a cookie of ours holds; "" when it is none that we gave."""
    return found if _SECRET.fullmatch(found := request.COOKIES.get(name(cookie), "")) else ""


def give(response: HttpResponse, cookie: str, value: str) -> None:
    """Have the browser keep something until it is closed, out of reach of scripts and of other sites."""
    secure = sites.current().secure
    response.set_cookie(name(cookie), value, path="/", httponly=True, samesite="Lax", secure=secure)


def take(response: HttpResponse, *cookies: str) -> None:
    """Have the browser forget."""
    for cookie in cookies:
        response.delete_cookie(name(cookie), path="/", samesite="Lax")


def ask(request: HttpRequest, address: str) -> HttpResponse:
    """Ask for a code: the same answer for an address that we have and for one that we do not."""
    number, browser = begin(request, address, language())
    response = HttpResponseRedirect(reverse("me_enter"))
    give(response, "browser", browser)
    give(response, "check", number)
    return response


def begin(request: HttpRequest, address: str, lang: str) -> tuple[str, str]:
    """Begin a check: its number, and the secret of whoever asks."""
    browser = secrets.token_hex(32)
    values = ("email", address, browser, caller_address(request), lang)
    (number,) = sites.current().ask(lambda desk: desk.execute(_SQL["ask"], values).fetchone()) or ("",)
    return str(number), browser


def checked(request: HttpRequest) -> UUID | None:
    """The check that this browser waits for."""
    try:
        return UUID(request.COOKIES.get(name("check"), ""))
    except ValueError:
        return None


def answer(request: HttpRequest, code: str) -> HttpResponse | None:
    """Try a code; None when it is wrong, has had its time, or was tried too often: which of these is not said."""
    number, browser = checked(request), kept(request, "browser")
    if number is None or not browser:
        return None
    found = tried(str(number), code, browser)
    return entered(found.secret) if found else None


def entered(secret: str) -> HttpResponse | None:
    """Keep the secret of a session, when it is one."""
    found = standing(secret)
    if found is None:
        return None
    response = HttpResponseRedirect(reverse("me"))
    give(response, "person", found.secret)
    take(response, "browser", "check")
    return response


def tried(check: str, code: str, browser: str) -> Session | None:
    """The session that a code gives; None when it gives none."""
    values = (check, code, browser)
    (secret,) = sites.current().ask(lambda desk: desk.execute(_SQL["answer"], values).fetchone()) or ("",)
    return standing(secret)


def session(request: HttpRequest) -> Session | None:
    """The session of whoever asks; None when they are not signed in."""
    secret = kept(request, "person")
    return standing(secret) if secret and sites.current().people else None


def standing(secret: str) -> Session | None:
    """How the session of a secret stands; None when it is of nobody, or over."""
    row = sites.current().ask(lambda desk: desk.execute(_SQL["session"], (secret,)).fetchone())
    return Session(secret, *row) if row else None


def leave(request: HttpRequest) -> HttpResponse:
    """Sign out, here and in the database."""
    secret = kept(request, "person")
    if secret:
        end(secret)
    response = HttpResponseRedirect(reverse("me"))
    take(response, "person", "browser", "check")
    return response


def end(secret: str) -> None:
    """End a session in the database."""
    sites.current().ask(lambda desk: desk.execute(_SQL["end"], (secret,)))


def stop(token: str) -> None:
    """Stop a check that the person did not ask for; it is not said whether there was one."""
    sites.current().ask(lambda desk: desk.execute(_SQL["stop"], (token,)))


def theirs(view: View) -> View:
    """For whoever is signed in, and nobody else; others are asked to come in."""

    @wraps(view)
    def guard(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401
        found = session(request)
        if found is None:
            return HttpResponseRedirect(reverse("me"))
        try:
            return view(request, found, *args, **kwargs)
        except NotFresh:
            return render(request, "people/again.html", {"mine": found}, status=403)
        except NotSignedIn:  # it ended meanwhile
            return HttpResponseRedirect(reverse("me"))

    return guard
