"""How fast the public pages answer: 100 requests a second for half a minute, over all of them, on one machine.

Requests go out at their time whether or not earlier ones were answered, and each is timed from then on, so that a
slow answer is not hidden by the waiting of the one who asks.
"""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bench import report
from houvast import sample
from houvast.app import Target, keep, load_project
from houvast.app.places import sample_project
from houvast.app.proving import prove
from houvast.database import connect, run
from houvast.database.server import temporary

RATE, SECONDS, READERS, PEOPLE = 100, 30, 16, 1_000
GOAL = 0.1
"""Seconds within which 99 of 100 pages must be there."""
PATHS = ("/", "/policy/", "/policy/C10/", "/rules/", "/versions/", "/accessibility/", "/policy/notice.md")


def measure(say: Callable[[str], None], *, write: bool) -> None:
    """Serve the sample's pages, ask for them, and write bench/results/pages.json."""
    with temporary() as server, tempfile.TemporaryDirectory(prefix="houvast-") as home:
        with connect(server.url()) as admin:
            run(admin, "CREATE DATABASE lakana")
        sample.create(server.url("lakana"), people=PEOPLE)
        target = Target(load_project(sample_project()), server.url("lakana"))
        keep.apply(target)
        prove(target)
        with served(target, home) as (address, _):
            first = _asked(address, PATHS)
            took = _load(address)
        took.sort()
        figures = {
            "requests": len(took),
            "rate": RATE,
            "seconds": SECONDS,
            "ms": {name: round(1000 * took[int(len(took) * share)], 2) for name, share in _SHARES.items()},
            "first_ms": round(1000 * first, 1),
        }
        say(f"pages: {figures['ms']} ms at {RATE} requests/s; made for the first time in {figures['first_ms']} ms")
        if write:
            with connect(server.url("lakana")) as admin:
                report.write("pages", admin, {"p99_of_goal": round(took[int(len(took) * 0.99)] / GOAL, 3)}, figures)


_SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 0.99999}


@contextmanager
def served(target: Target, home: str) -> Generator[tuple[str, int]]:
    """The pages of a target in a program of its own: its address, and the number of its process."""
    where = ["--project", str(target.project.folder), "--database", target.url]
    program = subprocess.Popen(
        [sys.executable, "-m", "houvast.cli", "serve", "--port", "0", *where],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "HOUVAST_HOME": str(Path(home)), "PYTHONUNBUFFERED": "1"},
    )
    assert program.stdout
    try:
        yield re.findall(r"http://localhost:\d+", program.stdout.readline())[0], program.pid
    finally:
        program.terminate()
        program.wait(20)
        program.stdout.close()


def _asked(address: str, paths: tuple[str, ...]) -> float:
    """The slowest page in both languages, each asked for once."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    slowest = 0.0
    for path in paths:
        for prefix in ("", "/en"):
            begun = time.perf_counter()
            _get(connection, prefix + path)
            slowest = max(slowest, time.perf_counter() - begun)
    connection.close()
    return slowest


def _load(address: str) -> list[float]:
    """Seconds from the time of each request to the end of its answer."""
    took: list[float] = []
    start = time.perf_counter() + 0.5
    threads = [threading.Thread(target=_read, args=(address, number, start, took)) for number in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def _read(address: str, number: int, start: float, took: list[float]) -> None:
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    for turn in range(number, RATE * SECONDS, READERS):
        due = start + turn / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        _get(connection, ("/en" if turn % 2 else "") + PATHS[turn % len(PATHS)])
        took.append(time.perf_counter() - due)
    connection.close()


def _get(connection: http.client.HTTPConnection, path: str) -> None:
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
