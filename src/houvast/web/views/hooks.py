"""Where services answer later: signed messages are kept for the worker, who checks them. No secret is here."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from houvast.systems.signing import HEADERS
from houvast.web import site as sites

MOST = 65536
_NUMBER = re.compile(r"[A-Za-z0-9_.-]{1,80}", re.ASCII)
_TIME = re.compile(r"[0-9]{1,15}", re.ASCII)


@csrf_exempt
@require_POST
def hook(request: HttpRequest, name: str) -> HttpResponse:
    """Keep a message: 202. One that is none, came before, is late, or that nobody waits for: 400, without a word."""
    number, at, signatures = (request.headers.get(header, "") for header in HEADERS)
    if not (_NUMBER.fullmatch(number) and _TIME.fullmatch(at) and 0 < len(signatures) <= 1000) or _too_long(request):
        return HttpResponse(status=400)
    try:
        body = request.body.decode()
    except UnicodeDecodeError:
        return HttpResponse(status=400)
    if len(body.encode()) > MOST or "\x00" in body:
        return HttpResponse(status=400)
    kept = sites.current().ask(
        lambda db: db.execute(
            "SELECT houvast.take_hook(%s, %s, %s, %s, %s)", (name, number, int(at), signatures, body)
        ).fetchone()
    )
    return HttpResponse(status=202 if kept and kept[0] else 400)


def _too_long(request: HttpRequest) -> bool:
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return not length.isdigit() or int(length) > MOST
