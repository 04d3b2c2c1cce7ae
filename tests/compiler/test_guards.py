"""What a row answers follows its people, its case and the clock at once, for every kind of statement."""

from __future__ import annotations

from contextlib import suppress

import psycopg
import pytest

from houvast.database import Connection, DatabaseError
from tests.compiler.asking import Refused, column, open_use, rows, value
from tests.compiler.company import Company
from tests.compiler.small import NEWS, OFFICE, SUPPORT
from tests.compiler.whole import CLEANER, DESK, OFFICER, SHOP, SITE

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
    company.do("INSERT INTO houvast.request (kind, key) VALUES ('customer', '1')")
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
    company.do("INSERT INTO account SELECT n, 'gone ' || n, '2019-01-01Z', now() - (n || ' days')::interval FROM unnest(ARRAY[28, 33]) n")
    company.do("INSERT INTO contact (id, account_id, created_at) SELECT id, id, created_at FROM account WHERE id IN (28, 33)")
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
    closed = rows(session, "UPDATE ticket SET closed_at = now() WHERE id = 1 RETURNING id, subject, closed_at IS NOT NULL")
    assert closed == [(1, "It does not start", True)]
    assert seen(session, "ticket") == []
    assert seen(session) == []


def test_writing_a_new_case_works_and_shows_it(either_company: Company) -> None:
    session = either_company.using(SUPPORT, "answer")
    made = rows(session, "INSERT INTO ticket (account_id, subject) VALUES (2, 'Once more') RETURNING id, subject")
    assert made == [(100, "Once more")]
    assert seen(session, "ticket") == [1, 100]
    assert seen(session) == [1, 2]


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


def test_the_writer_sees_its_row_before_somebody_owns_it_and_nobody_else_does(either_company: Company) -> None:
    shop, enforce = either_company.using(SHOP, "order"), either_company.using(DESK, "enforce")
    made = rows(shop, "INSERT INTO purchase (id, street, amount) VALUES (50, 'Laan 50', 5) RETURNING id, street, account_id")
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


# voluntary data


def test_data_is_used_for_what_it_was_given_for_alone(either_company: Company) -> None:
    for about in ("community", "marketing"):
        either_company.stand(1, "consented", about)
    assert seen(either_company.using(SITE, "community"), "hobby") == [1]


def test_what_a_value_was_given_for_never_changes(either_company: Company) -> None:
    either_company.stand(1, "consented", "community")
    session = either_company.using(SITE, "community")
    for who in (session, either_company.admin):
        with pytest.raises(Refused, match="promise C14|may not change column"):
            rows(who, "UPDATE hobby SET given = 'marketing' WHERE id = 1")
    assert session.execute("UPDATE hobby SET value = 'boats', given = 'community' WHERE id = 1").rowcount == 1


def test_a_new_value_is_given_for_the_purpose_that_writes_it(either_company: Company) -> None:
    either_company.stand(1, "consented", "community")
    session = either_company.using(SITE, "community")
    text = "INSERT INTO hobby (id, account_id, given, value) VALUES (%s, 1, %s, 'kites') RETURNING value"
    assert rows(session, text, 10, "community") == [("kites",)]
    with pytest.raises(Refused):
        rows(session, text, 11, "marketing")
    with pytest.raises(Refused):
        rows(session, text.replace(", 1,", ", 2,"), 12, "community")


# cells


def test_a_contested_cell_reads_as_null_and_the_row_stays(either_company: Company) -> None:
    session = either_company.using(SUPPORT, "answer")
    either_company.stand(1, "contested", "contact.email")
    assert rows(session, "SELECT id, name, email FROM contact") == [(1, "Vera", None)]
    assert rows(session, "SELECT id FROM contact WHERE email ~ 'lakana'") == []


def test_a_hidden_cell_written_back_unchanged_stays_and_changed_is_refused(either_company: Company) -> None:
    either_company.stand(1, "contested", "contact.email")
    session = either_company.using(DESK, "account", person=1)
    assert rows(session, "SELECT name, email FROM contact") == [("Vera", None)]
    changed = rows(session, "UPDATE contact SET name = 'Vera B.', email = email RETURNING name, email")
    assert changed == [("Vera B.", None)]
    assert session.execute("UPDATE contact SET name = 'Vera C.', email = NULL").rowcount == 1
    with pytest.raises(Refused, match='may not change column "email"') as refusal:
        rows(session, "UPDATE contact SET email = 'other@lakana.example'")
    assert "(promise C08)" in str(refusal.value)
    assert refusal.value.diag.message_hint == "Write the column back as it was, or leave it out."
    assert either_company.do("SELECT name, email FROM contact WHERE id = 1") == [("Vera C.", "vera@lakana.example")]


def test_a_cell_of_another_category_reads_as_null(company: Company) -> None:
    session = company.using(OFFICE, "billing")
    assert rows(session, "SELECT id, body, sender FROM message") == [(2, None, "wim@lakana.example")]


def test_an_unclassified_column_is_not_there(either_company: Company) -> None:
    session = either_company.using(SUPPORT, "answer")
    with pytest.raises(DatabaseError):
        rows(session, "SELECT remark FROM contact")
    with pytest.raises(Refused):
        rows(session, "SELECT remark FROM public.contact")
    assert [c.name for c in session.execute("SELECT * FROM contact").description or ()] == ["id", "account_id", "name", "email", "created_at"]


def test_the_applications_view_shows_what_its_caller_may_see(company: Company) -> None:
    assert rows(company.using(SUPPORT, "answer"), "SELECT name FROM contact_list") == [("Vera",)]
    assert rows(company.using(OFFICE, "billing"), "SELECT name FROM contact_list ORDER BY 1") == [("Wim",), ("Yusuf",)]


# statements that reach rows in another way


def _refused_or_nothing(session: Connection, text: str) -> None:
    try:
        found = rows(session, text)
    except DatabaseError as error:
        assert "marketing" not in str(error).replace("'marketing'", "")
        assert "cats" not in str(error)
    else:
        assert found == []


@pytest.mark.parametrize("text", [
    "INSERT INTO hobby (id, account_id, given, value) VALUES (2, 1, 'community', 'x') ON CONFLICT (id) DO UPDATE SET value = 'x' RETURNING value",
    "INSERT INTO hobby (id, account_id, given, value) VALUES (2, 1, 'community', 'x') ON CONFLICT DO NOTHING RETURNING value",
    "MERGE INTO hobby h USING (SELECT 2 AS id) s ON h.id = s.id WHEN MATCHED THEN UPDATE SET value = 'x' RETURNING h.value",
    "MERGE INTO hobby h USING (SELECT 2 AS id) s ON h.id = s.id WHEN NOT MATCHED THEN INSERT (id, account_id, given, value) VALUES (2, 1, 'community', 'x') RETURNING h.value",
    "UPDATE hobby SET value = 'x' WHERE id = 2 RETURNING value", "DELETE FROM hobby WHERE id = 2 RETURNING value",
    "UPDATE public.hobby SET value = 'x' WHERE id = 2 RETURNING value", "TABLE public.hobby", "TRUNCATE public.hobby",
    "SELECT value FROM ONLY public.hobby", "SELECT * FROM pg_stats WHERE tablename = 'hobby'",
    "COPY (SELECT value FROM hobby WHERE id = 2) TO STDOUT", "COPY public.hobby TO STDOUT", "LOCK TABLE public.hobby",
    "SELECT value FROM hobby WHERE id = 2 FOR UPDATE", "EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM public.hobby",
])  # fmt: skip
def test_no_statement_reaches_a_row_that_is_not_there(either_company: Company, text: str) -> None:
    either_company.stand(1, "consented", "community")
    session = either_company.using(SITE, "community")
    assert seen(session, "hobby") == [1]
    if text.startswith("COPY"):
        _copied_nothing(session, text)
    else:
        _refused_or_nothing(session, text)
    assert either_company.do("SELECT id, given, value FROM hobby WHERE id = 2") == [(2, "marketing", "cats")]


def _copied_nothing(session: Connection, text: str) -> None:
    with suppress(DatabaseError), session.cursor().copy(text.encode()) as copy:
        assert b"".join(bytes(block) for block in copy) == b""


def test_copy_gives_what_a_select_gives(either_company: Company) -> None:
    session = either_company.using(OFFICE, "billing")
    with session.cursor().copy("COPY (SELECT id, email FROM contact ORDER BY id) TO STDOUT") as copy:
        copied = b"".join(bytes(block) for block in copy).decode()
    assert copied == "2\twim@lakana.example\n4\tyusuf@lakana.example\n"


def test_merge_changes_what_an_update_changes(either_company: Company) -> None:
    session = either_company.using(SHOP, "order")
    text = "MERGE INTO purchase p USING (SELECT 1 AS id) s ON p.id = s.id WHEN MATCHED THEN UPDATE SET amount = 11 RETURNING p.id, p.amount"
    assert rows(session, text) == [(1, 11)]


def test_on_conflict_updates_a_row_that_is_there(either_company: Company) -> None:
    either_company.stand(1, "consented", "community")
    session = either_company.using(SITE, "community")
    text = """INSERT INTO hobby (id, account_id, given, value) VALUES (1, 1, 'community', 'boats')
        ON CONFLICT (id) DO UPDATE SET value = excluded.value RETURNING value"""
    assert rows(session, text) == [("boats",)]


def test_on_conflict_on_a_view_whose_cells_are_decided_is_an_error_and_changes_nothing(company: Company) -> None:
    """PostgreSQL knows no conflict where a trigger decides: the application inserts, or updates."""
    session = company.using(SHOP, "order")
    with pytest.raises(psycopg.errors.InvalidColumnReference):
        rows(session, "INSERT INTO purchase (id, street) VALUES (1, 'Laan 9') ON CONFLICT (id) DO UPDATE SET street = excluded.street")
    assert company.do("SELECT street FROM purchase WHERE id = 1") == [("Laan 1",)]


def test_a_reader_changes_nothing(either_company: Company) -> None:
    session = either_company.using(DESK, "enforce")
    for text in ("UPDATE contact SET name = 'x'", "DELETE FROM contact", "INSERT INTO contact (account_id, name) VALUES (1, 'x')"):
        with pytest.raises(DatabaseError):
            rows(session, text)
    assert value(either_company.admin, "SELECT count(*) FROM contact WHERE name = 'x'") == 0
