"""python -m bench.uploads [--quick]: what customers send, on its way into the encrypted store: how fast, beside what.

The pages run as a program of their own with the store in a folder; each piece is flushed to disk before it is answered,
and so is the database. The client is this program, on the same cores. `large` sends ten gigabytes, and its file is
taken away again.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from bench import report
from bench.pages import served
from houvast import sample
from houvast.app import Target, keep, load_project
from houvast.app.exchange import Exchange
from houvast.app.places import sample_project
from houvast.app.staffing import enrol
from houvast.database import Connection, connect, run
from houvast.database.server import temporary
from houvast.diagnostics import store
from houvast.diagnostics.sealing import PIECE

GB, MB = 10**9, 10**6
BARS = {"mb_per_s": 200, "at_once": 16}
ONE, EACH, AT_ONCE, LARGE, LOG = 2 * GB, 256 * MB, 16, 10 * GB, 192 * MB
SPARE = 4 * GB
"""So much room is left on the disk; otherwise `large` is not measured."""
PAGES = ("/policy/", "/en/policy/C10/", "/health")
RATE = 5.0
_LINE = b"2026-11-26T10:00:00Z export[4711]: wrote 4096 rows of table orders in 12 ms, 3 retries, worker 7 of 16\n"


@dataclass(frozen=True)
class Scene:
    """The pages with their store, and the administrator's connection."""

    address: str
    pid: int
    admin: Connection
    exchange: Exchange
    target: Target
    data: bytes = field(default_factory=lambda: os.urandom(PIECE))

    def asked(self) -> str:
        """A customer who was asked, and stated that they may send it."""
        until = datetime.now(UTC) + timedelta(days=7)
        _, token = store.ask(self.admin, "bench", "the log", "it stops", until, purpose="fix", by="anna")
        follow = store.begin(self.admin, token)
        assert follow
        self.exchange.state(self.admin, follow, "en")
        return follow

    def memory(self) -> float:
        """Megabytes that the pages took at most."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return round(int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) * 1024 / MB, 1)

    def cpu(self) -> float:
        """Seconds of processor time that the pages took."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(*, quick: bool) -> None:
    """Send, and write bench/results/uploads.json."""
    scale = 10 if quick else 1
    with _scene() as scene:
        _sent(scene, 64 * MB)  # connections, code and caches
        quiet = _pages(scene)
        one = _one(scene, ONE // scale)
        _say("one", one)
        many = _at_once(scene, EACH // scale)
        _say("sixteen", many)
        screening = _screened(scene, LOG // scale)
        _say("screening", screening)
        large = _large(scene, LARGE // scale)
        _say("large", large)
        figures = {"pages_alone_ms": quiet, "one": one, "sixteen_at_once": many, "while_screening": screening,
                   "large": large, "memory_mb": scene.memory(), "bars": BARS}  # fmt: skip
        if not quick:
            report.write("uploads", scene.admin, {"one": round(one["mb_per_s"] / BARS["mb_per_s"], 3)}, figures)


@contextmanager
def _scene() -> Generator[Scene]:
    with temporary() as server, tempfile.TemporaryDirectory(prefix="houvast-") as home:
        os.environ["HOUVAST_HOME"] = home
        with connect(server.url()) as admin:
            run(admin, "CREATE DATABASE lakana")
        sample.create(server.url("lakana"), people=60)
        target = Target(load_project(sample_project()), server.url("lakana"))
        keep.apply(target)
        with connect(target.url) as admin, served(target, home) as (address, pid):
            enrol(admin, "anna", "support")
            yield Scene(address, pid, admin, Exchange.of_project(target.project), target)


def _one(scene: Scene, size: int) -> dict[str, Any]:
    """One upload alone; what lies in the store afterwards is what was sent."""
    before, began = scene.cpu(), time.perf_counter()
    code = _sent(scene, size)
    took = time.perf_counter() - began
    stored = hashlib.sha256()
    for data in scene.exchange.read(_content(scene, code)):
        stored.update(data)
    wanted = hashlib.sha256()
    for at in range(0, size, PIECE):
        wanted.update(scene.data[: min(PIECE, size - at)])
    if stored.digest() != wanted.digest():
        raise RuntimeError("what lies in the store is not what was sent")
    cpu = (scene.cpu() - before) / size * GB
    return {"megabytes": size // MB, "mb_per_s": _speed(size, took), "server_cpu_s_per_gb": round(cpu, 2),
            "disk_mb_per_s": _disk(scene)}  # fmt: skip


def _at_once(scene: Scene, size: int) -> dict[str, Any]:
    """Sixteen customers at the same time, and somebody who reads the pages."""
    senders = [threading.Thread(target=_sent, args=(scene, size, scene.asked())) for _ in range(AT_ONCE)]
    began = time.perf_counter()
    with _reading(scene) as took:
        for one in senders:
            one.start()
        for one in senders:
            one.join()
    seconds = time.perf_counter() - began
    return {"megabytes_each": size // MB, "mb_per_s": _speed(AT_ONCE * size, seconds), "pages_ms": _spread(took),
            "memory_mb": scene.memory()}  # fmt: skip


def _screened(scene: Scene, size: int) -> dict[str, Any]:
    """The worker screens a log, and somebody reads the pages."""
    scene.admin.execute("UPDATE houvast.bundle SET state = 'withdrawn' WHERE ended_at IS NULL")
    lines = (_LINE * (PIECE // len(_LINE) + 1))[:PIECE]
    code = _sent(scene, size, data=lines)
    words = ["worker", "--once", "--project", str(scene.target.project.folder), "--database", scene.target.url]
    began = time.perf_counter()
    with _reading(scene) as took:
        subprocess.run([sys.executable, "-m", "houvast.cli", *words], check=False, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - began
    row = scene.admin.execute("SELECT state FROM houvast.bundle WHERE code = %s", (code,)).fetchone()
    if row != ("screened",):
        raise RuntimeError(f"it was not screened: {row}")
    return {"megabytes": size // MB, "seconds_with_all_other_jobs": round(seconds, 1), "pages_ms": _spread(took)}


def _large(scene: Scene, size: int) -> dict[str, Any] | None:
    """Much more than fits into memory: seconds and megabytes of memory after each tenth of it."""
    scene.admin.execute("UPDATE houvast.bundle SET state = 'withdrawn' WHERE ended_at IS NULL")
    folder = Path(os.environ["HOUVAST_HOME"])
    shutil.rmtree(folder / "diagnostics" / "lakana" / "store", ignore_errors=True)
    if shutil.disk_usage(folder).free < size + SPARE:
        return None
    tenths: list[tuple[float, float]] = []
    began = [time.perf_counter()]

    def told(at: int) -> None:
        if at * 10 // size > len(tenths):
            now = time.perf_counter()
            tenths.append((round(now - began[0], 1), scene.memory()))
            began[0] = now

    started = time.perf_counter()
    _sent(scene, size, told=told)
    took = time.perf_counter() - started
    return {"gigabytes": size / GB, "mb_per_s": _speed(size, took), "seconds_a_tenth": [one for one, _ in tenths],
            "memory_mb_after_each_tenth": [one for _, one in tenths]}  # fmt: skip


def _sent(
    scene: Scene,
    size: int,
    follow: str = "",
    data: bytes = b"",
    told: Callable[[int], object] = int,
) -> UUID:
    """Send so many bytes by tus; the upload's code."""
    line = http.client.HTTPConnection(urlsplit(scene.address).netloc, timeout=120)
    start, tus = f"/exchange/case/{follow or scene.asked()}/files/", {"Tus-Resumable": "1.0.0"}
    place = urlsplit(_did(line, "POST", start, 201, {**tus, "Upload-Length": str(size)})["Location"]).path
    piece = memoryview(data or scene.data)
    for at in range(0, size, PIECE):
        headers = {**tus, "Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
        _did(line, "PATCH", place, 204, headers, piece[: min(PIECE, size - at)])
        told(at + PIECE)
    line.close()
    return UUID(place.rpartition("/")[2])


def _did(
    line: http.client.HTTPConnection, method: str, path: str, status: int, headers: Mapping[str, str],
    body: memoryview | None = None,
) -> http.client.HTTPMessage:  # fmt: skip
    line.request(method, path, body, dict(headers))
    answer = line.getresponse()
    said = answer.read()
    if answer.status != status:
        raise RuntimeError(f"{method}: {answer.status} {said[:200]!r}")
    return answer.headers


def _content(scene: Scene, code: UUID) -> Any:
    row = scene.admin.execute("SELECT id, code, state, format, size, tries FROM houvast.bundle WHERE code = %s",
                              (code,)).fetchone()  # fmt: skip
    assert row
    return store.content(scene.admin, store.Job(*row))


def _disk(scene: Scene) -> float:
    """Megabytes a second that this disk takes in files of a piece each, flushed: what no upload can be quicker than."""
    folder = Path(os.environ["HOUVAST_HOME"])
    began = time.perf_counter()
    for _ in range(64):
        with (folder / "disk").open("wb") as file:
            file.write(scene.data)
            file.flush()
            os.fsync(file.fileno())
    (folder / "disk").unlink()
    return round(64 * PIECE / MB / (time.perf_counter() - began), 1)


@contextmanager
def _reading(scene: Scene) -> Generator[list[float]]:
    """Somebody asks for pages, at their time whether or not the one before was answered; seconds of each."""
    took: list[float] = []
    ends = threading.Event()

    def read() -> None:
        line, turn, start = http.client.HTTPConnection(urlsplit(scene.address).netloc), 0, time.perf_counter()
        while not ends.is_set():
            due = start + turn / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            _did(line, "GET", PAGES[turn % len(PAGES)], 200, {})
            took.append(time.perf_counter() - due)
            turn += 1
        line.close()

    reads = threading.Thread(target=read)
    reads.start()
    try:
        yield took
    finally:
        ends.set()
        reads.join()


def _pages(scene: Scene) -> dict[str, float]:
    with _reading(scene) as took:
        time.sleep(8)
    return _spread(took)


def _spread(took: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(took, n=100)
    return {name: round(1000 * cuts[at], 1) for name, at in (("p50", 49), ("p95", 94), ("p99", 98))}


def _speed(size: int, seconds: float) -> float:
    return round(size / MB / seconds, 1)


def _say(what: str, found: object) -> None:
    print(f"{what}: {found}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.uploads", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of it: to look, not to quote; writes nothing")
    measure(quick=parser.parse_args().quick)
