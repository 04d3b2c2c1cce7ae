"""Runs the beacon under Granian: worker processes, each with its own batches."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server import Server

from houvast.visits.beacon import Beacon

LARGEST_HEAD = 64 * 1024
"""Bytes of all headers of a request together; whoever sends more is refused before anything is read."""


def serve(make: Callable[[], Beacon], host: str, port: int, *, workers: int = 1, socket: Path | None = None) -> None:
    """Serve until SIGTERM or SIGINT; then every worker writes what waits. Logs no request.

    `make`: makes the beacon of a worker in its own process; it must be able to be pickled. `socket`: of the file
    system instead of host and port, for a proxy beside. A worker that dies is started again.
    """
    logging.getLogger("_granian").setLevel(logging.WARNING)
    server = Server(
        "houvast visits", address=host, port=port, uds=socket, interface=Interfaces.RSGI, workers=workers,
        loop=Loops.uvloop, websockets=False, log_access=False, respawn_failed_workers=True, workers_kill_timeout=20,
        http1_settings=HTTP1Settings(max_buffer_size=LARGEST_HEAD),
    )  # fmt: skip
    server.serve(target_loader=partial(_made, make), wrap_loader=False)


def _made(make: Callable[[], Beacon]) -> Any:  # noqa: ANN401 - Granian asks for a function, and takes an RSGI application
    beacon = make()
    gc.collect()
    gc.freeze()  # what is there now stays: not to be looked through again and again
    gc.set_threshold(50_000, 20, 20)
    sys.setswitchinterval(0.001)  # seconds; while a batch is written, requests wait no longer for their turn
    return beacon
