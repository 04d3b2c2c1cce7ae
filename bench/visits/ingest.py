"""python -m bench.visits.ingest [--lines N] [--rounds N]: access logs into the store of visits, beside GoAccess.

Both read the same file, in turns. GoAccess (Debian's package) parses it and writes its report; ours parses it, makes
each line smaller (browser, referring site, page, number of the visitor) and writes Parquet that survives a crash.
Memory is the peak of all processes together.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import report
from bench.visits import log

LINES = 5_000_000
PART, NAME = "ingest", "visits"
BAR, AIM, MEMORY = 8.0, 25.0, 1000
"""So many times as fast as GoAccess; megabytes."""
_HERE = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and put the part into bench/results/visits.json."""
    parser = argparse.ArgumentParser(prog="python -m bench.visits.ingest", description=__doc__)
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="houvast-bench-") as folder:
        file = Path(folder) / "access.log"
        size = log.write(file, chosen.lines)
        print(f"{chosen.lines:,} lines, {size / 1e6:,.0f} MB", flush=True)
        figures = _measure(file, Path(folder), chosen.lines, chosen.rounds)
    _put({"lines": chosen.lines, "bytes": size, **figures})


def _measure(file: Path, folder: Path, lines: int, rounds: int) -> dict[str, Any]:
    theirs: list[dict[str, float]] = []
    ours: list[dict[str, float]] = []
    _warm(file)
    stored, said = 0, dict[str, Any]()
    for number in range(rounds):
        theirs.append(_run(_goaccess(file, folder)))
        print(f"  GoAccess {lines / theirs[-1]['seconds']:>12,.0f} lines/s  {theirs[-1]}", flush=True)
        home = folder / f"home{number}"
        ours.append(_run(_houvast(file), {"HOUVAST_HOME": str(home)}, home / "said.json"))
        print(f"  Houvast  {lines / ours[-1]['seconds']:>12,.0f} lines/s  {ours[-1]}", flush=True)
        said = json.loads((home / "said.json").read_text())
        stored = sum(one.stat().st_size for one in home.rglob("*.parquet"))
        if said["lines"] != lines:
            raise SystemExit(f"{said['lines']} lines were read of {lines}")
        shutil.rmtree(home)
    found = {name: {key: statistics.median(one[key] for one in runs) for key in runs[0]}
             for name, runs in (("goaccess", theirs), ("houvast", ours))}  # fmt: skip
    ratio = found["goaccess"]["seconds"] / found["houvast"]["seconds"]
    cpu = found["goaccess"]["cpu_seconds"] / found["houvast"]["cpu_seconds"]
    print(f"  {ratio:.1f} times as fast (bar {BAR}, aim {AIM}); by CPU time {cpu:.1f}; "
          f"{found['houvast']['peak_mb']:.0f} MB (bar {MEMORY}); {stored / 1e6:.1f} MB stored")  # fmt: skip
    return {"ratios": {"speed": round(ratio, 2), "cpu": round(cpu, 2)}, "bars": {"speed": BAR, "peak_mb": MEMORY},
            "goaccess_version": _version(), "stored_bytes": stored, "visits": said["stored"], **found}  # fmt: skip


def _goaccess(file: Path, folder: Path) -> list[str]:
    return [
        "goaccess",
        str(file),
        "--log-format=COMBINED",
        "--no-global-config",
        "--no-progress",
        "-o",
        str(folder / "report.json"),
    ]


def _houvast(file: Path) -> list[str]:
    project = _HERE / "policies" / "lakana"
    return [sys.executable, "-m", "houvast.cli", "visits", "ingest", str(file), "--project", str(project), "--json"]


def _run(command: Sequence[str], more: dict[str, str] | None = None, said: Path | None = None) -> dict[str, float]:
    before, begun = os.times(), time.perf_counter()
    if said:
        said.parent.mkdir(parents=True)
    with said.open("w") if said else open(os.devnull, "w") as out:  # noqa: PTH123
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, env={**os.environ, **(more or {})})
        peak = [0.0]
        watcher = threading.Thread(target=_watch, args=(process, peak))
        watcher.start()
        code = process.wait()
        watcher.join()
    seconds, after = time.perf_counter() - begun, os.times()
    if code:
        raise SystemExit(f"{command[0]} ended with {code}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {"seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2), "peak_mb": round(peak[0])}


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    """The most memory that a process and its children had at once (resident, shared pages once for each)."""
    while process.poll() is None:
        peak[0] = max(peak[0], sum(_resident(one) for one in _family(process.pid)))
        time.sleep(0.05)


def _family(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return [pid]
    return [pid, *(one for child in text.split() for one in _family(int(child)))]


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, IndexError):
        return 0.0


def _warm(file: Path) -> None:
    """Let the file lie in memory for both."""
    with file.open("rb") as opened:
        while opened.read(1 << 24):
            pass


def _version() -> str:
    return (
        subprocess.run(["goaccess", "--version"], capture_output=True, text=True, check=True)
        .stdout.split("\n")[0]
        .strip(" .")
    )


def _put(found: dict[str, Any]) -> None:
    file = report.RESULTS / f"{NAME}.json"
    before: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    machine = {"cores": os.cpu_count(), "kernel": platform.release(), "python": platform.python_version()}
    load = round(os.getloadavg()[1], 1)
    part = {"machine": machine, "load": load, "commit": report.commit(), **found}
    file.write_text(json.dumps({**before, PART: part}, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
