"""What commands about the pages share: the room of the pages, and the site of a target."""

from __future__ import annotations

import socket
import sys
import time
import urllib.request
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from houvast.app import Target, desk, own_data, staffing
from houvast.app.background import is_running, log_of, start_background
from houvast.app.places import home, pages_origin
from houvast.app.settings import load_settings
from houvast.app.tracing import places_of
from houvast.errors import ServerError, UsageError

if TYPE_CHECKING:
    from types import ModuleType

    from houvast.proof import Extra
    from houvast.web import Site

NAME = "pages"
PORT = 8000
PATIENCE = 30.0
"""Seconds that the pages get to begin."""


def room(name: str = "houvast.web") -> ModuleType:
    """A module of the pages' room. Raises UsageError when the pages are not installed."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise UsageError("This needs the pages, which are not installed.", todo="pip install 'houvast[web]'") from None


def site_of(target: Target, origin: str | None = None) -> Site:
    """The site of a target, as browsers reach it at `origin`, or as they last did. Raises FileErrors (settings)."""
    keys = home() / "web"
    address = origin or pages_origin()
    issuers = load_settings(target.project.folder).issuers
    site: Site = room().Site(target.project.folder, target.url_of(desk.WEB_LOGIN), address.rstrip("/"), keys,
                             people=target.url_of(own_data.LOGIN), issuers=issuers)  # fmt: skip
    return site


def page_attempts(target: Target) -> tuple[Extra, ...]:
    """What `prove` tries on the pages of a target; nothing where the pages are not installed."""
    if not installed():
        return ()
    site = site_of(target)

    def ready() -> None:
        room("houvast.web.prepare").prepare(site, target.url)

    found: tuple[Extra, ...] = room("houvast.web.attempts").extras(site, ready, partial(places_of, target))
    return found


def installed() -> bool:
    """Whether the pages are installed."""
    return all(find_spec(name) for name in ("django", "allauth", "waitress", "whitenoise"))


def free_port() -> int:
    """A port that nobody uses now."""
    where: socket.socket = room().bind("127.0.0.1", 0)
    with where:
        return int(where.getsockname()[1])


def start(target: Target) -> str:
    """Start the pages in the background, unless they run, and wait until they answer; their address."""
    if not is_running(NAME):
        port = free_port()
        argv = [sys.executable, "-m", "houvast.cli", "serve", "--port", str(port)]
        remember(site_of(target, f"http://localhost:{port}"))
        start_background(NAME, argv)
    address = site_of(target).origin
    deadline = time.monotonic() + PATIENCE
    while not _answers(f"{address}/health"):
        if time.monotonic() > deadline or not is_running(NAME):
            raise ServerError("The pages did not begin to answer.", todo=f"See {log_of(NAME)}.")
        time.sleep(0.1)
    return address


def entrance(target: Target) -> str:
    """A one-time link by which the demo's officer comes in."""
    site = prepared(target)
    with target.connect() as connection:
        staffing.enrol(connection, "officer")
    link: str = room("houvast.web.invitations").invite(site, "officer", "officer", enters=True)
    room("houvast.web.settings").hang_up(site)
    return link


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own address
            return answer.status == 200
    except OSError:
        return False


def remember(site: Site) -> None:
    """Write down how browsers reach the pages, for links that are made later."""
    site.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    (site.keys / "origin").write_text(f"{site.origin}\n")


def prepared(target: Target, origin: str | None = None) -> Site:
    """The site of a target, its tables made."""
    site = site_of(target, origin)
    room("houvast.web.prepare").prepare(site, target.url)
    return site
