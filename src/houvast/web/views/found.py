"""What was found in a file of a bundle, in its place: for the customer who sent it, while they decide about it.

A button asks for it, since a look is recorded before a byte is read. What was found stays masked, and nothing is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from houvast.app.confining import Confined
from houvast.app.exchange import follow
from houvast.diagnostics import store
from houvast.diagnostics.model import Bundle, Line, Refused
from houvast.errors import HouvastError
from houvast.web import site as sites
from houvast.web.state import state
from houvast.web.views.anybody import ours
from houvast.web.views.exchange import drawn_file, private
from houvast.web.views.upload import exchange

AT_ONCE = 2
"""So many look at the same time at most: a look holds one of the threads that answer, and a child beside it."""
BEFORE = 64 << 10
"""So many bytes before a finding are read with it."""
_free = threading.BoundedSemaphore(AT_ONCE)


class Busy(HouvastError):
    """Others are looking."""

    code = "exchange-busy"


@ours
def lines(request: HttpRequest, code: str, bundle: UUID, file: int) -> HttpResponse:
    """Where something was found in one file; its lines once the button asks for them."""
    found = sites.current().ask(lambda db: follow(db, code))
    one = next((each for each in found.bundles if each.code == bundle), None) if found else None
    member = _member(one, file)
    context: dict[str, object] = {"state": state(), "code": code, "file": drawn_file(member), "lines": None}
    status = 200
    if request.method == "POST":
        try:
            context["lines"] = _looked(code, bundle, file, _begins(one, member))
        except Refused as error:
            context["wrong"], status = error, 422
        except Busy:
            context["trouble"], status = "busy", 503
        except HouvastError:
            context["trouble"], status = "too_long", 503
    return private(render(request, "exchange/found.html", context, status=status))


def _member(one: Bundle | None, file: int) -> Mapping[str, Any]:
    """A file in which something was found, of a bundle that is still here."""
    members = one.screening.members if one and one.screening and not one.is_over else ()
    for member in members:
        if member.get("file") == file and member["kinds"]:
            return member
    raise Http404


def _begins(one: Bundle | None, member: Mapping[str, Any]) -> int:
    """From which byte on a bundle is read: of one that is a single text as it is, a little before its first finding."""
    is_plain = one and one.screening and len(one.screening.members) == 1 and member["bytes"] == one.size
    first = min((int(mark[0]) for mark in member["marks"]), default=0)
    return max(0, first - BEFORE) if is_plain else 0


def _looked(code: str, bundle: UUID, file: int, begins: int) -> tuple[Line, ...]:
    """Record the look, then read. Raises Refused, Busy, NotShown, and what reading raises."""
    if not _free.acquire(blocking=False):
        raise Busy("Others are looking.", todo="Try it again in a minute.")
    try:
        content = sites.current().ask(lambda db: store.look(db, code, bundle, file))
        whole = next((part.begins for part in content.parts if part.begins + part.size > begins), 0) == 0
        return Confined().lines(exchange().read(content, begins), content.format, file, counts=whole)
    finally:
        _free.release()
