"""Questions to a server and its process."""

from __future__ import annotations

import time
from pathlib import Path

from houvast.database.connect import connect
from houvast.database.server import Server


def ask(server: Server, query: str) -> str:
    with connect(server.url()) as database:
        row = database.execute(query.encode()).fetchone()
    assert row is not None
    return str(row[0])


def runs(pid: int) -> bool:
    """Whether a process is there; one that waits to be collected is not."""
    try:
        return not Path(f"/proc/{pid}/stat").read_text().split(") ")[1].startswith("Z")
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_gone(pid: int) -> None:
    for _ in range(200):
        if not runs(pid):
            return
        time.sleep(0.02)
    raise AssertionError(f"process {pid} is still there")
