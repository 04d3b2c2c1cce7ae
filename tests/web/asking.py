"""Asks a WSGI application for pages, as a browser without scripts would."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import io
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from houvast.web.serve import Application


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    text: str


@dataclass
class Reader:
    """Somebody with cookies of their own."""

    pages: Application
    cookies: dict[str, str] = field(default_factory=dict[str, str])
    address: str = "127.0.0.1"

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, b"", headers)

    def post(self, path: str, values: Mapping[str, str | list[str]], **headers: str) -> Answer:
        """Send a form as it stands, with the token of the page last seen unless one is given."""
        filled = {"csrfmiddlewaretoken": self.cookies.get("houvast-form", ""), **values}
        kind = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(filled, doseq=True).encode(), {**kind, **headers})

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        parts = urlsplit(path)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "HTTP_HOST": "localhost:8000",
            "REMOTE_ADDR": self.address,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            **headers,
        }
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def begin(status: str, found: list[tuple[str, str]], error: object = None) -> None:
            said.append((status, found))

        chunks = self.pages(environ, begin)
        text = b"".join(chunks).decode("utf-8", "replace")
        close = getattr(chunks, "close", None)
        if close:
            close()
        status, found = said[-1]
        cookies = tuple(value.strip() for name, value in found if name.lower() == "set-cookie")
        for cookie in cookies:
            name, value = re.findall(r"^([^=]+)=\"?([^;\"]*)", cookie)[0]
            self.cookies[name] = value
        return Answer(int(status.split()[0]), dict(found), cookies, text)


def served_at(base: str) -> Application:
    """The pages of a program of its own, asked over HTTP."""

    def ask(environ: dict[str, Any], begin: Callable[..., Any]) -> Iterable[bytes]:
        where = urlsplit(base)
        headers = {"Host": where.netloc, "Cookie": environ["HTTP_COOKIE"]}
        if "CONTENT_TYPE" in environ:
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        path = environ["PATH_INFO"] + (f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else "")
        connection = http.client.HTTPConnection(where.netloc, timeout=60)
        try:
            connection.request(environ["REQUEST_METHOD"], path, environ["wsgi.input"].read(), headers)
            answer = connection.getresponse()
            begin(f"{answer.status} {answer.reason}", answer.getheaders())
            return [answer.read()]
        finally:
            connection.close()

    return ask


PASSWORD = "four separate plain words"


def secret_in(page: str) -> str:
    """The secret that a page shows for an app with codes."""
    return re.findall(r'<code class="secret">([A-Z2-7]+)</code>', page)[0]


def code_of(secret: str) -> str:
    """The code that an app shows now, one that counts for some seconds more (RFC 6238)."""
    while time.time() % 30 > 25:
        time.sleep(0.2)
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counter = int(time.time() // 30).to_bytes(8, "big")
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"
