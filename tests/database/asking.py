"""Questions to a server and its process."""

from __future__ import annotations

import os
import time
from pathlib import Path

from houvast.database.connect import connect
from houvast.database.server import Server


def ask(server: Server, query: str) -> str:
    with connect(server.url()) as database:
        row = database.execute(query.encode()).fetchone()
    assert row is not None
    return str(row[0])


def wait_until_gone(pid: int) -> None:
    for _ in range(200):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").read_text().split(") ")[1].startswith("Z"):
            return
        time.sleep(0.02)
    raise AssertionError(f"process {pid} is still there")
