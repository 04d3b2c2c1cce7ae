"""A refused call to open a use is told to the log, whatever becomes of the transaction in which it was made."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

import psycopg
import pytest

from houvast.database import Connection, DatabaseError
from tests.compiler.asking import Refused, open_use, rows, value
from tests.compiler.company import Company
from tests.compiler.small import COUNTER, NEWS, OFFICE, SUPPORT
from tests.compiler.whole import DESK, OFFICER

SLOTS = 64
CALLS: Mapping[str, tuple[str, str, tuple[str, str, str]]] = {
    "purpose unknown": (SUPPORT, "open_use('curiosity', 'a test')", ("C05", "", "")),
    "purpose not granted": (SUPPORT, "open_use('billing', 'a test', person => 2)", ("C09", "billing", "2")),
    "reason missing": (SUPPORT, "open_use('answer', ' ')", ("C02", "answer", "")),
    "reason personal": (SUPPORT, "open_use('answer', 'call 0612345678')", ("C02", "answer", "")),
    "person missing": (DESK, "open_use('account', 'a test')", ("C08", "account", "")),
    "no request": (OFFICER, "open_use('rights', 'a test', person => 1)", ("C33", "rights", "1")),
    "not verified": (OFFICER, "open_use('rights', 'a test', person => 3)", ("C35", "rights", "3")),
    "case missing": (OFFICER, "open_use('dispute', 'a test')", ("C31", "dispute", "")),
    "no hold": (OFFICER, "open_use('dispute', 'a test', \"case\" => '7')", ("C31", "dispute", "")),
    "over the limit": (DESK, "open_use('account', 'a test', person => 3)", ("C08", "account", "3")),
    "no such use": (NEWS, "enter_use(99)", ("C02", "", "")),
}  # fmt: skip
TOLD = """
SELECT body ->> 'why', body ->> 'login', promise, body ->> 'purpose', coalesce(subject_key, '') FROM houvast.event
WHERE kind = 'use_refused' ORDER BY id"""


def gathered(company: Company) -> list[tuple[str, ...]]:
    """What was told of refused calls after taking them into the log."""
    company.do("SELECT houvast.gather_refusals()")
    return company.do(TOLD)


def uncounted(company: Company) -> list[int]:
    return [
        n
        for (n,) in company.do(
            "SELECT (body ->> 'count')::int FROM houvast.event WHERE kind = 'refusals_uncounted' ORDER BY id"
        )
    ]


def refused(session: Connection, call: str = "open_use('nonsense', 'a test')") -> None:
    with pytest.raises(DatabaseError, match="Houvast refuses"):
        rows(session, f"SELECT houvast.{call}")


@pytest.mark.parametrize("why", CALLS)
def test_each_refusal_is_told_with_why_login_purpose_and_person(company: Company, why: str) -> None:
    login, call, expected = CALLS[why]
    if why == "not verified":
        company.do("INSERT INTO houvast.request (kind, key) VALUES ('customer', '3')")
    if why == "over the limit":
        company.do("UPDATE houvast.volume SET most = 1")
        rows(company.session(DESK), "SELECT houvast.record_use('account', 'a test', '1', NULL)")
    refused(company.session(login), call)
    assert gathered(company) == [(why, login, *expected)]


def test_it_works_in_the_portable_profile_too(either_company: Company) -> None:
    refused(either_company.session(COUNTER))
    assert gathered(either_company) == [("purpose unknown", COUNTER, "C05", "", "")]


def test_a_rolled_back_transaction_hides_nothing(company: Company) -> None:
    session = company.session(SUPPORT)
    rows(session, "BEGIN")
    refused(session)
    rows(session, "ROLLBACK")
    assert len(gathered(company)) == 1


def test_a_savepoint_that_is_rolled_back_hides_nothing(company: Company) -> None:
    session = company.session(SUPPORT)
    rows(session, "BEGIN; SAVEPOINT here")
    refused(session)
    rows(session, "ROLLBACK TO here; COMMIT")
    text = "DO $$ BEGIN PERFORM houvast.open_use('nonsense', 'a test'); EXCEPTION WHEN OTHERS THEN NULL; END $$"
    rows(session, text)
    assert len(gathered(company)) == 2


def test_a_session_that_is_ended_hides_nothing(company: Company) -> None:
    session = company.session(SUPPORT)
    pid = session.info.backend_pid
    rows(session, "BEGIN")
    refused(session)
    company.do("SELECT pg_terminate_backend(%s)", pid)
    with pytest.raises(psycopg.OperationalError):
        rows(session, "SELECT 1")
    assert len(gathered(company)) == 1


def test_who_can_only_read_learns_nothing_and_opens_nothing(company: Company) -> None:
    """In a transaction that only reads nothing can be recorded, so nothing is answered either."""
    session = company.session(SUPPORT)
    for purpose in ("answer", "billing", "nonsense"):
        rows(session, "BEGIN READ ONLY")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction, match="promise C02"):
            open_use(session, purpose)
        rows(session, "ROLLBACK")
    assert gathered(company) == []


def test_two_sessions_at_once_lose_nothing(company: Company) -> None:
    sessions = [company.session(login) for login in (SUPPORT, OFFICE)]
    stop = threading.Event()

    def gather() -> None:
        while not stop.is_set():
            company.do("SELECT houvast.gather_refusals()")

    def refuse(session: Connection) -> None:
        for _ in range(100):
            refused(session)

    callers = [threading.Thread(target=refuse, args=[session]) for session in sessions]
    taker = threading.Thread(target=gather)
    for thread in (taker, *callers):
        thread.start()
    for thread in callers:
        thread.join()
    stop.set()
    taker.join()
    found = gathered(company)
    assert [sum(one[1] == login for one in found) for login in (SUPPORT, OFFICE)] == [100, 100]
    assert uncounted(company) == []


def test_more_than_there_is_room_for_are_counted_and_nobody_waits_for_nobody(company: Company) -> None:
    session = company.session(SUPPORT)
    begun = time.monotonic()
    for _ in range(SLOTS + 9):
        refused(session)
    assert time.monotonic() - begun < 10  # nobody takes refusals here, so nobody is waited for
    assert len(gathered(company)) == SLOTS
    assert len(gathered(company)) == SLOTS
    company.do("UPDATE houvast.ring SET seen_at = seen_at - interval '1 minute'")
    assert len(gathered(company)) == SLOTS
    assert uncounted(company) == [9]
    refused(session)
    assert len(gathered(company)) == SLOTS + 1


def test_where_somebody_takes_them_who_is_refused_waits_for_room(company: Company) -> None:
    session = company.session(SUPPORT)
    company.do("SELECT houvast.gather_refusals()")
    for _ in range(SLOTS):
        refused(session)
    late = threading.Thread(target=refused, args=[session])
    late.start()
    for _ in range(3):
        time.sleep(0.05)
        gathered(company)
    late.join()
    assert len(gathered(company)) == SLOTS + 1


def test_a_call_that_was_cut_off_is_waited_for_and_then_counted(company: Company) -> None:
    session = company.session(SUPPORT)
    company.do("SELECT nextval('houvast.refused')")
    refused(session)
    assert gathered(company) == []
    company.do("UPDATE houvast.ring SET seen_at = seen_at - interval '1 minute'")
    assert len(gathered(company)) == 1
    assert uncounted(company) == [1]


def test_what_was_taken_and_rolled_back_is_taken_again(company: Company) -> None:
    refused(company.session(SUPPORT))
    company.do("BEGIN")
    assert value(company.admin, "SELECT houvast.gather_refusals()") == 1
    company.do("ROLLBACK")
    assert len(gathered(company)) == 1


def test_of_an_unknown_person_nothing_is_kept_and_of_a_known_one_the_key_does_not_stay(company: Company) -> None:
    session = company.session(SUPPORT)
    refused(session, "open_use('billing', 'a test', person => 999)")
    refused(session, "open_use('billing', 'a test', person => 1)")
    assert [one[4] for one in gathered(company)] == ["", "1"]
    gathered(company)
    whom = company.do("SELECT coalesce(sum(last_value), 0) FROM pg_sequences WHERE sequencename ^@ 'refused_whom'")
    assert whom == [(0,)]


@pytest.mark.parametrize("text", [
    "SELECT nextval('houvast.refused')", "SELECT setval('houvast.refused_what_3', 0)", "SELECT last_value FROM houvast.refused_whom_1",
    "SELECT setval('houvast.refused_freed', 1000)", "SELECT houvast.refuse('no hold', 1, '')", "SELECT houvast.gather_refusals()",
    "SELECT seed FROM houvast.ring", "UPDATE houvast.ring SET taken = 1000", "SELECT houvast.personal_in('0612345678')",
    "SELECT houvast.tell('use_refused', '', '{}')", "SELECT houvast.owners_of('purchase', '1')", "SELECT houvast.person_hash('a:1', 1)",
])  # fmt: skip
def test_what_remembers_refusals_is_out_of_reach(company: Company, text: str) -> None:
    session = company.using(SUPPORT, "answer")
    with pytest.raises(Refused):
        rows(session, text)


def test_no_login_has_any_right_on_a_sequence_of_houvasts(company: Company) -> None:
    granted = company.do(
        "SELECT c.relname, r.rolname FROM pg_class c CROSS JOIN pg_roles r WHERE c.relnamespace = 'houvast'::regnamespace"
        " AND c.relkind = 'S' AND NOT r.rolsuper AND r.rolname NOT IN ('houvast_keeper') AND r.rolname !~ '^pg_'"
        " AND has_sequence_privilege(r.oid, c.oid, 'USAGE, SELECT, UPDATE')"
    )
    assert granted == []
