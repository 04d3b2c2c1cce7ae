"""The log for officers and auditors: how it stands, what is in it, where an entry hangs, and a part to hand out."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST

from houvast.app import desk
from houvast.errors import HouvastError
from houvast.evidence.export import write
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.evidence import rows
from houvast.web.evidence.asking import Asked, Days, asked, days
from houvast.web.evidence.published import Published, published
from houvast.web.evidence.shape import Step, picture
from houvast.web.evidence.words import facts, kinds, sentence
from houvast.web.roles import Role, member, roles_of, staff
from houvast.web.state import State, state

T = TypeVar("T")
ALARM = "evidence"
"""The kind of the alarms that the sequencer raises."""
_log = logging.getLogger("houvast.web")


@staff(Role.OFFICER, Role.AUDITOR)
def evidence(request: HttpRequest) -> HttpResponse:
    """How the log stands, what is in it, its tree, and a form to take a part along."""
    now = state()
    wanted = asked(request.GET.dict(), now.policy.promises, now.timezone)
    if wanted.strange:
        raise Http404
    return _page(request, now, wanted, days({}, now.timezone))


@staff(Role.OFFICER, Role.AUDITOR)
def evidence_entry(request: HttpRequest, index: int) -> HttpResponse:
    """One entry: its public fields, its way in the tree, and how to verify it."""
    now, lang = state(), language()
    entry = _entry(index)
    signed, fails = _calmly(published)
    path, broken = _calmly(lambda: signed.path(index, entry.leaf) if signed and index < signed.size else None)
    end = Step("", index, index + 1)
    context = {
        "state": now, "entry": entry, "says": sentence(entry, now.policy, lang),
        "facts": facts(entry, now.policy, lang),
        "name": dict(kinds(lang)).get(entry.kind, entry.kind), "signed": signed, "fails": fails or broken,
        "waits": bool(signed and index >= signed.size), "path": path, "steps": path and path[::-1],
        "picture": picture(path, end) if path is not None else None, "leaf": entry.leaf.decode(),
        "newer": _there(index + 1), "older": index - 1 if index else None,
    }  # fmt: skip
    return render(request, "desk/evidence_entry.html", context)


@staff(Role.OFFICER, Role.AUDITOR)
def evidence_receipt(request: HttpRequest, index: int) -> HttpResponse:
    """The proof of one entry as a file, with nothing of it opened."""
    entry = _entry(index)
    signed = published()
    if signed is None or index >= signed.size:
        raise Http404
    response = HttpResponse(signed.receipt(index, entry.leaf), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="receipt-{index}.json"'
    return response


@require_POST
@staff(Role.OFFICER, Role.AUDITOR)
def evidence_export(request: HttpRequest) -> HttpResponseBase:
    """The log, or the entries of some days, with all proofs in one file. It is sent when the log was told."""
    now = state()
    wanted = days(request.POST.dict(), now.timezone)
    signed, fails = _calmly(published)
    first, last = _span(signed, wanted)
    if wanted.wrong or fails or signed is None or last < first:
        nothing = not wanted.wrong and not fails
        return _page(request, now, asked({}, {}, now.timezone), wanted, nothing=nothing, status=503 if fails else 400)
    made, _ = _calmly(lambda: _written(signed, first, last))
    if made is None:
        return _page(request, now, asked({}, {}, now.timezone), wanted, fails=True, status=503)
    file, start, stop = made
    try:
        _tell(request, start, stop)
    except BaseException:
        file.close()
        raise
    name = f"evidence-{start}-{stop}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def _page(
    request: HttpRequest,
    now: State,
    wanted: Asked,
    taken: Days,
    *,
    nothing: bool = False,
    fails: bool = False,
    status: int = 200,
) -> HttpResponse:
    site, lang = sites.current(), language()
    standing = site.ask(rows.standing)
    signed, unread = _calmly(published)
    trees, broken = _calmly(lambda: signed.subtrees() if signed else ())
    stamped, lost = _calmly(lambda: signed.stamped() if signed else None)
    found = site.ask(lambda one: rows.search(one, wanted.search)) if standing and not wanted.days.wrong else ()
    shown = [(entry, sentence(entry, now.policy, lang)) for entry in found[: rows.MANY]]
    alarms = site.ask(lambda one: desk.alarms(one, lang) if desk.exists(one) else ())
    context = {
        "state": now, "standing": standing, "signed": signed, "wanted": wanted,
        "fails": fails or unread or broken or lost, "stamped": stamped,
        "alarms": [one for one in alarms if one.kind == ALARM], "shown": shown, "kinds": kinds(lang),
        "older": wanted.older_than(shown[-1][0].index) if len(found) > rows.MANY else "",
        "trees": trees, "picture": picture(trees[:-1], trees[-1]) if trees else None,
        "taken": taken, "nothing": nothing,
    }  # fmt: skip
    return render(request, "desk/evidence.html", context, status=status)


def _calmly(ask: Callable[[], T]) -> tuple[T | None, bool]:
    """The answer, and whether it failed: the page is there also when the store is not. What failed is logged."""
    try:
        return ask(), False
    except HouvastError as error:
        _log.warning("The log cannot be read: %s (%s)", type(error).__name__, error.code)
        return None, True


def _entry(index: int) -> rows.Entry:
    site = sites.current()
    found = site.ask(lambda one: rows.one(one, index) if rows.standing(one) else None)
    if found is None:
        raise Http404
    return found


def _there(index: int) -> int | None:
    """This number, when there is such an entry."""
    return index if sites.current().ask(lambda one: rows.one(one, index)) else None


def _span(signed: Published | None, wanted: Days) -> tuple[int, int]:
    """The first and last entry of these days among those that were signed."""
    if signed is None or wanted.wrong:
        return 0, -1
    if wanted.since is None:
        return 0, signed.size - 1
    found = sites.current().ask(lambda one: rows.span(one, wanted.since, wanted.until))
    return found[0], min(found[1], signed.size - 1)


def _written(signed: Published, first: int, last: int) -> tuple[BinaryIO, int, int]:
    """The export, and the first and last entry in it.

    It is an open file without a name: gone when it was sent, and when sending breaks off.
    """
    with tempfile.TemporaryDirectory(prefix="houvast-") as folder:
        out = Path(folder, "export.zip")
        start, stop = write(signed.log.store, signed.note, signed.verifier, out, start=first, stop=last + 1)
        return out.open("rb"), start, stop - 1


def _tell(request: HttpRequest, first: int, last: int) -> None:
    user = member(request.user)
    role = Role.OFFICER if user and Role.OFFICER in roles_of(user) else Role.AUDITOR
    sites.current().ask(lambda one: rows.tell_export(one, str(role), first, last))
