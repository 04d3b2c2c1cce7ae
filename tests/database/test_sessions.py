"""A connection that is used again carries nothing of its earlier use."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from houvast.database import DatabaseError
from houvast.database.sessions import Sessions
from tests.compiler.asking import value


def test_a_connection_is_used_again_without_what_it_carried(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    with Sessions() as sessions:
        with sessions.of(url) as first:
            backend = first.info.backend_pid
            first.execute("CREATE TABLE carried (n int); CREATE ROLE hv_carried; GRANT INSERT ON carried TO hv_carried")
            first.execute(
                "SET ROLE hv_carried; SET lock_timeout = '7s'; SELECT set_config('houvast.word', 'secret', false)"
            )
            first.execute("CREATE TEMP TABLE kept AS SELECT 1 AS n; SELECT pg_advisory_lock(47); LISTEN carried")
            first.execute("BEGIN; INSERT INTO carried VALUES (1)")  # and is left so
        with sessions.of(url) as again, sessions.of(url) as other:
            assert again.info.backend_pid == backend != other.info.backend_pid
            assert value(again, "SELECT current_user = session_user")
            assert value(again, "SELECT current_setting('lock_timeout')") == "0"
            assert not value(again, "SELECT current_setting('houvast.word', true)")
            assert (
                value(again, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
                == 0
            )
            assert value(again, "SELECT count(*) FROM carried") == 0  # what was not committed is not there
            assert value(again, "SELECT to_regclass('pg_temp.kept')") is None
            again.execute("DROP TABLE carried; DROP OWNED BY hv_carried; DROP ROLE hv_carried")


def test_what_ended_with_an_error_is_not_used_again(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    with Sessions() as sessions:
        with sessions.of(url) as first:
            backend = first.info.backend_pid
        with pytest.raises(DatabaseError):
            _divide_by_nothing(sessions, url)
        with sessions.of(url) as again:
            assert again.info.backend_pid != backend
    assert first.closed
    assert again.closed


def _divide_by_nothing(sessions: Sessions, url: str) -> None:
    with sessions.of(url) as connection:
        connection.execute("SELECT 1/0")
