"""Where results go: one JSON file a benchmark, with the machine and the commit that they belong to."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from houvast.database import Connection

RESULTS = Path(__file__).resolve().parent / "results"
PARTS = ("scale", "beside")
"""What a benchmark of its own measured and added."""


def machine(connection: Connection) -> dict[str, str | int]:
    """What the figures depend on, without a name or a path of this machine."""
    row = connection.execute("SELECT current_setting('server_version'), current_setting('shared_buffers')").fetchone()
    version, buffers = row or ("", "")
    return {
        "cpu": _first("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count() or 0,
        "memory": _first("/proc/meminfo", "MemTotal"),
        "kernel": platform.release(),
        "postgresql": version,
        "shared_buffers": buffers,
        "python": platform.python_version(),
    }


def commit() -> str:
    """The commit that was measured; `+` when files differ from it."""
    here = RESULTS.parents[1]
    head = _git(here, "rev-parse", "HEAD")
    changed = _git(here, "status", "--porcelain", "--", "src", "policies", "bench/*.py")
    return head + ("+" if changed else "")


def write(name: str, connection: Connection, ratios: Mapping[str, float], figures: Mapping[str, Any]) -> Path:
    """Write bench/results/<name>.json; the parts that `add` put there stay."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{name}.json"
    before: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    kept = {part: before[part] for part in PARTS if part in before}
    return _put(file, {**_measured(connection, ratios, figures), **kept})


def add(name: str, part: str, connection: Connection, ratios: Mapping[str, float], figures: Mapping[str, Any]) -> Path:
    """Put a part into bench/results/<name>.json, with a machine, load and commit of its own."""
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{name}.json"
    before: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    return _put(file, {**before, part: _measured(connection, ratios, figures)})


def _measured(connection: Connection, ratios: Mapping[str, float], figures: Mapping[str, Any]) -> dict[str, Any]:
    load = round(os.getloadavg()[1], 1)  # of five minutes: more than the benchmark itself asks is somebody else's
    return {"machine": machine(connection), "load": load, "commit": commit(), "ratios": dict(ratios), **figures}


def _put(file: Path, content: Mapping[str, Any]) -> Path:
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return file


def line(name: str, ratio: float, bar: float | None, figures: Mapping[str, Any]) -> str:
    """One ratio for people, beside its bar."""
    verdict = "" if bar is None else f"bar {bar:.2f} {'reached' if ratio >= bar else 'MISSED'}"
    costs = f"{figures['plain_cpu_us']:>10} / {figures['houvast_cpu_us']:<10} us"
    return f"  {name:<26} {ratio:8.4f}  {costs}  {verdict}"


def _first(file: str, key: str) -> str:
    for line in Path(file).read_text().splitlines():
        if line.startswith(key):
            return line.split(":", 1)[1].strip()
    return ""


def _git(folder: Path, *arguments: str) -> str:
    found = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return found.stdout.strip()
