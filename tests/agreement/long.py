"""Ten thousand worlds: `python -m tests.agreement.long` writes results.json beside this file."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from houvast.database.server import temporary
from tests.agreement.example import Shape, compare

RESULTS: Final = Path(__file__).parent / "results.json"
THREE, FEWER = Shape(versions=3, scenes=17), Shape(scenes=20)
JOBS: Final = [(seed, THREE) for seed in range(510)] + [(seed, FEWER) for seed in range(10_000, 10_090)]


@dataclass(frozen=True)
class Totals:
    """What was compared, and what differed."""

    examples: int = 0
    policies: int = 0
    policies_of_three_versions: int = 0
    cells: int = 0
    cells_permitted: int = 0
    writes: int = 0
    writes_permitted: int = 0
    false_grants: int = 0
    false_denials: int = 0
    apply_seconds: float = 0
    seconds: float = 0
    machine: str = ""
    commit: str = ""

    def plus(self, other: Totals) -> Totals:
        """Both together."""
        one, two = asdict(self), asdict(other)
        return Totals(**{name: one[name] + two[name] for name in one})


def part(jobs: list[tuple[int, Shape]]) -> Totals:
    """Compare the worlds of some seeds on a server of their own; keep what differs as a vector."""
    from tests.agreement.vector import keep

    totals = Totals()
    with temporary() as server:
        for seed, shape in jobs:
            found = compare(server, seed, shape)
            grants = sum(d.granted for d in found.differences)
            if found.differences:
                print(f"seed {seed} of {shape}: {keep(found, f'seed-{seed}')}\n{found.told()}", flush=True)
            totals = totals.plus(
                Totals(
                    shape.scenes,
                    1,
                    int(len(found.versions) == 3),
                    found.cells,
                    found.permitted,
                    found.writes,
                    found.permitted_writes,
                    grants,
                    len(found.differences) - grants,
                    found.apply_seconds,
                )
            )
    return totals


def run(processes: int = 0) -> Totals:
    """All of it, on as many processors as there are; what is done so far is written down now and then."""
    started, count = time.monotonic(), processes or os.cpu_count() or 1
    totals, told, chunks = Totals(), Totals(), count * 15
    machine = f"{os.cpu_count()} x {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    with ProcessPoolExecutor(count) as pool:
        for found in pool.map(part, [JOBS[n::chunks] for n in range(chunks)]):
            totals = totals.plus(found)
            seconds = round(time.monotonic() - started, 1)
            told = replace(
                totals,
                apply_seconds=round(totals.apply_seconds, 1),
                seconds=seconds,
                machine=machine,
                commit=commit,
            )
            RESULTS.write_text(json.dumps(asdict(told), indent=2) + "\n", "utf-8")
    return told


if __name__ == "__main__":
    done = run()
    print(json.dumps(asdict(done), indent=2))
    sys.exit(1 if done.false_grants or done.false_denials else 0)
