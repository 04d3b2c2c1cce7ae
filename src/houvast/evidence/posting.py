"""Asking another program over HTTP: one POST, nothing followed, a small answer."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from houvast.errors import UsageError

MOST = 1 << 16
"""Bytes of an answer, at most."""
FAILURES = (OSError, HTTPException)
"""What `post` raises when nobody answers."""
Reach = Callable[[str, int, float | None], socket.socket]
"""Connects to a host and a port within so many seconds. Raises OSError."""


class _Reached(HTTPSConnection):
    """By https, over a connection that another makes, which so decides which addresses a name may lead to."""

    def __init__(self, host: str, port: int | None, patience: float, reach: Reach) -> None:
        super().__init__(host, port, timeout=patience)
        self._reach, self._patience = reach, patience

    def connect(self) -> None:
        """Connect, and check whose the other side is."""
        bare = self._reach(self.host, self.port, self._patience)
        self.sock = ssl.create_default_context().wrap_socket(bare, server_hostname=self.host)


def post(
    url: str, data: bytes, sort: str, patience: float, headers: Mapping[str, str] | None = None, most: int = MOST,
    method: str = "POST", reach: Reach | None = None,
) -> tuple[int, bytes]:  # fmt: skip
    """The status and the body of the answer, of at most `most` bytes.

    sort: the content type. patience: seconds that the other side may take for each step.
    reach: what connects, to https alone; by default wherever the name leads.

    Raises one of FAILURES when there is no answer, UsageError for a URL that cannot be asked.
    """
    place = urlsplit(check_url(url))
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    host = place.hostname or ""
    connection = _Reached(host, place.port, patience, reach) if reach else kind(host, place.port, timeout=patience)
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
