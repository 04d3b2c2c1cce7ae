"""python -m bench [apply|enforcement|driver|predicates|pages|evidence] [--people N] [--quick] [--data DIR]"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import applying, driver, enforcement, evidence, pages, predicates
from bench.company import Company, Progress

NAMES = ("apply", "enforcement", "driver", "predicates", "pages", "evidence")
PEOPLE, QUICK = 1_000_000, 50_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write bench/results."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="what to measure; by default all")
    parser.add_argument("--people", type=int, help=f"size of the sample company; by default {PEOPLE:,}")
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK:,} people and fewer rounds: to look, not to quote"
    )
    parser.add_argument("--data", type=Path, help="a data folder to keep and use again; by default a temporary one")
    chosen = parser.parse_args(arguments)
    people: int = chosen.people or (QUICK if chosen.quick else PEOPLE)
    names: Sequence[str] = chosen.names or NAMES
    if "pages" in names:
        pages.measure(_say, write=not chosen.quick)
    if "evidence" in names:
        evidence.measure(_say, quick=chosen.quick)
    if set(names) <= {"pages", "evidence"}:
        return
    if chosen.data:
        _measure(chosen.data, people, names, quick=chosen.quick)
        return
    with tempfile.TemporaryDirectory(prefix="houvast-bench-") as folder:
        _measure(Path(folder) / "data", people, names, quick=chosen.quick)


def _measure(data: Path, people: int, names: Sequence[str], *, quick: bool) -> None:
    company = Company.start(data, people)
    write = not quick
    try:
        company.fill(_progress())
        if "apply" in names:
            applying.measure(company, _say, write=write)
            company.settle()
        company.ready(_progress())
        if "enforcement" in names:
            enforcement.measure(company, 7 if quick else 21, _say, write=write)
        if "driver" in names:
            driver.measure(company, 7 if quick else 101, _say, write=write)
        if "predicates" in names:
            predicates.measure(company, 3 if quick else 7, _say, write=write)
    finally:
        company.server.stop()


def _say(text: str) -> None:
    print(text, flush=True)


def _progress() -> Progress:
    said = [time.monotonic()]

    def tell(what: str, done: int, total: int) -> None:
        if time.monotonic() - said[0] > 10:
            said[0] = time.monotonic()
            print(f"  {what} ({done} of {total})", file=sys.stderr, flush=True)

    return tell


if __name__ == "__main__":
    main()
