"""Two sessions at once: a row that is written while its person objects, in both orders and isolations."""

from __future__ import annotations

import time
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias

import psycopg
import pytest

from houvast.compiler.drift import drift
from houvast.database import Connection
from tests.compiler.asking import column, rows
from tests.compiler.company import Company
from tests.compiler.small import SUPPORT
from tests.compiler.whole import DESK

Isolation: TypeAlias = str
ISOLATIONS = ("READ COMMITTED", "REPEATABLE READ")
OBJECT = "INSERT INTO houvast.stand (kind, key, stand, about) VALUES ('customer', '1', 'objected', 'enforce')"
INSERT = "INSERT INTO contact (id, account_id, name) VALUES (50, 1, 'Vera at work')"


@pytest.fixture
def threads() -> Generator[ThreadPoolExecutor]:
    """For statements that wait for each other."""
    with ThreadPoolExecutor() as pool:
        yield pool


def _begin(company: Company, isolation: Isolation = "READ COMMITTED") -> Connection:
    session = company.session("postgres")
    rows(session, f"BEGIN ISOLATION LEVEL {isolation}; SET LOCAL lock_timeout = '20s'; SELECT 1")
    return session


def _later(company: Company, threads: ThreadPoolExecutor, session: Connection, text: str) -> Future[object]:
    """Start a statement and wait until it waits, or is done."""
    pid = session.info.backend_pid
    future: Future[object] = threads.submit(rows, session, text)
    for _ in range(500):
        waits = company.do("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", pid)
        if future.done() or waits == [(True,)]:
            break
        time.sleep(0.01)
    return future


def _end(future: Future[object], session: Connection) -> bool:
    """Whether the statement and its transaction went through."""
    try:
        future.result(30)
        rows(session, "COMMIT")
    except (
        psycopg.errors.SerializationFailure,
        psycopg.errors.DeadlockDetected,
        psycopg.errors.ObjectNotInPrerequisiteState,
    ):
        rows(session, "ROLLBACK")
        return False
    return True


def _seen(company: Company) -> list[int]:
    return column(company.using(DESK, "enforce"), "SELECT id FROM contact ORDER BY id")


def _assert_kept(company: Company, *, objected: bool) -> None:
    """Nothing of the person is seen when the objection went through, and all rows are as they should be."""
    assert (1 in _seen(company), 50 in _seen(company)) in (
        [(False, False)] if objected else [(True, True), (True, False)]
    )
    assert [str(d) for d in drift(company.admin) if d.kind == "rows"] == []


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_a_row_is_written_while_its_person_objects(
    company: Company, threads: ThreadPoolExecutor, isolation: str
) -> None:
    objector, writer = _begin(company), _begin(company, isolation)
    rows(objector, OBJECT)
    future = _later(company, threads, writer, INSERT)
    assert not future.done()
    rows(objector, "COMMIT")
    assert _end(future, writer) is (isolation == "READ COMMITTED")
    _assert_kept(company, objected=True)


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_a_person_objects_while_a_row_of_theirs_is_written(
    company: Company, threads: ThreadPoolExecutor, isolation: str
) -> None:
    objector, writer = _begin(company, isolation), _begin(company)
    rows(writer, INSERT)
    future = _later(company, threads, objector, OBJECT)
    rows(writer, "COMMIT")
    went = _end(future, objector)
    assert went or isolation != "READ COMMITTED"
    _assert_kept(company, objected=went)


def test_an_objection_in_an_old_snapshot_misses_no_row(company: Company) -> None:
    """The row was committed after the objector's snapshot: what would not cover it is refused."""
    objector = _begin(company, "REPEATABLE READ")
    company.do(INSERT)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="would miss rows") as refusal:
        rows(objector, OBJECT)
    assert refusal.value.diag.message_hint == "Make this change in a READ COMMITTED transaction."
    rows(objector, "ROLLBACK")
    _assert_kept(company, objected=False)
    company.do(OBJECT)
    _assert_kept(company, objected=True)


def test_an_objection_that_is_taken_back_lets_the_waiting_row_through(
    company: Company, threads: ThreadPoolExecutor
) -> None:
    objector, writer = _begin(company), _begin(company)
    rows(objector, OBJECT)
    future = _later(company, threads, writer, INSERT)
    rows(objector, "ROLLBACK")
    assert _end(future, writer)
    assert _seen(company) == [1, 2, 3, 4, 50]


def test_two_people_of_one_household_object_at_once(company: Company, threads: ThreadPoolExecutor) -> None:
    one, other = _begin(company), _begin(company)
    rows(one, OBJECT)
    future = _later(company, threads, other, OBJECT.replace("'1'", "'2'"))
    rows(one, "COMMIT")
    both = _end(future, other)
    found = column(company.using(DESK, "enforce"), "SELECT id FROM household")
    assert found == []
    assert (2 in _seen(company)) is not both
    assert [str(d) for d in drift(company.admin) if d.kind == "rows"] == []


MOVES: dict[str, tuple[str, str]] = {
    "a ticket changes hands": ("UPDATE ticket SET account_id = 3 WHERE id = 1", "SELECT hv_owner = 3 FROM message WHERE id = 60"),
    "a ticket closes": (
        "UPDATE ticket SET closed_at = now() WHERE id = 1", "SELECT hv_event_ticket_closed IS NOT NULL FROM message WHERE id = 60",
    ),
}  # fmt: skip
MESSAGE = "INSERT INTO message (id, ticket_id, body) VALUES (60, 1, 'One more thing')"


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("writer_first", [True, False])
def test_a_row_is_written_below_a_parent_that_moves(
    company: Company, threads: ThreadPoolExecutor, move: str, writer_first: bool
) -> None:
    change, check = MOVES[move]
    first, second = _begin(company), _begin(company)
    rows(first, MESSAGE if writer_first else change)
    future = _later(company, threads, second, change if writer_first else MESSAGE)
    rows(first, "COMMIT")
    assert _end(future, second)
    assert company.do(check) == [(True,)]
    assert [str(d) for d in drift(company.admin) if d.kind == "rows"] == []


def test_two_agents_write_below_one_ticket_and_touch_it(company: Company, threads: ThreadPoolExecutor) -> None:
    """What every desk does: a message and then the ticket itself, by two at once, without a deadlock."""
    one, other = _begin(company), _begin(company)
    rows(one, MESSAGE)
    future = _later(company, threads, other, MESSAGE.replace("60", "61"))
    rows(one, "UPDATE ticket SET subject = 'Busy' WHERE id = 1")
    rows(one, "COMMIT")
    assert _end(future, other)


def test_a_row_is_written_while_its_account_closes(company: Company, threads: ThreadPoolExecutor) -> None:
    closer, writer = _begin(company), _begin(company)
    rows(closer, "UPDATE account SET closed_at = now() WHERE id = 1")
    future = _later(company, threads, writer, INSERT)
    rows(closer, "COMMIT")
    assert _end(future, writer)
    assert column(company.using(SUPPORT, "answer"), "SELECT id FROM contact") == []
    assert [str(d) for d in drift(company.admin) if d.kind == "rows"] == []


def test_a_statement_that_runs_while_a_person_objects_sees_one_instant(
    company: Company, threads: ThreadPoolExecutor
) -> None:
    """One statement sees the person's rows all or not at all, and the next one does not see them."""
    company.do("INSERT INTO contact (account_id, name) SELECT 1, 'Vera ' || n FROM generate_series(1, 200) n")
    reader = company.using(DESK, "enforce")
    count = "SELECT count(*) FILTER (WHERE account_id = 1), pg_sleep(0.2) IS NULL FROM contact"
    future = threads.submit(rows, reader, count)
    time.sleep(0.05)
    company.do(OBJECT)
    assert future.result()[0][0] in (201, 0)
    assert rows(reader, count.replace("0.2", "0"))[0][0] == 0
