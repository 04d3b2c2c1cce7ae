"""Uploads that go on where they stopped, by tus 1.0 (tus.io), for whoever has a customer's code.

A piece is at most 4 MiB, is held in memory alone, and lies encrypted in the store before it is answered.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import io
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from houvast.app.exchange import Exchange
from houvast.diagnostics import store
from houvast.diagnostics.keyring import KeyTrouble
from houvast.diagnostics.model import MOST, Refused, Stands
from houvast.diagnostics.sealing import LEAST, PIECE
from houvast.diagnostics.vault import StoreTrouble
from houvast.web import site as sites
from houvast.web.site import Site

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
CHECKSUMS: dict[str, Callable[[memoryview], Any]] = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
MISMATCH, FULL = 460, 507
"""Of a checksum (tus); no room (RFC 4918)."""
_OFFSET = "application/offset+octet-stream"
_known: list[tuple[tuple[Site, int], Exchange]] = []


@csrf_exempt
def create(request: HttpRequest, code: str) -> HttpResponse:
    """Begin an upload (creation), or say what can be done (OPTIONS)."""
    method = _method(request)
    if method == "OPTIONS":
        names = ",".join(CHECKSUMS)
        return _answer(204, headers={"Tus-Version": VERSION, "Tus-Max-Size": MOST, "Tus-Extension": EXTENSIONS,
                                     "Tus-Checksum-Algorithm": names})  # fmt: skip
    if (wrong := _refused(request)) is not None:
        return wrong
    if method != "POST":
        return _answer(405, headers={"Allow": "OPTIONS, POST"})
    size = _count(request.headers.get("Upload-Length", ""))
    if size is None:
        return _answer(400, "Say with Upload-Length how many bytes follow.")
    if size > MOST:
        return _answer(413, "A file has at most 50 GB.")
    name = _file_name(request.headers.get("Upload-Metadata", ""))
    try:
        made = sites.current().ask(lambda db: exchange().begin(db, code, size, name))
        now = sites.current().ask(lambda db: store.stands(db, code, made))
    except Refused as error:
        return _answer(403, f"{error.message} {error.todo}")
    except KeyTrouble:
        return _answer(503, "The store cannot be used now. Try again later.")
    return _answer(201, headers={"Location": _address(code, made), **(_until(now) if now else {})})


@csrf_exempt
def piece(request: HttpRequest, code: str, bundle: UUID) -> HttpResponse:
    """How far an upload is (HEAD), its next piece (PATCH), or its end (DELETE)."""
    if (wrong := _refused(request)) is not None:
        return wrong
    match _method(request):
        case "HEAD":
            now = sites.current().ask(lambda db: store.stands(db, code, bundle))
            if now is None or (now.state != "receiving" and now.received != now.size):
                return _answer(404 if now is None else 410)
            return _answer(200, headers=_stands(now))
        case "PATCH":
            return _next(request, code, bundle)
        case "DELETE":
            try:
                sites.current().ask(lambda db: store.decide(db, code, bundle, "withdraw"))
            except Refused:
                return _answer(404)
            return _answer(204)
        case _:
            return _answer(405, headers={"Allow": "HEAD, PATCH, DELETE"})


def exchange() -> Exchange:
    """Where the bundles of this site lie."""
    site = sites.current()
    key = (site, site.revision)
    if not _known or _known[0][0] != key:
        _known[:] = [(key, Exchange.of_project(site.project()))]
    return _known[0][1]


def _next(request: HttpRequest, code: str, bundle: UUID) -> HttpResponse:
    """The next piece, which lies in the store before this answers."""
    if request.headers.get("Content-Type", "") != _OFFSET:
        return _answer(415, f"Send it as {_OFFSET}.")
    begins = _count(request.headers.get("Upload-Offset", ""))
    if begins is None:
        return _answer(400, "Say with Upload-Offset where this piece begins.")
    with _body(request) as data:  # released with this request: the server cannot free its memory before
        return _taken(request, code, bundle, begins, data)


def _taken(request: HttpRequest, code: str, bundle: UUID, begins: int, data: memoryview) -> HttpResponse:
    if len(data) > PIECE:
        return _answer(413, f"A piece has at most {PIECE} bytes.")
    said = request.headers.get("Upload-Checksum", "")
    if said and (wrong := _checksum(said, data)) is not None:
        return wrong
    now = sites.current().ask(lambda db: store.stands(db, code, bundle))
    if now is None or now.state != "receiving":
        return _answer(404 if now is None else 410)
    if now.received != begins or begins + len(data) > now.size:
        return _answer(409 if now.received != begins else 413, "This is not what comes next.")
    if not data:
        return _answer(204, headers=_stands(now))
    if len(data) < LEAST and begins + len(data) < now.size:
        return _answer(400, f"A piece that is not the last has at least {LEAST} bytes.")
    try:
        then = sites.current().ask(lambda db: exchange().receive(db, code, bundle, begins, data, now))
    except StoreTrouble:
        return _answer(FULL, "There is no room for it now. Try again later: what is here stays.")
    except KeyTrouble:
        return _answer(410)
    except Refused as error:
        return _answer(403, f"{error.message} {error.todo}")
    return _answer(204, headers=_stands(then)) if then else _answer(409, "This is not what comes next.")


def _refused(request: HttpRequest) -> HttpResponse | None:
    """Another site's script, or another protocol."""
    origin = request.headers.get("Origin")
    if origin is not None and origin not in settings.CSRF_TRUSTED_ORIGINS:
        return _answer(403, "Another site may not send for its visitors.")
    if request.headers.get("Tus-Resumable") != VERSION:
        return _answer(412, headers={"Tus-Version": VERSION})
    return None


def _method(request: HttpRequest) -> str:
    return (request.headers.get("X-HTTP-Method-Override") or str(request.method)).upper()


def _body(request: HttpRequest) -> memoryview:
    """What was sent, to a byte more than a piece: where the server holds it in memory, that memory itself."""
    held = request.META.get("wsgi.input")
    if isinstance(held, io.BytesIO):
        return held.getbuffer()[held.tell() : held.tell() + PIECE + 1]
    return memoryview(request.read(PIECE + 1))


def _checksum(said: str, data: memoryview) -> HttpResponse | None:
    name, _, value = said.partition(" ")
    if name not in CHECKSUMS:
        return _answer(400, f"Checksums: {', '.join(CHECKSUMS)}.")
    try:
        wanted = base64.b64decode(value, validate=True)
    except binascii.Error:
        return _answer(400, "The checksum is not in base64.")
    same = hmac.compare_digest(wanted, CHECKSUMS[name](data).digest())
    return None if same else _answer(MISMATCH, "The piece is not what its checksum says.")


def _stands(now: Stands) -> dict[str, object]:
    return {"Upload-Offset": now.received, "Upload-Length": now.size, **_until(now)}


def _until(now: Stands) -> dict[str, object]:
    return {"Upload-Expires": http_date(now.until.timestamp())} if now.received < now.size else {}


def _file_name(metadata: str) -> str:
    """The name in the metadata, of which only its ending is kept."""
    for pair in metadata.split(","):
        key, _, value = pair.strip().partition(" ")
        if key in ("filename", "name"):
            try:
                return base64.b64decode(value, validate=True).decode("utf-8", "replace")
            except binascii.Error:
                return ""
    return ""


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _address(code: str, bundle: UUID) -> str:
    return reverse("exchange_piece", args=[code, bundle])


def _answer(status: int, text: str = "", headers: Mapping[str, object] | None = None) -> HttpResponse:
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response[name] = str(value)
    return response
