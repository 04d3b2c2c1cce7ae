"""python -m bench.visits.beacon [--seconds N]: how many requests the beacon counts a second, on one core.

The beacon as `houvast visits serve` runs it (Granian, one worker) on one core; wrk (Debian's) with 64 connections on
the other, as the proxy beside it that says who asks: `beacon.lua` sends what browsers send with the script, from 20,000
addresses. Beside it, in the same run, an application that answers 204 and does nothing. After SIGTERM every request
that was answered must lie on the disk as a visit that counts, or nothing is written.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from bench.visits import parts
from houvast.visits import store
from houvast.visits.beacon import NOTHING, Answer, Beacon, Scope
from houvast.visits.counter import Counter
from houvast.visits.edge import Minimiser
from houvast.visits.flood import Flood
from houvast.visits.keys_of_day import Keys
from houvast.visits.model import Declared, Page, Rules, Site
from houvast.visits.objecting import Objections

BARS = {"requests_per_second": 20_000, "p99_milliseconds": 20}
SECONDS, ROUNDS, CONNECTIONS = 15, 3, 64
PAGES = (Page("home", ("/",)), Page("product", ("/producten/*",)), Page("help", ("/hulp/**",)))
DECLARED = Declared((Site("shop", ("www.lakana.example",), PAGES, {}),), Rules(), ("127.0.0.1",))
LUA = Path(__file__).with_name("beacon.lua")


class Nothing:
    """Answers, and counts nothing."""

    async def __rsgi__(self, scope: Scope, proto: Answer) -> None:
        await proto()
        proto.response_empty(204, NOTHING)


def made(folder: Path) -> Beacon:
    """The beacon as the command makes it; here no network asks too often."""
    objections = Objections(folder)
    minimiser = Minimiser(DECLARED, Keys(folder / "keys"), objections)
    return Beacon(Counter(folder, minimiser, objections, seconds=2, rows=50_000), Flood(most=1 << 40))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and put the part `beacon` into bench/results/visits.json."""
    parser = argparse.ArgumentParser(prog="python -m bench.visits.beacon", description=__doc__)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--dry", action="store_true", help="print, and write nothing")
    parser.add_argument("--serve", nargs=2, metavar=("PORT", "FOLDER"), help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.serve:
        _serve(int(chosen.serve[0]), chosen.serve[1])
        return
    if not shutil.which("wrk"):
        raise SystemExit("NOT MEASURED: there is no wrk here. Debian has it: apt-get install wrk.")
    rounds = [(_round("", chosen.seconds), _round("beacon", chosen.seconds)) for _ in range(chosen.rounds)]
    nothing, beacon = [one for one, _ in rounds], [one for _, one in rounds]
    figures = {
        "requests_per_second": round(median(one["per_second"] for one in beacon)),
        "each_round": [one["per_second"] for one in beacon],
        "requests_per_second_of_processor_time": round(median(one["per_core"] for one in beacon)),
        "p50_milliseconds": median(one["p50"] for one in beacon),
        "p99_milliseconds": median(one["p99"] for one in beacon),
        "by_image": [one["image"]["per_second"] for one in beacon],
        "stored": sum(one["stored"] for one in beacon),
        "answered": sum(one["answered"] + one["image"]["answered"] for one in beacon),
        "beside_an_application_that_does_nothing": [one["per_second"] for one in nothing],
        "of_processor_time": [one["per_core"] for one in nothing],
        "connections": CONNECTIONS, "server_core": 1,
    }  # fmt: skip
    for name, figure in figures.items():
        print(f"{name}: {figure}")
    if not chosen.dry:
        parts.write("beacon", BARS, figures)


def _serve(port: int, folder: str) -> None:
    from houvast.visits.serving import serve

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    make: Any = partial(made, Path(folder)) if folder else Nothing
    serve(make, "127.0.0.1", port)


def _round(what: str, seconds: int) -> dict[str, Any]:
    """One server from start to SIGTERM, and what wrk says of it."""
    with tempfile.TemporaryDirectory(prefix="houvast-beacon-", dir=Path.cwd()) as folder, _free() as free:
        port, place = free.getsockname()[1], Path(folder) / "visits"
        free.close()
        command = [sys.executable, "-m", "bench.visits.beacon", "--serve", str(port), str(place) if what else ""]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(port)
            _ask(port, 1)
            before, used = _rows(place), _processor(server.pid)
            told = _ask(port, seconds)
            told["per_core"] = round(told["answered"] / (_processor(server.pid) - used))
            told["image"] = _ask(port, seconds, "image") if what else {"answered": 0}
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
        told["stored"] = _rows(place) if what else 0
        if what and told["stored"] < (answered := told["answered"] + told["image"]["answered"]) + before:
            raise SystemExit(f"NOT MEASURED: {answered} were answered, and only {told['stored']} were stored.")
        return told


def _ask(port: int, seconds: int, how: str = "script") -> dict[str, Any]:
    core = str(min(os.sched_getaffinity(0)))
    wrk = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(LUA), f"http://127.0.0.1:{port}"]
    wrk += ["--", how]
    command = ["taskset", "-c", core, *wrk]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"NOT MEASURED: not every request was answered with 204.\n{said}")
    found = re.search(r"(\d+) requests in ([\d.]+)s", said)
    assert found, said
    answered, took = int(found.group(1)), float(found.group(2))
    return {
        "answered": answered,
        "per_second": round(answered / took),
        "p50": _latency(said, 50),
        "p99": _latency(said, 99),
    }


def _latency(said: str, part: int) -> float:
    """Milliseconds."""
    found = re.search(rf"^\s+{part}%\s+([\d.]+)(us|ms|s)", said, re.MULTILINE)
    assert found, said
    return round(float(found.group(1)) * {"us": 0.001, "ms": 1, "s": 1000}[found.group(2)], 2)


def _processor(pid: int) -> float:
    """Seconds of processor time that the server and its worker used."""
    server = psutil.Process(pid)
    return sum(sum(one.cpu_times()[:2]) for one in (server, *server.children(recursive=True)))


def _rows(folder: Path) -> int:
    import duckdb

    found = [str(file) for file in store.files(folder)]
    row = duckdb.read_parquet(found).aggregate("count(*)").fetchall() if found else [(0,)]
    return int(row[0][0])


def _free() -> socket.socket:
    found = socket.socket()
    found.bind(("127.0.0.1", 0))
    return found


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/count.js", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("NOT MEASURED: the beacon did not start.")


if __name__ == "__main__":
    main()
