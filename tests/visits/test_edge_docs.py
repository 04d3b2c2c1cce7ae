"""What docs/visits-edge.md shows works: each block is run, with a policy of its own, and its visits are counted."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import MutableMapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from houvast.app import find_project
from houvast.app.visits import counting
from tests.visits.requests import CHROME
from tests.visits.test_counter import stored

PAGE = Path(__file__).parents[2] / "docs" / "visits-edge.md"
POLICY = Path(__file__).parents[2] / "policies" / "lakana"
HOST = "www.lakana.example"


def block(name: str) -> str:
    found = re.search(rf"^```python {name}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert found, name
    assert '"/srv/policy"' in found.group(1)
    return found.group(1).replace('"/srv/policy"', repr(str(POLICY)))


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("HOUVAST_HOME", str(tmp_path))
    return counting(find_project(POLICY)).folder


def run(name: str) -> dict[str, Any]:
    said: dict[str, Any] = {"__name__": __name__}
    exec(compile(block(name), f"{PAGE.name}: {name}", "exec", dont_inherit=True), said)
    return said


def asked(app: Any, path: str) -> int:
    """The status with which an ASGI application answers a GET."""
    headers = [(b"host", HOST.encode()), (b"user-agent", CHROME.encode())]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
             "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers, "client": ("192.0.2.7", 1),
             "server": ("localhost", 80)}  # fmt: skip
    said: list[int] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            said.append(message["status"])

    asyncio.run(app(scope, receive, send))
    return said[0]


ALONE = """
import sys
from django.conf import settings
from django.http import HttpResponse
from django.urls import path
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["www.lakana.example"], SECRET_KEY="made up")
urlpatterns = [path("pricing", lambda request: HttpResponse("prices"))]
exec(sys.argv[1])
from tests.visits.test_middleware import called
assert called(application, "/pricing", HTTP_HOST="www.lakana.example") == ("200 OK", b"prices")
assert called(application, "/weg", HTTP_HOST="www.lakana.example")[0].startswith("404")
application._counter.close()
"""


def test_the_block_for_django_counts(store: Path) -> None:
    subprocess.run([sys.executable, "-c", ALONE, block("django")], check=True)  # Django is set up once a process
    assert stored(store) == 1


def test_the_block_for_flask_counts(store: Path) -> None:
    said = run("flask")
    counter = said["app"].wsgi_app._counter
    answer = said["app"].test_client().get("/product/12", headers={"Host": HOST, "User-Agent": CHROME})
    assert (answer.status_code, answer.text) == (200, "Product 12")
    counter.close()
    assert stored(store) == 1


def test_the_block_for_fastapi_counts(store: Path) -> None:
    app = run("fastapi")["app"]
    assert asked(app, "/product/12") == 200
    app._counter.close()
    assert stored(store) == 1


def test_the_page_says_how_many_bytes_the_script_has() -> None:
    size = len(files("houvast.visits").joinpath("beacon.js").read_bytes().strip())
    assert f"The script has {size} bytes" in PAGE.read_text()
