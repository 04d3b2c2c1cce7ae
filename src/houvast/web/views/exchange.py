"""The page of a customer who was asked for diagnostic data: by a link that works once, without an account or a cookie.

The link says what is asked; used, it gives an address of the customer's own, at which everything is done until the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from houvast.app.confining import MEMBERS
from houvast.app.exchange import follow
from houvast.database import Connection, queries
from houvast.diagnostics import Followed, store
from houvast.diagnostics.model import Bundle, Content, Refused
from houvast.diagnostics.sealing import PIECE
from houvast.diagnostics.vault import StoreTrouble
from houvast.errors import HouvastError
from houvast.web import site as sites
from houvast.web.context import language
from houvast.web.evidence.published import published
from houvast.web.state import state
from houvast.web.views.anybody import ours
from houvast.web.views.upload import exchange

SHOWN = 40
"""So many files of a bundle stand on the page; the others are counted."""
_SQL = queries("houvast.web", "evidence.sql")
STRIP = 110
"""Width of the strip that shows where in a file something was found."""


@dataclass(frozen=True)
class File:
    """A file of a bundle as it is drawn: `marks` are (x, width) on the strip; `number`: by which its lines are asked, 0
    where they cannot be."""

    number: int
    path: str
    bytes: int
    found: int
    kinds: tuple[str, ...]
    marks: tuple[tuple[int, int], ...]
    unread: str


@dataclass(frozen=True)
class Shown:
    """A bundle with its picture. `clean`: files in which nothing was found; `unread`: that could not be looked into.

    `is_part`: there are more files than are kept, so that these are counted at least.
    """

    one: Bundle
    files: tuple[File, ...]
    more: int
    clean: int
    unread: int
    holding: int
    is_part: bool


@ours
def link(request: HttpRequest, token: str) -> HttpResponse:
    """What a link asks; the button uses it, for programs open links too."""
    if request.method == "POST":
        try:
            code = sites.current().ask(lambda db: store.begin(db, token))
        except Refused as error:
            return private(render(request, "exchange/link.html", {"state": state(), "wrong": error}, status=422))
        if code:
            return HttpResponseRedirect(reverse("exchange", args=[code]))
    found = sites.current().ask(lambda db: store.asked(db, token))
    context = {"state": state(), "asked": found}
    return private(render(request, "exchange/link.html", context, status=200 if found else 404))


@ours
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that the customer does: state, send, look, redact, withdraw, submit, choose."""
    wrong: HouvastError | None = None
    if request.method == "POST":
        try:
            sites.current().ask(lambda db: _do(db, request, code))
        except (Refused, StoreTrouble) as error:
            wrong = error
        else:
            return HttpResponseRedirect(f"{reverse('exchange', args=[code])}#{request.POST.get('then', '')[:20]}")
    found = sites.current().ask(lambda db: follow(db, code))
    if found is None:
        raise Http404
    context = {
        "state": state(),
        "found": found,
        "code": code,
        "wrong": wrong,
        "statement": exchange().statement(language()),
        "bundles": [_shown(one) for one in reversed(found.bundles)],
        "open": found.closed is None,
        "small": PIECE // 2**20,
        "waits": any(one.state in ("quarantined", "redacting") for one in found.bundles),
        "returns": found.closed is not None and found.ended is None and found.choice == "return",
        "last": _last(found),
    }
    return private(render(request, "exchange/page.html", context, status=422 if wrong else 200))


@require_safe
def helpers(request: HttpRequest) -> HttpResponse:
    """Who may help with diagnostic data, for everybody: announced, with country, tool, and from when."""
    found = sites.current().ask(lambda db: store.subcontractors(db) if store.there(db) else ())
    shown = [one for one in found if one.announced_on and not one.ended]
    return render(request, "exchange/helpers.html", {"state": state(), "found": shown})


@require_safe
def back(request: HttpRequest, code: str, bundle: UUID) -> HttpResponseBase:
    """The customer takes a bundle back."""
    found = sites.current().ask(lambda db: store.content_back(db, code, bundle))
    if found is None:
        raise Http404
    try:
        return download(found, f"bundle-{bundle.hex[:8]}")
    except HouvastError:  # destroyed between the two questions, or damaged
        raise Http404 from None


@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """The certificate that what was sent is gone, as it was given."""
    found = sites.current().ask(lambda db: follow(db, code))
    if found is None or not found.certificate:
        raise Http404
    response = HttpResponse(found.certificate, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="certificate.json"'
    return private(response)


@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """The proof that the certificate stands in the log, which anyone can check."""
    found = sites.current().ask(lambda db: follow(db, code))
    if found is None or not found.certificate:
        raise Http404
    digest = hashlib.sha256(found.certificate.encode()).hexdigest()
    row = sites.current().ask(lambda db: db.execute(_SQL["certificate"], (digest,)).fetchone())
    signed = published()
    if row is None or signed is None or row[0] >= signed.size:
        context = {"state": state(), "code": code}
        return private(render(request, "exchange/unsigned.html", context, status=404))
    response = HttpResponse(signed.receipt(row[0], str(row[1]).encode()), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="receipt.json"'
    return private(response)


def download(found: Content, name: str) -> HttpResponseBase:
    """A bundle as a file, decrypted on its way. Raises HouvastError when its first piece is damaged."""
    chunks: Iterator[bytes] = exchange().read(found)
    first = next(chunks, b"")
    response = StreamingHttpResponse(chain((first,), chunks), content_type="application/octet-stream")
    response["Content-Length"] = str(found.size)
    response["Content-Disposition"] = f'attachment; filename="{name}.{found.format}"'
    return private(response)


def _do(db: Connection, request: HttpRequest, code: str) -> None:
    """What a form of the page asks."""
    asked = request.POST
    match asked.get("do", ""):
        case "state" if asked.get("entitled") == "yes":
            exchange().state(db, code, language())
        case "send":
            for file in request.FILES.getlist("file"):
                _small(db, code, file)
        case "redact" | "submit" | "withdraw" as what:
            store.decide(db, code, _bundle(asked.get("bundle", "")), what)
        case "choose" if asked.get("choice") in ("return", "destroy"):
            store.choose(db, code, asked["choice"])
        case "taken":
            store.choose(db, code, "return", taken=True)
        case _:
            raise Http404


def _small(db: Connection, code: str, file: UploadedFile[Any]) -> None:
    """A small file that the form sent at once, without a script."""
    data = file.read()
    bundle = exchange().begin(db, code, len(data), file.name or "")
    exchange().receive(db, code, bundle, 0, data)


def _bundle(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _shown(one: Bundle) -> Shown:
    members: list[Any] = list(one.screening.members) if one.screening else []
    drawn = [drawn_file(member) for member in members]
    telling = [file for file in drawn if file.found or file.unread]
    return Shown(one, tuple(telling[:SHOWN]), max(0, len(telling) - SHOWN), len(drawn) - len(telling),
                 sum(bool(file.unread) for file in drawn), sum(bool(file.found) for file in drawn),
                 len(drawn) == MEMBERS)  # fmt: skip


def drawn_file(member: Mapping[str, Any]) -> File:
    """A file of a bundle, as it stands in a screening."""
    size = max(1, int(member["bytes"]))
    marks = {
        (min(STRIP - 1, offset * STRIP // size), max(1, length * STRIP // size))
        for offset, length, _ in member["marks"]
    }
    return File(int(member.get("file", 0)), member["path"], member["bytes"], sum(member["kinds"].values()),
                tuple(member["kinds"]), tuple(sorted(marks)), member["not_screened"])  # fmt: skip


def _last(found: Followed) -> bool:
    """Whether everything has ended, so that only the certificate is still to come."""
    return found.closed is not None and all(one.is_over for one in found.bundles)


def private(response: Any) -> Any:  # noqa: ANN401 - whichever answer it is
    """An answer that is kept by nobody on the way."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
