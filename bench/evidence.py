"""evidence.json: what the log costs, and how fast it is written, published and verified."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

from bench import report
from bench.mixed import mixed, opening
from houvast import sample
from houvast.app import Target, keep, load_project
from houvast.app.places import sample_project
from houvast.app.settings import Evidence, Settings
from houvast.database import connect, run
from houvast.database.server import Server
from houvast.evidence import Checkpoint, Signer, Tiles, open_store
from houvast.evidence.checkpoint import signed
from houvast.evidence.entry import build
from houvast.evidence.export import write as write_export
from houvast.evidence.receipt import make
from houvast.evidence.tiles import grow
from houvast.evidence.tree import EMPTY
from houvast.evidence.verify import verify_file
from houvast.worker.sequencer import Sequencer

Say = Callable[[str], None]
PEOPLE, CLIENTS = 1_000, 16
BAR_APPEND, BAR_PUBLISHED = 5_000, 2.0
BAR_OPEN_MS, BAR_MIXED = 1.0, 0.15
BAR_VERIFY, BAR_MEMORY, BAR_RECEIPT_MS = 60.0, 200.0, 50.0
TELL = """\\set n random(1, 10000)
SELECT houvast.tell('use_closed', 'C02', '{"purpose": "answer", "login": "support"}',
                    jsonb_build_object('use', (:n)::int), 'customer', (:n)::int::text);
"""
MUTE = """CREATE OR REPLACE FUNCTION houvast.tell(kind text, promise text, body jsonb, sealed jsonb DEFAULT '{}',
    subject_kind text DEFAULT NULL, subject_key text DEFAULT NULL) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp BEGIN ATOMIC SELECT; END"""
OLDEST = """SELECT extract(epoch FROM clock_timestamp() - least(
    (SELECT min(at) FROM houvast.event), (SELECT min(at) FROM houvast.entry
     WHERE index >= (SELECT coalesce(max(size), 0) FROM houvast.checkpoint))))::float8"""


def measure(say: Say, *, quick: bool) -> None:
    """Measure all of it; write evidence.json unless it is only to look."""
    seconds, rounds, entries = (6, 5, 50_000) if quick else (30, 41, 1_000_000)
    with tempfile.TemporaryDirectory(prefix="houvast-bench-") as folder, _durable(Path(folder)) as server:
        place = Path(folder)
        made = _long_log(place, entries)
        figures: dict[str, Any] = {"verify": _verify(place, made), "receipt": _receipt(place, made)}
        say(f"  verify   {figures['verify']}\n  receipt  {figures['receipt']}")
        target = _company(server)
        settings = Settings(evidence=Evidence("houvast/bench", str(place / "log"), str(place / "evidence.key")))
        with _published(target, settings):
            for name, rate in (("append", 0), ("at_the_bar", BAR_APPEND)):
                figures[name] = _append(server, target, seconds, rate)
                say(f"  {name:<8} {figures[name]}")
            mute, told = server.url("mute", "support"), server.url("lakana", "support")
            figures["open_use"] = opening(mute, told, rounds * 5)
            say(f"  open_use {figures['open_use']}")
            figures["mixed"] = mixed(mute, told, rounds)
            say(f"  mixed    {figures['mixed']}")
        if not quick:
            with connect(target.url) as admin:
                report.write("evidence", admin, _ratios(figures), figures)


@contextmanager
def _durable(folder: Path) -> Generator[Server]:
    """A server that flushes to disk, as an installation's does."""
    server = Server.start(folder / "data")
    try:
        yield server
    finally:
        server.stop()


def _ratios(figures: dict[str, Any]) -> dict[str, float]:
    """Of the bars: below 1 is reached."""
    append, steady, opened = figures["append"], figures["at_the_bar"], figures["open_use"]
    found = {
        "append": BAR_APPEND / append["events_per_second"],
        "published": steady["oldest_seconds_most"] / BAR_PUBLISHED,
        "open_use": opened["added_ms"] / BAR_OPEN_MS,
        "mixed": figures["mixed"]["added"] / BAR_MIXED,
        "verify_seconds": figures["verify"]["seconds"] / BAR_VERIFY,
        "verify_memory": figures["verify"]["megabytes"] / BAR_MEMORY,
        "receipt": figures["receipt"]["ms_median"] / BAR_RECEIPT_MS,
    }
    return {name: round(value, 4) for name, value in found.items()}


def _company(server: Server) -> Target:
    """The sample company under its policy; and `mute`, a copy of it whose log is told nothing."""
    with connect(server.url()) as admin:
        run(admin, "CREATE DATABASE lakana")
        sample.create(server.url("lakana"), people=PEOPLE)
        target = Target(load_project(sample_project()), server.url("lakana"))
        keep.apply(target)
        run(admin, "CREATE DATABASE mute TEMPLATE lakana STRATEGY file_copy")
        run(admin, "REVOKE TEMPORARY ON DATABASE mute FROM PUBLIC")
    with connect(server.url("mute")) as admin:
        run(admin, MUTE)
    for name in ("mute", "lakana"):
        with connect(server.url(name)) as admin:
            run(admin, "VACUUM (ANALYZE)")
    return target


@contextmanager
def _published(target: Target, settings: Settings) -> Generator[None]:
    """The worker's own sequencer at work."""
    sequencer = Sequencer(target, settings)
    sequencer.start()
    try:
        yield
    finally:
        sequencer.stop()


def _append(server: Server, target: Target, seconds: int, rate: int) -> dict[str, Any]:
    """Events a second, one a transaction, flushed to disk; and how old the oldest one was that was not published.

    rate: so many a second are begun; 0 is as many as can be.
    """
    ages, stop = list[float](), threading.Event()
    with connect(target.url) as connection:
        while (connection.execute(OLDEST).fetchone() or (None,))[0] is not None:
            time.sleep(0.1)  # until what the apply told is published

    def watch() -> None:
        with connect(target.url, application_name="onlooker") as connection:
            while not stop.wait(0.2):
                row = connection.execute(OLDEST).fetchone()
                ages.append(float(row[0] or 0) if row else 0.0)

    watcher = threading.Thread(target=watch)
    watcher.start()
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(TELL)
        script.flush()
        argv = [Server.binary("pgbench"), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds),
                *(["-R", str(rate)] if rate else []), "-f", script.name, target.url]  # fmt: skip
        said = subprocess.run(argv, capture_output=True, text=True, check=True, env=os.environ | server.environment)
    ended = time.monotonic()
    while ages[-1:] != [0.0]:
        time.sleep(0.05)
    drained = time.monotonic() - ended
    stop.set()
    watcher.join()
    ages.sort()
    return {
        "events_per_second": round(float(re.findall(r"tps = ([0-9.]+)", said.stdout)[0])),
        "clients": CLIENTS,
        "seconds": seconds,
        "oldest_seconds_median": round(median(ages), 2),
        "oldest_seconds_most": round(ages[-1], 2),
        "drained_seconds": round(drained, 2),
        "bar": BAR_APPEND,
        "bar_oldest_seconds": BAR_PUBLISHED,
    }


@dataclass(frozen=True)
class _Made:
    """A long log in a folder."""

    folder: Path
    size: int
    note: str
    signer: Signer


def _long_log(place: Path, size: int) -> _Made:
    signer, folder = Signer.generate("houvast/bench"), place / "long"
    found, root = grow(open_store(folder), 0, _entries(size), old_root=EMPTY)
    return _Made(folder, found, signed(Checkpoint(signer.name, found, root), signer), signer)


def _entries(size: int) -> Iterator[bytes]:
    """Entries that differ in their nonces."""
    nonce = UUID(int=0)
    body = {"purpose": "answer", "login": "support", "one": "person"}
    values = {"use": 17, "reason": "ticket of today", "client": "10.0.0.1", "until": "2026-11-26T12:00:00Z"}
    one = build(
        "use_opened", datetime(2026, 11, 25, tzinfo=UTC), nonce, "C10", body, values, bytes(32), "customer:4711"
    )
    before, after = one.split(nonce.hex.encode())
    for _ in range(size):
        yield before + uuid4().hex.encode() + after


def _verify(place: Path, made: _Made) -> dict[str, Any]:
    """The stand-alone verifier on an export of the whole log, in a process on one core."""
    file = place / "long.zip"
    write_export(open_store(made.folder), made.note, made.signer.verifier, file)
    program = Path(sys.modules[verify_file.__module__].__file__ or "")
    argv = [sys.executable, str(program), str(file), "--key", made.signer.verifier.to_text()]
    began = time.monotonic()
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
    said = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or "VALID export" not in said:
        raise RuntimeError(f"the log does not verify: {said}")
    return {
        "entries": made.size,
        "export_megabytes": round(file.stat().st_size / 1e6, 1),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "megabytes": round(used.ru_maxrss / 1000, 1),
        "bar_seconds": BAR_VERIFY,
        "bar_megabytes": BAR_MEMORY,
    }


def _receipt(place: Path, made: _Made) -> dict[str, Any]:
    """Checking one receipt out of that log."""
    file, took = place / "receipt.json", list[float]()
    store = open_store(made.folder)
    entry = next(iter(Tiles(store, made.size).entries(4711, 4712)))
    file.write_text(make(entry, 4711, made.note, made.signer.verifier, Tiles(store, made.size).read, {}))
    key = made.signer.verifier.to_text()
    for _ in range(200):
        began = time.perf_counter_ns()
        verify_file(file, key)
        took.append((time.perf_counter_ns() - began) / 1e6)
    return {
        "ms_median": round(median(took), 3),
        "ms_most": round(max(took), 3),
        "bytes": len(json.dumps(file.read_text())),
        "bar_ms": BAR_RECEIPT_MS,
    }
