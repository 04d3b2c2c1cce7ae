"""A second, quite different policy: the sports club's compiles, is applied, and refuses."""

from __future__ import annotations

import json
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from houvast.app import keep, mapping
from houvast.app.copying import copy_to
from houvast.app.erasing import erase
from houvast.app.examine import examine
from houvast.app.project import load_project
from houvast.app.target import Target
from houvast.compiler.apply import apply
from houvast.database import Connection, connect, run
from houvast.database.connect import DatabaseError, sql
from houvast.database.server import Server, temporary
from houvast.datamap import load_datamap
from houvast.policy import load_versions
from houvast.proof import Door, Outcome, prove
from tests.club import CLUB, SCHEMA, odd


@pytest.fixture(scope="module")
def club() -> Generator[Server]:
    """A server of its own, because roles belong to the whole server, with the policy applied."""
    with temporary() as server:
        with connect(server.url()) as admin:
            run(admin, "CREATE DATABASE club")
        with connect(server.url("club")) as database:
            run(database, SCHEMA.read_text("utf-8"))
            apply(database, load_versions(CLUB), load_datamap(CLUB / "datamap.yaml"), now=datetime.now(UTC))
        yield server


def opened(club: Server, login: str, purpose: str, person: str = "", database: str = "club") -> Connection:
    """A connection of a login with a use open."""
    connection = connect(club.url(database, login))
    named = sql.SQL(", person => {}").format(sql.Literal(person)) if person else sql.SQL("")
    connection.execute(sql.SQL("SELECT houvast.open_use({}, 'a test'{})").format(sql.Literal(purpose), named))
    return connection


def names(connection: Connection, query: str) -> list[str]:
    return sorted(str(row[0]) for row in connection.execute(sql.SQL(query)).fetchall())  # pyright: ignore[reportArgumentType]


def test_a_trainer_sees_players_and_no_fees(club: Server) -> None:
    with opened(club, "trainer", "team") as trainer:
        assert names(trainer, "SELECT full_name FROM member") == ["Anna Voorbeeld", "Bram Voorbeeld"]
        with pytest.raises(DatabaseError, match="permission denied"):
            names(trainer, "SELECT number FROM fee")


def test_health_is_seen_with_consent_one_person_at_a_time(club: Server) -> None:
    with opened(club, "trainer", "care", "member:1") as trainer:
        assert names(trainer, "SELECT note FROM health_note") == ["knee"]
    with opened(club, "trainer", "care", "member:2") as trainer:
        assert names(trainer, "SELECT note FROM health_note") == []


def test_the_newsletter_reaches_who_said_yes(club: Server) -> None:
    with opened(club, "mailer", "newsletter") as mailer:
        assert names(mailer, "SELECT full_name FROM member") == ["Carla Voorbeeld"]


def test_the_treasurer_sees_who_has_a_bill_open(club: Server) -> None:
    with opened(club, "treasurer", "contribution") as treasurer:
        assert names(treasurer, "SELECT full_name FROM member") == ["Anna Voorbeeld"]


def test_the_proof_breaks_none_of_the_clubs_promises(club: Server) -> None:
    door = Door(club.url("club"), lambda login: club.url("club", login))
    report = prove(door, load_versions(CLUB), load_datamap(CLUB / "datamap.yaml"))
    broken = [(p.id, [(a.name, a.expected, a.seen) for a in p.failed][:2]) for p in report.broken]
    assert broken == []
    assert {"B09", "B10", "B13"} <= {p.id for p in report.promises if p.outcome is Outcome.HELD}


def test_whatever_tables_and_columns_are_called(club: Server, tmp_path: Path) -> None:
    """Quotes, spaces, emoji, SQL's own words, and signs that mean something to a program on the way."""
    with connect(club.url()) as admin:
        run(admin, "CREATE DATABASE odd")
    folder, url = tmp_path / "project", club.url("odd")
    odd.make(url, folder)
    draft = mapping.draft(folder, url, tmp_path / "proposed.yaml")
    mapping.keep(draft, draft.proposal)
    load_datamap(tmp_path / "proposed.yaml")
    assert {*odd.TABLES.values()} < {*draft.proposal.tables}
    assert not examine(folder).findings
    target = Target(load_project(folder), url)
    assert keep.apply(target).steps
    assert not keep.plan(target).plan.steps
    with opened(club, "secretary", "membership", database="odd") as secretary:
        seen = secretary.execute(
            sql.SQL("SELECT {} FROM {} ORDER BY id").format(*_of("member", "full_name"))
        ).fetchall()
        assert [name for (name,) in seen] == ["Anna Voorbeeld", "Bram Voorbeeld", "Carla Voorbeeld"]
    with connect(url) as admin:
        run(admin, "INSERT INTO houvast.request (kind, key, verified_at, level) VALUES ('member', '1', now(), 2)")
    copy_to(target, "member:1", tmp_path / "copy", verified_by="code")
    copied = json.loads((tmp_path / "copy" / "data.json").read_text())["tables"]
    assert copied[odd.TABLES["health_note"]][0][odd.COLUMNS["note"]] == "knee"
    done = erase(target, "member:1", verified_by="code")
    assert not done.certificate.absence.left
    with connect(url) as admin:
        assert admin.execute(sql.SQL("SELECT FROM {}").format(*_of("consent"))).rowcount == 1
        assert not keep.drift(target)
        run(admin, f"DROP POLICY hv_membership_read ON {_of('member')[0].as_string()}")
    gone = keep.drift(target)
    assert [(one.kind, one.piece) for one in gone] == [
        ("policy", f"policy hv_membership_read on {odd.TABLES['member']}")
    ]
    assert {step.name for step in keep.apply(target).steps} == {gone[0].piece}
    keep.unapply(target, with_desk=True)


def _of(table: str, *columns: str) -> list[sql.Identifier]:
    return [sql.Identifier(odd.COLUMNS[name]) for name in columns] + [sql.Identifier(odd.TABLES[table])]
