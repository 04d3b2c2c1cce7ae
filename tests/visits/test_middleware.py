"""A visit is counted before an application, which notices nothing of it."""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from houvast.visits.counter import Counter
from houvast.visits.edge import Minimiser
from houvast.visits.middleware import OBJECTION, Asgi, CountAsgi, CountWsgi, Message, Receive, Scope, Send
from houvast.visits.objecting import Objections
from tests.visits.requests import AT, CHROME, FixedKeys, declared
from tests.visits.test_counter import left, stored


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    objections = Objections(tmp_path)
    found = Counter(tmp_path, Minimiser(declared(), FixedKeys(), objections), objections, seconds=60, now=lambda: AT)
    yield found
    found.close()


async def shop(scope: Scope, receive: Receive, send: Send) -> None:
    """An application: it has one page, refuses the rest, and breaks at one."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["path"] == "/breaks":
        raise LookupError("the shop is broken")
    status = 200 if scope["path"].startswith("/producten/") else 404
    await send({"type": "http.response.start", "status": status, "headers": [(b"x-shop", b"1")]})
    await send({"type": "http.response.body", "body": b"stoel"})


def asked(app: Asgi, path: str, method: str = "GET", **headers: str) -> list[Message]:
    usual = {"host": "www.lakana.example", "user-agent": CHROME, **{name.replace("_", "-"): value for name, value in headers.items()}}  # fmt: skip
    scope = {"type": "http", "path": path, "method": method, "client": ("192.0.2.7", 1234), "query_string": b"naam=jan",
             "headers": [(name.encode(), value.encode()) for name, value in usual.items()]}  # fmt: skip
    sent: list[Message] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    asyncio.run(app(scope, receive, send))  # pyright: ignore[reportArgumentType]
    return sent


def test_an_asgi_application_answers_as_before_and_its_page_is_counted(counter: Counter, tmp_path: Path) -> None:
    app = CountAsgi(shop, counter)
    assert asked(app, "/producten/12") == asked(shop, "/producten/12")
    asked(app, "/weg")
    asked(app, "/producten/12", method="POST")
    asked(app, "/producten/12", sec_gpc="1")
    asked(app, "/producten/12", host="elders.example")
    counter.flush()
    assert (stored(tmp_path), left(tmp_path)) == (1, {"status": 1, "method": 1, "gpc": 1, "host": 1})


def test_an_application_that_breaks_breaks_as_before(counter: Counter, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="the shop is broken"):
        asked(CountAsgi(shop, counter), "/breaks")
    counter.flush()
    assert stored(tmp_path) == 0


def test_forwarded_in_two_headers_is_one_list(counter: Counter) -> None:
    seen: list[str] = []
    counter.count = lambda request: seen.append(counter.minimiser.address(request))
    app, sent = CountAsgi(shop, counter), [(b"host", b"www.lakana.example"), (b"x-forwarded-for", b"203.0.113.1"), (b"x-forwarded-for", b"192.0.2.9")]  # fmt: skip
    scope = {"type": "http", "path": "/producten/1", "method": "GET", "client": ("10.0.0.1", 1), "headers": sent}

    async def ignore(_: MutableMapping[str, Any]) -> None:
        pass

    asyncio.run(app(scope, None, ignore))  # pyright: ignore[reportArgumentType]
    assert seen == ["192.0.2.9"]


def test_what_waits_is_written_when_an_asgi_server_ends(counter: Counter, tmp_path: Path) -> None:
    app = CountAsgi(shop, counter)
    asked(app, "/producten/12")
    told = iter(["lifespan.startup", "lifespan.shutdown"])
    sent: list[str] = []

    async def receive() -> Message:
        return {"type": next(told)}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message["type"])

    asyncio.run(app({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert stored(tmp_path) == 1


def test_whoever_objects_is_not_counted_and_gets_no_cookie(counter: Counter, tmp_path: Path) -> None:
    app = CountAsgi(shop, counter)
    asked(app, "/producten/12")
    (start, body) = asked(app, OBJECTION, accept_language="nl")
    assert (start["status"], b"Tel mij vandaag niet mee" in body["body"]) == (200, True)
    asked(app, "/producten/12")
    (start, body) = asked(app, OBJECTION, method="POST")
    assert b"You are not counted any more" in body["body"]
    assert not {b"set-cookie", b"etag", b"last-modified"} & {name for name, _ in start["headers"]}
    asked(app, "/producten/12")
    counter.flush()
    assert (stored(tmp_path), left(tmp_path)) == (2, {"objected": 1})
    assert asked(app, OBJECTION, method="DELETE")[0]["status"] == 405
    assert asked(app, OBJECTION, method="HEAD")[1]["body"] == b""


def test_whoever_objects_in_vain_reads_so(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counter, "object", lambda _: False)  # pyright: ignore[reportUnknownLambdaType]
    start, body = asked(CountAsgi(shop, counter), OBJECTION, method="POST")
    assert (start["status"], b"This did not work" in body["body"], b"<form" in body["body"]) == (503, True, True)


def test_whose_browser_sends_global_privacy_control_reads_that_it_works(counter: Counter) -> None:
    body = asked(CountAsgi(shop, counter), OBJECTION, sec_gpc="1")[1]["body"]
    assert b"Your browser sends Global Privacy Control" in body
    assert b"<form" not in body


def wsgi_shop(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/breaks":
        raise LookupError("the shop is broken")
    found = environ["PATH_INFO"].startswith(("/producten/", "/hulp/"))
    start_response("200 OK" if found else "404 Not Found", [("Content-Type", "text/plain")])
    return [b"stoel"]


def called(app: Callable[..., Iterable[bytes]], path: str, **changes: str) -> tuple[str, bytes]:
    environ: dict[str, Any] = {"PATH_INFO": path, "HTTP_HOST": "www.lakana.example", "REMOTE_ADDR": "192.0.2.7", "HTTP_USER_AGENT": CHROME, "QUERY_STRING": "naam=jan", "SCRIPT_NAME": "", "wsgi.input": io.BytesIO(), **changes}  # fmt: skip
    setup_testing_defaults(environ)
    said: list[str] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> Callable[[bytes], object]:
        assert "set-cookie" not in {name.lower() for name, _ in headers}
        said.append(status)
        return lambda data: None

    answer = validator(app)(environ, start_response)  # pyright: ignore[reportArgumentType]
    body = b"".join(answer)
    answer.close()  # pyright: ignore[reportAttributeAccessIssue]
    return said[0], body


def test_a_wsgi_application_answers_as_before_and_its_page_is_counted(counter: Counter, tmp_path: Path) -> None:
    app = CountWsgi(wsgi_shop, counter)
    assert called(app, "/producten/12") == called(wsgi_shop, "/producten/12") == ("200 OK", b"stoel")
    called(app, "/hulp/caf\xc3\xa9")
    called(app, "/weg")
    called(app, "/producten/12", REQUEST_METHOD="POST")
    with pytest.raises(LookupError, match="the shop is broken"):
        called(app, "/breaks")
    counter.flush()
    assert (stored(tmp_path), left(tmp_path)) == (2, {"status": 1, "method": 1})


def test_whoever_objects_before_a_wsgi_application_is_not_counted(counter: Counter, tmp_path: Path) -> None:
    app = CountWsgi(wsgi_shop, counter, objection="/niet-meetellen")
    assert called(app, "/niet-meetellen", HTTP_ACCEPT_LANGUAGE="nl")[0] == "200 OK"
    assert b"tellen u niet meer mee" in called(app, "/niet-meetellen", HTTP_ACCEPT_LANGUAGE="nl", REQUEST_METHOD="POST")[1]  # fmt: skip
    called(app, "/producten/12")
    assert called(app, "/niet-meetellen", REQUEST_METHOD="PUT")[0].startswith("405")
    counter.flush()
    assert (stored(tmp_path), left(tmp_path)) == (0, {"objected": 1})
