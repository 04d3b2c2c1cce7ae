"""For everybody: the page that checks a receipt, what it can be saved as, and the log's key and checkpoint."""

from __future__ import annotations

import logging
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from houvast.errors import HouvastError
from houvast.evidence import browser, verify
from houvast.web.context import language
from houvast.web.evidence.published import Published, published, text
from houvast.web.state import state
from houvast.web.views.cached import send

TEXT = "text/plain; charset=utf-8"
_AGE = {"key": 300, "checkpoint": 5}
"""Seconds for which a browser or a proxy may keep it: a log publishes about once a second."""
_SAVED = {
    "check.html": ("text/html; charset=utf-8", browser.page),
    "verify.py": ("text/x-python; charset=utf-8", lambda: Path(verify.__file__).read_text("utf-8")),
}
_log = logging.getLogger("houvast.web")


def check(request: HttpRequest) -> HttpResponse:
    """Check a receipt: in the browser with a script of ours, or with a program."""
    now, signed = state(), _signed()
    key = (*now.key, language(), "check", signed and signed.note)
    context = {"state": now, "signed": signed, "names": browser.names()}
    return send(request, key, lambda: render_to_string("public/check.html", context, request))


def saved(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """The same page as one file, or the verifier as a program, to keep."""
    file = f"{name}.{form}"
    if file not in _SAVED:
        raise Http404
    kind, make = _SAVED[file]
    response = send(request, ("saved", file), make, kind)
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def published_text(request: HttpRequest, name: str) -> HttpResponse:
    """The public key, or the newest checkpoint, as it lies in the store."""
    try:
        found = text(name)
    except HouvastError as error:
        _warn(error)
        return HttpResponse("The log cannot be read now. Try again later.\n", content_type=TEXT, status=503)
    if found is None:
        return HttpResponse("Nothing of the log was published yet.\n", content_type=TEXT, status=404)
    response = HttpResponse(found, content_type=TEXT)
    response["Cache-Control"] = f"public, max-age={_AGE[name]}"
    return response


def _signed() -> Published | None:
    try:
        return published()
    except HouvastError as error:
        _warn(error)
        return None


def _warn(error: HouvastError) -> None:
    _log.warning("The log cannot be read: %s (%s)", type(error).__name__, error.code)
