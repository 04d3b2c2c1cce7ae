"""The sample company: always the same by seed, whole, made up, and at work without Houvast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from psycopg import errors

from houvast.database.connect import Connection, connect, sql
from houvast.database.server import Server
from houvast.errors import DatabaseRefusal, UsageError
from houvast.sample import create
from tests.sample.conftest import DAY, PEOPLE

DATAMAP = Path(__file__).parents[2] / "policies" / "lakana" / "datamap.yaml"
Session = Callable[[str], Connection]


def value(database: Connection, query: str, *values: object) -> object:
    row = database.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0]


def tables(database: Connection) -> list[str]:
    rows = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return [row[0] for row in rows]


def checksum(conninfo: str) -> dict[str, str]:
    with connect(conninfo) as database:
        found: dict[str, str] = {}
        for table in tables(database):
            query = sql.SQL("SELECT md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {} t")
            row = database.execute(query.format(sql.Identifier(table))).fetchone()
            assert row is not None
            found[table] = row[0]
        return found


def test_the_same_seed_gives_the_same_rows(server: Server, company: str, new_database: Callable[[], str]) -> None:
    again = server.url(new_database())
    create(again, people=PEOPLE, now=DAY + timedelta(hours=7))
    assert checksum(again) == checksum(server.url(company))


def test_another_seed_gives_other_people(server: Server, company: str, new_database: Callable[[], str]) -> None:
    other = server.url(new_database())
    create(other, people=PEOPLE, now=DAY, seed=2)
    assert checksum(other)["contact"] != checksum(server.url(company))["contact"]


def test_there_are_as_many_people_as_asked_each_with_a_contact(session: Session) -> None:
    database = session("postgres")
    assert value(database, "SELECT count(*) FROM account") == PEOPLE
    assert value(database, "SELECT count(*) FROM account JOIN contact ON account.id = account_id") == PEOPLE


def test_every_table_has_rows_and_no_foreign_key_dangles(session: Session) -> None:
    database = session("postgres")
    empty = [table for table in tables(database) if not value(database, f"SELECT EXISTS (SELECT FROM {table})")]
    assert empty == []
    keys = database.execute(
        "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, c.convalidated"
        " FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " WHERE c.contype = 'f'"
    ).fetchall()
    assert len(keys) == 24
    for table, column, target, validated in keys:
        orphans = f"SELECT count(*) FROM {table} t LEFT JOIN {target} o ON o.id = t.{column}"
        assert validated
        assert value(database, f"{orphans} WHERE t.{column} IS NOT NULL AND o.id IS NULL") == 0


def test_totals_equal_the_sum_of_their_lines(session: Session) -> None:
    database = session("postgres")
    for parent, line, key in (
        ("orders", "order_line", "order_id"),
        ("invoice", "invoice_line", "invoice_id"),
    ):
        wrong = (
            f"SELECT count(*) FROM {parent} p WHERE total <>"
            f" (SELECT coalesce(sum(quantity * price), 0) FROM {line} WHERE {key} = p.id)"
        )
        assert value(database, wrong) == 0


def test_nothing_has_happened_after_the_last_day(session: Session) -> None:
    database = session("postgres")
    columns = database.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " JOIN pg_tables ON tablename = table_name"
        " WHERE table_schema = 'public' AND data_type = 'timestamp with time zone'"
        " AND column_name NOT IN ('ends_at', 'book_year_ends')"
    ).fetchall()
    late = [
        (table, column)
        for table, column in columns
        if value(database, f"SELECT count(*) FROM {table} WHERE {column} > %s", DAY)
    ]
    assert len(columns) > 30
    assert late == []


def test_every_circumstance_holds_for_some_people_and_not_for_others(session: Session) -> None:
    database = session("postgres")
    for name, circumstance in yaml.safe_load(DATAMAP.read_text())["circumstances"].items():
        conditions = [
            f"{column} IS NULL" if allowed is None else f"{column} IN ({', '.join(repr(word) for word in allowed)})"
            for column, allowed in circumstance.get("where", {}).items()
        ]
        if "ends" in circumstance:
            conditions.append(f"({circumstance['ends']} IS NULL OR {circumstance['ends']} > '{DAY}')")
        held = value(database, f"SELECT count(*) FROM {circumstance['table']} WHERE {' AND '.join(conditions)}")
        every = value(database, f"SELECT count(*) FROM {circumstance['table']}")
        assert isinstance(held, int)
        assert isinstance(every, int)
        assert 0 < held < every, name


def test_all_addresses_are_at_reserved_domains(session: Session) -> None:
    database = session("postgres")
    for table, column in (
        ("contact", "email"),
        ("company", "billing_email"),
        ("business_contact", "email"),
        ("staff", "work_email"),
    ):
        outside = f"SELECT count(*) FROM {table} WHERE {column} !~ '^[a-z0-9.]+@[a-z]+[.]example$'"
        assert value(database, outside) == 0


def test_people_have_names_from_many_countries(session: Session) -> None:
    database = session("postgres")
    assert value(database, "SELECT count(DISTINCT country) FROM contact") == 7
    assert value(database, "SELECT count(*) FROM contact WHERE full_name ~ '^[A-Z][a-z]+ (de|van) '")
    assert value(database, "SELECT count(*) FROM contact WHERE full_name ~ '[^ -~]'")


def test_the_shop_takes_an_order(session: Session) -> None:
    shop = session("shop")
    order = value(
        shop,
        "INSERT INTO orders (account_id, delivery_name, delivery_address)"
        " SELECT account_id, full_name, address_lines(account_id) FROM contact WHERE account_id = 7"
        " RETURNING id",
    )
    shop.execute("INSERT INTO order_line VALUES (%s, 1, 2, 3, 49.00), (%s, 2, 1, 1, 19.00)", (order, order))
    assert value(shop, "SELECT total FROM orders WHERE id = %s", order) == 166


def test_the_support_desk_answers_and_closes_a_ticket(session: Session) -> None:
    support = session("support")
    ticket = value(support, "SELECT id FROM open_tickets ORDER BY id LIMIT 1")
    support.execute(
        "INSERT INTO ticket_message (ticket_id, author, body) VALUES (%s, 'Lakana support', 'Done.')",
        (ticket,),
    )
    support.execute("UPDATE ticket SET closed_at = now() WHERE id = %s", (ticket,))
    assert value(support, "SELECT count(*) FROM open_tickets WHERE id = %s", ticket) == 0


def test_the_billing_run_sends_an_invoice_of_which_the_book_year_ends_at_new_year(session: Session) -> None:
    billing = session("billing_run")
    ends = value(
        billing,
        "INSERT INTO invoice (account_id, number, issued_on, billing_name, billing_address, total)"
        " VALUES (7, 'LK2024-X', '2024-03-15', 'N', 'A', 10)"
        " RETURNING book_year_ends = '2025-01-01 00:00+01'",
    )
    assert ends is True
    assert value(billing, "SELECT monthly_total(date '2024-03-01')") != 0


def test_a_changed_contact_is_found_by_its_new_name(session: Session) -> None:
    desk = session("account_desk")
    desk.execute("UPDATE contact SET full_name = 'Nieuwe Naam' WHERE account_id = 7")
    assert value(desk, "SELECT account_id FROM contact WHERE search_text LIKE 'nieuwe naam%%'") == 7
    assert value(desk, "SELECT updated_at = now() FROM contact WHERE account_id = 7") is True


def test_the_newsletter_has_addresses_and_analytics_sees_sales(session: Session) -> None:
    assert value(session("newsletter"), "SELECT count(*) FROM newsletter_addresses")
    assert value(session("analytics"), "SELECT sum(orders) FROM sales_by_month")
    assert value(session("analytics"), "SELECT count(*) FROM customer_overview") == PEOPLE


def test_the_newsletter_may_not_place_an_order(session: Session) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        session("newsletter").execute("UPDATE orders SET total = 0")


def test_only_the_administrator_is_a_superuser_and_no_login_owns_tables(session: Session) -> None:
    database = session("postgres")
    logins = [*yaml.safe_load(DATAMAP.read_text())["logins"], "lakana_owner", "administrator"]
    found = database.execute(
        "SELECT rolname, rolsuper FROM pg_roles WHERE rolcanlogin AND rolname = ANY(%s)", (logins,)
    ).fetchall()
    assert {name for name, _ in found} == set(logins)
    assert [name for name, superuser in found if superuser] == ["administrator"]
    owners = database.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert owners == [("lakana_owner",)]


def test_the_data_map_names_every_table_column_view_and_function(session: Session) -> None:
    database = session("postgres")
    datamap = yaml.safe_load(DATAMAP.read_text())
    assert sorted(datamap["tables"]) == tables(database)
    unclassified = {("staff", "full_name"), ("staff", "work_email")}
    columns = {
        (row[0], row[1])
        for row in database.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " JOIN pg_tables ON tablename = table_name"
            " WHERE table_schema = 'public'"
        ).fetchall()
        if datamap["tables"][row[0]] != "not personal"
    }
    mapped = {
        (table, column)
        for table, entry in datamap["tables"].items()
        if entry != "not personal"
        for column in entry["columns"]
    }
    assert columns - mapped == unclassified
    assert mapped <= columns
    views = database.execute("SELECT viewname FROM pg_views WHERE schemaname = 'public'").fetchall()
    assert {row[0] for row in views} == set(datamap["views"])
    functions = database.execute(
        "SELECT proname || '(' || oidvectortypes(proargtypes) || ')' FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace"
    ).fetchall()
    assert {row[0] for row in functions} == set(datamap["functions"])


def test_a_database_that_is_not_empty_is_refused_and_left_alone(server: Server, company: str) -> None:
    before = checksum(server.url(company))
    with pytest.raises(DatabaseRefusal, match="not empty"):
        create(server.url(company), people=5)
    assert checksum(server.url(company)) == before


def test_a_login_that_is_no_superuser_is_refused(server: Server, company: str) -> None:
    with pytest.raises(DatabaseRefusal, match="only a superuser"):
        create(server.url(company, "shop"), people=5)


def test_a_load_that_stops_half_way_leaves_nothing(server: Server, new_database: Callable[[], str]) -> None:
    def stop(what: str, done: int, total: int) -> None:
        if what == "indexes":
            raise KeyboardInterrupt

    name = new_database()
    with pytest.raises(KeyboardInterrupt):
        create(server.url(name), people=20, progress=stop)
    with connect(server.url(name)) as database:
        assert tables(database) == []


def test_progress_counts_up_to_its_total(server: Server, new_database: Callable[[], str]) -> None:
    told: list[tuple[int, int]] = []
    create(server.url(new_database()), people=20, progress=lambda _, done, total: told.append((done, total)))
    assert [done for done, _ in told] == list(range(told[-1][1] + 1))


@pytest.mark.parametrize("people", [1, 2, 19])
def test_even_a_handful_of_people_is_a_company(server: Server, new_database: Callable[[], str], people: int) -> None:
    url = server.url(new_database())
    create(url, people=people)
    with connect(url) as database:
        assert value(database, "SELECT count(*) FROM account") == people


@pytest.mark.parametrize(("people", "seed"), [(0, 1), (-1, 1), (5, -1)])
def test_a_company_of_nobody_or_a_negative_seed_is_wrong_usage(people: int, seed: int) -> None:
    with pytest.raises(UsageError):
        create("host=nowhere", people=people, seed=seed)
