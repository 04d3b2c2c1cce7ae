"""What a taken-over web process, or a careless administrator, can do about cases: the attacks, tried as the login that makes them."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from itertools import product

import pytest

from houvast.app import desk
from houvast.cases.writing import day, write
from houvast.compiler.standard import KINDS, LANGUAGES, RIGHTS
from houvast.database import Connection, DatabaseError, connect
from houvast.policy.regime import regime
from tests.compiler import small
from tests.compiler.asking import Refused, rows, value
from tests.compiler.checks import PEOPLE, VERA, signed_in
from tests.compiler.company import Company
from tests.compiler.staffing import approved, code_of, enrolled
from tests.compiler.test_cases import YES, draft, in_review, refused, state, take


@pytest.fixture
def web(company: Company) -> Generator[Connection]:
    """The login of the pages, taken over by somebody who types SQL."""
    url = company.server.url(company.name)
    desk.prepare(url)
    with connect(company.server.url(company.name, desk.WEB_LOGIN)) as session:
        yield session
    desk.remove(url)  # the login is of the whole server


def said(session: Connection, text: str, *values: object) -> str:
    """What the database answers to it; fails when it does it."""
    with pytest.raises(DatabaseError) as caught:
        rows(session, text, *values)
    return str(caught.value.diag.message_primary)


def drafted(session: Connection, number: int, kind: str, body: str = YES, by: str = "staff 1") -> int:
    return value(
        session, "SELECT houvast.draft_letter(%s, NULL, %s, 'en', 'Your request', %s, '', %s)", number, kind, body, by
    )


def test_the_pages_approve_no_letter_of_their_own_in_any_name(company: Company, web: Connection) -> None:
    number = in_review(company)
    letter = drafted(web, number, "done", "Pay us a fine of 500 euro by tomorrow, or you will lose your account.")
    approve = "SELECT houvast.approve_letter(%s, %s, %s)"
    assert "has no codes" in said(web, approve, letter, "staff 2", "123456")
    enrolled(company.admin, "staff 2")
    assert "wrong" in said(web, approve, letter, "staff 2", "000000")
    assert "confirmed by a code" in said(web, approve, letter, "staff 2", "")
    assert "not approved" in said(web, "SELECT * FROM houvast.send_letter(%s)", letter)
    for text in ("SELECT secret FROM houvast.staff", "SELECT houvast.confirm('staff 2', '1', 'letter 1')",
                 "SELECT houvast.totp('x', 1)", "INSERT INTO houvast.confirmed (what, who) VALUES ('letter 1', 'x')"):  # fmt: skip
        with pytest.raises(Refused):
            rows(web, text)
    rows(web, approve, letter, "Staff-2", code_of(company.admin, "staff 2"))
    rows(web, "SELECT * FROM houvast.send_letter(%s)", letter)
    assert state(company, number) == "answered"
    assert company.do("SELECT what, who FROM houvast.confirmed") == [(f"letter {letter}", "staff2")]


def test_a_code_approves_one_letter_once(company: Company, web: Connection) -> None:
    number = in_review(company)
    first, second = (drafted(web, number, "done") for _ in range(2))
    enrolled(company.admin, "staff 2")
    code = code_of(company.admin, "staff 2")
    rows(web, "SELECT houvast.approve_letter(%s, 'staff 2', %s)", first, code)
    assert "was used" in said(web, "SELECT houvast.approve_letter(%s, 'staff 2', %s)", second, code)
    with connect(company.server.url(company.name), autocommit=False) as admin:
        enrolled(admin, "staff 2")
        rows(admin, "SELECT houvast.confirm('staff 2', %s, %s)", code_of(admin, "staff 2"), f"letter {first}")
        assert "confirmed" in said(
            admin, "UPDATE houvast.letter SET approved_by = 'staff2', approved_at = now() WHERE id = %s", second
        )


def test_codes_that_are_guessed_are_counted_also_when_they_are_rolled_back(company: Company, web: Connection) -> None:
    letter = drafted(web, in_review(company), "done")
    enrolled(company.admin, "staff 2")
    answers: list[str] = []
    for number in range(14):
        with web.transaction(force_rollback=True):
            answers.append(said(web, "SELECT houvast.approve_letter(%s, 'staff 2', %s)", letter, f"{number:06d}"))
    assert ["too many" in one for one in answers] == [False] * 10 + [True] * 4
    assert "too many" in said(
        web, "SELECT houvast.approve_letter(%s, 'staff 2', %s)", letter, code_of(company.admin, "staff 2")
    )
    company.do("SELECT setval('houvast.staff_tries', 0)")  # the hour is over
    rows(web, "SELECT houvast.approve_letter(%s, 'staff 2', %s)", letter, code_of(company.admin, "staff 2"))


@pytest.mark.parametrize(
    "same", ["staff 1", "STAFF 1", " staff  1 ", "staff-1", "\uff53taff\u00a01", "sta\ufb00 1", "st\u00e1ff 1"]
)
def test_nobody_approves_their_own_letter_in_another_spelling(company: Company, same: str) -> None:
    letter = draft(company, in_review(company), "done")
    enrolled(company.admin, same)
    assert "their own letter" in refused(
        company, "SELECT houvast.approve_letter(%s, %s, %s)", letter, same, code_of(company.admin, same)
    )


@pytest.mark.parametrize("strange", ["st\u0430ff 1", "staff\u200b1\u200b", "", "   ", "\u0455taff 1", "'; DROP"])
def test_letters_that_only_look_alike_name_nobody(company: Company, strange: str) -> None:
    assert "names nobody" in refused(company, "SELECT houvast.staff_name(%s)", strange)


def test_free_text_does_not_go_as_a_standard_letter(company: Company, web: Connection) -> None:
    number = take(company)
    for kind in KINDS:
        letter = drafted(web, number, kind, "You owe us 500 euro. Send it to this account by tomorrow at the latest.")
        assert "none that is standard" in said(web, "SELECT * FROM houvast.send_letter(%s)", letter)
    whole = company.do("SELECT subject, body FROM houvast.standard_letter(%s, 'acknowledgement', 'en')", number)[0]
    letter = value(
        web, "SELECT houvast.draft_letter(%s, NULL, 'acknowledgement', 'en', %s, %s, '', 'x')", number, *whole
    )
    rows(web, "SELECT * FROM houvast.send_letter(%s)", letter)
    assert state(company, number) == "acknowledged"


def test_the_standard_letters_of_both_are_the_same(company: Company) -> None:
    policy = small.policy()
    for language, kind, right in product(LANGUAGES, KINDS, RIGHTS):
        number = take(company, right)
        code, received, due = company.do("SELECT code, received_at, due_on FROM houvast.request WHERE id = %s", number)[
            0
        ]
        local = regime(policy.regime).local_day(received)
        contact = policy.controller.get("contact", "") or "\0"
        values = {"right": RIGHTS[right][language], "received": day(local, language), "due": day(due, language), "reference": str(code),
                  "organisation": policy.controller.get("name", policy.name), "contact": contact}  # fmt: skip
        letter = write(kind, language, values)
        found = company.do("SELECT subject, body FROM houvast.standard_letter(%s, %s, %s)", number, kind, language)
        assert found == [(letter.subject, letter.body.replace("\0", ""))]


def test_the_pages_withdraw_no_request_and_a_person_withdraws_their_own(company: Company, web: Connection) -> None:
    number, other = take(company), take(company, who="customer:2")
    assert "no longer asks" in said(web, "SELECT houvast.move_request(%s, 'withdrawn')", number)
    assert "has no codes" in said(web, "SELECT houvast.move_request(%s, 'withdrawn', '', 'staff 2', '123456')", number)
    desk = value(web, "SELECT id FROM houvast.take_request('customer:1', 'erasure', 'desk', 'nl')")
    assert "no longer asks" in said(web, "SELECT houvast.move_request(%s, 'withdrawn')", desk)
    secret, session = signed_in(company, VERA), company.session(PEOPLE)
    codes = [company.do("SELECT code FROM houvast.request WHERE id = %s", one)[0][0] for one in (number, other)]
    assert not value(session, "SELECT houvast.withdraw_own(%s, %s)", secret, codes[1])
    assert "session of nobody" in said(session, "SELECT houvast.withdraw_own(%s, %s)", "0" * 64, codes[0])
    rows(session, "SELECT houvast.withdraw_own(%s, %s)", secret, codes[0])
    assert (state(company, number), state(company, other)) == ("withdrawn", "received")
    enrolled(company.admin, "staff 2")
    rows(
        web, "SELECT houvast.move_request(%s, 'withdrawn', '', 'staff 2', %s)", other, code_of(company.admin, "staff 2")
    )
    assert state(company, other) == "withdrawn"


def test_the_pages_do_not_learn_which_numbers_exist(company: Company, web: Connection) -> None:
    ask = "SELECT id > 0, code IS NOT NULL, due_on FROM houvast.take_request(%s, 'access', 'portal', 'nl')"
    assert rows(web, ask, "customer:1") == rows(web, ask, "customer:987654")
    counted = [rows(web, ask, "customer:1") for _ in range(58)]
    assert len(counted) == 58
    assert "too many requests" in said(web, ask, "customer:2")
    assert "known by that number" in refused(company, ask, "customer:987654")  # at the command line it helps
    rows(web, "SELECT houvast.complain('complaint', 'en', 'Anybody complains all the same')")


def test_the_register_names_who_of_the_staff_looked_and_the_person_sees_their_role(
    company: Company, web: Connection
) -> None:
    number = take(company)
    assert "names nobody" in said(web, "SELECT houvast.open_case(%s, 'answering it')", number)
    assert "does not know" in said(web, "SELECT houvast.open_case(%s, 'answering it', 'noor')", number)
    enrolled(company.admin, "Noor", "support")
    use = value(web, "SELECT houvast.open_case(%s, 'answering it', ' NOOR ')", number)
    [(login, staff)] = company.do("SELECT login, staff FROM houvast.use WHERE id = %s", use)
    assert login == desk.WEB_LOGIN
    assert staff == "support " + str(company.do("SELECT id FROM houvast.staff")[0][0])
    session = company.session(PEOPLE)
    rows(session, "SELECT houvast.open_session_use(%s, 'a test')", signed_in(company))
    seen = rows(session, "SELECT role FROM houvast.uses_of('customer', '1') WHERE reason = 'answering it'")
    assert seen == [("support",)]


def test_who_left_approves_nothing(company: Company) -> None:
    letter = draft(company, in_review(company), "done")
    enrolled(company.admin, "staff 2")
    company.do("UPDATE houvast.staff SET ended_at = now()")
    assert "has no codes" in refused(
        company, "SELECT houvast.approve_letter(%s, 'staff 2', %s)", letter, code_of(company.admin, "staff 2")
    )
    approved(company.admin, draft(company, in_review(company), "done"), "staff 3")


@pytest.mark.parametrize(("moment", "code"), [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
                                              (2000000000, "279037"), (20000000000, "353130")])  # fmt: skip
def test_codes_are_those_of_rfc_6238(company: Company, moment: int, code: str) -> None:
    assert company.do("SELECT houvast.totp('12345678901234567890', %s)", moment // 30) == [(code,)]


def test_sha1_is_that_of_others(company: Company) -> None:
    for length in (0, 1, 55, 56, 63, 64, 65, 119, 120, 200):
        message = bytes(range(length))
        assert company.do("SELECT houvast.sha1(%s)", message) == [
            (hashlib.sha1(message, usedforsecurity=False).digest(),)
        ]
