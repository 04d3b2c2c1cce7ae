"""Asks a WSGI application for pages, as a browser without scripts would."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
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

    def post(self, path: str, values: Mapping[str, str], **headers: str) -> Answer:
        """Send a form as it stands, with the token of the page last seen unless one is given."""
        filled = {"csrfmiddlewaretoken": self.cookies.get("houvast-form", ""), **values}
        kind = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(filled).encode(), {**kind, **headers})

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
        cookies = tuple(value for name, value in found if name.lower() == "set-cookie")
        for cookie in cookies:
            name, value = re.findall(r"^([^=]+)=\"?([^;\"]*)", cookie)[0]
            self.cookies[name] = value
        return Answer(int(status.split()[0]), dict(found), cookies, text)
