"""The database keeps requests, letters and breaches: clock, states, reasons, four eyes, and what it tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from houvast.database.connect import DatabaseError
from tests.compiler.asking import rows
from tests.compiler.checks import PEOPLE, signed_in
from tests.compiler.company import Company
from tests.compiler.staffing import approved, code_of, enrolled

NO = (
    "We cannot do what you asked. You can go to the Autoriteit Persoonsgegevens, or to court within 6 weeks. "
    "We explain why in this letter."
)
YES = "We have done what you asked for, and this letter tells what it was and when."


def take(company: Company, right: str = "erasure", who: str | None = "customer:1", ago: int = 0) -> int:
    """A request that came in so many days ago; its number."""
    received = datetime.now(UTC) - timedelta(days=ago)
    row = company.do("SELECT id FROM houvast.take_request(%s, %s, 'mail', 'en', %s)", who, right, received)
    return row[0][0]


def verify(company: Company, number: int) -> None:
    """Somebody checked whose request it is."""
    company.do("UPDATE houvast.request SET verified_at = now(), level = 2 WHERE id = %s", number)


def move(company: Company, number: int, *states: str) -> None:
    """Take a request on."""
    for state in states:
        company.do("SELECT houvast.move_request(%s, %s)", number, state)


def in_review(company: Company, right: str = "erasure", ago: int = 0) -> int:
    """A checked request in review."""
    number = take(company, right, ago=ago)
    verify(company, number)
    move(company, number, "searching", "review")
    return number


def draft(company: Company, number: int, kind: str, body: str = YES, reason: str = "") -> int:
    """A draft of a letter; its number."""
    return company.do(
        "INSERT INTO houvast.letter (request, kind, language, subject, body, reason, drafted_by)"
        " VALUES (%s, %s, 'en', 'Your request', %s, %s, 'staff 1') RETURNING id",
        number, kind, body, reason,
    )[0][0]  # fmt: skip


def approve(company: Company, letter: int, by: str = "staff 2") -> None:
    """Let somebody approve it."""
    approved(company.admin, letter, by)


def send(company: Company, letter: int) -> None:
    """Send it."""
    company.do("UPDATE houvast.letter SET sent_at = now() WHERE id = %s", letter)


def state(company: Company, number: int) -> str:
    """What became of a request."""
    return company.do("SELECT state FROM houvast.request WHERE id = %s", number)[0][0]


def refused(company: Company, text: str, *values: object) -> str:
    """What the database says to it; fails when it does it."""
    with pytest.raises(DatabaseError) as caught:
        company.do(text, *values)
    return str(caught.value.diag.message_primary)


def told(company: Company, kind: str) -> list[dict[str, Any]]:
    """The bodies of what was told of a kind."""
    return [row[0] for row in company.do("SELECT body FROM houvast.event WHERE kind = %s ORDER BY id", kind)]


def test_a_request_is_answered_by_a_letter_that_another_one_approved(company: Company) -> None:
    number = in_review(company)
    letter = draft(company, number, "done")
    approve(company, letter)
    send(company, letter)
    assert state(company, number) == "answered"
    assert company.do("SELECT closed_at IS NOT NULL FROM houvast.request WHERE id = %s", number) == [(True,)]
    assert told(company, "request_received")[-1] == {
        "right": "erasure",
        "channel": "mail",
        "language": "en",
        "about": "",
    }
    moved = told(company, "request_moved")
    assert [(one["from"], one["to"]) for one in moved] == [
        ("received", "searching"), ("searching", "review"), ("review", "answered")]  # fmt: skip
    assert {one["in_time"] for one in moved} == {"yes"}
    assert told(company, "letter_sent") == [{"letter": "done", "language": "en", "reason": ""}]


def test_nobody_sets_state_or_clock_past_the_machine(company: Company) -> None:
    number = in_review(company)
    for change in ("state = 'answered'", "state = 'received'", "due_on = due_on + 9", "waited = 9", "closed_at = now()",
                   "received_at = now() + interval '9 days'", "extended_at = now()", "state = 'refused', reason = 'excessive'"):  # fmt: skip
        assert "Houvast refuses" in refused(company, f"UPDATE houvast.request SET {change} WHERE id = %s", number)
    assert state(company, number) == "review"
    enrolled(company.admin, "staff 2")
    company.do(
        "SELECT houvast.move_request(%s, 'withdrawn', '', 'staff 2', %s)", number, code_of(company.admin, "staff 2")
    )
    assert "stays as it ended" in refused(company, "UPDATE houvast.request SET state = 'review' WHERE id = %s", number)


def test_a_check_of_one_person_serves_for_no_other_and_for_no_other_right(company: Company) -> None:
    number = take(company)
    assert "C35" in refused(company, "UPDATE houvast.request SET key = '2' WHERE id = %s", number)
    verify(company, number)
    secret = signed_in(company)
    rows(company.session(PEOPLE), "SELECT houvast.open_session_use(%s, 'a test')", secret)
    ours = company.do("SELECT id FROM houvast.request WHERE session")[0][0]
    for one in (number, ours):
        for change in ("key = '2'", "kind = 'business_contact'", "kind = NULL, key = NULL", "\"right\" = 'closing'",
                       "verified_at = now()", "verified_at = NULL", "level = 4"):  # fmt: skip
            assert "C35" in refused(company, f"UPDATE houvast.request SET {change} WHERE id = %s", one), change


def test_nothing_is_searched_for_somebody_who_was_not_checked(company: Company) -> None:
    number = take(company)
    said = refused(company, "SELECT houvast.move_request(%s, 'searching')", number)
    assert "nobody has checked" in said
    assert "C35" in said


def test_what_is_done_at_the_desk_for_somebody_who_was_checked_is_answered_by_doing_it(company: Company) -> None:
    number = company.do("INSERT INTO houvast.request (kind, key) VALUES ('customer', '1') RETURNING id")[0][0]
    close = "UPDATE houvast.request SET closed_at = now() WHERE id = %s"
    assert "ends by an answer" in refused(company, close, number)
    verify(company, number)
    company.do(close, number)
    assert state(company, number) == "answered"
    assert [(one["from"], one["to"]) for one in told(company, "request_moved")] == [("received", "answered")]


def test_a_refusal_names_authority_court_and_term_and_a_reason_of_the_law(company: Company) -> None:
    number = in_review(company)
    assert "reason of the law" in refused(
        company,
        "INSERT INTO houvast.letter (request, kind, language, subject, body, drafted_by) VALUES (%s, 'refusal', 'en', 'No', %s, 'a')",
        number, NO,
    )  # fmt: skip
    for left_out in ("Autoriteit Persoonsgegevens", "court", "6 weeks"):
        letter = draft(company, number, "refusal", NO.replace(left_out, "nobody"), "legally_required")
        said = refused(
            company, "UPDATE houvast.letter SET approved_by = 'b', approved_at = now() WHERE id = %s", letter
        )
        assert left_out in said
        assert "G10" in said
    letter = draft(company, number, "refusal", NO, "legally_required")
    assert "their own letter" in refused(
        company, "UPDATE houvast.letter SET approved_by = 'staff 1', approved_at = now() WHERE id = %s", letter
    )
    assert "not approved" in refused(company, "UPDATE houvast.letter SET sent_at = now() WHERE id = %s", letter)
    approve(company, letter)
    assert "stays as it was approved" in refused(
        company, "UPDATE houvast.letter SET body = 'Something else' WHERE id = %s", letter
    )
    send(company, letter)
    assert state(company, number) == "refused"
    assert "stays as it was sent" in refused(company, "UPDATE houvast.letter SET subject = 'x' WHERE id = %s", letter)
    assert "five years" in refused(company, "DELETE FROM houvast.letter WHERE id = %s", letter)


def test_a_letter_with_a_word_that_was_not_filled_in_is_not_approved(company: Company) -> None:
    letter = draft(company, in_review(company), "done", YES + " Until {until}.")
    assert "not filled in" in refused(
        company, "UPDATE houvast.letter SET approved_by = 'b', approved_at = now() WHERE id = %s", letter
    )


def test_more_time_is_told_with_a_reason_within_the_first_term_and_counts_from_receipt(company: Company) -> None:
    number = in_review(company)
    received, first = company.do("SELECT received_at, due_on FROM houvast.request WHERE id = %s", number)[0]
    assert "no extension was sent" in refused(
        company, "SELECT houvast.move_request(%s, 'delayed', 'complexity')", number
    )
    letter = draft(company, number, "extension", reason="complexity")
    approve(company, letter)
    send(company, letter)
    [(found, now_due)] = company.do("SELECT state, due_on FROM houvast.request WHERE id = %s", number)
    assert found == "delayed"
    assert now_due == company.do("SELECT houvast.due_on(%s, true, 0)", received)[0][0] > first
    move(company, number, "searching")
    again = draft(company, number, "extension", reason="complexity")
    approve(company, again)
    assert "once" in refused(company, "UPDATE houvast.letter SET sent_at = now() WHERE id = %s", again)


def test_more_time_cannot_be_taken_when_the_first_term_is_over(company: Company) -> None:
    number = in_review(company, ago=50)
    letter = draft(company, number, "extension", reason="high_volume")
    approve(company, letter)
    assert "before its first term is over" in refused(
        company, "UPDATE houvast.letter SET sent_at = now() WHERE id = %s", letter
    )
    assert state(company, number) == "review"


def test_the_clock_stands_still_while_the_person_must_answer(company: Company) -> None:
    number = take(company)
    standard = company.do("SELECT subject, body FROM houvast.standard_letter(%s, 'identity', 'en')", number)[0]
    company.do("SELECT houvast.draft_letter(%s, NULL, 'identity', 'en', %s, %s, '', 'staff 1')", number, *standard)
    send(company, company.do("SELECT max(id) FROM houvast.letter")[0][0])
    assert state(company, number) == "identity"
    company.do("SET session_replication_role = replica")
    company.do("UPDATE houvast.request SET paused_at = now() - interval '5 days' WHERE id = %s", number)
    company.do("SET session_replication_role = origin")
    verify(company, number)
    move(company, number, "searching")
    [(waited, due, received)] = company.do(
        "SELECT waited, due_on, received_at FROM houvast.request WHERE id = %s", number
    )
    assert waited == 5
    assert due == company.do("SELECT houvast.due_on(%s, false, 5)", received)[0][0]


def test_a_complaint_needs_no_name_and_what_it_says_is_nowhere_in_the_log(company: Company) -> None:
    words = "You gave my address to someone, says a made-up person."
    [(code, due)] = company.do(
        "SELECT code, due_on FROM houvast.complain('complaint', 'en', %s, 'C25', 'breach')", words
    )
    assert due > datetime.now(UTC).date()
    [found] = company.do('SELECT "right", state, due_on FROM houvast.follow_request(%s)', code)
    assert found == ("complaint", "acknowledged", due)
    assert not company.do("SELECT FROM houvast.event WHERE body::text || sealed::text LIKE '%%made-up%%'")
    assert told(company, "request_received")[-1]["about"] == "C25"
    assert "somebody" in refused(company, "SELECT houvast.take_request(NULL, 'access', 'mail', 'en')")
    assert "says something" in refused(company, "SELECT houvast.complain('complaint', 'en', ' ')")
    assert "known by that number" in refused(
        company, "SELECT houvast.take_request('customer:99', 'access', 'mail', 'en')"
    )


def test_looking_at_a_case_is_a_recorded_use_for_that_person(company: Company) -> None:
    number = take(company)
    [(use,)] = company.do("SELECT houvast.open_case(%s, 'handling it')", number)
    [(kind, key, words, letters)] = company.do("SELECT * FROM houvast.read_case(%s)", use)
    assert (kind, key, words, letters) == ("customer", "1", None, [])
    [(person, reason)] = company.do("SELECT person, reason FROM houvast.use ORDER BY id DESC LIMIT 1")
    assert (person, reason) == ("1", "handling it")
    assert "needs a reason" in refused(company, "SELECT houvast.open_case(%s, '')", number)
    assert "needs a reason" in refused(company, "SELECT houvast.open_case(%s, 'mail vera@lakana.example')", number)


def test_nobody_looks_at_a_case_and_takes_the_record_of_it_back(company: Company) -> None:
    number = take(company)
    with company.admin.transaction(force_rollback=True):
        [(use,)] = company.do("SELECT houvast.open_case(%s, 'handling it')", number)
        assert "nothing records" in refused(company, "SELECT * FROM houvast.read_case(%s)", use)
    [(use,)] = company.do("SELECT houvast.open_case(%s, 'handling it')", number)
    company.do("UPDATE houvast.use SET login = 'houvast_web' WHERE id = %s", use)  # of another login
    assert "nothing records" in refused(company, "SELECT * FROM houvast.read_case(%s)", use)


def test_a_request_does_not_leave_the_clock_by_becoming_a_session(company: Company) -> None:
    number = take(company)
    assert "become a session" in refused(company, "UPDATE houvast.request SET session = true WHERE id = %s", number)


def test_no_error_says_what_somebody_wrote(company: Company) -> None:
    number = take(company)
    for text, values in (
        ("SELECT houvast.complain('complaint', 'en', %s)", ("Vera made-up " * 2000,)),
        (
            "SELECT houvast.draft_letter(%s, NULL, 'done', 'en', 'x', %s, '', 'staff 1')",
            (number, "Vera made-up " * 2000),
        ),
    ):
        with pytest.raises(DatabaseError, match="20,000 characters") as caught:
            company.do(text, *values)
        assert caught.value.diag.message_detail is None


def test_a_breach_is_reported_within_its_hours_or_says_why_not(company: Company) -> None:
    late = datetime.now(UTC) - timedelta(hours=80)
    [(number, by)] = company.do(
        "INSERT INTO houvast.breach (title, aware_at) VALUES ('A lost laptop', %s) RETURNING id, report_by", late
    )
    assert by == late + timedelta(hours=72)
    assert "to the authority" in refused(company, "UPDATE houvast.breach SET reported_at = now() WHERE id = %s", number)
    drafting = "SELECT houvast.draft_letter(NULL, %s, 'breach_authority', 'en', 'A breach', %s, '', 'staff 1')"
    assert "why it is late" in refused(company, drafting, number, YES)
    company.do("UPDATE houvast.breach SET late_because = 'Found on Saturday' WHERE id = %s", number)
    letters = [
        company.do("SELECT houvast.draft_letter(NULL, %s, %s, 'en', 'A breach', %s, '', 'staff 1')", number, kind, YES)[
            0
        ][0]
        for kind in ("breach_authority", "breach_person")
    ]
    assert "not approved" in refused(company, "SELECT * FROM houvast.send_letter(%s, true)", letters[0])
    for one in letters:
        approve(company, one)
    company.do("UPDATE houvast.breach SET late_because = '' WHERE id = %s", number)
    assert "why it is late" in refused(company, "SELECT * FROM houvast.send_letter(%s, true)", letters[0])
    assert "assessed" in refused(company, "UPDATE houvast.breach SET state = 'closed' WHERE id = %s", number)
    company.do("UPDATE houvast.breach SET risk = 'high', note = 'Data of many people' WHERE id = %s", number)
    assert "not reported" in refused(company, "UPDATE houvast.breach SET state = 'closed' WHERE id = %s", number)
    company.do("UPDATE houvast.breach SET late_because = 'Found on Saturday' WHERE id = %s", number)
    company.do("SELECT * FROM houvast.send_letter(%s, true)", letters[0])
    assert "not told" in refused(company, "UPDATE houvast.breach SET state = 'closed' WHERE id = %s", number)
    assert "to the people" in refused(company, "UPDATE houvast.breach SET people_told_at = now() WHERE id = %s", number)
    company.do("SELECT * FROM houvast.send_letter(%s, true)", letters[1])
    company.do("UPDATE houvast.breach SET state = 'closed' WHERE id = %s", number)
    assert [one["state"] for one in told(company, "breach_moved")] == [
        "open",
        "open",
        "open",
        "open",
        "reported",
        "reported",
        "closed",
    ]
    assert "an e-mail address" in refused(
        company, "INSERT INTO houvast.breach (title, aware_at) VALUES ('Mail of a@lakana.example', now())"
    )


def test_what_was_written_goes_five_years_after_the_end(company: Company) -> None:
    number = in_review(company)
    letter = draft(company, number, "done")
    approve(company, letter)
    send(company, letter)
    assert company.do("SELECT houvast.forget_cases()") == [(0,)]
    company.do("SET session_replication_role = replica")
    company.do("UPDATE houvast.request SET closed_at = now() - interval '5 years 1 day' WHERE id = %s", number)
    company.do("SET session_replication_role = origin")
    assert company.do("SELECT houvast.forget_cases()") == [(1,)]
    assert company.do("SELECT count(*) FROM houvast.letter") == [(0,)]


def test_no_letter_goes_to_an_address_of_yesterday(company: Company) -> None:
    number = in_review(company)
    letter = draft(company, number, "done")
    approve(company, letter)
    company.do("UPDATE contact SET email = 'thief@lakana.example' WHERE account_id = 1")
    said = refused(company, "SELECT * FROM houvast.send_letter(%s)", letter)
    assert "no letter goes there" in said
    assert "C37" in said
    assert state(company, number) == "review"
    company.do("UPDATE houvast.contact_change SET at = at - interval '3 days'")
    company.do("SELECT * FROM houvast.send_letter(%s)", letter)
    assert state(company, number) == "answered"


def test_evidence_with_a_complaint_has_a_limit_that_the_error_names(company: Company) -> None:
    complain = "SELECT houvast.complain('complaint', 'en', 'A made-up complaint', 'C25', 'breach', jsonb_build_object('x', repeat('y', %s)))"
    company.do(complain, 1900)
    said = refused(company, complain, 2000)
    assert "2,000 bytes" in said
    assert "yyy" not in said
