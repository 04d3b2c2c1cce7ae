"""Each kind of weakening is named by drift, with what to do; and so is what drift does not know."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from houvast.compiler.drift import Drift, drift
from houvast.database import Connection, connect, run, run_query
from houvast.database.server import Server
from tests.attacks.mutations import MUTATIONS, Mutation

AT_ONCE = 12


class _Enough(Exception):
    """Ends a transaction that must leave nothing."""


@pytest.fixture(scope="module")
def admin(attacked: Server) -> Generator[Connection]:
    """The administrator, in a database of which nothing has drifted."""
    with connect(attacked.url("lakana")) as connection:
        assert [str(one) for one in drift(connection)] == []
        yield connection
        assert [str(one) for one in drift(connection)] == []


def after(admin: Connection, *statements: str) -> tuple[Drift, ...]:
    """What drift says after statements that are then taken back."""
    found: tuple[Drift, ...] = ()
    try:
        with admin.transaction():
            for statement in statements:
                run(admin, statement)
            found = drift(admin, rows=False)
            raise _Enough
    except _Enough:
        return found


def names(found: tuple[Drift, ...], mutation: Mutation) -> bool:
    return any(one.kind == mutation.kind and mutation.words in f"{one.identity}: {one.detail}" for one in found)


def _ours(admin: Connection) -> list[Mutation]:
    version = int(run_query(admin, "SHOW server_version_num")[0][0]) // 10000
    return [one for one in MUTATIONS if one.since <= version]


def test_each_kind_of_weakening_is_named_with_what_to_do(admin: Connection) -> None:
    unnamed: list[str] = []
    ours = _ours(admin)
    for first in range(0, len(ours), AT_ONCE):
        together = ours[first : first + AT_ONCE]
        found = after(admin, *(one.statement for one in together))
        unnamed += [
            f"{one.statement}: {[str(d) for d in found if d.kind == one.kind]}"
            for one in together
            if not names(found, one)
        ]
        assert all(one.promise and len(one.todo) > 20 for one in found)
    assert unnamed == []
    assert len(MUTATIONS) > 100
    assert len({one.kind for one in MUTATIONS}) > 35


@pytest.mark.long
def test_each_of_them_alone_is_named(admin: Connection) -> None:
    for one in _ours(admin):
        assert names(after(admin, one.statement), one), one.statement


@pytest.mark.parametrize(
    ("statement", "todo"),
    [
        ("GRANT SELECT (phone) ON contact TO analytics", "REVOKE SELECT (phone) ON public.contact FROM analytics"),
        ("GRANT pg_read_all_data TO analytics", "REVOKE pg_read_all_data FROM analytics"),
        ("GRANT CREATE ON SCHEMA answer TO shop", "REVOKE CREATE ON SCHEMA answer FROM shop"),
        (
            "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO shop",
            "REVOKE EXECUTE ON FUNCTION pg_read_file(text) FROM shop",
        ),
        ("REVOKE SELECT ON pg_stats FROM PUBLIC", "GRANT SELECT ON pg_stats TO public"),
        ("DROP POLICY hv_billing_read ON invoice", "houvast apply makes it again."),
    ],
)
def test_what_to_do_takes_it_back(admin: Connection, statement: str, todo: str) -> None:
    assert any(one.todo.startswith(todo) for one in after(admin, statement))


def test_what_no_transaction_can_undo_is_named_too(admin: Connection, attacked: Server) -> None:
    """A slot, a setting of the server, a line of pg_hba.conf."""
    hba = Path(run_query(admin, "SHOW hba_file")[0][0])
    before = hba.read_text()
    run(admin, "SELECT pg_create_physical_replication_slot('hv_forgotten')")
    try:
        hba.write_text(before + "host all all 0.0.0.0/0 trust\n")
        run(admin, "ALTER SYSTEM SET log_statement = 'all'")
        run(admin, "SELECT pg_reload_conf()")
        with connect(attacked.url("lakana")) as fresh:
            found = _settled(fresh)
    finally:
        hba.write_text(before)
        run(admin, "SELECT pg_drop_replication_slot('hv_forgotten')")
        run(admin, "ALTER SYSTEM RESET log_statement")
        run(admin, "SELECT pg_reload_conf()")
    assert {("replication slot", "hv_forgotten"), ("server setting", "log_statement")} <= {
        (d.kind, d.identity) for d in found
    }
    assert any(d.kind == "authentication" and "0.0.0.0 0.0.0.0 trust" in d.detail for d in found)


def _settled(connection: Connection) -> tuple[Drift, ...]:
    for _ in range(50):
        found = drift(connection, rows=False)
        if any(one.identity == "log_statement" for one in found):
            return found
        run(connection, "SELECT pg_sleep(0.05)")
    return drift(connection, rows=False)
