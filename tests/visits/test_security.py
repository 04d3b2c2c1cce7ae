"""Whole addresses lie apart: one login writes them and reads nothing, one purpose reads them in an open incident, and they go in time."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import pytest

from houvast.app import Target, desk, emergencies, keep, load_project
from houvast.compiler.drift import drift
from houvast.database import Connection, DatabaseError, connect, run
from houvast.visits import security
from tests.company import company
from tests.compiler.staffing import code_of, enrolled
from tests.proof.scene import PROJECT

LOGIN, WRITER, WHAT = "support", "houvast_visits", "somebody tries many passwords"
_batches = count(1)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Generator[Target]:
    with company() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOUVAST_HOME", str(tmp_path_factory.mktemp("home")))
        found = Target(load_project(PROJECT), server.url("lakana"))
        keep.apply(found)
        desk.prepare(found.url)
        yield found


@pytest.fixture
def admin(target: Target) -> Generator[Connection]:
    """Two officers with codes; no incident, emergency or address of another test."""
    with connect(target.url) as found:
        for name in ("noor", "vera"):
            enrolled(found, name)
        yield found
        run(found, f"REVOKE hv_security FROM {LOGIN}")
        for table in ("houvast.emergency", "houvast.incident"):
            run(
                found,
                f"ALTER TABLE {table} DISABLE TRIGGER ALL; DELETE FROM {table}; ALTER TABLE {table} ENABLE TRIGGER ALL",
            )
        for (name,) in days(found):
            run(found, f"DROP TABLE houvast.{name}")


@pytest.fixture
def writer(target: Target) -> Generator[Connection]:
    with connect(target.url_of(WRITER)) as found:
        yield found


class Seen(NamedTuple):
    at: int
    site: str
    address: str


def days(admin: Connection) -> list[Any]:
    return admin.execute("SELECT relname FROM pg_class WHERE relname ~ '^visit_address_2' ORDER BY 1").fetchall()


def seen(*ago: float, address: str = "203.0.113.7") -> list[Seen]:
    """A request so many days ago."""
    return [Seen(int((datetime.now(UTC) - timedelta(days=day)).timestamp()), "www", address) for day in ago]


def batch() -> str:
    return f"batch-{next(_batches)}"


def all_of_it(admin: Connection) -> list[str]:
    """Every address that lies there, past every policy."""
    with admin.transaction(force_rollback=True):
        run(admin, "ALTER TABLE houvast.visit_address NO FORCE ROW LEVEL SECURITY")
        rows = admin.execute("SELECT host(address) FROM houvast.visit_address ORDER BY at").fetchall()
    return [row[0] for row in rows]


def opened(admin: Connection) -> int:
    row = admin.execute("SELECT houvast.open_incident(%s, 'noor', %s, 7)", (WHAT, code_of(admin, "noor"))).fetchone()
    assert row
    return int(row[0])


def entered(target: Target, admin: Connection) -> None:
    """The login has the purpose for some minutes, as an officer says."""
    emergencies.enter(target, "security", LOGIN, by="vera", code=code_of(admin, "vera"), reason=WHAT, minutes=30)


def looked(session: Connection, incident: object) -> list[str]:
    session.execute(
        "SELECT houvast.open_use('security', 'looking for the source', %s::text, %s::text)", (None, str(incident))
    )
    return [row[0] for row in session.execute("SELECT host(address) FROM houvast.visit_address").fetchall()]


def test_a_batch_is_there_once_whoever_sends_it_again(writer: Connection, admin: Connection) -> None:
    name = batch()
    assert security.there(writer)
    assert [security.add(writer, name, seen(0, 1, 2)) for _ in range(2)] == [3, 0]
    assert all_of_it(admin) == ["203.0.113.7"] * 3


def test_of_two_who_send_a_batch_at_once_one_adds_it(target: Target, admin: Connection) -> None:
    name = batch()

    def send(_: int) -> int:
        with connect(target.url_of(WRITER)) as session:
            return security.add(session, name, seen(*[0.001 * n for n in range(50)]))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == [0, 0, 0, 50]
    assert len(all_of_it(admin)) == 50


def test_a_batch_that_fails_leaves_nothing_and_can_be_sent_again(writer: Connection, admin: Connection) -> None:
    name, rows = batch(), seen(0, 0)
    with pytest.raises(DatabaseError):
        security.add(writer, name, [*rows, Seen(rows[0].at, "x" * 200, "203.0.113.7")])
    assert all_of_it(admin) == []
    assert security.add(writer, name, rows) == 2


def test_what_is_too_old_to_come_or_no_address_is_not_taken_in(writer: Connection, admin: Connection) -> None:
    rows = [
        *seen(0, 14.0, 40, -3),
        *seen(0, address="somebody@canary.example"),
        *seen(0, address=""),
        *seen(0, address="2001:db8::7"),
    ]
    assert security.add(writer, batch(), rows) == 2
    assert sorted(all_of_it(admin)) == ["2001:db8::7", "203.0.113.7"]


@pytest.mark.parametrize("statement", [
    "SELECT * FROM houvast.visit_address", "SELECT * FROM houvast.visit_batch", "SELECT * FROM houvast.incident",
    "COPY houvast.visit_address TO STDOUT", "SELECT * FROM houvast.{day}", "DELETE FROM houvast.{day}",
    "UPDATE houvast.{day} SET site = ''", "TRUNCATE houvast.{day}", "DROP TABLE houvast.{day}",
    "INSERT INTO houvast.{day} VALUES (now(), 'www', '203.0.113.7') RETURNING address",
    "SELECT houvast.open_incident('made up for a test', 'noor', '000000', 1)", "SELECT * FROM account",
    "SELECT houvast.open_use('security', 'made up for a test', NULL::text, '1')",
])  # fmt: skip
def test_whoever_writes_reads_and_changes_nothing(writer: Connection, admin: Connection, statement: str) -> None:
    security.add(writer, batch(), seen(0))
    ((day,),) = days(admin)
    with pytest.raises(DatabaseError) as refused:
        run(writer, statement.format(day=day))
    assert refused.value.sqlstate == "42501"


def test_an_officer_lets_somebody_look_in_an_incident_and_it_is_written_down(
    target: Target, admin: Connection, writer: Connection
) -> None:
    security.add(writer, batch(), seen(0, 1))
    incident = opened(admin)
    entered(target, admin)
    with connect(target.url_of(LOGIN)) as session:
        assert looked(session, incident) == ["203.0.113.7"] * 2
        admin.execute("SELECT houvast.end_incident(%s, 'noor')", (incident,))
        assert session.execute("SELECT count(*) FROM houvast.visit_address").fetchone() == (0,)
    recorded = admin.execute("SELECT u.login, u.\"case\" FROM houvast.use u JOIN houvast.purpose p ON p.number = u.purpose"
                             " WHERE p.name = 'security' ORDER BY u.id DESC LIMIT 1").fetchone()  # fmt: skip
    assert recorded == (LOGIN, str(incident))
    told = [
        row[0]
        for row in admin.execute(
            "SELECT kind FROM houvast.event WHERE kind ~ '^incident' ORDER BY id DESC LIMIT 2"
        ).fetchall()
    ]
    assert told == ["incident_ended", "incident_opened"]


def test_a_use_ends_with_its_incident(target: Target, admin: Connection) -> None:
    incident = opened(admin)
    entered(target, admin)
    run(admin, "ALTER TABLE houvast.incident DISABLE TRIGGER ALL; UPDATE houvast.incident SET until = now() + interval '9 minutes';"
               " ALTER TABLE houvast.incident ENABLE TRIGGER ALL")  # fmt: skip
    with connect(target.url_of(LOGIN)) as session:
        looked(session, incident)
    newest = "SELECT u.until <= now() + interval '10 minutes' FROM houvast.use u ORDER BY u.id DESC LIMIT 1"
    row = admin.execute(newest).fetchone()
    assert row == (True,)


@pytest.mark.parametrize("incident", [None, "", "0", "999999", "1 OR true"])
def test_without_an_open_incident_nobody_looks(target: Target, admin: Connection, incident: object) -> None:
    entered(target, admin)
    with connect(target.url_of(LOGIN)) as session, pytest.raises(DatabaseError) as refused:
        looked(session, incident)
    assert refused.value.sqlstate == "42501"
    assert "C23" in str(refused.value)


def test_an_incident_that_ended_opens_nothing(target: Target, admin: Connection) -> None:
    incident = opened(admin)
    admin.execute("SELECT houvast.end_incident(%s, 'noor')", (incident,))
    entered(target, admin)
    with connect(target.url_of(LOGIN)) as session, pytest.raises(DatabaseError, match="no such security incident"):
        looked(session, incident)


def test_no_login_reads_them_for_any_purpose_of_its_own(target: Target, admin: Connection, writer: Connection) -> None:
    security.add(writer, batch(), seen(0))
    incident = opened(admin)
    logins = {login.name: login.purposes for login in target.project.datamap.logins.values()}
    assert "analytics" in logins
    for login, purposes in logins.items():
        with connect(target.url_of(login)) as session:
            for purpose in ("", "security", *purposes):
                try:
                    if purpose:
                        session.execute("SELECT houvast.open_use(%s, 'made up for a test', %s::text, %s::text)",
                                        (purpose, "customer:1", str(incident)))  # fmt: skip
                except DatabaseError:
                    assert purpose in ("security", "rights", "dispute")
                    continue
                with pytest.raises(DatabaseError) as refused:
                    session.execute("SELECT count(*) FROM houvast.visit_address")
                assert refused.value.sqlstate == "42501", (login, purpose)


def test_the_day_after_the_term_they_are_not_seen_and_then_gone(
    target: Target, admin: Connection, writer: Connection
) -> None:
    security.add(writer, batch(), seen(0, 12.5))
    incident = opened(admin)
    entered(target, admin)
    row = admin.execute("SELECT pg_get_functiondef('houvast.addresses_since'::regproc)").fetchone()
    assert row
    with connect(target.url_of(LOGIN)) as session:
        assert len(looked(session, incident)) == 2
        try:  # two days later, as the clock would have it
            run(admin, row[0].replace("statement_timestamp()", "(statement_timestamp() + interval '2 days')"))
            assert session.execute("SELECT count(*) FROM houvast.visit_address").fetchone() == (1,)
            session.close()
            assert (len(days(admin)), security.sweep(writer), len(days(admin)), security.sweep(writer)) == (2, 1, 1, 0)
        finally:
            run(admin, row[0])
    assert len(all_of_it(admin)) == 1


@pytest.mark.parametrize("what", [
    "SELECT houvast.open_incident('somebody tries passwords', 'noor', '', 7)",
    "INSERT INTO houvast.incident (what, days, who, until) VALUES ('somebody tries passwords', 7, 'officer 1', now() + interval '1 year')",
    "SELECT houvast.open_incident('203.0.113.7 is up to no good, mail vera@canary.example', 'noor', {code}, 7)",
    "SELECT houvast.open_incident('short', 'noor', {code}, 7)",
    "SELECT houvast.open_incident('somebody tries passwords', 'noor', {code}, 31)",
    "UPDATE houvast.incident SET until = until + interval '1 day'", "UPDATE houvast.incident SET what = 'nothing at all happened'",
    "DELETE FROM houvast.incident", "TRUNCATE houvast.incident",
])  # fmt: skip
def test_an_incident_is_an_officers_with_a_code_and_stays_as_it_was(admin: Connection, what: str) -> None:
    opened(admin)
    run(admin, "UPDATE houvast.staff SET last_step = 0")
    with pytest.raises(DatabaseError) as refused:
        run(admin, what.format(code=f"'{code_of(admin, 'noor')}'"))
    assert "Houvast refuses" in str(refused.value)


def test_a_day_that_comes_is_no_drift_and_whatever_opens_the_store_is(
    target: Target, admin: Connection, writer: Connection
) -> None:
    security.add(writer, batch(), seen(0))
    ((day,),) = days(admin)
    assert drift(admin, rows=False) == ()
    for weakened in (
        "DROP POLICY hv_security ON houvast.visit_address",
        "ALTER TABLE houvast.visit_address DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE houvast.visit_address NO FORCE ROW LEVEL SECURITY",
        "GRANT SELECT ON houvast.visit_address TO analytics",
        f"GRANT SELECT ON houvast.{day} TO analytics",
        f"GRANT SELECT (address) ON houvast.{day} TO analytics",
        f"GRANT SELECT ON houvast.{day} TO houvast_visits",
        f"ALTER TABLE houvast.visit_address DETACH PARTITION houvast.{day}",
        "GRANT hv_security TO analytics",
        "ALTER TABLE houvast.use DISABLE TRIGGER hv_incident_bounds",
        "ALTER TABLE houvast.incident DISABLE TRIGGER hv_keep_incident",
        "CREATE OR REPLACE FUNCTION houvast.incident_is_open(number text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "CREATE OR REPLACE FUNCTION houvast.addresses_since() RETURNS timestamptz LANGUAGE sql AS $$SELECT '-infinity'::timestamptz$$",
        "CREATE TABLE houvast.visit_address_20200101 (LIKE houvast.visit_address)",
    ):
        with admin.transaction(force_rollback=True):
            run(admin, weakened)
            named = {one.promise for one in drift(admin, rows=False)}
        assert named in ({"C23"}, {"C38"}, {"C23", "C38"}), (weakened, named)
        if "GRANT hv_security" not in weakened and "20200101" not in weakened:
            assert "C23" in named, weakened
