"""What a person asks by a program: as on the pages, with their own session or with a token that may a part of it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from houvast.app import preparing
from houvast.database import Connection, connect
from tests.web.asking import Reader
from tests.web.conftest import Kept
from tests.web.programs import Program
from tests.web.visiting import Customer, customer, mailed

OPEN = 'SELECT "right", state FROM houvast.request WHERE key = %s AND NOT session AND closed_at IS NULL ORDER BY id'
STANDS = "SELECT string_agg(stand || ':' || about, ' ') FROM houvast.stand WHERE key = %s AND source = 'person'"
STALE = "UPDATE houvast.person_session SET seen_at = seen_at - interval '20 minutes'"
CALLS: dict[tuple[str, str, str], frozenset[str]] = {
    ("GET", "/api/me/data", ""): frozenset({"see"}),
    ("GET", "/api/me/uses", ""): frozenset({"see"}),
    ("GET", "/api/me/history", ""): frozenset({"see"}),
    ("GET", "/api/me/letters", ""): frozenset({"see"}),
    ("GET", "/api/me/mandates", ""): frozenset({"see"}),
    ("GET", "/api/me/choices", ""): frozenset({"see", "choose"}),
    ("GET", "/api/me/requests", ""): frozenset({"see", "ask"}),
    ("GET", "/api/me/made", ""): frozenset({"see", "copy"}),
    ("POST", "/api/me/choices", '{"purpose": "marketing", "choice": "no"}'): frozenset({"choose"}),
    ("POST", "/api/me/requests", '{"right": "restriction", "words": "I need it."}'): frozenset({"ask"}),
    ("POST", "/api/me/requests/withdraw", '{"code": "00000000-0000-4000-8000-000000000000"}'): frozenset({"ask"}),
    ("POST", "/api/me/made", '{"what": "plan"}'): frozenset({"see"}),
    ("POST", "/api/me/made", '{"what": "access"}'): frozenset({"copy"}),
    ("POST", "/api/me/copies", '{"what": "portability"}'): frozenset({"copy"}),
    ("POST", "/api/me/tokens", '{"scopes": ["see"]}'): frozenset(),
    ("GET", "/api/me/unchecked", ""): frozenset(),
    ("POST", "/api/me/unchecked", '{"code": "00000000-0000-4000-8000-000000000000", "choice": "yes"}'): frozenset(),
    ("POST", "/api/me/mandates", '{"number": 1, "choice": "yes"}'): frozenset(),
}
"""A call -> the scopes of which one opens it; none: only the session of the person themselves does."""


@pytest.fixture
def whom(admin: Connection) -> Customer:
    found = customer(admin, 6)
    admin.execute("DELETE FROM houvast.request WHERE key = %s", (found.key,))
    admin.execute("DELETE FROM houvast.mandate WHERE key = %s", (found.key,))
    admin.execute("DELETE FROM houvast.stand WHERE key = %s AND source = 'person'", (found.key,))
    admin.execute("DELETE FROM houvast.prepared WHERE made_at IS NULL")  # what other tests left to be made
    return found


@pytest.fixture
def person(kept: Kept, admin: Connection, whom: Customer, forgetful: None) -> Program:
    return entered(kept, admin, whom)


def entered(kept: Kept, admin: Connection, whom: Customer) -> Program:
    """A program of somebody who answered a code."""
    found = Program(Reader(kept.pages, address="192.0.2.61"), "")
    check = found.ask("POST", "/api/me/codes", {"address": whom.address})[1]
    found.token = found.ask("POST", "/api/me/sessions", {**check, "code": mailed(admin)[0]})[1]["token"]
    return found


def narrowed(person: Program, *scopes: str, minutes: int = 5) -> Program:
    status, made = person.ask("POST", "/api/me/tokens", {"scopes": list(scopes), "minutes": minutes})
    assert status == 201, made
    return Program(person.reader, made["token"])


def make(kept: Kept) -> None:
    """What the worker does within a second."""
    with connect(kept.target.url) as admin:
        admin.execute("UPDATE houvast.prepared SET asked_at = asked_at - interval '1 minute'")
        assert preparing.make(kept.target, admin).failed == 0


def test_somebody_corrects_follows_and_withdraws(person: Program, admin: Connection, whom: Customer) -> None:
    assert "contact.email" in person.ask("GET", "/api/me/places")[1]["items"]
    asked = {"right": "rectification", "about": "contact.email", "words": "It is another one now.", "language": "en"}
    assert person.ask("POST", "/api/me/requests", {**asked, "about": "staff.name"})[0] == 409
    assert person.ask("POST", "/api/me/requests", {**asked, "words": ""})[1]["promise"] == "C33"
    first = person.ask("POST", "/api/me/requests", asked, HTTP_IDEMPOTENCY_KEY="correct-2026-11")
    assert first[0] == 201
    assert person.ask("POST", "/api/me/requests", asked, HTTP_IDEMPOTENCY_KEY="correct-2026-11") == first
    assert admin.execute(OPEN, (whom.key,)).fetchall() == [("rectification", "acknowledged")]
    assert "contested:contact.email" in str(admin.execute(STANDS, (whom.key,)).fetchone())
    code = first[1]["code"]
    assert [one["code"] for one in person.ask("GET", "/api/me/requests")[1]["items"]] == [code]
    stands = person.ask("POST", "/api/anybody/requests/status", {"code": code})[1]
    assert (stands["right"], stands["state"], stands["answers"]) == ("rectification", "acknowledged", [])
    assert person.ask("POST", "/api/me/requests/withdraw", {"code": code})[1] == {"changed": True}
    assert person.ask("POST", "/api/me/requests/withdraw", {"code": code})[1] == {"changed": False}
    assert admin.execute(OPEN, (whom.key,)).fetchall() == []
    admin.execute("SELECT houvast.end_stand('customer', %s, 'contested', 'contact.email')", (whom.key,))


def test_an_objection_is_weighed_and_taken_back(person: Program, admin: Connection, whom: Customer) -> None:
    offered = {one["asks"]: one["purpose"] for one in person.ask("GET", "/api/me/choices")[1]["items"]}
    chosen = {"purpose": offered["object"], "choice": "object", "why": "My own reason."}
    assert person.ask("POST", "/api/me/choices", chosen)[1] == {"changed": True}
    assert person.ask("POST", "/api/me/choices", chosen)[1] == {"changed": False}
    assert admin.execute(OPEN, (whom.key,)).fetchall() == [("objection", "acknowledged")]
    assert ("objected", "set") in {
        (one["what"], one["change"]) for one in person.ask("GET", "/api/me/history")[1]["items"]
    }
    assert person.ask("POST", "/api/me/choices", {**chosen, "choice": "allow"})[1] == {"changed": True}
    assert admin.execute(OPEN, (whom.key,)).fetchall() == []


def test_an_erasure_is_asked_once_its_plan_was_seen(
    kept: Kept, person: Program, admin: Connection, whom: Customer
) -> None:
    assert person.ask("POST", "/api/me/requests", {"right": "erasure"})[0] == 409
    assert person.ask("GET", "/api/me/plan")[0] == 404
    assert person.ask("POST", "/api/me/made", {"what": "plan"})[0] == 202
    make(kept)
    plan = person.ask("GET", "/api/me/plan")[1]["parts"]
    assert {one["fate"] for one in plan} >= {"kept"}
    status, taken = person.ask("POST", "/api/me/requests", {"right": "erasure"})
    assert (status, admin.execute(OPEN, (whom.key,)).fetchall()) == (201, [("erasure", "acknowledged")])
    person.ask("POST", "/api/me/requests/withdraw", {"code": taken["code"]})


def test_a_copy_and_receipts_are_taken_by_their_session_alone(
    kept: Kept, person: Program, admin: Connection, whom: Customer
) -> None:
    for what in ("access", "receipts"):
        made = person.ask("POST", "/api/me/made", {"what": what}, HTTP_IDEMPOTENCY_KEY=f"make-{what}-1")
        assert made[0] == 202
    assert person.ask("POST", "/api/me/copies", {"what": "access"})[0] == 404
    make(kept)
    admin.execute("TRUNCATE houvast.checked, houvast.outgoing, houvast_desk.tried")
    again = entered(kept, admin, whom)
    assert again.ask("POST", "/api/me/copies", {"what": "access"})[0] == 404
    sent = json.dumps({"what": "access"}).encode()
    said = person.answer("POST", "/api/me/copies", sent)
    assert (said.status, said.headers["Content-Type"]) == (200, "application/zip")
    assert admin.execute(OPEN, (whom.key,)).fetchall() == []
    (content,) = admin.execute(
        "SELECT content FROM houvast.prepared WHERE key = %s AND what = 'access'", (whom.key,)
    ).fetchone() or (b"",)
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as file:
        assert any(name.endswith("data.json") for name in file.namelist())
    items = {one["what"]: one for one in person.ask("GET", "/api/me/made")[1]["items"]}
    assert items["access"]["taken"]
    found = person.ask("GET", "/api/me/receipts")[1]
    assert isinstance(found["receipts"], list)
    assert found["waiting"] >= 0


def test_stopping_and_closing_count_at_once(person: Program, admin: Connection, whom: Customer) -> None:
    assert person.ask("POST", "/api/me/requests", {"right": "stop"})[0] == 201
    assert "stopped:" in str(admin.execute(STANDS, (whom.key,)).fetchone())
    admin.execute("SELECT houvast.end_stand('customer', %s, 'stopped', '')", (whom.key,))
    closed = "SELECT closed_at IS NOT NULL FROM account WHERE id::text = %s"
    assert person.ask("POST", "/api/me/requests", {"right": "closing"})[1] == {"code": None, "due": None}
    assert admin.execute(closed, (whom.key,)).fetchone() == (True,)
    admin.execute("UPDATE account SET closed_at = NULL WHERE id::text = %s", (whom.key,))


@pytest.mark.parametrize("scope", ["see", "choose", "ask", "copy"])
def test_a_token_may_what_the_person_gave_and_the_database_says_so(person: Program, scope: str) -> None:
    token = narrowed(person, scope)
    assert token.ask("GET", "/api/me/session")[1]["scopes"] == [scope]
    for (method, path, body), opens in CALLS.items():
        status, said = token.ask(method, path, json.loads(body) if body else None)
        refused = status == 403 and "did not give this token" in said["detail"]
        assert refused is (scope not in opens), (method, path, body, status, said)


def test_the_database_refuses_by_itself_what_a_token_may_not(kept: Kept, person: Program) -> None:
    token = narrowed(person, "ask").token
    from houvast.database import DatabaseError

    with connect(kept.site.people) as pages:
        for query in (
            "SELECT * FROM houvast.open_session_use(%s, 'a try')",
            "SELECT houvast.say_choice(%s, 'marketing', 'no')",
            "SELECT houvast.own_letters(%s)",
            "SELECT houvast.prepare_own(%s, 'access', 'nl')",
            "SELECT houvast.narrow_session(%s, '{see}', 5)",
            "SELECT houvast.own_passkeys(%s)",
        ):
            with pytest.raises(DatabaseError, match="did not give this token"):
                pages.execute(query, (token,))  # pyright: ignore[reportArgumentType]


def test_tokens_end_with_their_session_and_of_them_no_more_come(person: Program, admin: Connection) -> None:
    token, other = narrowed(person, "see"), narrowed(person, "see", "ask")
    assert token.ask("DELETE", "/api/me/session")[0] == 204
    assert token.ask("GET", "/api/me/session")[0] == 401
    assert other.ask("GET", "/api/me/session")[0] == 200
    assert person.ask("DELETE", "/api/me/session")[0] == 204
    assert other.ask("GET", "/api/me/data")[0] == 401


@pytest.mark.parametrize("body", [{"scopes": []}, {"scopes": ["all"]}, {"scopes": ["see"], "minutes": 481}])
def test_a_token_that_may_not_be_is_refused(person: Program, body: dict[str, Any]) -> None:
    assert person.ask("POST", "/api/me/tokens", body)[0] == 422


def test_ten_tokens_and_none_from_a_session_that_was_left_alone(person: Program, admin: Connection) -> None:
    for _ in range(10):
        narrowed(person, "see")
    assert person.ask("POST", "/api/me/tokens", {"scopes": ["see"]})[1]["promise"] == "C35"
    admin.execute(STALE)
    assert person.ask("POST", "/api/me/tokens", {"scopes": ["see"]})[0] == 401


def test_what_was_asked_in_their_name_is_claimed_or_denied(person: Program, admin: Connection, whom: Customer) -> None:
    take = "SELECT id, code::text FROM houvast.take_request(%s, 'access', 'mail', 'nl')"
    number, code = admin.execute(take, (f"customer:{whom.key}",)).fetchone() or (0, "")
    assert [one["code"] for one in person.ask("GET", "/api/me/unchecked")[1]["items"]] == [code]
    assert person.ask("POST", "/api/me/unchecked", {"code": code, "choice": "no"})[1] == {"said": "no"}
    mandated, _ = admin.execute(take, (f"customer:{whom.key}",)).fetchone() or (0, "")
    values = (mandated, "lawyer", "P. Laver", "laver@law.example", ["access"])
    admin.execute("SELECT houvast.record_mandate(%s, %s, %s, %s, %s, now() + interval '9 days')", values)
    (token,) = admin.execute(
        "SELECT \"values\" ->> 'token' FROM houvast.outgoing WHERE template = 'mandate' ORDER BY queued_at DESC LIMIT 1"
    ).fetchone() or ("",)
    (one,) = person.ask("GET", "/api/me/mandates")[1]["items"]
    assert (one["holder"], one["confirmed"]) == ("P. Laver", False)
    stranger = Program(person.reader, "")
    assert stranger.ask("POST", "/api/anybody/mandate", {"token": token})[1]["holder"] == "P. Laver"
    assert stranger.ask("POST", "/api/anybody/mandate", {"token": "0" * 64})[0] == 404
    assert person.ask("POST", "/api/me/mandates", {"number": one["number"], "choice": "yes"})[1] == {"said": "yes"}
    assert stranger.ask("POST", "/api/anybody/mandate/answer", {"token": token, "choice": "no"})[1] == {"said": "no"}
    assert person.ask("GET", "/api/me/mandates")[1]["items"] == []
    state = "SELECT state FROM houvast.request WHERE id = ANY (%s) ORDER BY id"
    assert admin.execute(state, ([number, mandated],)).fetchall() == [("withdrawn",), ("withdrawn",)]


def test_anybody_complains_and_reads_how_it_stands(kept: Kept, forgetful: None) -> None:
    stranger = Program(Reader(kept.pages, address="192.0.2.62"), "")
    asked = {"sort": "breach", "words": "Somebody called me.", "promise": "C13", "language": "en"}
    first = stranger.ask("POST", "/api/anybody/complaints", asked, HTTP_IDEMPOTENCY_KEY="complaint-1")
    assert first[0] == 201
    assert stranger.ask("POST", "/api/anybody/complaints", asked, HTTP_IDEMPOTENCY_KEY="complaint-1") == first
    other = Program(Reader(kept.pages, address="192.0.2.63"), "")
    assert other.ask("POST", "/api/anybody/complaints", asked, HTTP_IDEMPOTENCY_KEY="complaint-1")[1] != first[1]
    stands = other.ask("POST", "/api/anybody/requests/status", {"code": first[1]["code"]})[1]
    assert (stands["right"], stands["state"]) == ("complaint", "acknowledged")
    nothing = "00000000-0000-4000-8000-000000000000"
    assert stranger.ask("POST", "/api/anybody/requests/status", {"code": nothing})[0] == 404
    assert stranger.ask("POST", "/api/anybody/complaints", {**asked, "promise": "X99"})[0] == 409
    for path, body in (
        ("opt-out", {"code": nothing}),
        ("not-me", {"reference": nothing}),
        ("stop", {"token": "0" * 64}),
    ):
        assert stranger.ask("POST", f"/api/anybody/{path}", body) == (200, {"heard": True})
    letter = {"reference": nothing, "code": "ABCD-EFGH-JKMN", "choice": "yes"}
    assert stranger.ask("POST", "/api/anybody/letter", letter)[1]["promise"] == "C35"


def test_too_many_calls_without_a_name_are_stopped(kept: Kept, forgetful: None) -> None:
    stranger = Program(Reader(kept.pages, address="192.0.2.64"), "")
    body = {"code": "00000000-0000-4000-8000-000000000000"}
    found = [stranger.ask("POST", "/api/anybody/requests/status", body)[0] for _ in range(302)]
    assert found == [404] * 300 + [429] * 2
