"""What a row answers follows its people, its case and the clock at once, for every kind of statement."""

from __future__ import annotations

from contextlib import suppress

import psycopg
import pytest

from houvast.database import Connection
from tests.compiler.asking import column, open_use, rows
from tests.compiler.company import Company
from tests.compiler.small import NEWS, OFFICE, SUPPORT
from tests.compiler.whole import CLEANER, DESK, OFFICER, SHOP

CONTACTS = "SELECT id FROM contact ORDER BY id"


def seen(session: Connection, table: str = "contact") -> list[int]:
    """The rows that a session sees of a table."""
    return column(session, f"SELECT id FROM {table} ORDER BY id")


# an objection holds for the next statement


def test_an_objection_holds_for_the_next_statement_of_an_open_session(either_company: Company) -> None:
    session = either_company.using(NEWS, "marketing")
    assert seen(session) == [3]
    either_company.stand(3, "objected", "marketing")
    assert seen(session) == []


def test_an_objection_holds_for_the_next_statement_of_an_open_transaction(either_company: Company) -> None:
    session = either_company.using(NEWS, "marketing")
    with session.transaction():
        assert seen(session) == [3]
        either_company.do("UPDATE mailing SET ended_at = now() WHERE account_id = 3")
        assert seen(session) == []


def test_an_objection_holds_for_a_prepared_statement(either_company: Company) -> None:
    session = either_company.using(NEWS, "marketing")
    rows(session, "SET plan_cache_mode = force_generic_plan")
    rows(session, "PREPARE all_of_them AS SELECT id FROM contact")
    for _ in range(7):
        assert column(session, "EXECUTE all_of_them") == [3]
    either_company.stand(3, "objected", "marketing")
    assert column(session, "EXECUTE all_of_them") == []


def test_an_objection_holds_for_a_pooled_use(either_company: Company) -> None:
    number = open_use(either_company.session(NEWS), "marketing")
    pooled = either_company.session(NEWS)

    def entered() -> list[int]:
        with pooled.transaction():
            rows(pooled, "SELECT houvast.enter_use(%s)", number)
            return seen(pooled)

    assert entered() == [3]
    either_company.stand(3, "objected", "marketing")
    assert entered() == []


def test_an_objection_that_is_rolled_back_changes_nothing(either_company: Company) -> None:
    session = either_company.using(NEWS, "marketing")
    with suppress(psycopg.errors.DivisionByZero), either_company.admin.transaction():
        either_company.stand(3, "objected", "marketing")
        assert seen(session) == [3]
        either_company.do("SELECT 1 / 0")
    assert seen(session) == [3]


def test_an_objection_to_what_rests_on_a_contract_changes_nothing(company: Company) -> None:
    session = company.using(SUPPORT, "answer")
    company.stand(1, "objected", "answer")
    assert seen(session) == [1]


def test_an_objection_to_what_rests_on_an_interest_counts(company: Company) -> None:
    session = company.using(DESK, "enforce")
    company.stand(1, "objected", "enforce")
    assert seen(session) == [2, 3, 4]
    company.do("DELETE FROM houvast.stand WHERE stand = 'objected'")
    assert seen(session) == [1, 2, 3, 4]


def test_a_restriction_closes_every_purpose_but_disputes_and_rights(company: Company) -> None:
    company.do("INSERT INTO houvast.hold (case_key, relation, row_key) VALUES ('7', 'contact', '1')")
    company.do("INSERT INTO houvast.request (kind, key, verified_at) VALUES ('customer', '1', now())")
    answer, enforce = company.using(SUPPORT, "answer"), company.using(DESK, "enforce")
    dispute, rights = company.using(OFFICER, "dispute", case="7"), company.using(OFFICER, "rights", person=1)
    company.stand(1, "restricted")
    assert (seen(answer), seen(enforce)) == ([], [2, 3, 4])
    assert (seen(dispute), seen(rights)) == ([1], [1])
    company.stand(1, "allowed", "answer")
    assert seen(answer) == [1]


def test_a_closed_account_closes_what_does_not_survive_it(company: Company) -> None:
    answer, billing = company.using(SUPPORT, "answer"), company.using(OFFICE, "billing")
    company.do("UPDATE purchase SET status = 'new' WHERE id = 1")
    company.do("UPDATE account SET closed_at = now() WHERE id = 1")
    assert (seen(answer), seen(billing)) == ([], [1, 2, 4])
    company.do("UPDATE account SET closed_at = NULL WHERE id = 1")
    assert seen(answer) == [1]


def test_a_closing_that_is_dated_anew_moves_the_term_of_every_row(either_company: Company) -> None:
    """The account stays closed all the while, so that no answer in the guard changes: the row's own date must."""
    billing = either_company.using(OFFICE, "billing")
    either_company.do("UPDATE purchase SET status = 'new' WHERE id = 1")
    for closed, visible in (("1 day", True), ("20 years", False), ("2 days", True)):
        either_company.do("UPDATE account SET closed_at = now() - %s::interval WHERE id = 1", closed)
        assert (1 in seen(billing)) is visible, closed


# time and circumstance


def test_a_row_past_its_term_is_gone_without_any_trigger_or_job(company: Company) -> None:
    session = company.using(DESK, "enforce")
    assert seen(session, "purchase") == [1, 2, 4]
    company.do("ALTER TABLE purchase DISABLE TRIGGER ALL")
    company.do("UPDATE purchase SET created_at = now() - interval '7 years 2 days' WHERE id = 1")
    company.do("UPDATE purchase SET created_at = now() - interval '6 years 364 days' WHERE id = 2")
    assert column(session, "SELECT id FROM purchase WHERE amount IS NOT NULL ORDER BY id") == [2, 4]


def test_terms_count_from_the_closing_of_the_account(company: Company) -> None:
    """Nothing but the date tells the two accounts apart."""
    company.do(
        "INSERT INTO account SELECT n, 'gone ' || n, '2019-01-01Z', now() - (n || ' days')::interval FROM unnest(ARRAY[28, 33]) n"
    )
    company.do(
        "INSERT INTO contact (id, account_id, created_at) SELECT id, id, created_at FROM account WHERE id IN (28, 33)"
    )
    company.do("UPDATE contact SET name = 'x' WHERE id IN (28, 33)")
    assert len(company.do("SELECT DISTINCT hv_guard FROM contact WHERE id IN (28, 33)")) == 1
    assert seen(company.using(DESK, "enforce")) == [1, 2, 3, 4, 28]


def test_retention_deletes_what_is_past_every_term_and_nothing_else(company: Company) -> None:
    company.do("UPDATE hobby SET created_at = now() - interval '3 years' WHERE id IN (1, 2)")
    company.do("INSERT INTO houvast.hold (case_key, relation, row_key) VALUES ('7', 'hobby', '2')")
    session = company.using(CLEANER, "retention")
    assert column(session, "DELETE FROM hobby RETURNING id") == [1]
    assert company.do("SELECT id FROM hobby ORDER BY id") == [(2,), (3,)]


def test_when_the_ticket_closes_its_rows_are_gone(either_company: Company) -> None:
    session = either_company.using(SUPPORT, "answer")
    assert (seen(session), seen(session, "ticket"), seen(session, "message")) == ([1], [1], [1])
    either_company.do("UPDATE ticket SET closed_at = now() WHERE id = 1")
    assert (seen(session), seen(session, "ticket"), seen(session, "message")) == ([], [], [])


def test_a_row_of_a_case_needs_that_case_to_be_open(company: Company) -> None:
    company.do("INSERT INTO ticket (id, account_id, subject) VALUES (7, 2, 'Again')")
    session = company.using(SUPPORT, "answer")
    assert seen(session) == [1, 2]
    assert seen(session, "ticket") == [1, 7]
    assert seen(session, "message") == [1]


def test_closing_ones_own_case_works_and_shows_it(either_company: Company) -> None:
    session = either_company.using(SUPPORT, "answer")
    closed = rows(
        session,
        "UPDATE ticket SET closed_at = now() WHERE id = 1 RETURNING id, subject, closed_at IS NOT NULL",
    )
    assert closed == [(1, "It does not start", True)]
    assert seen(session, "ticket") == []
    assert seen(session) == []


def test_writing_a_new_case_works_and_shows_it_and_nothing_else(either_company: Company) -> None:
    session = either_company.using(SUPPORT, "answer")
    made = rows(session, "INSERT INTO ticket (account_id, subject) VALUES (2, 'Once more') RETURNING id, subject")
    assert made == [(100, "Once more")]
    assert seen(session, "ticket") == [1, 100]
    assert seen(session) == [1]


def test_a_truncated_table_ends_its_circumstances(company: Company) -> None:
    session = company.using(SUPPORT, "answer")
    company.do("TRUNCATE message, ticket")
    assert seen(session) == []


# joint owners


def test_one_of_two_owners_refuses_for_both_until_their_part_is_blanked(either_company: Company) -> None:
    either_company.do("INSERT INTO mailing VALUES (10, 1, NULL), (11, 2, NULL)")
    news, billing = either_company.using(NEWS, "marketing"), either_company.using(OFFICE, "billing")
    assert seen(news, "household") == [1]
    either_company.stand(1, "objected", "marketing")
    assert (seen(news, "household"), seen(billing, "household")) == ([], [1])
    either_company.do("UPDATE household_member SET left_at = now() WHERE account_id = 1")
    assert (seen(news, "household"), seen(billing, "household")) == ([], [1])
    either_company.do("DELETE FROM household_member WHERE account_id = 1")
    assert (seen(news, "household"), seen(billing, "household")) == ([1], [1])


def test_a_leaver_brings_no_circumstance(company: Company) -> None:
    session = company.using(SUPPORT, "answer")
    assert seen(session, "household") == [1]
    company.do("UPDATE household_member SET left_at = now() WHERE account_id = 1")
    assert seen(session, "household") == []


def test_a_shared_row_survives_one_closed_account_and_not_both(company: Company) -> None:
    session = company.using(SUPPORT, "answer")
    company.do("INSERT INTO ticket (id, account_id, subject) VALUES (7, 2, 'Again')")
    company.do("UPDATE account SET closed_at = now() WHERE id = 1")
    assert seen(session, "household") == [1]
    company.do("UPDATE account SET closed_at = now() WHERE id = 2")
    assert seen(session, "household") == []


def test_who_joins_brings_their_refusals(company: Company) -> None:
    session = company.using(DESK, "enforce")
    company.stand(3, "objected", "enforce")
    assert seen(session, "household") == [1]
    company.do("INSERT INTO household_member VALUES (3, 1, 3, NULL)")
    assert seen(session, "household") == []


# rows without an owner


def test_the_writer_sees_its_row_before_somebody_owns_it_and_nobody_else_does(
    either_company: Company,
) -> None:
    shop, enforce = either_company.using(SHOP, "order"), either_company.using(DESK, "enforce")
    made = rows(
        shop,
        "INSERT INTO purchase (id, street, amount) VALUES (50, 'Laan 50', 5) RETURNING id, street, account_id",
    )
    assert made == [(50, "Laan 50", None)]
    assert 50 in seen(shop, "purchase")
    assert 50 not in seen(enforce, "purchase")
    assert shop.execute("UPDATE purchase SET account_id = 3 WHERE id = 50").rowcount == 1
    assert 50 in seen(shop, "purchase")
    assert 50 in seen(enforce, "purchase")


def test_a_row_that_lost_its_owner_is_nobodys(company: Company) -> None:
    company.do("INSERT INTO purchase VALUES (51, 3, 'Laan 51', 5, 'new', now())")
    shop = company.using(SHOP, "order")
    assert 51 in seen(shop, "purchase")
    company.do("UPDATE purchase SET account_id = NULL WHERE id = 51")
    assert 51 not in seen(shop, "purchase")


def test_a_row_that_changes_hands_follows_its_new_owner(company: Company) -> None:
    company.stand(3, "objected", "enforce")
    session = company.using(DESK, "enforce")
    assert seen(session) == [1, 2, 4]
    company.do("UPDATE contact SET account_id = 3 WHERE id = 1")
    assert seen(session) == [2, 4]
    company.do("UPDATE contact SET account_id = 1 WHERE id IN (1, 3)")
    assert seen(session) == [1, 2, 3, 4]


def test_rows_below_a_parent_that_changes_hands_follow(company: Company) -> None:
    company.stand(3, "objected", "enforce")
    session = company.using(DESK, "enforce")
    assert seen(session, "message") == [1, 2]
    company.do("UPDATE ticket SET account_id = 3 WHERE id = 1")
    assert seen(session, "message") == [2]


@pytest.mark.parametrize("table", ["contact", "household", "message", "purchase", "account", "hobby", "ticket"])
def test_whatever_a_writer_puts_in_a_guard_it_stays_what_it_is(company: Company, table: str) -> None:
    before = company.do(f"SELECT id, hv_guard FROM {table} ORDER BY id")
    company.do(f"UPDATE {table} SET hv_guard = -1")
    assert company.do(f"SELECT id, hv_guard FROM {table} ORDER BY id") == before


def test_a_case_that_a_trigger_of_the_application_closes_is_closed(either_company: Company) -> None:
    either_company.do(
        "CREATE FUNCTION close_it() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF NEW.subject = 'solved' THEN NEW.closed_at := now(); END IF; RETURN NEW; END $$"
    )
    either_company.do("CREATE TRIGGER close_it BEFORE UPDATE ON ticket FOR EACH ROW EXECUTE FUNCTION close_it()")
    session = either_company.using(SUPPORT, "answer")
    assert seen(session)
    either_company.do("UPDATE ticket SET subject = 'solved' WHERE closed_at IS NULL")
    assert seen(session) == []
    assert seen(session, "ticket") == []
