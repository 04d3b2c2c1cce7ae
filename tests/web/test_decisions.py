"""Decisions for applications (AuthZEN 1.0): what is answered is what the login sees, cell by cell."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

import pytest

from houvast.app import keep
from houvast.database import Connection, DatabaseError, connect, run
from houvast.database.connect import sql
from tests.web.asking import Reader
from tests.web.conftest import Give, Kept
from tests.web.programs import Program

LOGINS = {"support": ("answer",), "newsletter": ("marketing",), "office": ("service", "billing"), "shop": ("order",),
          "tax_export": ("tax",)}  # fmt: skip
TABLES = {
    "contact": ("full_name", "email", "phone"),
    "account": ("login",),
    "invoice": ("billing_name",),
    "ticket": ("subject",),
}
PEOPLE = ("1", "2", "5", "11", "17", "23", "31", "44")
STANDS = {
    "2": ("objected", "marketing"),
    "5": ("restricted", ""),
    "11": ("stopped", ""),
    "17": ("consented", "marketing"),
}


@pytest.fixture
def said(admin: Connection) -> Generator[None]:
    """Some people said something, for the time of a test."""
    checked = (
        "INSERT INTO houvast.request (kind, key, verified_at, level) SELECT 'customer', unnest(%s::text[]), now(), 2"
    )
    admin.execute(checked, (list(STANDS),))
    change = "SELECT houvast.set_stand('customer', %s, %s, %s)"
    made = [(key, *one) for key, one in STANDS.items() if admin.execute(change, (key, *one)).fetchone() == (True,)]
    yield
    for one in made:
        admin.execute("DELETE FROM houvast.stand WHERE (key, stand, about) = (%s, %s, %s)", one)
    admin.execute("DELETE FROM houvast.request WHERE key = ANY (%s) AND code IS NULL", (list(STANDS),))


def question(login: str, purpose: str, column: str, key: str) -> dict[str, Any]:
    """One question, as AuthZEN has it."""
    return {
        "subject": {"type": "login", "id": login, "properties": {"purpose": purpose}},
        "action": {"name": "use"},
        "resource": {"type": "column", "id": column, "properties": {"person": f"customer:{key}"}},
    }


def shown(kept: Kept, login: str, purpose: str, key: str) -> dict[tuple[str, str], int]:
    """Table and column -> in how many rows of this person the login really sees a value, with a use open."""
    found: dict[tuple[str, str], int] = {}
    with connect(kept.target.url_of(login)) as session:
        session.execute("SELECT houvast.open_use(%s, 'a comparison', person => %s)", (purpose, f"customer:{key}"))
        for table, columns in TABLES.items():
            for column in columns:
                try:
                    found[table, column] = _values(session, table, column, key)
                except DatabaseError as error:
                    if error.sqlstate not in ("42501", "42P01", "42703"):
                        raise
                    found[table, column] = 0
    return found


@pytest.mark.usefixtures("said")
def test_the_answer_is_what_the_login_sees(kept: Kept, admin: Connection, give: Give) -> None:
    wrong: list[object] = []
    permitted = 0
    cells = [(table, column, key) for table, columns in TABLES.items() for key in PEOPLE for column in columns]
    there = {cell: _values(admin, *cell) for cell in cells}
    for login, purposes in LOGINS.items():
        program = give("decisions", login=login)
        for purpose in purposes:
            seen = {key: shown(kept, login, purpose, key) for key in PEOPLE}
            for table in TABLES:
                asked = [cell for cell in cells if cell[0] == table]
                questions = [question(login, purpose, f"{table}.{column}", key) for _, column, key in asked]
                status, answer = program.ask("POST", "/access/v1/evaluations", {"evaluations": questions})
                assert status == 200
                for cell, one in zip(asked, answer["evaluations"], strict=True):
                    _, column, key = cell
                    values, sees = there[cell], seen[key][table, column]
                    says = one["context"]["shown"] if one["context"]["of"] else 0
                    permitted += one["decision"]
                    # Rows without a value show none either way.
                    if sees > says or (says and sees == 0 and values == one["context"]["of"]):
                        wrong.append((login, purpose, table, column, key, one["context"], sees))
                    if one["decision"] and sees != values:
                        wrong.append(("weaker", login, purpose, table, column, key, one["context"], sees))
    assert wrong == []
    assert permitted > 20


def _values(session: Connection, table: str, column: str, key: str) -> int:
    """In how many rows of a person this session sees a value."""
    owner = "id" if table == "account" else "account_id"
    query = sql.SQL("SELECT count({}) FROM {} WHERE {}::text = %s").format(
        sql.Identifier(column), sql.Identifier(table), sql.Identifier(owner)
    )
    return (session.execute(query, (key,)).fetchone() or (0,))[0]


@pytest.mark.usefixtures("said")
def test_a_refusal_names_the_promise_and_why(give: Give) -> None:
    program = give("decisions", login="newsletter")
    for key, code, promise in (("2", "objected", "C13"), ("5", "restricted", "G06")):
        one = program.ask("POST", "/access/v1/evaluation", question("newsletter", "marketing", "contact.email", key))[1]
        assert (one["decision"], one["context"]["code"], one["context"]["promise"]) == (False, code, promise)
        assert set(one["context"]["reason"]) == {"en", "nl"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subject": {"type": "login", "id": "newsletter", "properties": {"purpose": "billing"}}}, "not given"),
        ({"subject": {"type": "login", "id": "support", "properties": {"purpose": "answer"}}}, "other login"),
        ({"subject": {"type": "user", "id": "newsletter"}}, "no subject"),
        ({"action": {"name": "delete"}}, "no action"),
        ({"resource": {"type": "column", "id": "contact.email"}}, "no resource"),
        ({"resource": {"type": "column", "id": "nothing.email", "properties": {"person": "customer:1"}}}, "no table"),
        ({"resource": {"type": "column", "id": "contact.nothing", "properties": {"person": "customer:17"}}}, "not now"),
        ({"resource": {"type": "column", "id": "contact.email", "properties": {"person": "customer:0"}}}, "no rows"),
    ],
)
def test_what_cannot_be_answered_is_refused(give: Give, change: dict[str, Any], code: str) -> None:
    program = give("decisions", login="newsletter")
    body = {**question("newsletter", "marketing", "contact.email", "17"), **change}
    status, one = program.ask("POST", "/access/v1/evaluation", body)
    assert (status, one["decision"], one["context"]["code"]) == (200, False, code)


@pytest.mark.usefixtures("said")
def test_several_stop_where_they_are_told_to(give: Give) -> None:
    program = give("decisions", login="newsletter")
    whole = question("newsletter", "marketing", "contact.email", "17")
    parts = [{}, {"resource": question("", "", "contact.email", "2")["resource"]}, {}]
    for semantic, expected in (
        ("execute_all", [True, False, True]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ):
        body = {**whole, "evaluations": parts, "options": {"evaluations_semantic": semantic}}
        found = program.ask("POST", "/access/v1/evaluations", body)[1]["evaluations"]
        assert [one["decision"] for one in found] == expected
    alone = program.ask("POST", "/access/v1/evaluations", whole)[1]
    assert alone["decision"] is True


def test_where_to_ask_is_told_and_the_number_of_a_call_comes_back(kept: Kept, give: Give) -> None:
    told = json.loads(Reader(kept.pages).get("/.well-known/authzen-configuration").text)
    assert told["access_evaluation_endpoint"] == f"{told['policy_decision_point']}/access/v1/evaluation"
    program = give("decisions", login="newsletter")
    sent = json.dumps(question("newsletter", "marketing", "contact.email", "17")).encode()
    assert (
        program.answer("POST", "/access/v1/evaluation", sent, HTTP_X_REQUEST_ID="bfe9eb29").headers["X-Request-ID"]
        == "bfe9eb29"
    )


def test_without_a_token_of_that_scope_nothing_is_decided(kept: Kept, give: Give) -> None:
    body = question("newsletter", "marketing", "contact.email", "17")
    assert Program(Reader(kept.pages), "").ask("POST", "/access/v1/evaluation", body)[0] == 401
    assert give("mail", login="newsletter").ask("POST", "/access/v1/evaluation", body)[0] == 403


def test_the_pages_login_alone_gets_no_answer(kept: Kept) -> None:
    with connect(kept.site.url) as web, pytest.raises(DatabaseError, match="unknown, revoked or over"):
        run(
            web,
            "SELECT houvast.api_decide('', 'newsletter', 'marketing', 'contact', 'email', 'customer:17', NULL, '')",
        )


def test_why_is_what_the_command_says_and_what_the_database_shows(kept: Kept, give: Give) -> None:
    program = give("explain", "decisions", login="newsletter")
    for table in ("account", "contact", "ticket", "plan"):
        assert table in kept.target.project.datamap.tables
        status, said = program.ask("POST", "/api/explain", {"purpose": "marketing", "place": table})
        assert (status, said["now"]) == (200, None)
        expected = keep.explain(kept.target, "marketing", table).as_json()["answers"]
        assert [(one["column"], one["permitted"], one["promise"], one["why"]) for one in said["answers"]] == [
            (one["column"], one["permitted"], one["promise"], one["why"]) for one in expected
        ]
    asked = {"purpose": "marketing", "place": "contact.email", "person": "customer:23"}
    now = program.ask("POST", "/api/explain", asked)[1]["now"]
    decided = program.ask("POST", "/access/v1/evaluation", question("newsletter", "marketing", "contact.email", "23"))[
        1
    ]
    assert (now["permitted"], now["code"]) == (decided["decision"], decided["context"]["code"])
    assert program.ask("POST", "/api/explain", {**asked, "place": "contact"})[0] == 409
    assert program.ask("POST", "/api/explain", {"purpose": "marketing", "place": "nothing.x"})[0] == 409


def test_why_is_told_of_the_purposes_of_ones_own_login_and_of_nobody(give: Give) -> None:
    program = give("explain", login="newsletter")
    assert program.ask("POST", "/api/explain", {"purpose": "billing", "place": "contact.email"})[0] == 403
    asked = {"purpose": "marketing", "place": "contact.email", "person": "customer:23"}
    assert program.ask("POST", "/api/explain", asked)[1]["promise"] == "C38"  # without the scope decisions
    assert give("decisions", login="newsletter").ask("POST", "/api/explain", asked)[0] == 403
    officer = give("explain", role="officer")
    assert officer.ask("POST", "/api/explain", {"purpose": "billing", "place": "contact.email"})[0] == 200
    assert officer.ask("POST", "/api/explain", {**asked, "purpose": "billing"})[1]["promise"] == "C02"


@pytest.mark.parametrize("body", ["", "text", [], [1], 7, True, None])
def test_what_is_no_object_is_no_question(give: Give, body: object) -> None:
    program, officer = give("decisions", login="newsletter"), give("cases:read", "cases:write", role="officer")
    assert program.answer("POST", "/access/v1/evaluations", json.dumps(body).encode()).status == 422
    assert officer.answer("PATCH", "/api/desk/breaches/1", json.dumps(body).encode()).status == 422
