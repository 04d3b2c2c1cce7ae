"""The API: each caller gets what their token says, and nothing else; what goes wrong is told as a problem."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from houvast.app import tokens
from houvast.database import Connection
from houvast.web.api.page import page
from houvast.web.api.scopes import SCOPES
from tests.compiler.staffing import code_of, enrolled
from tests.web.asking import Reader
from tests.web.conftest import Enter, Give, Kept
from tests.web.programs import Program
from tests.web.visiting import customer, mailed

DESCRIPTION = Path(__file__).parents[2] / "docs" / "openapi.json"
MAKE = "make both anew: python -m houvast.web.api.write docs"
OFFICER = tuple(sorted(SCOPES["officer"]))


def _is_problem(found: tuple[int, Any], status: int, promise: str = "") -> bool:
    said: Mapping[str, Any] = found[1]
    return found[0] == status == said["status"] and (not promise or said["promise"] == promise) and bool(said["detail"])


def test_the_description_is_the_one_in_the_docs(reader: Reader) -> None:
    served = reader.get("/api/openapi.json")
    assert served.text == DESCRIPTION.read_text("utf-8"), MAKE
    assert page(json.loads(served.text)) == (DESCRIPTION.parent / "api-reference.md").read_text("utf-8"), MAKE
    assert json.loads(served.text)["openapi"].startswith("3.1")


def test_no_two_shapes_have_one_name() -> None:
    files = Path(page.__code__.co_filename).parent.glob("*.py")
    names = [name for file in files for name in re.findall(r"^class (\w+)\(", file.read_text("utf-8"), re.MULTILINE)]
    assert sorted(names) == sorted(set(names))  # of two the description would know one


def test_a_program_learns_whom_it_may_write_to_and_says_what_it_sent(give: Give, admin: Connection) -> None:
    program = give("mail", login="newsletter")
    status, page = program.ask(
        "POST", "/api/mail/recipients", {"purpose": "marketing", "reason": "newsletter", "limit": 3}
    )
    assert status == 200
    assert len(page["items"]) == 3
    (expected,) = admin.execute(
        "SELECT count(*) FROM houvast.opt_out_code c WHERE purpose = 'marketing'"
        " AND houvast.may_send(kind, key, purpose) NOT LIKE 'refused%'"
    ).fetchone() or (0,)
    seen = [one["person"] for one in page["items"]]
    while page["next"]:
        _, page = program.ask(
            "POST",
            "/api/mail/recipients",
            {"purpose": "marketing", "reason": "newsletter", "after": page["next"], "limit": 50},
        )
        seen += [one["person"] for one in page["items"]]
    assert len(seen) == len(set(seen)) == expected
    whom = seen[0]
    assert program.ask("POST", "/api/mail/may-send", {"purpose": "marketing", "person": whom})[1]["may"] is True
    message = {
        "purpose": "marketing",
        "person": whom,
        "message": "letter of november",
        "products_of": "Lakana Voorbeeld B.V.",
    }
    first = program.ask("POST", "/api/mail/sent", message, HTTP_IDEMPOTENCY_KEY="letter-2026-11")
    again = program.ask("POST", "/api/mail/sent", message, HTTP_IDEMPOTENCY_KEY="letter-2026-11")
    assert first == again
    assert first[0] == 201
    sent = "SELECT count(*) FROM houvast.message WHERE message = 'letter of november' AND kind || ':' || key = %s"
    assert admin.execute(sent, (whom,)).fetchone() == (1,)
    other = program.ask(
        "POST", "/api/mail/sent", {**message, "message": "another"}, HTTP_IDEMPOTENCY_KEY="letter-2026-11"
    )
    assert _is_problem(other, 409)
    admin.execute(
        "SELECT houvast.set_stand('customer', %s, 'objected', 'marketing', 'officer')", (whom.partition(":")[2],)
    )
    assert program.ask("POST", "/api/mail/may-send", {"purpose": "marketing", "person": whom})[1]["why"] == "objected"
    assert _is_problem(program.ask("POST", "/api/mail/sent", {**message, "message": "december"}), 403, "C13")
    admin.execute("SELECT houvast.end_stand('customer', %s, 'objected', 'marketing')", (whom.partition(":")[2],))


def test_a_look_at_recipients_and_at_a_person_is_a_recorded_use(give: Give, admin: Connection) -> None:
    program = give("mail", "people", login="newsletter")
    before = admin.execute("SELECT max(id) FROM houvast.use").fetchone() or (0,)
    program.ask("POST", "/api/mail/recipients", {"purpose": "marketing", "reason": "a look at recipients"})
    status, found = program.ask(
        "POST", "/api/people/state", {"person": "customer:5", "purpose": "marketing", "reason": "a look at one"}
    )
    assert status == 200
    assert {one["about"] for one in found["items"]} <= {"", "marketing"}
    rows = admin.execute("SELECT login, reason, person FROM houvast.use WHERE id > %s ORDER BY id", before).fetchall()
    assert rows == [("newsletter", "a look at recipients", None), ("newsletter", "a look at one", "5")]
    assert _is_problem(
        program.ask("POST", "/api/people/state", {"person": "customer:5", "purpose": "billing", "reason": "x y z"}), 403
    )
    assert _is_problem(
        program.ask("POST", "/api/people/state", {"person": "customer:0", "purpose": "marketing", "reason": "x y z"}),
        404,
    )


def test_a_request_that_came_by_a_program_waits_for_a_check(give: Give, admin: Connection) -> None:
    program = give("requests", login="shop")
    asked = {"right": "access", "person": "customer:6", "language": "en", "text": "Please send me what you have."}
    status, taken = program.ask("POST", "/api/requests", asked)
    assert status == 201
    row = admin.execute(
        "SELECT channel, state, verified_at, code::text FROM houvast.request WHERE id = %s", (taken["number"],)
    ).fetchone()
    assert row == ("api", "acknowledged", None, taken["code"])
    assert _is_problem(program.ask("POST", "/api/requests", {**asked, "person": ""}), 409, "C33")
    assert _is_problem(program.ask("POST", "/api/requests", {**asked, "bsn": "111222333"}), 422)


def test_an_officer_handles_a_request_by_a_program(give: Give, admin: Connection) -> None:
    shop, drafter, approver = (
        give("requests", login="shop"),
        give(*OFFICER, role="officer", of="apidrafter"),
        give(*OFFICER, role="officer", of="apiapprover"),
    )
    number = shop.ask("POST", "/api/requests", {"right": "question", "person": "customer:7", "text": "Why?"})[1][
        "number"
    ]
    at = f"/api/desk/requests/{number}"
    assert drafter.ask("GET", at)[1]["state"] == "acknowledged"
    assert number in [one["number"] for one in drafter.ask("GET", "/api/desk/requests?limit=500")[1]["items"]]
    opened = drafter.ask("POST", f"{at}/open", {"reason": "writing the answer"})[1]
    assert (opened["person"], opened["text"]) == ("customer:7", "Why?")
    for state in ("searching", "review"):
        assert drafter.ask("POST", f"{at}/move", {"to": state})[0] == 200
    letter = drafter.ask("POST", f"{at}/letters", {"kind": "answer", "explanation": "Because you asked us to."})
    assert letter[0] == 201
    letter_at = f"/api/desk/letters/{letter[1]['number']}"
    (code, body) = admin.execute(
        "SELECT q.code::text, l.body FROM houvast.letter l JOIN houvast.request q ON q.id = l.request WHERE l.id = %s",
        (letter[1]["number"],),
    ).fetchone() or ("", "")
    assert code in body
    assert code not in json.dumps(letter)
    for who in ("apidrafter", "apiapprover"):
        enrolled(admin, who)
    own, code = {"code": code_of(admin, "apidrafter")}, {"code": code_of(admin, "apiapprover")}
    assert _is_problem(drafter.ask("POST", f"{letter_at}/approve", own), 409, "G10")
    assert _is_problem(approver.ask("POST", f"{letter_at}/approve", {"code": ""}), 409, "G10")
    assert _is_problem(approver.ask("POST", f"{letter_at}/approve", own), 409, "G10")  # that of somebody else
    assert _is_problem(drafter.ask("POST", f"{letter_at}/send"), 409, "G10")
    assert approver.ask("POST", f"{letter_at}/approve", code)[0] == 200
    assert approver.ask("POST", f"{letter_at}/send")[0] == 200
    assert drafter.ask("GET", at)[1]["state"] == "answered"


def test_an_officer_keeps_holds_and_breaches_by_a_program(give: Give, admin: Connection) -> None:
    officer = give(*OFFICER, role="officer")
    hold = {"case": "D-12", "table": "invoice", "keys": ["1", "2", "2"], "owner": "legal", "review": "2027-06-01"}
    assert officer.ask("POST", "/api/desk/holds", hold) == (201, {"rows": 2})
    assert [one["rows"] for one in officer.ask("GET", "/api/desk/holds")[1]["items"] if one["case"] == "D-12"] == [2]
    assert _is_problem(officer.ask("POST", "/api/desk/holds", {**hold, "table": "nothing"}), 409)
    assert officer.ask("POST", "/api/desk/holds/lift", {"reason": "D-12"}) == (200, {"rows": 2})
    number = officer.ask("POST", "/api/desk/breaches", {"title": "A lost laptop"})[1]["number"]
    changed = officer.ask("PATCH", f"/api/desk/breaches/{number}", {"risk": "none", "note": "The disk was encrypted."})
    assert changed[1]["risk"] == "none"
    assert number in [one["number"] for one in officer.ask("GET", "/api/desk/breaches")[1]["items"]]


def test_an_auditor_reads_the_proof_and_the_log_and_changes_nothing(give: Give) -> None:
    auditor = give("cases:read", "proof:read", "evidence:read", role="auditor")
    promises = {one["id"]: one for one in auditor.ask("GET", "/api/desk/promises")[1]["items"]}
    assert promises["C07"]["state"] == "kept"
    assert auditor.ask("GET", "/api/desk/promises/C07")[1]["says"]
    found = auditor.ask("GET", "/api/desk/evidence?kind=policy_applied")[1]["items"]
    assert [one["kind"] for one in found] == ["policy_applied"]
    assert auditor.ask("GET", f"/api/desk/evidence/{found[0]['index']}")[1] == found[0]
    assert auditor.ask("GET", "/api/desk/alarms")[0] == 200
    for method, path in (
        ("POST", "/api/desk/requests/1/move"),
        ("POST", "/api/desk/holds"),
        ("POST", "/api/desk/breaches"),
    ):
        assert _is_problem(auditor.ask(method, path, {}), 403, "C38"), path


def test_a_person_sees_and_chooses_in_their_own_session(kept: Kept, admin: Connection, forgetful: None) -> None:
    whom, other = customer(admin, 2), customer(admin, 3)
    person = Program(Reader(kept.pages, address="192.0.2.44"), "")
    check = person.ask("POST", "/api/me/codes", {"address": whom.address})[1]
    code = mailed(admin)[0]
    assert _is_problem(person.ask("POST", "/api/me/sessions", {**check, "code": "00000000"}), 403, "C35")
    status, entered = person.ask("POST", "/api/me/sessions", {**check, "code": code})
    assert (status, entered["level"]) == (201, 2)
    person.token = entered["token"]
    assert person.ask("GET", "/api/me/session")[1]["method"] == "code"
    shown = json.dumps(person.ask("GET", "/api/me/data")[1])
    assert whom.address in shown
    assert other.address not in shown
    assert person.ask("GET", "/api/me/uses")[1]["items"]
    assert person.ask("POST", "/api/me/choices", {"purpose": "marketing", "choice": "no"})[0] == 200
    said = {one["purpose"]: one["now"] for one in person.ask("GET", "/api/me/choices")[1]["items"]}
    assert said["marketing"] == "no"
    assert _is_problem(person.ask("POST", "/api/me/choices", {"purpose": "billing", "choice": "no"}), 409)
    assert person.ask("GET", "/api/me/requests")[0] == 200
    assert person.ask("DELETE", "/api/me/session")[0] == 204
    assert _is_problem(person.ask("GET", "/api/me/data"), 401)


def test_an_unknown_address_gets_the_answer_of_a_known_one(kept: Kept, admin: Connection, forgetful: None) -> None:
    person = Program(Reader(kept.pages, address="192.0.2.45"), "")
    answers = [
        person.ask("POST", "/api/me/codes", {"address": address})
        for address in (customer(admin, 4).address, "nobody@lakana.example")
    ]
    assert [(status, {name: len(value) for name, value in said.items()}) for status, said in answers] == [
        (202, {"check": 36, "browser": 64})
    ] * 2


@pytest.mark.parametrize("token", ["", "x", "hvt_0123456789abcdef_" + "0" * 64, "0" * 64])
def test_nobody_gets_anything(kept: Kept, forgetful: None, token: str) -> None:
    stranger = Program(Reader(kept.pages), token)
    description = json.loads(DESCRIPTION.read_text("utf-8"))
    for path, operations in description["paths"].items():
        for method, one in operations.items():
            if "security" in one:
                found = stranger.ask(
                    method.upper(),
                    path.replace("{number}", "1").replace("{promise}", "C07").replace("{index}", "0"),
                    {},
                )
                assert _is_problem(found, 401), (method, path, found)


def test_a_token_that_was_revoked_or_is_over_counts_no_longer(kept: Kept, give: Give, admin: Connection) -> None:
    revoked, over = give("mail", login="newsletter"), give("mail", login="newsletter")
    assert revoked.ask("GET", "/api/token")[1]["login"] == "newsletter"
    tokens.revoke(kept.target, "test 0")
    admin.execute("UPDATE houvast.api_token SET until = now() WHERE name = 'test 1'")
    for one in (revoked, over):
        assert _is_problem(one.ask("GET", "/api/token"), 401, "C38")


def test_a_token_has_its_scopes_alone(give: Give) -> None:
    program = give("mail", login="newsletter")
    for path in ("/api/people/state", "/api/requests", "/api/desk/holds"):
        assert _is_problem(program.ask("POST", path, {}), 403, "C38"), path


def test_too_many_calls_of_nobody_are_stopped(kept: Kept, forgetful: None) -> None:
    stranger = Program(Reader(kept.pages, address="192.0.2.99"), "hvt_0123456789abcdef_" + "0" * 64)
    found = [stranger.ask("GET", "/api/token")[0] for _ in range(305)]
    assert found[:300] == [401] * 300
    assert found[300:] == [429] * 5


def test_who_is_not_known_has_no_count_beside_that_of_their_address(
    kept: Kept, admin: Connection, forgetful: None
) -> None:
    count = "SELECT count(*) FROM houvast_desk.tried"
    before = admin.execute(count).fetchone() or (0,)
    reader = Reader(kept.pages, address="192.0.2.98")
    for number in range(5):
        assert Program(reader, f"hvt_{number:016x}_" + "0" * 64).ask("GET", "/api/token")[0] == 401
        assert Program(reader, f"{number:064x}").ask("GET", "/api/me/session")[0] == 401
    after = admin.execute(count).fetchone() or (0,)
    assert after[0] - before[0] <= 1


def test_a_cookie_alone_changes_nothing(enter: Enter) -> None:
    officer = enter("api-officer", "officer")
    page = Program(officer, "")
    assert page.ask("GET", "/api/desk/requests")[0] == 200
    assert _is_problem(page.ask("POST", "/api/desk/breaches", {"title": "Without the token"}), 403, "C38")
    officer.get("/desk/requests/")
    token = officer.cookies["houvast-form"]
    made = page.ask("POST", "/api/desk/breaches", {"title": "With the token"}, HTTP_X_CSRFTOKEN=token)
    assert made[0] == 201


def test_roles_of_the_staff_may_by_their_session_what_their_tokens_may(admin: Connection) -> None:
    for role, scopes in SCOPES.items():
        row = admin.execute("SELECT houvast.scopes_of_tokens(%s)", (role,)).fetchone() or ([],)
        assert set(row[0]) == scopes


def test_what_is_not_there_is_a_problem_too(kept: Kept, give: Give) -> None:
    stranger = Program(Reader(kept.pages), "")
    assert _is_problem(stranger.ask("GET", "/api/nothing"), 404)
    auditor = give("cases:read", role="auditor")
    assert _is_problem(auditor.ask("GET", "/api/desk/requests/99999999"), 404)
    assert stranger.ask("POST", "/api/me/codes", {"address": "a"})[0] == 422
    found = stranger.answer("POST", "/api/me/codes", b"{")
    assert (found.status, found.headers["Content-Type"]) == (400, "application/problem+json")
    for sent in (b"\xff\xfe", b"[]", b"null", b'{"address": "a\\u0000@b"}', b'{"address": "\\ud800@b"}'):
        assert stranger.answer("POST", "/api/me/codes", sent).status in (400, 422)
