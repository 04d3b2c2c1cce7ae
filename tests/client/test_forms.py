"""The client's forms: declared fields come in, others do not, and nothing of a value is told."""

from __future__ import annotations

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from houvast.client import Field, Form, Houvast, Refused, Undeclared

FORM = Form(
    "order", (Field("email", "contact.email", required=True), Field("phone", "contact.phone")), frozenset({"token"})
)


def test_what_is_declared_comes_in_and_one_field_more_does_not() -> None:
    declared = {"email": "iemand@voorbeeld.example", "token": "x"}
    assert _refused(declared) is None
    assert _refused({**declared, "bsn": "912873465"}) is not None


def _refused(data: dict[str, str]) -> Undeclared | None:
    try:
        FORM.accepts(data)
    except Undeclared as refusal:
        return refusal
    return None


@pytest.mark.parametrize(
    ("data", "named"),
    [({"email": "a", "bsn": "912873465"}, "bsn"), ({"phone": "1"}, "email"), ({"email": ""}, "email")],
)
def test_what_is_not_declared_or_lacks_is_refused_by_name_alone(data: dict[str, str], named: str) -> None:
    with pytest.raises(Undeclared, match=named) as caught:
        FORM.accepts(data)
    assert "912873465" not in str(caught.value)
    assert "C06" in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://lakana.example", "http://localhost.lakana.example", "http://127.0.0.1@lakana.example", "http://["]
)
def test_a_token_travels_by_https_alone(url: str) -> None:
    with pytest.raises(Refused, match="https"):
        Houvast(url, "hvt_x").may_send("marketing", "customer:1")


def test_a_token_goes_nowhere_else_along_with_a_redirect() -> None:
    asked: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{server.server_address[1]}/elsewhere")
            self.end_headers()

        def do_GET(self) -> None:
            asked.append(self.headers.get("Authorization", ""))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"may": true}')

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        with pytest.raises(Refused) as caught:
            Houvast(f"http://127.0.0.1:{server.server_port}", "hvt_x").may_send("marketing", "customer:1")
        server.shutdown()
        thread.join()
    assert caught.value.status == 302
    assert asked == []


def test_who_is_not_reached_says_no() -> None:
    with pytest.raises(Refused, match="does not answer"):
        Houvast("http://127.0.0.1:9", "hvt_x").may_send("marketing", "customer:1")


def test_the_client_brings_nothing_else_of_houvast_along() -> None:
    others = "n.startswith('houvast.') and not n.startswith('houvast.client')"
    code = f"import sys, houvast.client; print(sorted(n for n in sys.modules if {others}))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
