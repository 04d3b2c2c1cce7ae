"""The parts of bench/results/visits.json: each with the commit, the machine's load and the time that it belongs to."""

from __future__ import annotations

import fcntl
import json
import os
import platform
from collections.abc import Mapping
from typing import Any

from bench.report import RESULTS, commit

FILE = RESULTS / "visits.json"


def write(part: str, bars: Mapping[str, float], figures: Mapping[str, Any]) -> None:
    """Put a part into the file; the other parts stay as they are."""
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / ".visits.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before: dict[str, Any] = json.loads(FILE.read_text()) if FILE.exists() else {}
        told = {
            "commit": commit(), "python": platform.python_version(), "cores": os.cpu_count(),
            "load": round(os.getloadavg()[0], 1), "bars": dict(bars), "figures": dict(figures),
        }  # fmt: skip
        FILE.write_text(json.dumps({**before, part: told}, indent=1) + "\n")
    (RESULTS / ".visits.lock").unlink(missing_ok=True)
