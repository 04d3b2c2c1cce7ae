"""Counts the visits of a Python application where it runs: one line before an ASGI or WSGI application.

It sees what was asked and how it was answered, after the answer was known; it changes no answer, sets no cookie, and
reads nothing from a device. One path is its own: the page on which a visitor objects (`objection_page`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import replace
from types import TracebackType
from typing import Any, TypeAlias

from houvast.visits.counter import Counter
from houvast.visits.edge import Request
from houvast.visits.languages import primary
from houvast.visits.objection_page import HEADERS, page

OBJECTION = "/do-not-count"
"""The path of the page on which a visitor objects."""

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Asgi: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Environ: TypeAlias = dict[str, Any]
ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
StartResponse: TypeAlias = Callable[..., Callable[[bytes], object]]
Wsgi: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]


class CountAsgi:
    """Stands before an ASGI application (Django, FastAPI, Starlette, Litestar)."""

    def __init__(self, app: Asgi, counter: Counter, objection: str = OBJECTION) -> None:
        self._app, self._counter, self._objection = app, counter, objection

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and count. When the server ends, what waits is written."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == self._objection:
            await self._object(scope, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            if status:
                self._counter.count(self._request(scope, status))

    async def _object(self, scope: Scope, send: Send) -> None:
        request = self._request(scope, 200)
        status, body = _objected(self._counter, request)
        headers = [(name.encode(), value.encode()) for name, value in HEADERS]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def watched(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown."):
                self._counter.close()
            await send(message)

        await self._app(scope, receive, watched)

    def _request(self, scope: Scope, status: int) -> Request:
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            headers[name] = headers[name] + b"," + value if name in headers else value
        client = scope.get("client") or ("",)

        def of(name: bytes) -> str:
            return headers.get(name, b"").decode("latin-1")

        return Request(
            self._counter.now(), of(b"host"), scope["path"], str(client[0]), scope["method"], status,
            of(b"x-forwarded-for"), of(b"user-agent"), of(b"accept-language"), of(b"referer"), of(b"sec-gpc"),
        )  # fmt: skip


class CountWsgi:
    """Stands before a WSGI application (Django, Flask, Bottle)."""

    def __init__(self, app: Wsgi, counter: Counter, objection: str = OBJECTION) -> None:
        self._app, self._counter, self._objection = app, counter, objection

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Let the application answer, and count as soon as it says with which status."""
        request = self._request(environ)
        if environ.get("PATH_INFO") == self._objection:
            status, body = _objected(self._counter, request)
            start_response(f"{status} {'OK' if status == 200 else 'Refused'}", list(HEADERS))
            return [b"" if request.method == "HEAD" else body]

        def watched(status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None) -> Callable[[bytes], object]:  # fmt: skip
            if exc_info is None:
                self._counter.count(replace(request, status=int(status[:3]) if status[:3].isdigit() else 0))
                return start_response(status, headers)
            return start_response(status, headers, exc_info)

        return self._app(environ, watched)

    def _request(self, environ: Environ) -> Request:
        def of(name: str) -> str:
            return environ.get(name, "")

        path = (of("SCRIPT_NAME") + of("PATH_INFO")).encode("latin-1", "replace").decode("utf-8", "replace")
        return Request(
            self._counter.now(), of("HTTP_HOST"), path, of("REMOTE_ADDR"), of("REQUEST_METHOD"), 0,
            of("HTTP_X_FORWARDED_FOR"), of("HTTP_USER_AGENT"), of("HTTP_ACCEPT_LANGUAGE"), of("HTTP_REFERER"),
            of("HTTP_SEC_GPC"),
        )  # fmt: skip


def _objected(counter: Counter, request: Request) -> tuple[int, bytes]:
    """Who sends the form objects; who opens the page reads what that does."""
    language, gpc = primary(request.language), request.gpc.strip() == "1"
    if request.method not in ("GET", "HEAD", "POST"):
        return 405, b""
    done = counter.object(request) if request.method == "POST" else None
    return 503 if done is False and not gpc else 200, page(language, gpc=gpc, done=done)
