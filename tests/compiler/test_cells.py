"""What a statement reaches: voluntary data, hidden cells, and the ways around a SELECT."""

from __future__ import annotations

from contextlib import suppress

import psycopg
import pytest

from houvast.database import Connection, DatabaseError
from tests.compiler.asking import Refused, column, rows, value
from tests.compiler.company import Company
from tests.compiler.small import OFFICE, SUPPORT
from tests.compiler.whole import DESK, SHOP, SITE

CONTACTS = "SELECT id FROM contact ORDER BY id"


def seen(session: Connection, table: str = "contact") -> list[int]:
    """The rows that a session sees of a table."""
    return column(session, f"SELECT id FROM {table} ORDER BY id")


def test_data_is_used_for_what_it_was_given_for_alone(either_company: Company) -> None:
    for about in ("community", "marketing"):
        either_company.stand(1, "consented", about)
    assert seen(either_company.using(SITE, "community"), "hobby") == [1]


def test_what_a_value_was_given_for_never_changes(either_company: Company) -> None:
    either_company.stand(1, "consented", "community")
    session = either_company.using(SITE, "community")
    for who in (session, either_company.admin):
        with pytest.raises(Refused, match=r"promise C14|may not change column"):
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
    assert [c.name for c in session.execute("SELECT * FROM contact").description or ()] == [
        "id",
        "account_id",
        "name",
        "email",
        "created_at",
    ]


def test_the_applications_view_shows_what_its_caller_may_see(company: Company) -> None:
    assert rows(company.using(SUPPORT, "answer"), "SELECT name FROM contact_list") == [("Vera",)]
    assert rows(company.using(OFFICE, "billing"), "SELECT name FROM contact_list ORDER BY 1") == [
        ("Wim",),
        ("Yusuf",),
    ]


# statements that reach rows in another way


def _refused_or_nothing(session: Connection, text: str) -> None:
    said, found = "", list[object]()
    try:
        found += rows(session, text)
    except DatabaseError as error:
        said = str(error)
    assert found == []
    assert "marketing" not in said
    assert "cats" not in said


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


@pytest.mark.parametrize("number", [1, 2])
def test_on_conflict_do_update_is_an_error_that_shows_nothing(either_company: Company, number: int) -> None:
    """PostgreSQL evaluates its WHERE on a row that is there before it asks a policy: no such insert may reach it."""
    either_company.stand(1, "consented", "community")
    session = either_company.using(SITE, "community")
    text = f"""INSERT INTO hobby AS h (id, account_id, given, value) VALUES ({number}, 1, 'community', 'boats')
        ON CONFLICT (id) DO UPDATE SET value = excluded.value WHERE (h.value::text)::int = 1"""
    with pytest.raises(DatabaseError) as caught:
        rows(session, text)
    assert not any(word in str(caught.value) for word in ("cats", "invalid input"))


def test_on_conflict_on_a_view_whose_cells_are_decided_is_an_error_and_changes_nothing(
    company: Company,
) -> None:
    """PostgreSQL knows no conflict where a trigger decides: the application inserts, or updates."""
    session = company.using(SHOP, "order")
    with pytest.raises(psycopg.errors.InvalidColumnReference):
        rows(
            session,
            "INSERT INTO purchase (id, street) VALUES (1, 'Laan 9') ON CONFLICT (id) DO UPDATE SET street = excluded.street",
        )
    assert company.do("SELECT street FROM purchase WHERE id = 1") == [("Laan 1",)]


def test_a_reader_changes_nothing(either_company: Company) -> None:
    session = either_company.using(DESK, "enforce")
    for text in (
        "UPDATE contact SET name = 'x'",
        "DELETE FROM contact",
        "INSERT INTO contact (account_id, name) VALUES (1, 'x')",
    ):
        with pytest.raises(DatabaseError):
            rows(session, text)
    assert value(either_company.admin, "SELECT count(*) FROM contact WHERE name = 'x'") == 0
