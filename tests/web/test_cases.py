"""Requests on the officer's pages: nobody is named until a reason is given, and the database keeps the rules."""

from __future__ import annotations

import re

import pytest

from houvast.cases import Letter, Right, State, store
from houvast.database import Connection, DatabaseError, connect
from tests.compiler.staffing import code_of, enrolled
from tests.web.asking import Reader
from tests.web.browsing import IN_TURN, NEEDS_CHROMIUM
from tests.web.conftest import Enter, Kept, Staff

SAID = "A made-up person asks to be forgotten."


@pytest.fixture
def request_number(admin: Connection) -> int:
    """A request of somebody who was checked, in review, with a letter that another drafted."""
    ((key,),) = admin.execute("SELECT min(key) FROM houvast.person WHERE kind = 'customer'").fetchall()
    number = store.take(admin, f"customer:{key}", Right.STOP, language="en", words=SAID).number
    for state in (State.SEARCHING, State.REVIEW):
        store.move(admin, number, state)
    body = "We have done what you asked for, on the day that you asked it."
    store.draft(admin, Letter("done", "en", "We stopped", body), "somebody", request=number)
    return number


def _post(reader: Reader, path: str, values: dict[str, str]) -> tuple[int, str]:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', reader.get(path).text)
    assert token
    answer = reader.post(path, {**values, "csrfmiddlewaretoken": token[1]})
    return answer.status, answer.text


def test_a_case_names_nobody_until_it_is_opened_for_a_reason(
    enter: Enter, admin: Connection, request_number: int
) -> None:
    officer = enter("cases-open", "officer")
    listed = officer.get("/en/desk/requests/").text
    assert f"Request {request_number}" in listed
    path = f"/en/desk/requests/{request_number}/"
    shown = officer.get(path).text
    assert SAID not in shown
    assert "customer:" not in listed + shown
    status, text = _post(officer, path, {"do": "open", "reason": "answering it"})
    assert (status, SAID in text, "customer:" in text, "We stopped" in text) == (200, True, True, True)
    asked = "SELECT reason, login, split_part(staff, ' ', 1) FROM houvast.use ORDER BY id DESC LIMIT 1"
    assert admin.execute(asked).fetchall() == [("answering it", "houvast_web", "officer")]
    assert "This cannot be done" in _post(officer, path, {"do": "open", "reason": "a@lakana.example"})[1]
    assert officer.get("/en/desk/requests/999999/").status == 404


def test_a_letter_is_approved_and_sent_from_the_page_and_ends_the_request(
    enter: Enter, admin: Connection, request_number: int
) -> None:
    officer = enter("cases-send", "officer")
    path = f"/desk/requests/{request_number}/"
    ((letter,),) = admin.execute("SELECT max(id) FROM houvast.letter WHERE request = %s", (request_number,)).fetchall()
    assert "Dit kan niet" in _post(officer, path, {"do": "send", "letter": str(letter)})[1]
    for code in ("", "000000"):
        assert "Dit kan niet" in _post(officer, path, {"do": "approve", "letter": str(letter), "code": code})[1]
    enrolled(admin, "cases-send")
    code = code_of(admin, "cases-send")
    assert _post(officer, path, {"do": "approve", "letter": str(letter), "code": code})[0] == 302
    assert _post(officer, path, {"do": "send", "letter": str(letter)})[0] == 302
    assert store.case(admin, request_number).state is State.ANSWERED


def test_who_is_no_officer_does_nothing_and_the_pages_read_no_text(
    enter: Enter, kept: Kept, request_number: int
) -> None:
    assert enter("cases-support", "support").get("/desk/requests/").status == 403
    auditor = enter("cases-audit", "auditor")
    assert auditor.get("/desk/requests/").status == 200
    answer = auditor.post(f"/desk/requests/{request_number}/", {"do": "open", "reason": "curious"})
    assert answer.status == 403
    with connect(kept.target.url_of("houvast_web")) as web:
        for table in ("request", "request_text", "letter", "breach"):
            with pytest.raises(DatabaseError, match="permission denied"):
                web.execute(f"SELECT * FROM houvast.{table}".encode())


@NEEDS_CHROMIUM
@pytest.mark.parametrize(("prefix", "viewport", "scheme"), IN_TURN)
def test_the_pages_of_cases_are_clean_and_not_too_wide(
    staff: Staff, admin: Connection, request_number: int,
    prefix: str, viewport: dict[str, int], scheme: str,
) -> None:  # fmt: skip
    store.record_breach(admin, "A lost laptop", None, "somebody")
    officer = staff(f"cases-{scheme}", viewport=viewport, scheme=scheme)
    page = officer.page
    for path in ("/desk/requests/", "/desk/breaches/", f"/desk/requests/{request_number}/"):
        officer.go(prefix + path)
        assert page.url.endswith(path)
        assert (path, officer.faults()) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.fill("[name=reason]", "answering it")
    page.click("main button[value=open]")
    assert officer.faults() == []
    assert page.locator("blockquote").inner_text() == SAID


def test_what_no_form_sends_is_no_fault(enter: Enter, request_number: int) -> None:
    path = f"/en/desk/requests/{request_number}/"
    officer = enter("cases-odd", "officer")
    for letter in ("\u00b2", "9" * 30, "-1", "x"):
        assert _post(officer, path, {"do": "send", "letter": letter})[0] == 404
    assert _post(officer, path, {"do": "open", "reason": "answering\0 it"})[0] == 200
