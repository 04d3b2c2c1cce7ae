"""A use is a token that nobody forges, that counts once it is recorded, and whose refusal says what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from houvast.database import Connection, DatabaseError, connect
from houvast.database.server import Server
from tests.compiler import small
from tests.compiler.asking import Refused, keep, make_small, name_of, open_use, rows, value
from tests.compiler.company import Company, role_prefix, seen
from tests.compiler.small import NEWS, OFFICE, OWNER, SUPPORT
from tests.compiler.whole import CLEANER, DESK, OFFICER, SITE

REFUSALS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "a purpose that the policy does not know": (SUPPORT, "open_use('curiosity', 'a test')", ("C05", "answer")),
    "a purpose written otherwise": (SUPPORT, "open_use('Answer', 'a test')", ("C05", "answer")),
    "a purpose of others": (SUPPORT, "open_use('billing', 'a test')", ("C09", "This login may open: answer")),
    "a purpose with something else to do": (NEWS, "open_use('answer', 'a test')", ("C10", "Answer from an open ticket.")),
    "no purpose at all": (SUPPORT, "open_use(NULL, 'a test')", ("C05", "answer")),
    "a login without any": (small.COUNTER, "open_use('answer', 'a test')", ("C10", "nothing")),
    "no reason": (SUPPORT, "open_use('answer', ' ')", ("C02", "Say in a few words why")),
    "nobody named": (DESK, "open_use('account', 'a test')", ("C08", "person => ...")),
    "a person without a request": (OFFICER, "open_use('rights', 'a test', person => 1)", ("C33", "Register the request first")),
    "no case named": (OFFICER, "open_use('dispute', 'a test')", ("C31", "case => ...")),
    "a case without a hold": (OFFICER, "open_use('dispute', 'a test', \"case\" => '7')", ("C31", "Place a hold")),
}  # fmt: skip


@pytest.mark.parametrize("reason", REFUSALS)
def test_a_refusal_names_the_promise_and_what_to_do(either_company: Company, reason: str) -> None:
    login, call, (promise, hint) = REFUSALS[reason]
    session = either_company.session(login)
    with pytest.raises(DatabaseError) as refusal:
        rows(session, f"SELECT houvast.{call}")
    told = refusal.value.diag
    assert f"(promise {promise})" in (told.message_primary or "")
    assert (told.message_primary or "").startswith("Houvast refuses: ")
    assert hint in (told.message_hint or "")
    assert seen(session) == []
    assert either_company.uses() == []


def test_before_the_policy_is_in_force_nobody_opens_a_use(server: Server, fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    keep(url, [small.policy(effective=tomorrow)], small.datamap(make_small(url)))
    with connect(server.url(name_of(url), SUPPORT)) as session, pytest.raises(Refused) as refusal:
        open_use(session, "answer")
    assert "(promise C57)" in str(refusal.value)
    assert f"{tomorrow.astimezone(UTC):%Y-%m-%d %H:%M}" in (refusal.value.diag.message_hint or "")


def test_a_use_is_recorded_with_login_purpose_and_reason(either_company: Company) -> None:
    session = either_company.session(SUPPORT)
    number = value(session, "SELECT houvast.open_use('answer', '  call of this morning ')")
    assert either_company.do(
        "SELECT u.id, u.login, p.name, u.reason, u.until - u.opened_at > interval '11 hours', u.ended_at"
        " FROM houvast.use u JOIN houvast.purpose p ON p.number = u.purpose"
    ) == [(number, SUPPORT, "answer", "call of this morning", True, None)]
    assert seen(session) == [1]


@pytest.mark.parametrize("text", [
    "SELECT * FROM houvast.use", "SELECT * FROM houvast.person", "SELECT * FROM houvast.stand", "DELETE FROM houvast.use",
    "SELECT houvast.set_token('hv_1_1__', 1)", "SELECT houvast.set_token_here('hv_1_1__', 1)", "SELECT houvast.clear_token()",
    "SELECT houvast.purpose_now()", "SELECT houvast.refresh_person('customer', '1')", "CREATE TABLE houvast.mine (a int)",
    "CREATE VIEW answer.mine AS SELECT 1", "CREATE TEMP TABLE mine AS SELECT * FROM contact", "SET ROLE houvast_keeper",
])  # fmt: skip
def test_houvasts_own_things_are_nobodys(either_company: Company, text: str) -> None:
    session = either_company.using(SUPPORT, "answer")
    with pytest.raises(Refused):
        rows(session, text)


# counts once it has been committed


def test_in_its_own_transaction_a_use_does_not_count_yet(either_company: Company) -> None:
    session = either_company.session(SUPPORT, autocommit=False)
    open_use(session, "answer")
    assert seen(session) == []
    session.commit()
    assert seen(session) == [1]


def test_a_use_that_is_rolled_back_never_was(either_company: Company) -> None:
    session = either_company.session(SUPPORT, autocommit=False)
    open_use(session, "answer")
    session.rollback()
    assert value(session, "SELECT current_user::text") == SUPPORT
    rows(session, f"SET ROLE {role_prefix(either_company)}_answer")
    assert seen(session, "SELECT id FROM answer.contact") == []
    session.rollback()
    assert either_company.uses() == []


def test_a_use_in_a_savepoint_that_is_rolled_back_never_was(either_company: Company) -> None:
    session = either_company.session(SUPPORT)
    rows(session, "BEGIN; SAVEPOINT here")
    open_use(session, "answer")
    rows(session, "ROLLBACK TO here")
    rows(session, "COMMIT")
    rows(session, f"SET ROLE {role_prefix(either_company)}_answer")
    assert seen(session, "SELECT id FROM answer.contact") == []
    assert either_company.uses() == []


def test_a_use_in_a_savepoint_that_is_kept_counts_after_commit(either_company: Company) -> None:
    session = either_company.session(SUPPORT)
    rows(session, "BEGIN; SAVEPOINT here")
    open_use(session, "answer")
    rows(session, "RELEASE here")
    assert seen(session) == []
    rows(session, "COMMIT")
    assert seen(session) == [1]


def _last(session: Connection, text: str) -> int:
    """The value that the last of several statements, sent as one string, gives."""
    cursor = session.execute(text.encode())
    while cursor.nextset():
        pass
    found = cursor.fetchone()
    assert found is not None
    return found[0]


def test_in_one_string_of_statements_a_use_does_not_count_yet(either_company: Company) -> None:
    session = either_company.session(SUPPORT)
    assert _last(session, "SELECT houvast.open_use('answer', 'a test'); SELECT count(*) FROM contact") == 0
    assert _last(session, "SELECT count(*) FROM contact") == 1


def test_a_string_that_commits_in_the_middle_has_recorded_its_use(either_company: Company) -> None:
    session = either_company.session(SUPPORT)
    text = "BEGIN; SELECT houvast.open_use('answer', 'a test'); COMMIT; SELECT count(*) FROM contact"
    assert _last(session, text) == 1
    assert either_company.uses() == ["a test"]


def test_a_string_that_fails_has_opened_nothing(either_company: Company) -> None:
    session = either_company.session(SUPPORT)
    with pytest.raises(psycopg.errors.DivisionByZero):
        _last(session, "SELECT houvast.open_use('answer', 'a test'); SELECT 1 / 0")
    assert seen(session) == []
    assert either_company.uses() == []


def test_a_use_inside_one_statement_does_not_count_in_it(either_company: Company) -> None:
    session = either_company.session(SUPPORT)
    with pytest.raises(Refused):
        rows(
            session,
            "WITH o AS MATERIALIZED (SELECT houvast.open_use('answer', 'a test')) SELECT id FROM public.contact, o",
        )
    assert either_company.uses() == []


# one use, one purpose


def test_another_purpose_of_the_same_login_stays_closed(either_company: Company) -> None:
    session = either_company.using(OFFICE, "answer")
    assert seen(session) == [1]
    rows(session, f"SET ROLE {role_prefix(either_company)}_billing")
    assert seen(session, "SELECT id FROM billing.contact") == []
    assert seen(session, "SELECT id FROM billing.purchase") == []


def test_opening_another_use_closes_the_sight_of_the_first(either_company: Company) -> None:
    session = either_company.using(OFFICE, "answer")
    open_use(session, "billing")
    assert seen(session) == [2, 4]
    rows(session, f"SET ROLE {role_prefix(either_company)}_answer")
    assert seen(session, "SELECT id FROM answer.contact") == []


def test_a_role_without_a_use_sees_nothing(either_company: Company) -> None:
    session = either_company.session(OFFICE)
    rows(session, f"SET ROLE {role_prefix(either_company)}_billing")
    assert seen(session, "SELECT id FROM billing.contact") == []
    assert seen(session, "SELECT id FROM product") == [1]


def test_a_login_inherits_nothing_from_its_purposes(either_company: Company) -> None:
    session = either_company.session(OFFICE)
    with pytest.raises(Refused):
        rows(session, "SELECT id FROM billing.contact")
    with pytest.raises(Refused):
        rows(session, "SELECT id FROM public.contact")


def test_reset_role_leaves_the_login_with_nothing(either_company: Company) -> None:
    session = either_company.using(SUPPORT, "answer")
    rows(session, "RESET ROLE")
    assert seen(session) == []
    with pytest.raises(Refused):
        rows(session, "SELECT id FROM public.contact")


def test_discard_all_ends_the_sight(either_company: Company) -> None:
    """What a connection pool sends between two clients."""
    session = either_company.using(SUPPORT, "answer")
    rows(session, "DISCARD ALL")
    assert value(session, "SELECT current_user::text") == SUPPORT
    rows(session, f"SET ROLE {role_prefix(either_company)}_answer")
    assert seen(session, "SELECT id FROM answer.contact") == []


def test_closing_ends_a_use(either_company: Company) -> None:
    session = either_company.session(SUPPORT)
    number = open_use(session, "answer")
    rows(session, "SELECT houvast.close_use(%s)", number)
    assert value(session, "SELECT current_user::text") == SUPPORT
    rows(session, f"SET ROLE {role_prefix(either_company)}_answer")
    assert seen(session, "SELECT id FROM answer.contact") == []
    rows(session, "RESET ROLE")
    with pytest.raises(Refused, match="no such use open"):
        rows(session, "SELECT houvast.close_use(%s)", number)
    assert either_company.do("SELECT ended_at IS NOT NULL FROM houvast.use") == [(True,)]


def test_nobody_closes_a_use_of_another_login(either_company: Company) -> None:
    session = either_company.session(SUPPORT)
    number = open_use(session, "answer")
    with pytest.raises(Refused, match="no such use open"):
        rows(either_company.session(OFFICE), "SELECT houvast.close_use(%s)", number)
    assert seen(session) == [1]


# one person or case at a time


def test_a_use_for_one_person_shows_that_person(either_company: Company) -> None:
    assert seen(either_company.using(DESK, "account", person=2)) == [2]
    assert seen(either_company.using(DESK, "account", person="customer:1")) == [1]
    assert seen(either_company.using(DESK, "account", person="business_contact:1")) == []
    assert seen(either_company.using(DESK, "account", person=999)) == []


def test_a_use_for_one_person_changes_nobody_else(either_company: Company) -> None:
    session = either_company.using(DESK, "account", person=2)
    assert session.execute("UPDATE contact SET name = 'Wim B.'").rowcount == 1
    assert either_company.do("SELECT id FROM contact WHERE name = 'Wim B.'") == [(2,)]


def test_a_persons_own_rights_work_while_their_request_is_open(either_company: Company) -> None:
    either_company.do("INSERT INTO houvast.request (kind, key, verified_at) VALUES ('customer', '4', now())")
    session = either_company.using(OFFICER, "rights", person=4)
    assert seen(session) == [4]
    assert seen(session, "SELECT id FROM ticket") == [4]
    with pytest.raises(Refused, match="no request of this person is open"):
        open_use(either_company.session(OFFICER), "rights", person=1)
    either_company.do("UPDATE houvast.request SET state = 'withdrawn'")
    assert seen(session) == []


def test_nobodys_rights_work_before_it_was_checked_whose_request_it_is(either_company: Company) -> None:
    either_company.do("INSERT INTO houvast.request (kind, key) VALUES ('customer', '4')")
    with pytest.raises(Refused, match="nobody has checked") as refusal:
        open_use(either_company.session(OFFICER), "rights", person=4)
    assert "C35" in str(refusal.value)
    either_company.do("UPDATE houvast.request SET verified_at = now()")
    assert seen(either_company.using(OFFICER, "rights", person=4)) == [4]


def test_the_session_of_a_person_opens_nothing_to_an_officer(company: Company) -> None:
    company.do("INSERT INTO houvast.request (kind, key, verified_at, session) VALUES ('customer', '4', now(), true)")
    with pytest.raises(Refused, match="no request of this person is open"):
        open_use(company.session(OFFICER), "rights", person=4)


def test_a_dispute_sees_what_its_case_holds(either_company: Company) -> None:
    either_company.do(
        "INSERT INTO houvast.hold (case_key, relation, row_key) VALUES ('7', 'purchase', '4'), ('8', 'purchase', '2')"
    )
    session = either_company.using(OFFICER, "dispute", case="7")
    assert seen(session, "SELECT id FROM purchase") == [4]
    assert seen(session) == []
    either_company.do("DELETE FROM houvast.hold WHERE case_key = '7'")
    assert seen(session, "SELECT id FROM purchase") == []


def test_a_migration_sees_all_while_its_use_is_open_and_nothing_before(either_company: Company) -> None:
    session = either_company.session(OWNER)
    assert seen(session) == []
    number = open_use(session, "migration")
    assert seen(session) == [1, 2, 3, 4]
    assert value(session, "SELECT current_user::text") == OWNER
    rows(session, "SELECT houvast.close_use(%s)", number)
    assert seen(session) == []


def test_other_purposes_of_the_whole_company_open_too(either_company: Company) -> None:
    """A positive control for every login."""
    either_company.stand(1, "consented", "community")
    either_company.do("UPDATE hobby SET created_at = now() - interval '3 years' WHERE id = 2")
    assert seen(either_company.using(SITE, "community"), "SELECT id FROM hobby") == [1]
    assert seen(either_company.using(CLEANER, "retention"), "SELECT id FROM hobby") == [2]
    assert seen(either_company.using(NEWS, "marketing")) == [3]
    assert seen(either_company.using(DESK, "enforce")) == [1, 2, 3, 4]
