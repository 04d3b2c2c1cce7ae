"""The gate before an application: however an address is written and a field is sent, what is undeclared stays out."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Callable, Iterable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, unquote_to_bytes
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.urls import re_path
from django.urls.resolvers import RegexPattern
from hypothesis import given
from hypothesis import strategies as st

from houvast.client import Field, Form, Gate
from houvast.client.addresses import canonical

FORM = Form(
    "order", (Field("email", "contact.email", required=True), Field("street", "contact.street")), frozenset({"t"})
)
NESTED = Form("order", (Field("address.street", "contact.street"),))
BSN = "912873465"
URLENCODED = "application/x-www-form-urlencoded"


class Behind:
    """An application that keeps what reaches it."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, bytes]] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.seen.append((environ["PATH_INFO"], environ["QUERY_STRING"], body))
        start("200 OK", [])
        return [b"ok"]


def ask(
    gate: Gate, method: str, path: str, body: bytes = b"", kind: str = URLENCODED, script: str = "", **more: str
) -> tuple[int, str]:
    """What the gate answers. `path` as it stands on the wire: the server takes its encoding off, once."""
    address, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": script,
        "PATH_INFO": unquote_to_bytes(address).decode("latin-1"),
        "QUERY_STRING": query,
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **more,
    }
    said: list[str] = []

    def start(status: str, headers: object) -> None:
        said.append(status)

    text = b"".join(gate(environ, start))
    return int(said[0][:3]), text.decode()


def gate(behind: Behind, **forms: Form) -> Gate:
    return Gate(behind, forms or {"/order": FORM})


WAYS = (
    "/order", "/order/", "//order", "/./order", "/x/../order", "/order/.", "/%6frder", "/%256frder", "/ORDER",
    "/Order/", "/order;v=1", "/order%0a", "/order%20", "/order%00", "/order%09", "\\order", "/order%5c", "/%2e/order",
    "/a/%2e%2e/order", "/%EF%BD%8Frder", "/o%E2%80%8Brder", "/order%2f", "/../order", "/%25%36%66rder",
)  # fmt: skip
"""One address, in ways that some server or framework takes for it."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "get", "ORDER", ""]
)
def test_however_it_is_written_and_asked_nothing_undeclared_comes_through(way: str, method: str) -> None:
    behind = Behind()
    for status, said in (
        ask(gate(behind), method, f"{way}?email=a&bsn={BSN}"),
        ask(gate(behind), method, way, f"email=a&bsn={BSN}".encode()),
        ask(gate(behind), method, way, json.dumps({"email": "a", "bsn": BSN}).encode(), "application/json"),
    ):
        assert status == 422
        assert "bsn" in said
        assert BSN not in said
    assert behind.seen == []


def test_what_is_declared_comes_through_as_it_was_sent() -> None:
    behind = Behind()
    assert ask(gate(behind), "GET", "/order/")[0] == 200
    assert ask(gate(behind), "GET", "/order?t=1")[0] == 200
    assert ask(gate(behind), "POST", "/order?t=1", b"email=a&street=b")[0] == 200
    assert ask(gate(behind), "POST", "/ORDER", b'{"email": "a"}', "Application/JSON; charset=UTF-8")[0] == 200
    assert ask(gate(behind), "POST", f"/other?bsn={BSN}", b"bsn=1")[0] == 200
    assert ask(gate(behind), "POST", "/orders", b"bsn=1")[0] == 200
    assert [body for _, _, body in behind.seen][2:4] == [b"email=a&street=b", b'{"email": "a"}']
    assert ask(gate(behind), "POST", "/order", b"street=b")[0] == 422  # what is required lacks


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (URLENCODED, b"email=a;bsn=1"),
        (URLENCODED, b"email=a&%62sn=1"),
        (URLENCODED, b"email=a&bsn"),
        (URLENCODED + "; charset=utf-7", b"email=a"),
        ("application/json", b'{"email": "a", "street": {"bsn": 1}}'),
        ("application/json", b'{"email": "a", "street": [{"bsn": 1}]}'),
        ("application/json", b'{"email": "a", "street": {"bsn": 1}, "street": "b"}'),
        ("application/json", b'{"email": "a", "\\u0062sn": 1}'),
        ("application/json; charset=utf-16", '{"email": "a"}'.encode("utf-16")),
        ("application/json", '{"email": "a"}'.encode("utf-16")),
        ("application/json", b"[" * 100_000),
        ("application/json", b'[{"email": "a"}]'),
        ("application/jsonx", b'{"email": "a"}'),
        ("multipart/form-data; boundary=x", b"--x\r\n"),
        ("text/plain", b"email=a"),
        ("", b"email=a"),
    ],
)
def test_what_could_be_read_in_two_ways_stays_outside(kind: str, body: bytes) -> None:
    behind = Behind()
    assert ask(gate(behind), "POST", "/order", body, kind)[0] == 422
    assert behind.seen == []


@pytest.mark.parametrize("more", [{"CONTENT_LENGTH": "-1"}, {"CONTENT_LENGTH": "x"}, {"CONTENT_LENGTH": "1" * 5000},
                                  {"CONTENT_LENGTH": "²"}, {"HTTP_TRANSFER_ENCODING": "chunked"}])  # fmt: skip
def test_a_length_that_is_none_is_refused(more: dict[str, str]) -> None:
    behind = Behind()
    assert ask(gate(behind), "POST", "/order", b"email=a", **more)[0] == 422
    assert behind.seen == []


def test_more_than_it_says_is_not_read() -> None:
    behind = Behind()
    assert ask(gate(behind), "POST", "/order", b"email=a&bsn=1", CONTENT_LENGTH="7")[0] == 200
    assert behind.seen[0][2] == b"email=a"


def test_an_address_that_is_encoded_without_end_is_refused() -> None:
    behind = Behind()
    path = "/order"
    for _ in range(9):
        path = quote(path, safe="/").replace("o", "%6f", 1)
    assert ask(gate(behind), "POST", path, b"bsn=1")[0] == 422
    assert behind.seen == []


def test_below_where_the_application_is_mounted_and_with_segments_of_any_name() -> None:
    behind = Behind()
    for script, path, forms in (
        ("/shop", "/order", {"/shop/order": FORM}),
        ("/shop", "/order", {"/order": FORM}),
        ("", "/people/17/address/", {"/people/{id}/address": FORM}),
    ):
        assert ask(Gate(behind, forms), "POST", path, b"email=a&bsn=1", script=script)[0] == 422
    assert behind.seen == []
    assert ask(Gate(behind, {"/people/{id}/address": FORM}), "POST", "/people/1/2/address", b"x=1")[0] == 200


def test_fields_inside_an_object_are_declared_by_their_path() -> None:
    behind = Behind()
    door = gate(behind, **{"/order": NESTED})
    assert ask(door, "POST", "/order", b'{"address": {"street": "a"}}', "application/json")[0] == 200
    assert ask(door, "POST", "/order", b'{"address": {"street": "a", "bsn": 1}}', "application/json")[0] == 422
    assert ask(door, "POST", "/order", b'{"address": "a"}', "application/json")[0] == 422


def test_two_addresses_that_are_one_are_no_gate() -> None:
    with pytest.raises(ValueError, match="the same"):
        Gate(Behind(), {"/order": FORM, "/Order/": NESTED})


@given(st.text(alphabet="/orde.%25fxX;~\n \\", max_size=30))
def test_what_django_takes_for_the_address_the_gate_does_too(path: str) -> None:
    routes = [re_path(r"^/order/?$", lambda _: None), re_path(r"^/order$", lambda _: None)]  # pyright: ignore[reportUnknownLambdaType, reportArgumentType, reportUnknownVariableType, reportCallIssue]
    found = any(isinstance(one.pattern, RegexPattern) and one.pattern.match(path) for one in routes)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if found:
        assert canonical(path) == "/order"
    once = canonical(path) if not re.search("%(25)+", path) else ""
    assert not once or canonical(once) == once


def test_it_stands_before_a_real_server() -> None:
    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    behind = Behind()
    with make_server("127.0.0.1", 0, gate(behind), handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        found: list[int] = []
        for method, path, body in (
            ("GET", f"/%6Frder/?bsn={BSN}", b""),
            ("POST", "//order", b"email=a&bsn=1"),
            ("GET", "/order", b"bsn=1"),
            ("POST", "/order/", b"email=a"),
        ):
            connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
            connection.request(method, path, body, {"Content-Type": URLENCODED})
            found.append(connection.getresponse().status)
            connection.close()
        server.shutdown()
        thread.join()
    assert found == [422, 422, 422, 200]
    assert len(behind.seen) == 1
