"""Pages for everybody: no cookie, no script, nothing about who asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from houvast.app.project import today
from houvast.policy import notice
from houvast.policy.regime import regime
from houvast.web import site as sites
from houvast.web.changes import changes, told_of
from houvast.web.context import language
from houvast.web.forms import FORMS
from houvast.web.rules import rules
from houvast.web.sentences import parts, unsaid
from houvast.web.standing import attempts, counts, sorts
from houvast.web.state import State, state
from houvast.web.views.cached import send
from houvast.web.words import day


def _page(
    request: HttpRequest, now: State, template: str, values: Callable[[], Mapping[str, object]] = dict
) -> HttpResponse:
    """A public page, made once for each state, language and address; only then is it asked what stands on it."""

    def make() -> str:
        context = {"state": now, "counts": counts(now.standings.values()), **values()}
        return render_to_string(f"public/{template}.html", context, request)

    return send(request, (*now.key, language(), template, request.path), make)


def short(request: HttpRequest) -> HttpResponse:
    """Privacy in short: who, what, why, how long, with whom."""
    now = state()
    return _page(request, now, "short", lambda: {"notice": notice(now.policy, language())})


def details(request: HttpRequest) -> HttpResponse:
    """The rules themselves, in tables."""
    now = state()
    return _page(request, now, "rules", lambda: {"notice": notice(now.policy, language())})


def policy(request: HttpRequest) -> HttpResponse:
    """The whole text; each sentence opens how it is kept."""
    now, lang = state(), language()
    here = regime(now.policy.regime)
    return _page(
        request,
        now,
        "policy",
        lambda: {
            "parts": parts(now.policy, lang, now.standings),
            "unsaid": unsaid(now.policy, lang, now.standings),
            "formats": [(name, form.name) for name, form in FORMS.items()],
            "authority": here.at(now.policy.effective).authority,
            "since": day(here.local_day(now.policy.effective), lang),
        },
    )


def promise(request: HttpRequest, promise: str) -> HttpResponse:
    """One promise: its sentence, its rules, and every sort of attempt to break it."""
    now, lang = state(), language()
    found = now.standings.get(promise)
    if found is None:
        raise Http404
    return _page(
        request,
        now,
        "promise",
        lambda: {
            "one": found,
            "said": found.promise.says.get(lang, ()),
            "rules": rules(now.policy, promise, lang),
            "sorts": sorts(sites.current().ask(lambda desk: attempts(desk, promise)) if found.tried else ()),
        },
    )


def download(request: HttpRequest, form: str) -> HttpResponse:
    """The notice as a file."""
    now, lang = state(), language()
    if form not in FORMS:
        raise Http404
    key = (*now.key, lang, "notice", form)
    return send(request, key, lambda: FORMS[form].write(now, lang), FORMS[form].kind)


def versions(request: HttpRequest) -> HttpResponse:
    """Every version of the policy, the newest first, with what it changed."""
    now, lang = state(), language()
    return _page(request, now, "versions", lambda: {"rows": _versions(now, lang)})


def _versions(now: State, lang: str) -> list[dict[str, object]]:
    here, all_ = regime(now.policy.regime), now.project.versions
    return [
        {
            "policy": one,
            "since": day(here.local_day(one.effective), lang),
            "coming": one.effective > today(),
            "first": before is None,
            "changes": changes(before, one, lang) if before else (),
            "controller": told_of(before, one) if before else (),
        }
        for before, one in reversed([*zip((None, *all_), all_, strict=False)])
    ]


def accessibility(request: HttpRequest) -> HttpResponse:
    """What these pages do for everybody who reads them, and whom to tell when they do not."""
    return _page(request, state(), "accessibility")


def gpc(request: HttpRequest) -> HttpResponse:
    """That the Global Privacy Control signal is heard (W3C, gpc.json)."""
    effective = sites.current().project().version_at(today()).effective
    text = json.dumps({"gpc": True, "lastUpdate": effective.date().isoformat()})
    return send(request, ("gpc", text), lambda: text, "application/json")


def health(request: HttpRequest) -> HttpResponse:
    """For a monitor: 200 when the pages and their database answer."""
    from houvast.web.standing import newest

    sites.current().ask(newest)
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


PUBLIC = ("short", "policy", "rules", "versions", "reports", "accessibility", "complain", "follow")
"""The pages for everybody, by name; there is one more for each promise and each form of the notice."""


def address(name: str, lang: str) -> str:
    """The address of a page in a language."""
    with translation.override(lang):
        return reverse(name)


def addresses(lang: str) -> list[str]:
    """The address of every public page in a language."""
    now = state()
    with translation.override(lang):
        pages = [reverse(name) for name in PUBLIC]
        pages += [reverse("promise", args=[name]) for name in now.standings]
        return pages + [reverse("download", args=[form]) for form in FORMS]
