"""Public pages are the same for everybody until a proof, the policy or a day changes: made once, sent often."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

MOST = 512
HTML = "text/html; charset=utf-8"
_lock = threading.Lock()
_pages: OrderedDict[tuple[object, ...], _Page] = OrderedDict()


@dataclass(frozen=True)
class _Page:
    body: bytes
    small: bytes
    tag: str
    kind: str


def send(
    request: HttpRequest, key: tuple[object, ...], make: Callable[[], str | bytes], kind: str = HTML
) -> HttpResponse:
    """The page under this key, made when it is not there; compressed for who takes it, nothing for who has it.

    It holds nothing of the one who asks: no session, no form.
    """
    page = _find(key, lambda: _page(make(), kind))
    if page.tag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(page.small, content_type=page.kind)
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(page.body, content_type=page.kind)
    response["ETag"] = page.tag
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


def _find(key: tuple[object, ...], make: Callable[[], _Page]) -> _Page:
    with _lock:
        if key in _pages:
            _pages.move_to_end(key)
            return _pages[key]
    made = make()
    with _lock:
        _pages[key] = made
        while len(_pages) > MOST:
            _pages.popitem(last=False)
    return made


def _page(made: str | bytes, kind: str) -> _Page:
    body = made.encode() if isinstance(made, str) else made
    tag = hashlib.sha256(body).hexdigest()[:24]
    return _Page(body, gzip.compress(body, 6, mtime=0), f'W/"{tag}"', kind)
