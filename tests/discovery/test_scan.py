"""Reading real tables: what is counted, how much is read, and what never comes out."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest

from houvast.database import Connection, connect, read_catalogue, run
from houvast.datamap.model import Column, DataMap, Table
from houvast.discovery import Found, Scan, Unread, scan
from houvast.discovery.model import Read

MAP = DataMap(
    "m",
    "d",
    "p",
    tables={
        "note": Table(
            "note", columns={"id": Column("id"), "notes": Column("notes", ("contact",)), "code": Column("code")}
        ),
        "log": Table("log", personal=False),
    },
)


@pytest.fixture
def admin(fresh_database: Callable[[], str]) -> Generator[Connection]:
    with connect(fresh_database()) as connection:
        run(connection, "CREATE ROLE owner_of_notes NOLOGIN; GRANT CREATE, USAGE ON SCHEMA public TO owner_of_notes")
        run(connection, "SET ROLE owner_of_notes")
        run(
            connection, "CREATE TABLE note (id bigint PRIMARY KEY, notes text, code text); CREATE TABLE log (line text)"
        )
        run(connection, "RESET ROLE")
        yield connection


def _scan(connection: Connection, rows: int = 1000) -> Scan:
    return scan(connection, MAP, read_catalogue(connection), role="owner_of_notes", rows=rows)


def test_values_are_counted_by_column_and_kind(admin: Connection) -> None:
    run(
        admin,
        "INSERT INTO note VALUES (1, 'bel 06-12345678', 'a'), (2, '06-12345679 of a@b.example', 'b'), (3, NULL, '')",
    )
    run(admin, "INSERT INTO log VALUES ('niets')")
    found = _scan(admin)
    assert found.found == (Found("note", "notes", "email", count=1), Found("note", "notes", "phone", count=2))
    assert found.read == (Read("log", ("line",), 1, False), Read("note", ("notes", "code"), 3, False))


def test_what_people_tell_of_their_health_or_of_a_child_is_found_in_free_text(admin: Connection) -> None:
    told = ("Ik heb diabetes en kan niet inloggen", "my son is 12 years old", "I am 14", "Zij is KATHOLIEK")
    for number, text in enumerate((*told, "een ongeloofwaardige fout", "ik ben het zat")):
        admin.execute("INSERT INTO note VALUES (%s, %s, 'x')", (number, text))
    assert _scan(admin).found == (Found("note", "notes", "special", count=len(told)),)


def test_no_value_is_in_what_comes_out(admin: Connection) -> None:
    run(admin, "INSERT INTO note VALUES (1, 'bel 06-12345678 van Geheimberg', 'x')")
    said = str(_scan(admin).to_json())
    assert "12345678" not in said
    assert "Geheimberg" not in said


def test_numbers_of_nine_digits_are_no_bsn_when_most_fail_the_eleven_test(admin: Connection) -> None:
    run(admin, "INSERT INTO note SELECT n, NULL, (100000000 + n)::text FROM generate_series(1, 200) n")
    assert _scan(admin).found == ()
    run(admin, "INSERT INTO log VALUES ('bsn 111222333')")
    assert _scan(admin).found == (Found("log", "line", "bsn", count=1),)


def test_of_a_big_table_the_newest_rows_are_read_and_others_by_chance(admin: Connection) -> None:
    run(admin, "INSERT INTO note SELECT n, 'niets bijzonders', 'x' FROM generate_series(1, 20000) n; ANALYZE note")
    run(admin, "UPDATE note SET notes = 'bel 06-12345678' WHERE id = 19990")
    found = _scan(admin, rows=1000)
    (read,) = [one for one in found.read if one.table == "note"]
    assert read.sampled
    assert 500 <= read.rows <= 1000
    assert found.found == (Found("note", "notes", "phone", count=1),)


def test_a_table_that_cannot_be_read_is_said_and_the_others_are_read(admin: Connection) -> None:
    run(admin, "CREATE TABLE foreign_to_us (line text)")
    run(admin, "INSERT INTO log VALUES ('a@b.example')")
    found = _scan(admin)
    assert found.unread == (Unread("foreign_to_us", "42501"),)
    assert [one.table for one in found.undeclared] == ["foreign_to_us"]
    assert found.found == (Found("log", "line", "email", count=1),)


def test_a_scan_can_be_stopped_between_two_tables(admin: Connection) -> None:
    seen: list[str] = []

    def stop(what: str, done: int, total: int) -> None:
        seen.append(what)
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan(admin, MAP, read_catalogue(admin), role="owner_of_notes", progress=stop)
    assert seen == ["log", "note"]
    assert admin.info.transaction_status.name == "IDLE"
