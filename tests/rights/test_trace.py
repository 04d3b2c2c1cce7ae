"""A search finds somebody in whatever table they are, and tells places, never values."""

from __future__ import annotations

import pytest

from houvast.app.erasing import erase
from houvast.app.tracing import trace_person
from houvast.database import DatabaseError
from houvast.errors import UsageError
from houvast.rights.trace import Place, trace
from tests.rights.office import Office

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
    office.do("SELECT lo_from_bytea(0, convert_to('before ' || %s || ' after', 'UTF8'))", WORD)
    found = {(one.table, one.column, one.rows, one.mapped) for one in _found(office, WORD)}
    odd = "attic.odd % name"
    assert found == {(odd, column, 1, False) for column in ("a % b", "j", "jb", "list", "raw")} | {
        ("large objects", "", 1, False)
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
            f"UPDATE {table} SET {column} = %s WHERE ctid = (SELECT ctid FROM {table} LIMIT 1)", f"{number}-{WORD}"
        )
    found = {(one.table, one.column) for one in _found(office, WORD)}
    there = {(table, column) for table, column in columns if office.one(f"SELECT count(*) FROM {table}")}
    assert found >= there
    assert found - there <= {("contact", "search_text")}  # made of others


def test_a_part_of_a_longer_value_is_somebody_else(office: Office) -> None:
    office.do("CREATE TABLE note (t text)")
    office.do("INSERT INTO note VALUES ('xtrace-me1'), ('trace-me12'), ('(trace-me1)')")
    assert [one.rows for one in _found(office, "Trace-Me1")] == [1]


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
