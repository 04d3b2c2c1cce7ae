"""One connection whose statements are timed: CPU time of its backend, and wall clock."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg import pq

from houvast.database import Connection, connect

Values = Sequence[str]
"""The parameters of one execution, as text."""


def cpu_ns(pid: int) -> int:
    """Nanoseconds that a process has computed."""
    return int(Path("/proc", str(pid), "schedstat").read_text().split()[0])


@dataclass(frozen=True)
class Cost:
    """What one execution cost, on average over a round, in microseconds."""

    cpu: float
    wall: float


class Backend:
    """A session, with its backend's process. Statements are prepared once and executed one by one."""

    def __init__(self, url: str, *, purpose: str = "", settings: Sequence[str] = ()) -> None:
        self.connection: Connection = connect(url, application_name="bench")
        row = self.connection.execute("SELECT pg_backend_pid()").fetchone()
        self._pid = int(row[0]) if row else 0
        self._prepared: dict[str, bytes] = {}
        for setting in settings:
            self._execute(setting)
        if purpose:
            with self.connection.transaction():
                self.connection.execute("SELECT houvast.open_use(%s, 'benchmark')", [purpose])

    def close(self) -> None:
        """End the session."""
        self.connection.close()

    def run(self, sql: str, rounds: Sequence[Values]) -> Cost:
        """Execute a statement once for each list of values."""
        wire, name = self.connection.pgconn, self._prepare(sql)
        encoded = [[value.encode() for value in values] for values in rounds]
        cpu, wall = cpu_ns(self._pid), time.perf_counter_ns()
        for values in encoded:
            result = wire.exec_prepared(name, values)
            if result.status not in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
                raise RuntimeError(result.get_error_message())
        wall = time.perf_counter_ns() - wall
        return Cost((cpu_ns(self._pid) - cpu) / len(rounds) / 1000, wall / len(rounds) / 1000)

    def rows(self, sql: str, values: Values) -> int:
        """How many rows one execution returns or changes."""
        result = self.connection.pgconn.exec_prepared(self._prepare(sql), [v.encode() for v in values])
        if result.status == pq.ExecStatus.TUPLES_OK:
            return result.ntuples
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise RuntimeError(result.get_error_message())
        return result.command_tuples or 0

    def plan(self, sql: str, values: Values) -> list[str]:
        """The plan that PostgreSQL runs for it."""
        self._prepare(sql)
        listed = ", ".join("'" + v.replace("'", "''") + "'" for v in values)
        call = f"EXPLAIN (COSTS OFF) EXECUTE {self._prepare(sql).decode()}" + (f"({listed})" if values else "")
        result = self._execute(call)
        return [(result.get_value(n, 0) or b"").decode() for n in range(result.ntuples)]

    def _prepare(self, sql: str) -> bytes:
        if sql not in self._prepared:
            name = f"q{len(self._prepared)}".encode()
            result = self.connection.pgconn.prepare(name, sql.encode())
            if result.status != pq.ExecStatus.COMMAND_OK:
                raise RuntimeError(result.get_error_message())
            self._prepared[sql] = name
        return self._prepared[sql]

    def _execute(self, sql: str) -> pq.abc.PGresult:
        result = self.connection.pgconn.exec_(sql.encode())
        if result.status not in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
            raise RuntimeError(result.get_error_message())
        return result
