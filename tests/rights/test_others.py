"""What is of others does not stand in a copy, and what the person wrote does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from houvast.app.copying import copy_to
from houvast.app.target import Target
from houvast.database import connect
from houvast.database.connect import DatabaseError
from houvast.rights import Rule
from houvast.rights.texts import Texts
from tests.rights.office import Office


def _data(out: Path) -> dict[str, list[dict[str, Any]]]:
    return json.loads((out / "data.json").read_text())["tables"]


def _everything(out: Path) -> str:
    return "".join(path.read_text() for path in out.rglob("*") if path.is_file())


def _whose(target: Target, table: str, column: str, whose: str) -> Target:
    """The target under a map in which a column says whose it is."""
    project = target.project
    found = project.datamap.tables[table]
    changed = replace(found, columns={**found.columns, column: replace(found.columns[column], whose=whose)})
    datamap = replace(project.datamap, tables={**project.datamap.tables, table: changed})
    return replace(target, project=replace(project, datamap=datamap))


def test_a_contact_person_gets_their_own_and_neither_the_company_nor_a_colleague(
    office: Office, tmp_path: Path
) -> None:
    (key, email, name), (_, other, colleague) = office.do(
        "SELECT id, email, full_name FROM business_contact ORDER BY id LIMIT 2"
    )
    office.do(
        "UPDATE engagement SET terms = '40 per cent off, for them alone', notes = %s WHERE business_contact_id = %s",
        f"{name} ({email}) signs; {colleague}, {other}, +31 20 794 0000 pays, KvK 12345678.",
        key,
    )
    found = copy_to(office.target, f"business_contact:{key}", tmp_path / "copy", language="en", verified_by="code")
    (row,) = _data(tmp_path / "copy")["engagement"]
    assert row["terms"] == "the company"
    assert row["notes"] == (
        f"{name} ({email}) signs; [another business contact A], [another business contact A],"
        " [somebody else: phone number] pays, KvK 12345678."
    )
    said = _everything(tmp_path / "copy")
    assert "40 per cent" not in said
    assert other not in said
    assert colleague not in said
    assert {(one.column, one.rule, one.count) for one in found.redactions} == {
        ("terms", Rule.ORGANISATION, 1),
        ("notes", Rule.NAMED, 2),
        ("notes", Rule.ADDRESS, 1),
    }


def test_of_a_company_that_several_share_each_sees_what_is_theirs(office: Office, tmp_path: Path) -> None:
    ((company, one, other),) = office.do(
        "SELECT a.company_id, a.account_id, b.account_id FROM company_member a JOIN company_member b USING (company_id)"
        " JOIN account x ON x.id = a.account_id JOIN account y ON y.id = b.account_id"
        " WHERE a.account_id <> b.account_id AND a.left_at IS NULL AND b.left_at IS NULL"
        " AND x.closed_at IS NULL AND y.closed_at IS NULL"
        " ORDER BY 1, 2 LIMIT 1"
    )
    mine, theirs = (
        office.do("SELECT full_name, email FROM contact WHERE account_id = %s", who)[0] for who in (one, other)
    )
    note = f"For {mine[0]} <{mine[1]}>; copies to {theirs[0]} <{theirs[1]}>"
    office.do("UPDATE company SET notes = %s, billing_email = %s WHERE id = %s", note, theirs[1], company)
    copy_to(office.target, f"customer:{one}", tmp_path / "copy", language="en", verified_by="code")
    (row,) = _data(tmp_path / "copy")["company"]
    assert row["notes"] == f"For {mine[0]} <{mine[1]}>; copies to [another customer A] <[another customer A]>"
    assert row["billing_email"] == "[another customer A]"
    assert row["vat_number"] == "the company"
    copy_to(office.target, f"customer:{other}", tmp_path / "other", language="en", verified_by="code")
    (row,) = _data(tmp_path / "other")["company"]
    assert row["billing_email"] == theirs[1]


def test_own_words_survive_but_for_those_with_whom_a_row_is_shared(office: Office, tmp_path: Path) -> None:
    one, other = office.sharers()
    (name,) = (office.one("SELECT full_name FROM contact WHERE account_id = %s", other),)
    stranger = office.one("SELECT full_name FROM contact WHERE account_id NOT IN (%s, %s) LIMIT 1", one, other)
    said = f"My neighbour Zacharias Onbekend (z.onbekend@elsewhere.example) and {stranger} say so, and {name.upper()}."
    office.do("INSERT INTO ticket (account_id, subject, priority) VALUES (%s, 'x', 'normal')", one)
    office.do("INSERT INTO ticket_message (ticket_id, author, body) SELECT max(id), 'me', %s FROM ticket", said)
    copy_to(office.target, f"customer:{one}", tmp_path / "copy", language="en", verified_by="code")
    bodies = [row["body"] for row in _data(tmp_path / "copy")["ticket_message"]]
    assert said.replace(name.upper(), "[another customer A]") in bodies


def test_a_column_may_say_whose_a_value_is(office: Office, tmp_path: Path) -> None:
    one, other = office.sharers()
    household = office.one(
        "SELECT household_id FROM household_member WHERE account_id = ANY (%s) GROUP BY 1 HAVING count(*) = 2",
        [one, other],
    )
    target = _whose(office.target, "household", "name", "postcode")
    office.do("UPDATE household SET name = 'the nickname', postcode = %s WHERE id = %s", str(other), household)
    copy_to(target, f"customer:{one}", tmp_path / "copy", language="en", verified_by="code")
    assert [row["name"] for row in _data(tmp_path / "copy")["household"] if row["id"] == household] == [
        "another customer A"
    ]
    copy_to(target, f"customer:{other}", tmp_path / "other", language="en", verified_by="code")
    assert [row["name"] for row in _data(tmp_path / "other")["household"] if row["id"] == household] == ["the nickname"]


def test_nobody_learns_by_a_copy_who_else_is_known(office: Office) -> None:
    """The database recognises only for the person of an open use; in own words only those who share a row."""
    one = office.asks(office.busiest())
    email = office.one("SELECT email FROM contact WHERE account_id <> %s LIMIT 1", one)
    ask = "SELECT count(*) FROM houvast.others_named(ARRAY[%s], true)"
    with connect(office.target.url_of("officer")) as session:
        with pytest.raises(DatabaseError):
            session.execute(ask, (email,))
        session.execute("SELECT houvast.open_use('rights', 'a look', person => %s)", (f"customer:{one}",))
        assert session.execute(ask, (email,)).fetchone() == (0,)
    with connect(office.target.url_of("support")) as session:
        session.execute("SELECT houvast.open_use('answer', 'a look')")
        with pytest.raises(DatabaseError, match="permission denied"):
            session.execute(ask, (email,))


def test_a_letter_that_grows_when_it_is_small_hides_nobody() -> None:
    """A text with such a letter (İ) in it is looked through like any other."""
    found = Texts(frozenset(), frozenset()).others_in(
        "İstanbul: Anna Voorbeeld called", {"anna voorbeeld": ("customer", "1")}, addresses=False
    )
    assert list(found) == [(10, 24, ("customer", "1"))]
