"""A person's data go to another company: to an approved address alone, whole, and told."""

from __future__ import annotations

import hashlib
import io
import socket
import threading
import zipfile
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from houvast.app import handing_over
from houvast.cases.store import Refused
from houvast.errors import DatabaseRefusal, UsageError
from tests.systems.conftest import Firm


class Company:
    """Another company, which takes files."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.status = 201
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                outer.got.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/import"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def company() -> Generator[Company]:
    made = Company()
    yield made
    made.server.shutdown()
    made.server.server_close()


def _asks(firm: Firm) -> int:
    key = str(firm.free())
    firm.office.do(
        "INSERT INTO houvast.request (kind, key, \"right\", verified_at, level) VALUES ('customer', %s, 'portability', now(), 2)",
        key,
    )
    return firm.office.one("SELECT max(id) FROM houvast.request")


def test_data_go_to_a_receiver_that_is_listed_and_the_log_has_the_digest(firm: Firm, company: Company) -> None:
    target = firm.with_systems(f"receivers: [{company.url}]\n")
    request = _asks(firm)
    assert handing_over.ask(target, request, company.url, "anna")
    digest = handing_over.send(target, request)
    (data,) = company.got
    assert hashlib.sha256(data).hexdigest() == digest
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert {"data.json", "schema.json"} <= set(found.namelist())
    assert firm.office.do("SELECT body FROM houvast.event WHERE kind = 'data_handed_over'") == [
        ({"copy_sha256": digest},)
    ]
    with pytest.raises(UsageError, match="may not be sent"):
        handing_over.send(target, request)


def test_what_the_company_does_not_take_is_not_called_sent(firm: Firm, company: Company) -> None:
    target = firm.with_systems(f"receivers: [{company.url}]\n")
    request = _asks(firm)
    handing_over.ask(target, request, company.url, "anna")
    company.status = 307
    with pytest.raises(DatabaseRefusal, match="HTTP 307"):
        handing_over.send(target, request)
    assert firm.office.one("SELECT sent_at FROM houvast.handover") is None
    company.status = 200
    handing_over.send(target, request)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x", "https://127.0.0.1/x", "https://localhost/x", "https://10.0.0.1/", "file:///x",
                                     "http://169.254.169.254/latest", "https://[::1]/", "https://me:x@other.example/"])  # fmt: skip
def test_an_address_inside_is_refused_whoever_would_approve_it(firm: Firm, address: str) -> None:
    request = _asks(firm)
    with pytest.raises(UsageError, match="cannot be handed over"):
        handing_over.ask(firm.target, request, address, "anna")


def test_a_name_that_led_outside_when_it_was_checked_is_not_followed_inside(
    firm: Firm, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, port = socket.getaddrinfo, company.server.server_port
    answers = iter(["93.184.215.14", "93.184.215.14"])  # when it is asked, and when it is checked again

    def rebinding(host: str, *more: Any, **named: Any) -> Any:
        return known(next(answers, "127.0.0.1") if host == "rebinding.example" else host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    request = _asks(firm)
    address = f"https://rebinding.example:{port}/import"
    assert not handing_over.ask(firm.target, request, address, "anna")
    handing_over.approve(firm.target, request, "vera")
    with pytest.raises(DatabaseRefusal, match="not on the internet for everybody"):
        handing_over.send(firm.target, request)
    assert company.got == []


def test_nobody_approves_their_own_address(firm: Firm) -> None:
    request = _asks(firm)
    firm.office.do(
        "INSERT INTO houvast.handover (request, address, asked_by) VALUES (%s, 'https://other.example/', 'anna')",
        request,
    )
    with pytest.raises(Refused, match="wrote down"):
        handing_over.approve(firm.target, request, "anna")
    with pytest.raises(UsageError, match="nobody approved"):
        handing_over.send(firm.target, request)
    handing_over.approve(firm.target, request, "vera")
