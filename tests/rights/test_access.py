"""A copy holds everything about one person and nothing of anybody else, or it is not there."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from houvast.app.acting import way
from houvast.app.copying import copy_to
from houvast.database import DatabaseError, connect
from houvast.errors import DatabaseRefusal, UsageError
from houvast.rights import Rule
from tests.compiler.asking import column
from tests.rights.office import Office


def _data(out: Path) -> dict[str, list[dict[str, Any]]]:
    return json.loads((out / "data.json").read_text())["tables"]


def _table(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "tables" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_copy_holds_what_the_superuser_finds(office: Office, tmp_path: Path) -> None:
    key, out = office.busiest(), tmp_path / "copy"
    found = copy_to(office.target, f"customer:{key}", out, verified_by="code")
    data = _data(out)
    for table in ("contact", "orders", "invoice", "ticket", "post", "licence", "mailing_member", "sign_in"):
        there = office.one(f"SELECT count(*) FROM {table} WHERE account_id = %s", key)
        assert len(data[table]) == there, table
    lines = "SELECT count(*) FROM order_line l JOIN orders o ON o.id = l.order_id WHERE o.account_id = %s"
    assert len(data["order_line"]) == office.one(lines, key)
    assert data["contact"][0]["email"] == office.one("SELECT email FROM contact WHERE account_id = %s", key)
    assert not any(name.startswith("hv_") for rows in data.values() for row in rows for name in row)
    assert found.rows == sum(map(len, data.values()))


def test_tables_schema_and_manifest_say_the_same_as_the_data(office: Office, tmp_path: Path) -> None:
    out = tmp_path / "copy"
    copy_to(office.target, f"customer:{office.busiest()}", out, verified_by="letter")
    jsonschema.validate(json.loads((out / "data.json").read_text()), json.loads((out / "schema.json").read_text()))
    for table, rows in _data(out).items():
        listed = _table(out, table)
        assert [next(iter(row.values())) for row in listed] == [str(next(iter(row.values()))) for row in rows], table
    manifest = json.loads((out / "manifest.json").read_text())
    there = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()} - {"manifest.json"}
    assert {one["file"] for one in manifest["files"]} == there
    for one in manifest["files"]:
        assert hashlib.sha256((out / one["file"]).read_bytes()).hexdigest() == one["sha256"]
    assert all("." in row["total"] for row in _table(out, "orders"))  # 12.50 is not 12.5


def test_rows_are_found_by_what_stands_above_them_for_one_person_alone(office: Office) -> None:
    """However many rows others have: the keys above are those of whom a use is open for, and an index serves."""
    key = office.asks(office.busiest())
    ask = "SELECT rows_above::bigint FROM houvast.rows_above('order_line') ORDER BY 1"
    with connect(office.target.url_of("officer")) as session:
        session.execute("SET ROLE hv_rights")
        with pytest.raises(DatabaseError, match="promise C33"):
            session.execute(ask)
        session.execute("SELECT houvast.open_use('rights', 'a look', person => %s)", (f"customer:{key}",))
        orders = office.do("SELECT id FROM orders WHERE account_id = %s ORDER BY 1", key)
        assert orders
        assert session.execute(ask).fetchall() == orders
        assert session.execute("SELECT FROM houvast.rows_above('contact')").fetchall() == []
        office.do("ANALYZE order_line")
        stop = next(
            one for one in way(office.target, office.admin, ("customer", str(key))).stops if one.name == "order_line"
        )
        session.execute("SET enable_seqscan = off")  # the table is small here
        plan = column(session, f"EXPLAIN SELECT FROM {stop.sql} WHERE {stop.theirs}")
        assert "Index Cond: (order_id = ANY" in "\n".join(plan)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_tells_what_the_law_asks(office: Office, tmp_path: Path, language: str) -> None:
    out = tmp_path / "copy"
    copy_to(office.target, f"customer:{office.busiest()}", out, language=language, verified_by="code")
    page = (out / "summary.html").read_text()
    for anchor in ("rules-why", "rules-how-long", "rules-with-whom", "rules-rights", "rules-complaint", "used"):
        assert f'id="{anchor}"' in page
    assert "Autoriteit Persoonsgegevens" in page
    assert "<script" not in page


def test_somebody_else_is_a_role(office: Office, tmp_path: Path) -> None:
    key, out = office.busiest(), tmp_path / "copy"
    office.do("UPDATE ticket SET assigned_to = 7 WHERE account_id = %s", key)
    tickets = office.one("SELECT count(*) FROM ticket WHERE account_id = %s", key)
    found = copy_to(office.target, f"customer:{key}", out, language="nl", verified_by="code")
    assert {row["assigned_to"] for row in _data(out)["ticket"]} == {"medewerker A"}
    redacted = [(one.table, one.column, one.rule, one.count) for one in found.redactions]
    assert [one for one in redacted if one[0] == "ticket"] == [("ticket", "assigned_to", Rule.REFERENCE, tickets)]


def test_sharing_a_household_shows_the_household_and_not_the_other(office: Office, tmp_path: Path) -> None:
    one, other = office.sharers()
    copy_to(office.target, f"customer:{one}", tmp_path / "copy", verified_by="code")
    data = _data(tmp_path / "copy")
    assert len(data["household"]) == 1
    assert {row["account_id"] for row in data["household_member"]} == {one}
    email = office.one("SELECT email FROM contact WHERE account_id = %s", other)
    everything = "".join(path.read_text() for path in (tmp_path / "copy").rglob("*") if path.is_file())
    assert email not in everything


def test_to_take_along_go_what_was_given_and_observed_on_consent_or_contract(office: Office, tmp_path: Path) -> None:
    key, out = office.busiest(), tmp_path / "copy"
    copy_to(office.target, f"customer:{key}", out, portable=True, verified_by="code")
    data = _data(out)
    assert data["contact"][0]["email"]
    assert "search_text" not in data["contact"][0]  # made of other columns
    assert "created_at" not in data["contact"][0]
    assert not (out / "uses.json").exists()


def test_text_that_a_spreadsheet_would_run_is_text_in_the_tables_and_as_it_was_in_the_data(
    office: Office, tmp_path: Path
) -> None:
    key, out, link = office.busiest(), tmp_path / "copy", '=HYPERLINK("http://elsewhere.example")'
    office.do("UPDATE contact SET full_name = %s, phone = '+31 6 00000000' WHERE account_id = %s", link, key)
    copy_to(office.target, f"customer:{key}", out, verified_by="in person")
    (row,), (told,) = _table(out, "contact"), _data(out)["contact"]
    assert (row["full_name"], row["phone"]) == (f"'{link}", "+31 6 00000000")
    assert (told["full_name"], told["phone"]) == (link, "+31 6 00000000")


def test_a_zip_holds_the_same(office: Office, tmp_path: Path) -> None:
    out = tmp_path / "copy.zip"
    copy_to(office.target, "customer:1", out, verified_by="code")
    with zipfile.ZipFile(out) as made:
        assert {"summary.html", "data.json", "tables/contact.csv", "manifest.json"} <= set(made.namelist())
    assert oct(out.stat().st_mode & 0o777) == "0o600"
    assert list(tmp_path.iterdir()) == [out]


def test_a_column_that_nobody_classified_blocks_the_answer(office: Office, tmp_path: Path) -> None:
    office.do("ALTER TABLE contact ADD COLUMN birth_date date")
    with pytest.raises(DatabaseRefusal, match=r"`contact\.birth_date`.*promise C33"):
        copy_to(office.target, "customer:1", tmp_path / "copy", verified_by="code")
    assert list(tmp_path.iterdir()) == []
    assert office.one("SELECT count(*) FROM houvast.request") == 0


def test_without_a_request_and_a_check_nobody_gets_a_copy(office: Office, tmp_path: Path) -> None:
    with pytest.raises(DatabaseRefusal, match="promise C35"):
        copy_to(office.target, "customer:1", tmp_path / "copy")
    with pytest.raises(DatabaseRefusal, match="Nobody is known"):
        copy_to(office.target, "customer:999999", tmp_path / "copy", verified_by="code")
    with pytest.raises(UsageError):
        copy_to(office.target, "custommer:1", tmp_path / "copy", verified_by="code")
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_written_over(office: Office, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    with pytest.raises(UsageError, match="already"):
        copy_to(office.target, "customer:1", tmp_path / "copy", verified_by="code")
    with pytest.raises(UsageError, match="no folder"):
        copy_to(office.target, "customer:1", tmp_path / "nowhere" / "copy", verified_by="code")


def test_a_failure_leaves_nothing_on_the_disk(office: Office, tmp_path: Path) -> None:
    office.do("REVOKE SELECT ON rights.ticket FROM hv_rights")
    with pytest.raises(Exception, match="permission denied"):
        copy_to(office.target, "customer:1", tmp_path / "copy", verified_by="code")
    assert list(tmp_path.iterdir()) == []
    assert office.do("SELECT state FROM houvast.request") == [("withdrawn",)]


def test_the_look_is_recorded_as_a_use_and_the_request_waits_for_its_answer(office: Office, tmp_path: Path) -> None:
    copy_to(office.target, "customer:1", tmp_path / "copy", verified_by="code")
    uses = office.do("SELECT login::text, reason, ended_at IS NOT NULL FROM houvast.use WHERE person = '1' ORDER BY id")
    number = office.one(
        "SELECT id FROM houvast.request WHERE state = 'review' AND level = 2 AND verified_at IS NOT NULL"
    )
    assert ("officer", f"access, request {number}", True) in uses


def test_a_policy_that_answers_nobody_is_told(office: Office, tmp_path: Path) -> None:
    logins = {name: one for name, one in office.target.project.datamap.logins.items() if name != "officer"}
    project = replace(office.target.project, datamap=replace(office.target.project.datamap, logins=logins))
    with pytest.raises(DatabaseRefusal, match="login for `rights`"):
        copy_to(replace(office.target, project=project), "customer:1", tmp_path / "copy", verified_by="code")
