"""The script of the beacon in a browser: what it sends, and that it sends no cookie."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, BrowserContext

SCRIPT = files("houvast.visits").joinpath("beacon.js").read_bytes()


class Served(ThreadingHTTPServer):
    """The shop and the beacon, each on a port of its own: two origins of one site, which share their cookies."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("localhost", 0), Handler)
        self.script_from = ""
        self.told: list[tuple[str, Message, str]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Served  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        page = f'<!doctype html><script src="{self.server.script_from}/count.js"></script>'.encode()
        is_script = self.path == "/count.js"
        self.answer(200, "text/javascript" if is_script else "text/html", SCRIPT if is_script else page)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.told.append((self.path, self.headers, body))
        self.answer(204, "text/plain", b"")

    def answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_: object) -> None:
        pass


@pytest.fixture
def served() -> Iterator[tuple[Served, Served]]:
    shop, beacon = Served(), Served()
    shop.script_from = beacon.origin
    yield shop, beacon
    for one in (shop, beacon):
        one.shutdown()
        one.server_close()


@pytest.fixture
def context(browser: Browser, served: tuple[Served, Served]) -> Iterator[BrowserContext]:
    found = browser.new_context()
    found.add_cookies([{"name": "known", "value": "jan", "url": served[1].origin}])
    yield found
    found.close()


def opened(context: BrowserContext, url: str, referer: str = "", then: str = "") -> None:
    page = context.new_page()
    page.goto(url, referer=referer or None, wait_until="networkidle")
    if then:
        page.evaluate(then)
        page.wait_for_load_state("networkidle")
    page.close()


def test_a_page_tells_its_path_and_the_site_before_it_and_no_cookie(
    context: BrowserContext, served: tuple[Served, Served]
) -> None:
    shop, beacon = served
    careless = f'fetch("{beacon.origin}/careless", {{method: "POST", mode: "no-cors", credentials: "include", body: "x"}})'  # fmt: skip
    opened(context, f"{shop.origin}/producten/12?naam=jan#top", "https://search.co.uk/find?q=ziek", then=careless)
    told = {path: (headers, body) for path, headers, body in beacon.told}
    headers, body = told["/count"]
    assert body == "/producten/12\nhttps://search.co.uk"
    assert headers["origin"] == shop.origin
    assert headers["content-type"].startswith("text/plain"), "so that it asks nobody's leave beforehand"
    assert headers["cookie"] is None
    assert told["/careless"][0]["cookie"] == "known=jan", "whoever does not leave it out sends it"


def test_a_browser_with_global_privacy_control_tells_nothing(
    context: BrowserContext, served: tuple[Served, Served]
) -> None:
    context.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    opened(context, f"{served[0].origin}/producten/12")
    assert served[1].told == []
