"""Asking another program over HTTP: one POST, nothing followed, a small answer."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from houvast.errors import UsageError

MOST = 1 << 16
"""Bytes of an answer, at most."""
FAILURES = (OSError, HTTPException)
"""What `post` raises when nobody answers."""


def post(
    url: str, data: bytes, sort: str, patience: float, headers: Mapping[str, str] | None = None, most: int = MOST,
    method: str = "POST",
) -> tuple[int, bytes]:  # fmt: skip
    """The status and the body of the answer, of at most `most` bytes.

    sort: the content type. patience: seconds that the other side may take for each step.

    Raises one of FAILURES when there is no answer, UsageError for a URL that cannot be asked.
    """
    place = urlsplit(check_url(url))
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=patience)
    try:
        path = (place.path or "/") + (f"?{place.query}" if place.query else "")
        connection.request(method, path, data, {"Content-Type": sort, **(headers or {})})
        found = connection.getresponse()
        body = found.read(most + 1)
        if len(body) > most:
            raise HTTPException("the answer is too long")
        return found.status, body
    finally:
        connection.close()


def check_url(url: str) -> str:
    """The URL, when it can be asked. Raises UsageError."""
    try:
        place = urlsplit(url)
        good = place.scheme in ("http", "https") and place.hostname and place.port != 0 and not place.username
    except ValueError:
        good = False
    if not good or not url.isascii() or any(letter.isspace() for letter in url):
        raise UsageError(f"`{url}` is no address to ask.", todo="Write http://HOST:PORT, or https://HOST.")
    return url


def why(error: BaseException) -> str:
    """What went wrong on the way, in few words that hold nothing of what was sent."""
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "its answer was broken off, or is none of HTTP"
