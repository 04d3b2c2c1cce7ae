"""The pages as a browser of somebody new gets them, for attempts on them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from houvast.policy import Policy
from houvast.proof import Attempt
from houvast.web.serve import Application
from houvast.web.site import Site

VISITOR = "visitor"
NOTHING = "nothing"


@dataclass(frozen=True)
class Seen:
    """A page as it came: status, headers by lower-case name, cookies, text."""

    path: str
    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    text: str

    @property
    def is_page(self) -> bool:
        """Whether it is for people, and no file to save."""
        return self.headers.get("content-type", "").startswith("text/html")


@dataclass(frozen=True)
class Look:
    """Every public page by language, each seen by two visitors; the page where staff sign in; the policy.

    `checks`: by language, the page that checks a receipt, which alone has a script. `asks`: where anybody complains, in
    general and about a promise. `follows`: what the page for following says to a number that nobody has. `ways_out`:
    the page behind the link in a message, looked at, and its button pressed by a browser and by a mail program.
    `choices`: by language and kind of people, the page on which they say yes and no, before they said anything.
    """

    pages: Mapping[str, tuple[Seen, ...]]
    again: Mapping[str, str]
    entrance: Seen
    checks: Mapping[str, Seen]
    asks: Mapping[str, tuple[Seen, ...]]
    follows: Mapping[str, Seen]
    ways_out: Mapping[str, tuple[Seen, Seen, Seen]]
    choices: Mapping[str, Mapping[str, str]]
    policy: Policy


def visit(site: Site, pages: Application) -> Look:
    """Ask for every public page in every language."""
    from houvast.web import site as sites
    from houvast.web.views.public import address, addresses

    sites.use(site)
    found = {lang: tuple(ask(pages, path) for path in addresses(lang)) for lang in site.languages()}
    again = {one.path: ask(pages, one.path, "198.51.100.7").headers.get("etag", "") for one in found[next(iter(found))]}
    checks = {lang: ask(pages, address("check", lang)) for lang in found}
    policy = site.project().versions[-1]
    where = {lang: address("complain", lang) for lang in found}
    asks = {
        lang: tuple(ask(pages, one) for one in (path, f"{path}{next(iter(policy.promises), '')}/"))
        for lang, path in where.items()
    }
    follows = {lang: ask(pages, address("follow", lang), sent={"code": str(uuid4())}) for lang in found}
    out = {lang: _way_out(pages, address("follow", lang).replace("/follow/", "/opt-out/")) for lang in found}
    kinds = site.project().datamap.subjects
    choices = {lang: {kind: _choices(policy, kind, lang) for kind in kinds} for lang in found}
    return Look(found, again, ask(pages, "/sign-in/"), checks, asks, follows, out, choices, policy)


def _choices(policy: Policy, kind: str, lang: str) -> str:
    """As the page would come to somebody of this kind who is in."""
    from django.template.loader import render_to_string
    from django.test import RequestFactory
    from django.utils import translation

    from houvast.web.people.shown import choices, sections
    from houvast.web.state import state

    with translation.override(lang):
        context = {"state": state(), "mine": True, "history": [], **sections(list(choices(policy, kind, (), lang)))}
        return render_to_string("people/choices.html", context, RequestFactory().get("/"))


def _way_out(pages: Application, path: str) -> tuple[Seen, Seen, Seen]:
    sent: tuple[dict[str, str], ...] = ({}, {"send": "button"}, {"List-Unsubscribe": "One-Click"})
    looked, pressed, clicked = (ask(pages, f"{path}{uuid4()}/", sent=one) for one in sent)
    return looked, pressed, clicked


def ask(pages: Application, path: str, address: str = "", sent: Mapping[str, str] | None = None) -> Seen:
    """A page as a browser of somebody new would get it; `sent`: what they send in a form.

    Each comes from an address of its own (RFC 3849), so that a proof is not stopped for what an earlier one sent.
    """
    from houvast.web import site as sites

    address = address or f"2001:db8::{uuid4().hex[:4]}:{uuid4().hex[:4]}"
    host = sites.current().host
    body = urlencode(sent or {}).encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST" if sent else "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": host,
        "SERVER_PORT": "443",
        "HTTP_HOST": host,
        "REMOTE_ADDR": address,
        "HTTP_USER_AGENT": "Mozilla/5.0",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "https",
    }
    said: list[tuple[str, list[tuple[str, str]]]] = []

    def begin(status: str, headers: list[tuple[str, str]], error: object = None) -> None:
        said.append((status, headers))

    chunks = pages(environ, begin)
    answer = b"".join(chunks)
    close = getattr(chunks, "close", None)
    if close:
        close()
    status, headers = said[-1]
    cookies = tuple(value for name, value in headers if name.lower() == "set-cookie")
    named = {name.lower(): value for name, value in headers}
    return Seen(path, int(status[:3]), named, cookies, answer.decode("utf-8", "replace"))


def over(name: str, pages: Iterable[Seen], is_wrong: Callable[[Seen], bool]) -> Attempt:
    """An attempt to find a page that is wrong."""
    return made(name, "GET every public page", NOTHING, where([page.path for page in pages if is_wrong(page)]))


def where(paths: list[str]) -> str:
    """On which pages something was found."""
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return f"at {', '.join(paths[:3])}{more}" if paths else NOTHING


def made(name: str, what: str, expected: str, seen: str, *, control: bool = False) -> Attempt:
    """An attempt on the pages."""
    return Attempt(name, VISITOR, what, control, expected, seen, "control" if control else "page")
