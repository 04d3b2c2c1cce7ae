"""Who can do what is read from the catalogue itself, hashed the same everywhere, and any change of it is seen."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Generator

import pytest

from houvast.controls import Found, Ground, access
from houvast.controls.measures import access_review
from houvast.database import Connection, DatabaseError, connect, run
from houvast.database.server import Server
from houvast.datamap import load_datamap
from houvast.errors import DatabaseRefusal
from tests.company import company
from tests.compiler.staffing import code_of, enrolled
from tests.proof.scene import PROJECT


@pytest.fixture(scope="module")
def kept() -> Generator[Server]:
    with company() as server:
        yield server


@pytest.fixture
def admin(kept: Server) -> Generator[Connection]:
    with connect(kept.url("lakana")) as found:
        yield found
        run(found, "ALTER TABLE houvast.access_review DISABLE TRIGGER ALL; DELETE FROM houvast.access_review;"
                   " ALTER TABLE houvast.access_review ENABLE TRIGGER ALL")  # fmt: skip


def lines(admin: Connection, kind: str) -> set[tuple[str, str, str]]:
    return {(one.who, one.what, one.how) for one in access.access(admin).lines if one.kind == kind}


def signed(admin: Connection) -> None:
    enrolled(admin, "vera")
    access.sign(admin, access.access(admin).sha256, by="vera", code=code_of(admin, "vera"))


def test_it_says_what_the_data_map_gives_each_login_and_nothing_of_rows(admin: Connection) -> None:
    datamap = load_datamap(PROJECT / "datamap.yaml")
    opens = {(who, what) for who, what, _ in lines(admin, "opens")}
    assert opens >= {(login.name, purpose) for login in datamap.logins.values() for purpose in login.purposes}
    answer = {what: how for who, what, how in lines(admin, "purpose") if who == "answer"}
    assert any(what.startswith("SELECT ") and what.endswith(".contact") for what in answer)
    assert not {what for _, what, _ in lines(admin, "everybody") if "contact" in what}
    assert ("postgres", "login, superuser, bypassrls, createrole, createdb, replication", "") in lines(admin, "role")
    assert {one.kind for one in access.access(admin).lines} <= set(access.KINDS)


def test_the_database_and_a_reader_of_the_file_hash_it_alike(admin: Connection) -> None:
    found = access.access(admin)
    assert admin.execute("SELECT sha256, lines FROM houvast.access_now()").fetchall() == [
        (found.sha256, len(found.lines))
    ]
    assert len(found.lines) > 100
    as_json = json.loads(json.dumps(found.to_json()))
    texts = sorted(json.dumps(one, ensure_ascii=False).encode() for one in as_json["lines"])
    assert hashlib.sha256(b"\n".join(texts)).hexdigest() == as_json["sha256"]
    rows = list(csv.reader(found.to_csv().splitlines()))
    assert rows[0] == list(access.COLUMNS)
    assert [list(row) for row in rows[1:]] == [[one.kind, one.who, one.what, one.how] for one in found.lines]


@pytest.mark.parametrize(
    ("change", "undo"),
    [
        ("GRANT SELECT ON contact TO PUBLIC", "REVOKE SELECT ON contact FROM PUBLIC"),
        ("GRANT SELECT (email) ON contact TO support", "REVOKE SELECT (email) ON contact FROM support"),
        ("GRANT TRUNCATE ON contact TO hv_answer", "REVOKE TRUNCATE ON contact FROM hv_answer"),
        ("GRANT hv_billing TO support", "REVOKE hv_billing FROM support"),
        ("GRANT pg_read_all_data TO support", "REVOKE pg_read_all_data FROM support"),
        ("ALTER ROLE support BYPASSRLS", "ALTER ROLE support NOBYPASSRLS"),
        ("CREATE ROLE somebody LOGIN", "DROP ROLE somebody"),
        ("INSERT INTO houvast.staff (name) VALUES ('new')", "DELETE FROM houvast.staff WHERE name = 'new'"),
        (
            "UPDATE houvast.staff SET role = 'auditor' WHERE name = 'vera'",
            "UPDATE houvast.staff SET role = 'officer' WHERE name = 'vera'",
        ),
        (
            "INSERT INTO houvast.api_token (id, digest, name, scopes, login, until) VALUES ('0123456789abcdef',"
            " sha256('x'), 'newsletter', '{mail}', 'newsletter', 'tomorrow')",
            "DELETE FROM houvast.api_token",
        ),
    ],
)  # fmt: skip
def test_whatever_changes_after_a_review_makes_it_red(admin: Connection, change: str, undo: str) -> None:
    assert access_review(Ground(admin)) is None
    signed(admin)
    assert access_review(Ground(admin)) == ()
    run(admin, change)
    try:
        found = access_review(Ground(admin)) or ()
    finally:
        run(admin, undo)
    assert [one.code for one in found] == ["access_changed"]
    assert access_review(Ground(admin)) == ()


def test_a_review_grows_old(admin: Connection) -> None:
    signed(admin)
    run(admin, "ALTER TABLE houvast.access_review DISABLE TRIGGER ALL")
    run(admin, "UPDATE houvast.access_review SET at = '2020-02-02 12:00+00'")
    run(admin, "ALTER TABLE houvast.access_review ENABLE TRIGGER ALL")
    assert access_review(Ground(admin)) == (Found("old_review", "2020-02-02"),)


def test_it_is_signed_as_it_was_seen_by_an_officer_with_a_code(admin: Connection) -> None:
    enrolled(admin, "vera")
    seen = access.access(admin).sha256
    run(admin, "CREATE TABLE meanwhile (n int); GRANT SELECT ON meanwhile TO support")
    try:
        with pytest.raises(DatabaseRefusal, match="not what you looked at any more"):
            access.sign(admin, seen, by="vera", code=code_of(admin, "vera"))
    finally:
        run(admin, "DROP TABLE meanwhile")
    with pytest.raises(DatabaseRefusal, match="confirmed by a code"):
        access.sign(admin, seen, by="vera", code="")
    with pytest.raises(DatabaseRefusal, match="named by its hash"):
        access.sign(admin, "x", by="vera", code="123456")
    assert access.last(admin) is None
    access.sign(admin, seen, by="vera", code=code_of(admin, "vera"))
    found = access.last(admin)
    assert found
    assert (found.sha256, found.same, found.who.split()[0]) == (seen, True, "officer")
    told = admin.execute(
        "SELECT body FROM houvast.event WHERE kind = 'access_reviewed' ORDER BY id DESC LIMIT 1"
    ).fetchall()
    assert told == [({"access_sha256": seen, "lines": found.lines, "role": "officer"},)]
    with pytest.raises(DatabaseError, match="stays as it was signed"):
        run(admin, "UPDATE houvast.access_review SET at = now()")
