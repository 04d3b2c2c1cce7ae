"""Lines of Caddy's access log: one JSON object each."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, cast

from houvast.visits.reading.line import Line, Unread

_FARTHEST = 1 << 40
"""Seconds since 1970 that are a time at all."""


def parse(line: bytes) -> Line | Unread:
    """What one line says, or why it says nothing."""
    if not line.strip():
        return Unread.BLANK
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):
        return Unread.SHAPE
    entry = _mapping(found)
    request = _mapping(entry.get("request"))
    status, method, uri = entry.get("status"), _text(request.get("method")), _text(request.get("uri"))
    address = _text(request.get("remote_ip")) or _text(request.get("remote_addr"))
    if type(status) is not int or not 100 <= status <= 999 or not (method and uri and address) or b" " in address:
        return Unread.SHAPE
    seconds = _seconds(entry.get("ts"))
    if seconds is None:
        return Unread.TIME
    headers = {name.lower(): _first(value) for name, value in _mapping(request.get("headers")).items()}
    return Line(
        front=b"%s - -" % address,
        host=_text(request.get("host")),
        forwarded=headers.get("x-forwarded-for", b""),
        time=seconds,
        request=b" ".join((method, uri, _text(request.get("proto")) or b"HTTP/1.1")),
        status=status,
        referrer=headers.get("referer", b""),
        agent=headers.get("user-agent", b""),
        language=headers.get("accept-language", b""),
        gpc=headers.get("sec-gpc", b""),
    )


def _mapping(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _text(value: object) -> bytes:
    """The bytes that were sent, which Caddy wrote as the characters with these numbers, or as UTF-8."""
    if not isinstance(value, str):
        return b""
    return value.encode("utf-8", "surrogatepass")


def _first(value: object) -> bytes:
    """What came first of a header that may have come more than once."""
    values = cast("list[object]", value) if isinstance(value, list) else [value]
    return _text(values[0] if values else None)


def _seconds(value: object) -> int | None:
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return None
        return int(found.timestamp()) if found.tzinfo else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _FARTHEST:
        return None
    return int(value)
