"""The pages as a WSGI application, and the server that answers with it."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

import waitress

from houvast.web.lanes import Lanes
from houvast.web.site import Site

HERE = Path(__file__).parent
RECEIVE = 256 * 1024
"""So many bytes are taken from a connection at once."""
_PROXY: dict[str, Any] = {
    "trusted_proxy": "127.0.0.1",
    "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
}
"""Behind https a TLS proxy on this machine says who asks, and how."""
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def application(site: Site) -> Application:
    """The pages of a site. Raises UsageError when a security setting is missing."""
    from houvast.web.settings import configure

    configure(site)
    import allauth
    from django.core.wsgi import get_wsgi_application
    from django.urls import get_resolver
    from whitenoise import WhiteNoise

    from houvast.web.context import CHECK

    get_resolver().check()  # whatever is wrong with the pages stops the start
    pages = WhiteNoise(get_wsgi_application(), max_age=365 * 24 * 3600, add_headers_function=_static_headers)
    pages.add_files(str(HERE / "static"), prefix="static/")
    for name, file in CHECK.items():
        pages.add_file_to_dictionary(f"/static/{name}", str(file))
    pages.add_files(str(Path(allauth.__file__).parent / "mfa" / "static" / "mfa"), prefix="static/mfa/")
    return pages


def _static_headers(headers: Headers, path: str, url: str) -> None:
    headers["Content-Security-Policy"] = "default-src 'none'"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def bind(host: str, port: int) -> socket.socket:
    """A socket for the pages; port 0 takes a free one. Raises OSError when the port is taken."""
    info = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    found = socket.socket(info[0], socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind(info[4])
    found.listen()  # from now on browsers wait, while the pages begin
    return found


def listen(site: Site, where: socket.socket) -> None:
    """Answer at a socket until the process is told to stop."""
    logging.getLogger("waitress").setLevel(logging.CRITICAL)  # it would log addresses
    from houvast.web.settings import LONGEST_BODY

    pages = application(site)
    proxy = _PROXY if site.secure else {}
    with closing(where):
        waitress.serve(
            pages, sockets=[where], ident=None, _dispatcher=Lanes(), recv_bytes=RECEIVE,
            max_request_body_size=LONGEST_BODY, clear_untrusted_proxy_headers=True,
            inbuf_overflow=LONGEST_BODY + 1, **proxy,  # else waitress would write what is sent to a file
        )  # fmt: skip
