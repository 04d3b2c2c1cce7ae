"""A search finds somebody in whatever table they are, and tells places, never values."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from houvast.app.erasing import erase
from houvast.app.tracing import trace_person
from houvast.database import DatabaseError
from houvast.errors import UsageError
from houvast.rights.trace import SHORTEST, Place, could_hold, trace
from tests.rights.office import Office
from tests.screening.standing import ONE, stands, texts

WORD = "trace-me.canary@canary.example"


def _found(office: Office, *values: str) -> list[Place]:
    return list(trace(office.admin, office.target.project.datamap, values).places)


def test_a_value_is_found_in_every_kind_of_column(office: Office) -> None:
    office.do("CREATE SCHEMA attic")
    office.do('CREATE TABLE attic."odd % name" (id int, "a % b" text, j json, jb jsonb, list text[], raw bytea)')
    for column, value in {
        '"a % b"': "%s", "j": "json_build_object('a', %s::text)", "jb": "jsonb_build_array(1, %s::text)",
        "list": "ARRAY[%s]", "raw": "convert_to(%s, 'UTF8')",
    }.items():  # fmt: skip
        office.do(
            f'INSERT INTO attic."odd % name" ({column}) VALUES ({value})'.replace("% ", "%% "),
            WORD.upper() if column == '"a % b"' else WORD,
        )
    number = office.one("SELECT lo_from_bytea(0, convert_to('before ' || %s || ' after', 'UTF8'))", WORD)
    found = {(one.table, one.column, one.rows, one.mapped) for one in _found(office, WORD)}
    odd = "attic.odd % name"
    assert found == {(odd, column, 1, False) for column in ("a % b", "j", "jb", "list", "raw")} | {
        ("large objects", str(number), 1, False)
    }


def test_a_canary_in_every_text_column_of_the_database_is_found(office: Office) -> None:
    columns = office.do(
        "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'text'::regtype"
        " AND a.attnum > 0 AND a.attgenerated = '' AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid"
        " AND k.contype = 'c' AND a.attnum = ANY (k.conkey) AND pg_get_constraintdef(k.oid) !~ '%_@_%')"
    )
    assert len(columns) > 20
    for number, (table, column) in enumerate(columns):
        office.do(
            f"UPDATE {table} SET {column} = %s WHERE ctid = (SELECT ctid FROM {table} LIMIT 1)", f"{number}:{WORD}"
        )
    found = {(one.table, one.column) for one in _found(office, WORD)}
    there = {(table, column) for table, column in columns if office.one(f"SELECT count(*) FROM {table}")}
    assert found >= there
    assert found - there <= {("contact", "search_text")}  # made of others


def test_a_part_of_a_longer_value_is_somebody_else(office: Office) -> None:
    office.do("CREATE TABLE note (t text)")
    office.do("INSERT INTO note VALUES ('xtrace-me1'), ('trace-me12'), ('(trace-me1)')")
    assert [one.rows for one in _found(office, "Trace-Me1")] == [1]


@given(st.lists(texts, min_size=1, max_size=30))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_an_address_is_found_in_the_rows_in_which_people_would_say_it_stands(office: Office, said: list[str]) -> None:
    office.do("DROP TABLE IF EXISTS note; CREATE TABLE note (t text)")
    for one in said:
        office.do("INSERT INTO note VALUES (%s)", one)
    expected = sum(stands(one, ONE, is_word=_is_plain_word) for one in said)
    assert sum(place.rows for place in _found(office, ONE)) == expected


def _is_plain_word(sign: str) -> bool:
    """To the database letters beyond A to Z are no part of a word, so that too much is found and never too little."""
    return sign.isascii() and (sign.isalnum() or sign == "_")


@pytest.mark.parametrize("way", ['{"t": "a\\n%s"}', '{"t": "\\u003c%s\\u003e"}', '["\\t%s\\r"]'])
def test_an_address_is_found_behind_what_json_escapes(office: Office, way: str) -> None:
    office.do("CREATE TABLE note (plain text, j json, jb jsonb)")
    office.do("INSERT INTO note VALUES (%s, %s, %s)", *[way % WORD] * 3)
    assert {one.column for one in _found(office, WORD)} == {"plain", "j", "jb"}


LARGE: dict[str, Callable[[str], bytes]] = {
    "across two pages": lambda said: b"." * 2040 + b" " + said.encode() + b" " + b"." * 3000,
    "at the end of many": lambda said: b"a line\n" * 100_000 + said.encode(),
    "UTF-16": lambda said: (". " * 1020 + said).encode("utf-16"),
    "packed": lambda said: gzip.compress(said.encode()),
    "a mail": lambda said: b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(b"hello " + said.encode()),
}  # fmt: skip


@pytest.mark.parametrize("way", LARGE)
def test_a_value_is_found_in_a_large_object_and_not_in_somebody_elses(office: Office, way: str) -> None:
    numbers = [
        office.one("SELECT lo_from_bytea(0, %s)", LARGE[way](said))
        for said in (WORD.upper(), f"more.{WORD}", f"{WORD}.more")
    ]
    found = trace(office.admin, office.target.project.datamap, [WORD])
    assert (found.places, found.large_objects, found.unread) == (
        (Place("large objects", str(numbers[0]), 1, mapped=False),), 3, ()
    )  # fmt: skip


def test_a_large_object_with_holes_is_read_whole(office: Office) -> None:
    number = office.one("SELECT lo_create(0)")
    office.do("SELECT lo_put(%s, 5000000, %s)", number, WORD.encode())
    assert [one.column for one in _found(office, WORD)] == [str(number)]


def test_a_large_object_that_cannot_be_looked_into_is_told_and_its_erasure_is_not_called_whole(office: Office) -> None:
    key = office.busiest()
    packed = gzip.compress(b"a secret of somebody " * 99)
    number = office.one("SELECT lo_from_bytea(0, %s)", packed[:40])
    done = erase(office.target, f"customer:{office.asks(key)}", verified_by="code")
    absence = done.certificate.absence
    assert (absence.objects, absence.unread) == (1, ((f"large objects.{number}", "a damaged archive"),))
    assert absence.open == 1
    assert f"large objects.{number}" in done.certificate.text("en")
    assert office.one("SELECT body->>'places' FROM houvast.event WHERE kind = 'erasure_certified'") == "1"


def test_after_an_erasure_a_large_object_with_the_person_is_named(office: Office) -> None:
    key = office.busiest()
    email = office.one("SELECT email FROM contact WHERE account_id = %s", key)
    number = office.one("SELECT lo_from_bytea(0, %s)", f"<{email}>".encode())
    done = erase(office.target, f"customer:{office.asks(key)}", verified_by="code")
    assert [one.at for one in done.certificate.absence.left] == [f"large objects.{number}"]


def test_marks_with_a_meaning_in_patterns_mean_themselves(office: Office) -> None:
    office.do("CREATE TABLE note (t text)")
    odd = "a.b*c(d)[e]^$|\\\"f' +31 6"
    office.do("INSERT INTO note VALUES (%s), ('aXb*c(d)')", f"<{odd}>")
    office.do("INSERT INTO note VALUES (%s)", "é" + "ë@x.example")
    assert [one.rows for one in _found(office, odd)] == [1]
    assert [one.rows for one in _found(office, "éë@x.example")] == [1]


def test_what_is_on_file_is_looked_for_and_what_the_map_does_not_know_is_told(office: Office) -> None:
    key = office.busiest()
    email = office.one("SELECT email FROM contact WHERE account_id = %s", key)
    office.do("CREATE TABLE old_export (line text)")
    office.do("ALTER TABLE old_export OWNER TO lakana_owner")
    office.do("INSERT INTO old_export VALUES ('x;' || %s || ';y')", email)
    found = trace(office.admin, office.target.project.datamap, [email])
    assert Place("old_export", "line", 1, mapped=False) in found.places
    assert Place("contact", "email", 1, mapped=True) in found.places


def test_after_an_erasure_nothing_is_found_but_what_nobody_declared(office: Office) -> None:
    key = office.busiest()
    before = trace_person(office.target, f"customer:{office.asks(key)}")
    assert {one.table for one in before.places} >= {"contact", "account"}
    office.do("CREATE TABLE old_export (line text)")
    office.do("INSERT INTO old_export SELECT email FROM contact WHERE account_id = %s", key)
    done = erase(office.with_map(closed=("old_export",)), f"customer:{key}", verified_by="code")
    assert [(one.table, one.column) for one in done.certificate.absence.left] == [("old_export", "line")]


def test_a_search_that_cannot_read_something_fails(office: Office) -> None:
    office.do("CREATE EXTENSION file_fdw")
    office.do("CREATE SERVER files FOREIGN DATA WRAPPER file_fdw")
    office.do("CREATE FOREIGN TABLE gone (line text) SERVER files OPTIONS (filename '/nowhere')")
    with pytest.raises(DatabaseError):
        _found(office, WORD)


def test_short_values_are_refused(office: Office) -> None:
    with pytest.raises(UsageError, match="too short"):
        trace_person(office.target, "customer:1", ["ab"])


NUMBERS = {
    "smallint": ("-32768", "12345"), "integer": ("-2147483648",), "bigint": ("-9223372036854775808",),
    "oid": ("4294967295",),
    "numeric": ("-12345678901234567890.000123", "NaN", "Infinity"), "real": ("-1.17549e-38", "3.4e+38", "-Infinity"),
    "double precision": ("-2.2250738585072014e-308", "1.7976931348623157e+308", "123456.789"),
    "date": ("294276-12-31", "0044-03-15 BC", "-infinity"), "time": ("23:59:59.999999",),
    "timetz": ("12:34:56.5+05:45",),
    "timestamp": ("294276-12-31 23:59:59.999999", "0044-03-15 12:34:56 BC"),
    "timestamptz": ("0044-03-15 12:34:56.123456+05:30 BC", "infinity"), "boolean": ("true",),
    "uuid": ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",),
}  # fmt: skip


@pytest.mark.parametrize("kind", NUMBERS)
def test_every_part_of_what_a_column_can_hold_is_looked_for_there(office: Office, kind: str) -> None:
    office.do("SET TimeZone = 'Asia/Kolkata'")
    name = office.one(f"SELECT typname FROM pg_type WHERE oid = '{kind}'::regtype")
    for value in NUMBERS[kind]:
        text = office.one("SELECT concat(%s::text::" + kind + ")", value)
        parts = {text[first:last] for first in range(len(text)) for last in range(first + SHORTEST, len(text) + 1)}
        assert all(could_hold(name, part, iso=True) for part in parts)
    assert not could_hold(name, WORD, iso=True)
    assert not could_hold(name, "+31 6 1234 5678", iso=True)


def test_a_table_with_more_columns_than_a_function_takes_is_searched_whole(office: Office) -> None:
    columns = ", ".join(f"c{number} text" for number in range(250))
    office.do(f"CREATE TABLE wide ({columns})")
    for column in ("c0", "c89", "c90", "c179", "c249"):
        office.do(f"INSERT INTO wide ({column}) VALUES (%s)", WORD)
    assert {one.column for one in _found(office, WORD)} == {"c0", "c89", "c90", "c179", "c249"}


def test_a_date_is_found_however_dates_are_written(office: Office) -> None:
    office.do("CREATE TABLE born (at date, number int)")
    office.do("INSERT INTO born VALUES ('1980-05-01', 612345678)")
    assert [one.column for one in _found(office, "1980-05-01")] == ["at"]
    assert [one.column for one in _found(office, "612345678")] == ["number"]
    office.do("SET DateStyle = 'German'")
    assert [one.column for one in _found(office, "01.05.1980")] == ["at"]
