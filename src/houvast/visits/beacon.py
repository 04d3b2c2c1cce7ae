"""A beacon: counts the visits of pages that are served elsewhere, without a cookie or a look into a device.

    POST /count          of the script: the page's path and its referring site, on two lines
    GET  /count          of an <img>: the page is what the header Referer says
    GET  /count.js       the script
    /do-not-count        the page on which a visitor objects

It speaks RSGI, the interface of Granian. Only pages of declared sites are counted, and no answer may be read by a page
of another origin. What comes is as true as whoever sends it.
"""

from __future__ import annotations

import time
from functools import lru_cache
from importlib.resources import files
from typing import Final, Protocol

from houvast.visits.addresses import network
from houvast.visits.counter import Counter
from houvast.visits.edge import Request
from houvast.visits.flood import Flood
from houvast.visits.languages import primary
from houvast.visits.objection_page import HEADERS, page

LONGEST: Final = 4096
"""Bytes of a body that are read."""
Headers = list[tuple[str, str]]
NOTHING: Final[Headers] = [("cache-control", "no-store"), ("cross-origin-resource-policy", "cross-origin")]
SCRIPT: Final[Headers] = [
    ("content-type", "text/javascript; charset=utf-8"),
    ("cache-control", "public, max-age=86400"),
    ("cross-origin-resource-policy", "cross-origin"),
    ("x-content-type-options", "nosniff"),
]


class ScopeHeaders(Protocol):
    """Headers of a request in RSGI."""

    def get(self, key: str, default: str = "") -> str: ...
    def get_all(self, key: str) -> list[str]: ...


class Scope(Protocol):
    """A request in RSGI."""

    proto: str
    client: str
    method: str
    path: str
    headers: ScopeHeaders


class Answer(Protocol):
    """Where the answer goes in RSGI."""

    def response_empty(self, status: int, headers: Headers) -> None: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...
    async def __call__(self) -> bytes: ...


class Beacon:
    """The application. `flood`: what one network may ask, in memory only."""

    def __init__(self, counter: Counter, flood: Flood | None = None) -> None:
        self._counter, self._flood = counter, flood or Flood()
        self._script = files("houvast.visits").joinpath("beacon.js").read_bytes().strip()

    async def __rsgi__(self, scope: Scope, proto: Answer) -> None:
        """Answer one request."""
        if scope.proto != "http":
            return
        path, method = scope.path, scope.method
        if path == "/count" and method == "POST":
            headers = scope.headers
            status = _unreadable(headers.get("content-length") or "")
            status = status or self._sent(headers, scope.client, await proto())
            proto.response_empty(status, NOTHING)
        elif path == "/count" and method == "GET":
            proto.response_empty(self._image(scope), NOTHING)
        elif path == "/do-not-count" and method in ("GET", "POST"):
            self._object(scope, proto)
        elif path == "/count.js" and method == "GET":
            proto.response_bytes(200, SCRIPT, self._script)
        else:
            proto.response_empty(405 if path in ("/count", "/count.js", "/do-not-count") else 404, NOTHING)

    def __rsgi_del__(self, loop: object) -> None:
        """The server ends: what waits is written."""
        self._counter.close()

    def _image(self, scope: Scope) -> int:
        headers = scope.headers
        host, target = _where(headers.get("referer") or "")
        return self._seen(headers, scope.client, host, target, "")

    def _sent(self, headers: ScopeHeaders, client: str, body: bytes) -> int:
        """Browsers name the origin of every POST, and no page can name another one."""
        host = _host((headers.get("origin") or "")[:300])
        target, _, referrer = body.decode("utf-8", "replace").partition("\n")
        return self._seen(headers, client, host, target, referrer)

    def _seen(self, headers: ScopeHeaders, client: str, host: str, target: str, referrer: str) -> int:
        """204 whether it is counted or not: nobody learns from it what was kept. 403 for a page that is not ours."""
        counter = self._counter
        if not host or counter.minimiser.site(host) is None:
            return 403
        request = self._request(headers, client, host, target, referrer)
        if self._flood.is_over(network(request.remote), time.monotonic()):
            return 429
        counter.count(request)
        return 204

    def _object(self, scope: Scope, proto: Answer) -> None:
        request = self._request(scope.headers, scope.client, "", "/", "")
        if self._flood.is_over(network(request.remote), time.monotonic()):
            proto.response_empty(429, NOTHING)
            return
        done, gpc = self._counter.object(request) if scope.method == "POST" else None, request.gpc.strip() == "1"
        body = page(primary(request.language), gpc=gpc, done=done)
        proto.response_bytes(503 if done is False and not gpc else 200, list(HEADERS), body)

    def _request(self, headers: ScopeHeaders, client: str, host: str, target: str, referrer: str) -> Request:
        """A request for a page, by whom our proxies say: `remote` is who asks, and nothing is forwarded any more."""
        get, said = headers.get, headers.get_all("x-forwarded-for")
        remote = self._counter.minimiser.believed(client, said[0] if len(said) == 1 else ",".join(said))
        return Request(
            self._counter.now(), host, target, remote, "GET", 200, "", get("user-agent") or "",
            get("accept-language") or "", referrer, get("sec-gpc") or "",
        )  # fmt: skip


def _unreadable(length: str) -> int:
    """Why a body of that length (Content-Length) is not read: 411, 413, or 0."""
    if not length.isascii() or not length.isdigit():
        return 411
    return 413 if len(length) > 9 or int(length) > LONGEST else 0


@lru_cache(maxsize=4096)
def _host(origin: str) -> str:
    return _where(origin)[0]


def _where(url: str) -> tuple[str, str]:
    """Host and target of an http(s) URL; "" and "" of anything else."""
    scheme, _, rest = url.partition("://")
    if scheme not in ("https", "http"):
        return "", ""
    host, slash, target = rest.partition("/")
    return host, slash + target
