"""A service that is asked by signed messages, on a real server: what it answers now, later, wrongly, and who may answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from houvast.app import answers, steps
from houvast.app.copying import copy_to
from houvast.app.erasing import erase
from houvast.app.target import Target
from houvast.systems import store
from houvast.systems.signing import HEADERS, NotSigned, check, headers, signature
from tests.sampling import mostly_long
from tests.systems.conftest import Firm

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
SYSTEMS = """
systems:
  helpdesk:
    label: {{nl: De helpdesk, en: The help desk}}
    sort: service
    url: {url}
    holds: question
    secret_from: HELPDESK_SECRET
"""


class Helpdesk:
    """A service with people in it. `does`: what it answers to each kind of message, in place of what it would."""

    def __init__(self) -> None:
        self.people: dict[str, str] = {}
        self.asked: list[dict[str, Any]] = []
        self.does: dict[str, tuple[int, bytes]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = outer.answer([self.headers[name] for name in HEADERS], body)
                self.send_response(status)
                if status == 307:
                    self.send_header("Location", outer.url)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/privacy"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, signed: list[str], body: bytes) -> tuple[int, bytes]:
        number, at, signatures = signed
        check(SECRET, number, at, signatures, body, datetime.now(UTC))
        asked = json.loads(body)
        self.asked.append(asked)
        what = asked["type"].removeprefix("person.")
        if what in self.does:
            return self.does[what]
        found = [email for email in asked.get("identifiers", {}).get("email", []) if email in self.people]
        if what == "access":
            return 200, json.dumps(
                {"tables": {"question": [{"email": one, "text": self.people[one]} for one in found]}}
            ).encode()
        if what == "erasure":
            for one in found:
                del self.people[one]
            return 200, json.dumps({"found": len(found), "changed": len(found), "kept": 0}).encode()
        return 200, json.dumps({"remains": len(found)} if what == "search" else {}).encode()


@pytest.fixture
def helpdesk(monkeypatch: pytest.MonkeyPatch) -> Generator[Helpdesk]:
    monkeypatch.setenv("HELPDESK_SECRET", SECRET)
    made = Helpdesk()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def asking(firm: Firm, helpdesk: Helpdesk) -> Target:
    return firm.with_systems(SYSTEMS.format(url=helpdesk.url))


def _step(firm: Firm) -> store.Step:
    (step,) = store.steps(firm.office.admin, firm.office.one("SELECT max(id) FROM houvast.request"))
    return step


def test_a_service_is_asked_erases_and_is_asked_what_remains(firm: Firm, helpdesk: Helpdesk, asking: Target) -> None:
    one = firm.free()
    helpdesk.people = {firm.known(one): "Where is my order?", "x@voorbeeld.example": "?"}
    done = erase(asking, f"customer:{one}", verified_by="code")
    assert [(e.name, e.stands, e.changed) for e in done.certificate.elsewhere] == [("helpdesk", "done", 1)]
    assert list(helpdesk.people) == ["x@voorbeeld.example"]
    assert [asked["type"] for asked in helpdesk.asked] == ["person.erasure", "person.search"]


def test_what_a_service_holds_stands_in_the_copy(
    firm: Firm, helpdesk: Helpdesk, asking: Target, tmp_path: Path
) -> None:
    one = firm.free()
    helpdesk.people = {firm.known(one): "Where is my order?"}
    copy_to(asking, f"customer:{one}", tmp_path / "copy", verified_by="code")
    assert "Where is my order?" in (tmp_path / "copy" / "data.json").read_text()


WRONG = {
    "it is down": ("erasure", (503, b""), "cannot do it now"),
    "it refuses": ("erasure", (403, b""), "refuses (HTTP 403)"),
    "it sends elsewhere": ("erasure", (307, b""), "refuses (HTTP 307)"),
    "it says nothing": ("erasure", (200, b"done"), "no JSON object"),
    "its counts are none": ("erasure", (200, b'{"changed": -1}'), "counts that are none"),
    "it says that it was gone, and it is not": ("search", (200, b'{"remains": 1}'), "still there"),
    "it does not say what remains": ("search", (200, b"{}"), "did not say what remains"),
}


@pytest.mark.parametrize(
    "what", mostly_long(WRONG, "it is down", "it says nothing", "it says that it was gone, and it is not")
)
def test_nothing_but_a_right_answer_makes_it_done(firm: Firm, helpdesk: Helpdesk, asking: Target, what: str) -> None:
    kind, answer, said = WRONG[what]
    helpdesk.does[kind] = answer
    erase(asking, f"customer:{firm.free()}", verified_by="code")
    step = _step(firm)
    assert step.stands == "again"
    assert said in step.error
    helpdesk.does.clear()
    store.again(firm.office.admin)
    assert steps.work(asking).done == 1


def test_a_service_that_answers_later_is_believed_when_it_calls_back_signed_and_once(
    firm: Firm, helpdesk: Helpdesk, asking: Target
) -> None:
    helpdesk.does["erasure"] = (202, b"")
    erase(asking, f"customer:{firm.free()}", verified_by="code")
    assert _step(firm).stands == "asked"
    token = helpdesk.asked[0]["step"]
    body = json.dumps({"step": token, "found": 2, "changed": 2, "kept": 0})

    def call(number: str, signed: str, at: int | None = None) -> bool:
        moment = int(datetime.now(UTC).timestamp()) if at is None else at
        return firm.office.one("SELECT houvast.take_hook('helpdesk', %s, %s, %s, %s)", number, moment,
                               signed or signature(SECRET, number, moment, body.encode()), body)  # fmt: skip

    assert call("forged", "v1,AAAA")
    assert answers.take_in(asking, firm.office.admin) == 0
    assert _step(firm).stands == "asked"
    assert firm.office.one("SELECT count(*) FROM houvast.hook") == 0, "a forged one takes no number away"
    assert not call("old", "", int(datetime.now(UTC).timestamp()) - 600)
    assert call("one", "v1,AAAA")
    assert answers.take_in(asking, firm.office.admin) == 0
    assert call("one", "")
    assert not call("one", ""), "the same message is not kept twice"
    assert answers.take_in(asking, firm.office.admin) == 1
    assert (_step(firm).stands, _step(firm).changed) == ("done", 2)
    assert not call("two", ""), "nobody waits any more"
    assert firm.office.one("SELECT count(*) FROM houvast.hook WHERE body <> ''") == 0


def test_a_signature_is_of_this_body_this_number_and_this_moment() -> None:
    now = datetime.now(UTC)
    good = headers(SECRET, "a", now, b"{}")
    number, at, signed = (good[name] for name in HEADERS)
    check(SECRET, number, at, f"v1,other {signed}", b"{}", now)
    for wrong in ((number, at, signed, b"{ }"), ("b", at, signed, b"{}"), (number, str(int(at) + 1), signed, b"{}"),
                  (number, "x", signed, b"{}"), (number, at, "", b"{}"), (number, "0", signature(SECRET, number, 0, b"{}"), b"{}")):  # fmt: skip
        with pytest.raises(NotSigned):
            check(SECRET, *wrong, now)


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example of the specification's reference libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    assert (
        signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )
