"""The request line of a visit (RFC 9112, 3): what is asked for, by GET."""

from __future__ import annotations

import re

_GET = re.compile(rb"GET (?=\S)([^\s?]*)(?:\?\S*)? HTTP/\d(?:\.\d)?")


def path(request: bytes) -> bytes | None:
    """What a request asks for, before `?`; None when it is no GET of HTTP."""
    found = _GET.fullmatch(request)
    return found.group(1) if found else None
