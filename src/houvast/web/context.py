"""What every page gets: its words, its language, who speaks, and where the other pages are."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from houvast.web import site as sites
from houvast.web.words import wording

_STATIC = Path(__file__).parent / "static"


@cache
def stamp(name: str) -> str:
    """A file of ours with a mark of its content, so that browsers keep it and never keep an old one."""
    return f"/static/{name}?{hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]}"


def language() -> str:
    """The language of the page that is made now."""
    return translation.get_language() or sites.current().languages()[0]


def page(request: HttpRequest) -> dict[str, Any]:
    """The context of a page."""
    site, lang = sites.current(), language()
    policy = site.project().versions[-1]
    return {
        "say": wording(lang),
        "lang": lang,
        "others": [
            (other, wording(other)["page"]["own_name"], _same(request, other))
            for other in site.languages()
            if other != lang
        ],
        "controller": policy.controller,
        "company": policy.controller.get("name", policy.name),
        "css": stamp("houvast.css"),
        "mark": stamp("mark.svg"),
        "here": request.resolver_match.view_name if request.resolver_match else "",
        "demo": site.demo,
    }


def _same(request: HttpRequest, other: str) -> str:
    """The same page in another language; the first page for one that has no name."""
    match = request.resolver_match
    with translation.override(other):
        try:
            return reverse(match.view_name, args=match.args, kwargs=match.kwargs) if match else reverse("short")
        except NoReverseMatch:
            return reverse("short")
