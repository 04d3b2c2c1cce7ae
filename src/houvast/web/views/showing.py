"""A copy before it goes out, for the officer: as it will go out, and beside it without redactions, row by row.

The worker makes it; these pages read it under the use that was recorded for the officer who asked, for a quarter of an
hour. It is not stored anywhere else, and no address holds anything of it but numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from houvast.cases import showing, store
from houvast.database import Connection
from houvast.rights.gone import WHOLE
from houvast.rights.words import wording as copy_words
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.posted import posted, sender, text, whole
from houvast.web.roles import Role, staff


@dataclass(frozen=True)
class Goes:
    """A redaction: what stands there instead, its rule in words, and where it is. `words`: what goes."""

    role: str
    rule: str
    words: str
    part: int
    begin: int
    is_judged: bool


@dataclass(frozen=True)
class Cell:
    """A value that is shown. `text`: in pieces, each with its redaction or None."""

    column: str
    text: tuple[tuple[str, Goes | None], ...]

    @property
    def goes(self) -> tuple[Goes, ...]:
        """Its redactions."""
        return tuple(one for _, one in self.text if one)


@staff(Role.OFFICER)
def show(request: HttpRequest, number: int) -> HttpResponse:
    """Have the copy of a request shown, with a reason."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("case", args=[number]))
    by, reason = sender(request), text(request.POST, "reason")
    try:
        use = sites.current().ask(lambda db: showing.ask(db, number, reason, by, language()))
    except store.Refused as error:
        return _no(request, number, error)
    return HttpResponseRedirect(reverse("shown", args=[number, use]))


@staff(Role.OFFICER)
def shown(request: HttpRequest, number: int, use: int) -> HttpResponse:
    """Some rows of it; an officer takes something out as well, or lets a redaction go."""
    by, site = sender(request), sites.current()
    only, past = request.GET.get("all") is None, whole(request.GET.get("past", "0"))
    came = posted(request, lambda db, by: _judge(db, request.POST, use, by), store.Refused)
    if came.is_done:
        return HttpResponseRedirect(request.get_full_path())
    try:
        stands = site.ask(lambda db: showing.stands(db, use, by))
        found = site.ask(lambda db: showing.rows(db, use, by, past=past, only_marked=only))
        judged = site.ask(lambda db: showing.judged(db, use, by))
    except store.Refused as error:
        return _no(request, number, error)
    if stands.request != number:
        raise Http404
    rows = [(one, tuple(_cells(one))) for one in found]
    context = {"number": number, "use": use, "stands": stands, "rows": rows, "only": only, "past": past,
               "wrong": came.wrong, "next": found[-1].place if len(found) == showing.PAGE else 0,
               "judged": [(one, _rule(one.rule)) for one in judged]}  # fmt: skip
    return _kept_nowhere(render(request, "desk/shown.html", context))


def _judge(db: Connection, asked: QueryDict, use: int, by: str) -> None:
    def count(name: str) -> int:
        said = text(asked, name)
        return WHOLE if said == str(WHOLE) else whole(said)

    match asked.get("do", ""):
        case "take":
            showing.take_out(db, use, by, count("place"), text(asked, "column"), text(asked, "words"))
        case "stand":
            showing.let_stand(
                db, use, by, count("place"), text(asked, "column"), count("part"), count("begin"), text(asked, "why")
            )
        case "back":
            showing.take_back(db, use, by, count("judged"))
        case _:
            raise Http404


def _cells(row: showing.Row) -> Iterator[Cell]:
    """The values of a row; those that are empty are left out."""
    for cell in row.cells:
        pieces: list[Mapping[str, Any]] = cell["pieces"]
        if "whole" in cell:
            rule, role = cell["whole"]
            text = "".join(str(piece["text"]) for piece in pieces)
            yield Cell(cell["column"], ((text, _goes(rule, role, text, WHOLE, 0)),))
        elif pieces:
            yield Cell(cell["column"], tuple(part for piece in pieces for part in _parts(piece)))


def _parts(piece: Mapping[str, Any]) -> Iterator[tuple[str, Goes | None]]:
    """The text between redactions, and under them."""
    text, at = str(piece["text"]), 0
    for begin, end, rule, role in piece.get("gone", ()):
        yield text[at:begin], None
        yield text[begin:end], _goes(rule, f"[{role}]", text[begin:end], piece["part"], begin)
        at = end
    yield text[at:], None


def _goes(rule: str, role: str, words: str, part: int, begin: int) -> Goes:
    return Goes(role, _rule(rule), words, part, begin, rule == "judged")


def _rule(rule: str) -> str:
    return copy_words(language())["page"][f"rule_{rule}"]


def _no(request: HttpRequest, number: int, error: store.Refused) -> HttpResponse:
    context = {"number": number, "wrong": error}
    return _kept_nowhere(render(request, "desk/shown.html", context, status=403))


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
