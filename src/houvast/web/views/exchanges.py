"""The exchange for those who help: support asks and opens, officers grant, subcontractors open and confirm."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from houvast.database import Connection
from houvast.diagnostics import store
from houvast.diagnostics.model import Content, Problem, Refused
from houvast.errors import HouvastError
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.posted import posted, text, whole
from houvast.web.roles import Role, member, roles_of, staff
from houvast.web.views.exchange import download
from houvast.web.views.upload import exchange

DAYS = 90
TOOLS = ("eea", "adequacy", "clauses", "rules")
_HELPS = (Role.SUPPORT, Role.OFFICER, Role.AUDITOR, Role.SUBCONTRACTOR)
_DESK = (Role.SUPPORT, Role.OFFICER)
_DOES = {
    **dict.fromkeys(("ask", "link", "accept", "refuse", "close", "learn"), _DESK),
    **dict.fromkeys(("grant", "take", "incident"), (Role.OFFICER,)),
    "open": (*_DESK, Role.SUBCONTRACTOR),
    "confirm": (Role.SUBCONTRACTOR,),
}
"""What may be done on the pages of a problem, by whom; the database asks again."""


@staff(*_HELPS)
def exchanges(request: HttpRequest) -> HttpResponse:
    """The problems for which something was asked; of a subcontractor, those that were granted."""
    by, roles = who(request)
    wrong: HouvastError | None = None
    token, number = "", 0
    if request.method == "POST":
        _may(roles, "ask")
        try:
            number, token = sites.current().ask(lambda db: _ask(db, request.POST, by))
        except Refused as error:
            wrong = error
    found = sites.current().ask(lambda db: store.problems(db, by) if store.there(db) else ())
    context = {
        "found": found,
        "wrong": wrong,
        "number": number,
        "link": address("exchange", token, request.POST.get("language", "")),
        "asks": bool({*roles} & {"support", "officer"}),
        "given": request.POST if wrong else QueryDict(),
        "purposes": [(name, _label(name)) for name in exchange().purposes],
        "is_helper": roles == ("subcontractor",),
        "soonest": (datetime.now(UTC) + timedelta(days=14)).date().isoformat(),
    }
    return _private(render(request, "desk/exchanges.html", context))


@staff(*_HELPS)
def one(request: HttpRequest, number: int) -> HttpResponseBase:
    """One problem: its bundles, who may open them, and what can be done now."""
    by, roles = who(request)
    wrong: HouvastError | None = None
    token = ""
    if request.method == "POST":
        do = request.POST.get("do", "")
        _may(roles, do)
        try:
            done = sites.current().ask(lambda db: _do(db, request.POST, number, by))
            if isinstance(done, Content):
                return download(done, f"exchange-{number}-{done.code.hex[:8]}")
            token = done or ""
        except HouvastError as error:
            wrong = error
        if not wrong and not token:
            return HttpResponseRedirect(reverse("exchange_one", args=[number]))
    found = problem(number, by)
    context = {"one": found, "wrong": wrong, "link": address("exchange", token, found.language), "given": request.POST,
               "helps": bool({*roles} & {"support", "officer"}), "is_helper": roles == ("subcontractor",),
               "officer": "officer" in roles, "purpose": _label(found.purpose)}  # fmt: skip
    return _private(render(request, "desk/exchange.html", context))


@staff(Role.OFFICER, Role.AUDITOR)
def subcontractors(request: HttpRequest) -> HttpResponse:
    """The register: who, where, with which tool, since when announced, and who approved."""
    came = posted(request, lambda db, by: _register(db, request.POST, by), Refused, Role.OFFICER)
    if came.is_done:
        return HttpResponseRedirect(reverse("subcontractors"))
    found = sites.current().ask(lambda db: store.subcontractors(db) if store.there(db) else ())
    context = {
        "found": found,
        "wrong": came.wrong,
        "tools": TOOLS,
        "given": request.POST,
        "today": datetime.now(UTC).date(),
    }
    return _private(render(request, "desk/subcontractors.html", context))


def _ask(db: Connection, asked: QueryDict, by: str) -> tuple[int, str]:
    said = asked.get("language", "nl")
    day = sites.current().project().instant(_day(_text(asked, "until")).isoformat())
    until = day + timedelta(days=1, seconds=-1)
    return store.ask(db, _text(asked, "ticket"), _text(asked, "wants"), _text(asked, "why"), until, by=by,
                     purpose=_text(asked, "purpose"), language=said if said in ("nl", "en") else "nl",
                     consumer=asked.get("consumer") == "yes")  # fmt: skip


def _do(db: Connection, asked: QueryDict, number: int, by: str) -> Content | str | None:
    """What a form asks: a bundle that is opened, a link's token, or nothing to show."""
    bundle = whole(asked.get("bundle", "0"))
    match asked.get("do", ""):
        case "open":
            return store.opened(db, bundle, _text(asked, "reason"), by)
        case "link":
            return store.link(db, number, by)
        case "accept":
            store.judge(db, bundle, accepts=True, by=by)
        case "refuse":
            store.judge(db, bundle, accepts=False, by=by, why=_text(asked, "why"))
        case "learn":
            store.learn(db, bundle, _text(asked, "product"), _text(asked, "version"), _text(asked, "error"),
                        whole(asked.get("times", "1")), by)  # fmt: skip
        case "close":
            store.close(db, number, by)
        case "grant":
            store.grant(db, number, _text(asked, "who"), by)
        case "take":
            store.grant(db, number, _text(asked, "who"), by, gives=False)
        case "incident":
            store.incident(db, bundle, _text(asked, "facts"), by)
        case _:
            store.confirm(db, number, by)
    return None


def _register(db: Connection, asked: QueryDict, by: str) -> None:
    number = whole(asked.get("number", "0"))
    match asked.get("do", ""):
        case "record" if asked.get("tool") in TOOLS:
            announced = _day(_text(asked, "announced")) if asked.get("announced") else None
            store.record(db, _text(asked, "name"), _text(asked, "country").upper(), _text(asked, "tool"),
                         _day(asked.get("since", "")), _day(asked.get("until", "")), announced, by)  # fmt: skip
        case "approve":
            store.approve(db, number, by, _text(asked, "code"))
        case "end":
            store.end(db, number, by)
        case _:
            raise Http404


def problem(number: int, by: str) -> Problem:
    """A problem that somebody may help with. Raises Http404 for another."""
    found = sites.current().ask(lambda db: store.problems(db, by) if store.there(db) else ())
    for one in found:
        if one.number == number:
            return one
    raise Http404


def who(request: HttpRequest) -> tuple[str, tuple[str, ...]]:
    """The name and the roles of who asks."""
    user = member(request.user)
    if user is None:
        raise PermissionDenied
    return user.username, roles_of(user)


def _may(roles: tuple[str, ...], do: str) -> None:
    if do not in _DOES:
        raise Http404
    if not {*roles} & {str(role) for role in _DOES[do]}:
        raise PermissionDenied


def _label(purpose: str) -> str:
    """A purpose as the policy calls it."""
    found = sites.current().project().versions[-1].purposes.get(purpose)
    return found.label.get(language(), purpose) if found else purpose


def address(what: str, token: str, said: str) -> str:
    """The address for the customer, in their language; "" when none was made now."""
    if not token:
        return ""
    first = sites.current().languages()[0]
    prefix = "" if said in ("", first) else f"/{said}"
    return f"{sites.current().origin}{prefix}/{what}/{token}/"


def _text(asked: QueryDict, name: str) -> str:
    return text(asked, name)[:2500]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(_NO_DAY[language()]) from None


_NO_DAY = {"nl": "Vul elke dag in als jjjj-mm-dd.", "en": "Fill in each day as yyyy-mm-dd."}


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
