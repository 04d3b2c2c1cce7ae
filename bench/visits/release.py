"""python -m bench.visits.release [--rows N]: how long a report of visits takes, and how much it tells for its cost.

Visits are made up: Zipf-like, 31 days, 4.8 of a visitor of a day, one in twelve visitors a robot. A report is made as
`houvast visits release publish` makes it, from the Parquet files to every file that is given out, with the ledger in a
PostgreSQL of its own. Beside it, on the same visits at the same rho and delta, a mechanism like that of Wikimedia's
releases by country and page: at most ten groups of a visitor of a day, Gaussian noise, one threshold; without a
smallest group, and with one, as ours has.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

from bench.visits import parts
from houvast.visits import store
from houvast.visits.model import Rules
from houvast.visits.release.bounding import Bounding
from houvast.visits.release.mechanism import answer
from houvast.visits.release.model import Cost, Key, Question
from houvast.visits.release.noise import SCALE, gaussian

BARS = {"day_x_browser_seconds": 3, "four_keys_seconds": 17, "keys_over_wikimedia_like": 1.4}
ROWS, DAYS, OF_A_DAY = 10_000_000, 31, 4.8
LAST = datetime.now(UTC).date() - timedelta(days=1)
FIRST = LAST - timedelta(days=DAYS - 1)
RULES, COST = Rules(rho=0.1, delta=1e-6), Cost(15_000, 100_000)
TWO, FOUR = (Key.DAY, Key.BROWSER), (Key.DAY, Key.BROWSER, Key.LANGUAGE, Key.REFERRER)
GROUPS = 10
_MADE = Path(__file__).with_suffix(".sql").read_text("utf-8")


def make(folder: Path, rows: int) -> None:
    """Visits of 31 days that ended yesterday."""
    import duckdb

    named = list[str]()
    (folder / store.COMMITS).mkdir(parents=True)
    with duckdb.connect() as db:
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            file = store.day_folder(folder, day) / "made.parquet"
            file.parent.mkdir()
            each = rows // DAYS
            db.execute(_MADE.format(day=number, date=day, rows=each, visitors=int(each / OF_A_DAY), file=file))
            named.append(str(file.relative_to(folder)))
    (folder / store.COMMITS / "00000001.json").write_text(json.dumps({"files": named, "sources": {}}))


def wikimedia_like(files: Sequence[Path], keys: tuple[Key, ...], least: int) -> tuple[set[tuple[str, ...]], float]:
    """(groups that it releases, root mean square error of their numbers against the true ones)."""
    scale = math.sqrt(GROUPS / (2 * COST.rho))
    each = -math.expm1(math.log1p(-COST.delta) / GROUPS)
    above = 1 - scale * NormalDist().inv_cdf(each)
    with Bounding(files, Question(keys, FIRST, LAST), GROUPS, 1) as bounded:
        cells = bounded.counts(10**6)  # each in full
        counts = [one // SCALE for one in cells.parts]
        cells = cells.chosen([one > least for one in counts])
        counts = [one - least for one in counts if one > least]
        noisy = gaussian(counts, scale)
        shown = [one > above for one in noisy]
        names = bounded.named(cells.chosen(shown))
    told = {
        name: one + least
        for name, one in zip(names, [n for n, there in zip(noisy, shown, strict=True) if there], strict=True)
    }
    return set(told), _error(files, keys, told)


def _error(files: Sequence[Path], keys: tuple[Key, ...], told: dict[tuple[str, ...], int]) -> float:
    """Root mean square error against how many visitors of a day there really were."""
    with Bounding(files, Question(keys, FIRST, LAST), 10**6, 1) as all_of_them:
        cells = all_of_them.counts(10**6)
        true = dict(zip(all_of_them.named(cells), [one // SCALE for one in cells.parts], strict=True))
    off = np.array([told[name] - true[name] for name in told], dtype=float)
    return float(np.sqrt(np.mean(off**2)))


def _told(files: Sequence[Path]) -> dict[str, Any]:
    """How much each mechanism tells of four keys."""
    ours = answer(files, Question(FOUR, FIRST, LAST), COST, RULES)
    numbers = {row.values: row.count for row in ours.rows}
    plain, error = wikimedia_like(files, FOUR, 0)
    floored, _ = wikimedia_like(files, FOUR, RULES.group - 1)
    return {
        "groups": len(numbers), "error": round(_error(files, FOUR, numbers), 2),
        "wikimedia_like_groups": len(plain), "wikimedia_like_error": round(error, 2),
        "wikimedia_like_groups_of_at_least_10": len(floored),
        "keys_over_wikimedia_like": round(len(numbers) / len(plain), 3),
        "keys_over_wikimedia_like_of_at_least_10": round(len(numbers) / len(floored), 3),
        "rho": COST.rho, "delta": COST.delta,
    }  # fmt: skip


def _timed(folder: Path, keys: tuple[Key, ...]) -> dict[str, float]:
    """One report, in a process of its own."""
    command = [sys.executable, "-m", "bench.visits.release", "--one", str(folder), *keys]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])


def _one(folder: Path, keys: tuple[Key, ...]) -> None:
    """Publish a report from these visits, and give it out in every form; in a database of its own."""
    import resource

    from tests.compiler.staffing import code_of, enrolled

    from houvast.app import Target, keep, load_project, releasing
    from houvast.app.evidence import Log
    from houvast.app.places import sample_project
    from houvast.app.visits import counting
    from houvast.database import connect, run
    from houvast.database.server import temporary
    from houvast.sample import create

    with temporary() as server, tempfile.TemporaryDirectory(dir=folder.parent) as home:
        os.environ["HOUVAST_HOME"] = home
        with connect(server.url()) as admin:
            run(admin, "CREATE DATABASE lakana")
        create(server.url("lakana"), people=20)
        target = Target(load_project(sample_project()), server.url("lakana"))
        keep.apply(target)
        place = counting(target.project).folder
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(folder)
        with target.connect() as admin:
            enrolled(admin, "noor")
            code = code_of(admin, "noor")
        start, used = time.perf_counter(), sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        made = releasing.publish(target, Question(keys, FIRST, LAST), by="noor", code=code)
        counted = time.perf_counter() - start
        with target.connect() as connection:
            Log.of(target).integrate(connection)
        for form in releasing.FORMATS:
            releasing.report_bytes(target, made.number, form)
        took = time.perf_counter() - start
        print(json.dumps({
            "seconds": round(took, 2), "until_published": round(counted, 2), "groups": len(made.rows),
            "processor_seconds": round(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]) - used, 2),
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }))  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and put the part `release` into bench/results/visits.json."""
    parser = argparse.ArgumentParser(prog="python -m bench.visits.release", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--dry", action="store_true", help="print, and write nothing")
    parser.add_argument("--one", nargs="+", metavar="FOLDER", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.one:
        _one(Path(chosen.one[0]), tuple(Key(one) for one in chosen.one[1:]))
        return
    with tempfile.TemporaryDirectory(prefix="houvast-release-") as temporary:
        folder = Path(temporary) / "visits"
        make(folder, chosen.rows)
        figures = {
            "rows": chosen.rows, "day_x_browser": _timed(folder, TWO), "four_keys": _timed(folder, FOUR),
            "told_of_four_keys": _told(store.files(folder)),
        }  # fmt: skip
    print(json.dumps(figures, indent=1))
    if not chosen.dry:
        parts.write("release", BARS, figures)


if __name__ == "__main__":
    main()
