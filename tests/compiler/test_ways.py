"""Ways to show who one is beyond a code by mail: codes in letters, requests claimed or denied, and mandates."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from houvast.database import connect
from tests.compiler.asking import Refused, open_use, rows, value
from tests.compiler.checks import PEOPLE, signed_in
from tests.compiler.company import Company
from tests.compiler.staffing import approved
from tests.compiler.test_cases import move, refused, state, take, told
from tests.compiler.whole import OFFICER

WRITTEN = """SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables
             WHERE schemaname = 'houvast' AND n_tup_ins + n_tup_upd + n_tup_del > 0 ORDER BY 1"""
WRONG = "0000-0000-0000"
LAWYER = "SELECT houvast.record_mandate(%s, 'lawyer', 'Mr. P. Laver', 'laver@law.example', '{access,erasure}', now() + interval '30 days')"
TOKEN = """SELECT "values" ->> 'token', blank FROM houvast.outgoing WHERE template = 'mandate' ORDER BY queued_at DESC LIMIT 1"""


def waiting(company: Company, right: str = "access", who: str = "customer:1") -> tuple[int, str]:
    """A request that waits until it is known whose it is: its number and reference."""
    number = take(company, right, who)
    move(company, number, "identity")
    return number, str(company.do("SELECT code FROM houvast.request WHERE id = %s", number)[0][0])


def printed(company: Company, number: int) -> str:
    """The code in a letter."""
    return company.do("SELECT code FROM houvast.print_code(%s)", number)[0][0]


def tried(company: Company, reference: str, code: str, choice: str = "yes") -> str | None:
    """What comes of a code, as the pages try it."""
    company.do("SELECT houvast.answer_case_code(%s, %s)", reference, code)
    return company.do("SELECT houvast.settle_case_code(%s, %s)", reference, choice)[0][0]


def verified(company: Company, number: int) -> tuple[bool, int]:
    """Whether it was checked whose a request is, and how sure that is."""
    return company.do("SELECT verified_at IS NOT NULL, level FROM houvast.request WHERE id = %s", number)[0]


def test_a_code_by_letter_checks_the_request_and_its_clock_goes_on(company: Company) -> None:
    number, reference = waiting(company)
    code = printed(company, number)
    assert len(code.replace("-", "")) == 12
    assert tried(company, reference, WRONG) is None
    assert tried(company, reference, f" {code.lower()} ") == "yes"
    assert verified(company, number) == (True, 4)
    assert state(company, number) == "searching"
    assert company.do("SELECT paused_at FROM houvast.request WHERE id = %s", number) == [(None,)]
    assert told(company, "person_checked")[-1] == {"outcome": "right", "method": "letter", "level": 4}
    open_use(company.session(OFFICER), "rights", person=1)
    assert tried(company, reference, code) is None


def test_a_code_by_letter_is_of_one_request_for_fourteen_days_and_five_tries(company: Company) -> None:
    (one, of_one), (_, of_other) = waiting(company), waiting(company, "erasure")
    code = printed(company, one)
    assert tried(company, of_other, code) is None
    assert tried(company, "00000000-0000-4000-8000-000000000000", code) is None
    company.do("UPDATE houvast.case_code SET until = clock_timestamp()")
    assert tried(company, of_one, code) is None
    code = printed(company, one)
    for _ in range(5):
        assert tried(company, of_one, WRONG) is None
    assert tried(company, of_one, code) is None
    assert company.do("SELECT max(tries) FROM houvast.case_code") == [(5,)]
    assert verified(company, one)[0] is False


def test_a_second_letter_ends_the_first_and_there_is_no_fourth(company: Company) -> None:
    number, reference = waiting(company)
    first = printed(company, number)
    second = printed(company, number)
    assert tried(company, reference, first) is None
    printed(company, number)
    assert "three letters" in refused(company, "SELECT houvast.print_code(%s)", number)
    assert tried(company, reference, second) is None


def test_printing_a_letter_is_a_use_and_needs_an_address_on_file(company: Company) -> None:
    number, _ = waiting(company)
    printed(company, number)
    assert company.uses()[-1] == "prints a letter with a code"
    company.do("SELECT houvast.set_stand('customer', '1', 'contested', 'contact.name', 'bounce')")
    assert "no postal address" in refused(company, "SELECT houvast.print_code(%s)", number)
    nobody = take(company, "question", None)
    assert "waits to be checked" in refused(company, "SELECT houvast.print_code(%s)", nobody)


def test_whoever_guesses_a_letter_and_rolls_back_learns_nothing(company: Company) -> None:
    number, reference = waiting(company)
    code = printed(company, number)
    seen: list[object] = []
    logged: list[int] = []
    for guess in (WRONG, code) * 9:
        with connect(company.server.url(company.name)) as session, session.transaction(force_rollback=True):
            before = value(session, "SELECT pg_current_wal_insert_lsn()")
            rows(session, "SELECT houvast.answer_case_code(%s, %s)", reference, guess)
            logged.append(value(session, "SELECT pg_current_wal_insert_lsn() - %s::pg_lsn", before))
            rows(session, "SELECT houvast.answer_case_code(%s, %s)", reference, code)
            settled = value(session, "SELECT houvast.settle_case_code(%s, 'yes')", reference)
            seen.append(
                (
                    settled,
                    rows(session, WRITTEN),
                    rows(session, "SELECT state FROM houvast.follow_request(%s)", reference),
                )
            )
    assert all(one == (None, [("case_code", 0, 1, 0)], [("identity",)]) for one in seen)
    assert min(logged[::2]) == min(logged[1::2])
    assert company.do("SELECT tries FROM houvast.case_code") == [(0,)]
    assert tried(company, reference, code) == "yes"


def test_of_many_guesses_at_a_letter_at_once_five_are_tried(company: Company) -> None:
    number, reference = waiting(company)
    printed(company, number)

    def guess(start: int) -> None:
        with connect(company.server.url(company.name)) as session:
            for one in range(start, start + 10):
                rows(session, "SELECT houvast.answer_case_code(%s, %s)", reference, f"{one:012d}")

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(guess, range(0, 100, 10)))
    assert company.do("SELECT tries FROM houvast.case_code") == [(5,)]


def test_a_session_checks_what_was_asked_in_their_name(company: Company) -> None:
    number, reference = waiting(company)
    other, of_other = waiting(company, who="customer:2")
    secret, pages = signed_in(company), company.session(PEOPLE)
    assert rows(pages, 'SELECT code::text, "right", enough FROM houvast.own_unchecked(%s)', secret) == [
        (reference, "access", True)
    ]
    claim = "SELECT houvast.claim_case(%s, %s, %s)"
    assert value(pages, claim, secret, of_other, "yes") is None
    assert value(pages, claim, secret, reference, "maybe") is None
    assert value(pages, claim, secret, reference, "yes") == "yes"
    assert (verified(company, number), state(company, number)) == ((True, 2), "searching")
    assert (verified(company, other), state(company, other)) == ((False, 0), "identity")


@pytest.mark.parametrize("way", ["session", "letter", "link"])
def test_who_did_not_ask_ends_it_and_no_use_of_it_goes_on(company: Company, way: str) -> None:
    number, reference = waiting(company)
    if way == "session":
        value(company.session(PEOPLE), "SELECT houvast.claim_case(%s, %s, 'no')", signed_in(company), reference)
    elif way == "letter":
        assert tried(company, reference, printed(company, number), "no") == "no"
    else:
        company.do(
            "UPDATE houvast.request SET verified_at = now(), level = 2, state = 'searching' WHERE id = %s", number
        )
        session = company.using(OFFICER, "rights", person=1)
        assert rows(session, "SELECT id FROM contact") == [(1,)]
        company.do("SELECT houvast.not_me(%s)", reference)
        assert company.do("SELECT count(*) FROM houvast.use WHERE person = '1' AND ended_at IS NULL") == [(0,)]
    assert state(company, number) == "withdrawn"
    assert company.do("SELECT request, how FROM houvast.denied") == [(number, way)]
    assert told(company, "person_checked")[-1]["outcome"] == "stopped"
    with pytest.raises(Refused, match="no request of this person is open"):
        open_use(company.session(OFFICER), "rights", person=1)
    assert company.do("SELECT houvast.not_me(%s), houvast.not_me(gen_random_uuid())", reference) == [(None, None)]


def test_erasing_asks_for_more_than_a_code_by_mail(company: Company) -> None:
    number, reference = waiting(company, "erasure")
    assert (
        value(company.session(PEOPLE), "SELECT houvast.claim_case(%s, %s, 'yes')", signed_in(company), reference)
        == "more"
    )
    assert verified(company, number)[0] is False
    assert tried(company, reference, printed(company, number)) == "yes"
    assert verified(company, number) == (True, 4)


def test_a_mandate_counts_once_the_person_confirmed_it(company: Company) -> None:
    number = take(company, "access")
    company.do(LAWYER, number)
    assert state(company, number) == "identity"
    verify = "UPDATE houvast.request SET verified_at = now(), level = 4 WHERE id = %s"
    assert "has not confirmed" in refused(company, verify, number)
    ((token, blank),) = company.do(TOKEN)
    assert blank is False
    asked = "SELECT sort, holder, rights, confirmed FROM houvast.asked_mandate(%s)"
    assert company.do(asked, token) == [("lawyer", "Mr. P. Laver", ["access", "erasure"], False)]
    assert company.do(asked, "0" * 64) == []
    answer = "SELECT houvast.answer_mandate(%s, %s)"
    assert company.do(answer, "0" * 64, "yes") == [(None,)]
    assert company.do(answer, token, "yes") == [("yes",)]
    assert (verified(company, number), state(company, number)) == ((True, 2), "searching")
    open_use(company.session(OFFICER), "rights", person=1)
    move(company, number, "review")


def test_a_mandate_that_is_denied_or_revoked_ends_what_was_asked_by_it(company: Company) -> None:
    for before in ("", "yes"):
        number = take(company, "access")
        company.do(LAWYER, number)
        ((token, _),) = company.do(TOKEN)
        if before:
            company.do("SELECT houvast.answer_mandate(%s, 'yes')", token)
        assert company.do("SELECT houvast.answer_mandate(%s, 'no')", token) == [("no",)]
        assert state(company, number) == "withdrawn"
        assert company.do("SELECT houvast.answer_mandate(%s, 'yes')", token) == [(None,)]
        with pytest.raises(Refused, match="no request of this person is open"):
            open_use(company.session(OFFICER), "rights", person=1)
    changes = [
        (one["what"], one["change"]) for one in told(company, "person_state_changed") if one["what"] == "mandate"
    ]
    assert changes == [("mandate", "set"), ("mandate", "ended")]


def test_a_mandate_gives_what_it_says_and_until_then(company: Company) -> None:
    assert "does not cover" in refused(company, LAWYER, take(company, "rectification"))
    number = take(company, "access")
    company.do(LAWYER, number)
    (mandate,) = company.do("SELECT id FROM houvast.mandate")[0]
    secret = signed_in(company)
    pages = company.session(PEOPLE)
    assert rows(pages, "SELECT id, confirmed FROM houvast.own_mandates(%s)", secret) == [(mandate, False)]
    assert (
        value(pages, "SELECT houvast.choose_mandate(%s, %s, 'yes')", signed_in(company, "wim@lakana.example"), mandate)
        is None
    )
    assert value(pages, "SELECT houvast.choose_mandate(%s, %s, 'yes')", secret, mandate) == "yes"
    other = take(company, "erasure")
    company.do("SELECT houvast.join_mandate(%s, %s)", other, mandate)
    assert verified(company, other) == (True, 2)
    for right, who in (("restriction", "customer:1"), ("access", "customer:2")):
        assert "no mandate of that number" in refused(
            company, "SELECT houvast.join_mandate(%s, %s)", take(company, right, who), mandate
        )
    company.do("UPDATE houvast.mandate SET until = clock_timestamp()")
    assert "no longer" in refused(company, "SELECT houvast.move_request(%s, 'review')", number)
    company.do("SELECT houvast.sweep_mandates()")
    assert {state(company, one) for one in (number, other)} == {"withdrawn"}


def test_letters_go_to_who_holds_a_mandate_only_while_it_is_in_force(company: Company) -> None:
    number = take(company, "access")
    company.do(LAWYER, number)
    body = "We have got your request and will answer it in time."
    sent = """SELECT count(*) FROM houvast.outgoing WHERE template = 'letter' AND address = 'laver@law.example'"""

    def send() -> None:
        (letter,) = company.do(
            "SELECT houvast.draft_letter(%s, NULL, 'lifting', 'en', 'Your request', %s, '', 'staff 1')",
            number,
            body,
        )[0]
        approved(company.admin, letter)
        company.do("SELECT houvast.send_letter(%s)", letter)

    send()
    assert company.do(sent) == [(0,)]
    ((token, _),) = company.do(TOKEN)
    company.do("SELECT houvast.answer_mandate(%s, 'yes')", token)
    send()
    assert company.do(sent) == [(1,)]
    assert company.do("SELECT count(*) FROM houvast.outgoing WHERE to_key = '1' AND template = 'letter'") == [(2,)]


def test_a_letter_by_post_confirms_a_mandate(company: Company) -> None:
    number = take(company, "access")
    company.do("UPDATE contact SET email = 'new@lakana.example' WHERE account_id = 1")
    company.do(LAWYER, number)
    assert company.do(TOKEN)[0][1] is True  # an address of yesterday is asked nothing
    reference = str(company.do("SELECT code FROM houvast.request WHERE id = %s", number)[0][0])
    assert tried(company, reference, printed(company, number)) == "yes"
    assert verified(company, number) == (True, 4)
    assert company.do("SELECT confirmed_by, level FROM houvast.mandate") == [("letter", 4)]


def test_the_pages_learn_nothing_else_of_mandates_and_letters(company: Company) -> None:
    pages = company.session(PEOPLE)
    for text in ("SELECT * FROM houvast.mandate", "SELECT * FROM houvast.case_code", "SELECT houvast.print_code(1)",
                 "SELECT houvast.confirm_mandate(1, 'session')", "SELECT houvast.check_case(1, 4, 'letter')",
                 "SELECT houvast.post_of('customer', '1')", "SELECT houvast.deny_case(1, 'session')"):  # fmt: skip
        with pytest.raises(Refused, match="permission denied"):
            rows(pages, text)
