"""python -m bench.starting: from a clean clone to the first page, and the demo a second time; needs the network."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.report import RESULTS, commit

ROOT = Path(__file__).parents[1]
BARS = {"first": 120.0, "again": 10.0}
"""Seconds: `make demo` in a clean clone to the first page; `houvast demo` afterwards, whatever runs still."""


def measure() -> dict[str, object]:
    """Clone the commit that is checked out, start its demo, and start it again running and stopped."""
    with tempfile.TemporaryDirectory(prefix="houvast-clone-") as folder:
        clone, home = Path(folder) / "houvast", Path(folder) / "home"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        houvast = str(clone / ".venv" / "bin" / "houvast")
        try:
            first = _until_page(["make", "demo"], clone, home)
            running = _until_page([houvast, "demo"], clone, home)
            _run([houvast, "demo", "--stop"], clone, home)
            stopped = _until_page([houvast, "demo"], clone, home)
        finally:
            _run([houvast, "demo", "--stop"], clone, home)
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[1], 1),
        "commit": commit(),
        "seconds": {"make_demo": first, "again_running": running, "again_stopped": stopped},
        "bars": BARS,
        "ratios": {
            "make_demo": round(first / BARS["first"], 3),
            "again": round(max(running, stopped) / BARS["again"], 3),
        },
    }


def _until_page(command: list[str], clone: Path, home: Path) -> float:
    """Seconds until the command has ended and the first page that it names was read."""
    began = time.monotonic()
    said = _run(command, clone, home)
    address = re.findall(r"http://localhost:\d+", said)[0]
    with urllib.request.urlopen(address) as page:
        page.read()
    took = round(time.monotonic() - began, 1)
    print(f"{took:6} s  {' '.join(Path(part).name for part in command)}", flush=True)
    return took


def _run(command: list[str], clone: Path, home: Path) -> str:
    environment = {**os.environ, "HOUVAST_HOME": str(home)}
    return subprocess.run(command, cwd=clone, env=environment, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    (RESULTS / "starting.json").write_text(json.dumps(measure(), indent=2) + "\n")
    print((RESULTS / "starting.json").read_text())
