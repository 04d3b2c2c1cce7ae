"""Ten thousand worlds: `python -m tests.agreement.long` writes results.json beside this file, when all were compared.

What an interrupted run compared is kept in results.partial.json; the next one goes on there, if the code is the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Final

from houvast.database.server import temporary
from tests.agreement.example import Shape, compare

RESULTS: Final = Path(__file__).parent / "results.json"
PARTIAL: Final = RESULTS.with_suffix(".partial.json")
DECIDES: Final = ("src/houvast/compiler", "src/houvast/datamap", "src/houvast/policy", "tests/agreement")
"""Folders whose content decides what comes out."""
CHUNKS: Final = 60
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
    """All of it, on as many processors as there are; goes on where an interrupted run of the same code stopped."""
    count = processes or os.cpu_count() or 1
    done = _begun(_code())
    left = [n for n in range(CHUNKS) if n not in done]
    with ProcessPoolExecutor(count) as pool:
        running = {pool.submit(_timed, JOBS[n::CHUNKS]): n for n in left}
        for future in as_completed(running):
            done[running[future]] = future.result()
            kept = {"code": _code(), "done": {str(n): asdict(one) for n, one in sorted(done.items())}}
            PARTIAL.write_text(json.dumps(kept) + "\n", "utf-8")
            print(f"{len(done)} of {CHUNKS} parts", flush=True)
    totals = reduce(Totals.plus, done.values(), Totals())
    machine = f"{os.cpu_count()} x {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    whole = replace(
        totals,
        apply_seconds=round(totals.apply_seconds, 1),
        seconds=round(totals.seconds, 1),
        machine=machine,
        commit=_git("rev-parse", "--short", "HEAD"),
    )
    RESULTS.write_text(json.dumps(asdict(whole), indent=2) + "\n", "utf-8")
    PARTIAL.unlink()
    return whole


def _timed(jobs: list[tuple[int, Shape]]) -> Totals:
    started = time.monotonic()
    return replace(part(jobs), seconds=time.monotonic() - started)


def _begun(code: str) -> dict[int, Totals]:
    """What was compared already by the same code, by the number of the part."""
    if not PARTIAL.exists():
        return {}
    kept = json.loads(PARTIAL.read_text("utf-8"))
    return {int(n): Totals(**one) for n, one in kept["done"].items()} if kept["code"] == code else {}


def _code() -> str:
    """What tells it from other code: the folders as committed, and what differs from that."""
    told = _git("rev-parse", *(f"HEAD:{folder}" for folder in DECIDES)) + _git("diff", "HEAD", "--", *DECIDES)
    return hashlib.sha256(told.encode()).hexdigest()


def _git(*asked: str) -> str:
    return subprocess.run(["git", *asked], capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    done = run()
    print(json.dumps(asdict(done), indent=2))
    sys.exit(1 if done.false_grants or done.false_denials else 0)
