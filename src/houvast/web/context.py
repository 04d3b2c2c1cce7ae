"""What every page gets: its words, its language, who speaks, and where the other pages are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from houvast.evidence import browser
from houvast.visits.declaring import has_visits
from houvast.web import site as sites
from houvast.web.roles import ENTERED, Role, guarded, member, roles_of
from houvast.web.words import wording

MENU = ("today", "cases", "exchanges", "promises", "uses", "visits", "controls", "access", "evidence", "checks",
        "drift", "runs", "source")  # fmt: skip
STAFF = frozenset(
    {
        *MENU,
        "desk_promise",
        "case",
        "breaches",
        "incoming",
        "incoming_mail",
        "flagged",
        "flagged_text",
        "evidence_entry",
        "evidence_export",
        "look",
        "mail",
        "show",
        "shown",
        "exchange_one",
        "subcontractors",
        "visit_reports",
        "lookings",
        "looking_watch",
    }
)
_STATIC = Path(__file__).parent / "static"
CHECK = {f"check/{name}": browser.FOLDER / name for name in browser.SCRIPT}
"""The verifier for the browser, which `serve` puts among our files."""


@cache
def stamp(name: str) -> str:
    """A file of ours with a mark of its content, so that browsers keep it and never keep an old one."""
    return f"/static/{name}?{hashlib.sha256((CHECK.get(name) or _STATIC / name).read_bytes()).hexdigest()[:12]}"


def language() -> str:
    """The language of the page that is made now."""
    return translation.get_language() or sites.current().languages()[0]


def page(request: HttpRequest) -> dict[str, Any]:
    """The context of a page."""
    site, lang = sites.current(), language()
    policy, match = site.project().versions[-1], request.resolver_match
    menu = _menu(request, wording(lang)) if match and match.view_name in STAFF else []
    return {
        "say": wording(lang),
        "lang": lang,
        "others": [
            (other, wording(other)["page"]["own_name"], _same(request, other))
            for other in site.languages()
            if other != lang
        ],
        "controller": policy.controller,
        "counts_visits": has_visits(site.folder),
        "company": policy.controller.get("name", policy.name),
        "css": stamp("houvast.css"),
        "mark": stamp("mark.svg"),
        "passkey_js": stamp("passkey.js"),
        "person_passkey_js": stamp("person_passkey.js"),
        "exchange_js": stamp("exchange.js"),
        "looking_js": [stamp("looking.js"), stamp("looking_show.js")],
        "looking_watch_js": [stamp("looking.js"), stamp("looking_watch.js")],
        "check_js": [stamp(name) for name in CHECK],
        "here": request.resolver_match.view_name if request.resolver_match else "",
        "demo": site.demo,
        "issuers": [{"name": one.name, "label": one.label.get(lang, one.name)} for one in site.issuers],
        "is_in": _is_in(request),
        "is_officer": _is_officer(request) if menu else False,
        "sees_mail": any(name == "runs" for name, _, _ in menu),
        "staff": bool(match and match.view_name in STAFF),
        "menu": menu,
        "entered": bool(match and match.view_name in STAFF and request.session.get(ENTERED)),
    }


def _is_in(request: HttpRequest) -> bool:
    """Whether the menu is that of somebody who is signed in; a page for everybody does not ask."""
    match = request.resolver_match
    staff = bool(match and (match.route.startswith("staff/") or "/staff/" in match.route or "sign-out/" in match.route))
    return staff and member(request.user) is not None


def _is_officer(request: HttpRequest) -> bool:
    user = member(request.user)
    return user is not None and Role.OFFICER in roles_of(user)


def _menu(request: HttpRequest, said: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """The pages of the staff that this member may see: name, address, words."""
    user = member(request.user) if hasattr(request, "user") else None
    if user is None:
        return []
    ours = set(roles_of(user))
    names = {"source": "policy_source"}
    shown = [name for name in MENU if ours & {str(role) for role in guarded[names.get(name, name)]}]
    return [(n, reverse(n, args=["policy"] if n == "source" else []), said["staff"][n]) for n in shown]


def _same(request: HttpRequest, other: str) -> str:
    """The same page in another language; the first page for one that has no name."""
    match = request.resolver_match
    with translation.override(other):
        try:
            return reverse(match.view_name, args=match.args, kwargs=match.kwargs) if match else reverse("short")
        except NoReverseMatch:
            return reverse("short")
