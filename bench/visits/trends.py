"""What a trend costs on one core, in each engine that can be had here: the same expression over the same files.

    .venv/bin/python -m bench.visits.trends [--rows 10000000] [--spark PYTHON] [--chdb PYTHON] [--write]

`--spark`, `--chdb`: a Python that has pyspark, or chdb; without one that engine is left out. Every engine must give the
rows that DuckDB gives, or nothing is reported. Start-up of an engine is not counted; reading the files is.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportUnknownLambdaType=false
from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from houvast.visits.store import day_folder
from houvast.visits.trends.engine import spoken
from houvast.visits.trends.tables import VISITS, counted

FIRST = date(2026, 10, 5)
DAYS = 7
ROUNDS = 3
RESULTS = Path(__file__).parents[1] / "results" / "trends.json"
_PAGES = [f"page{number}" for number in range(60)]
_BROWSERS = ["Chrome", "Firefox", "Safari", "Edge", "Opera", "Samsung Internet", "Other"]
_LANGUAGES = ["nl", "en", "de", "fr", "es", "pl", "none"]
_REFERRERS = ["own", "none", *(f"site{number}.example" for number in range(300))]
ASKED = {
    "visitor-days by day": ((), 1),
    "visitor-days by referrer": (("referrer",), 1),
    "visits by page and language": (("page", "language"), 5),
}


def write(folder: Path, rows: int) -> list[Path]:
    """Visits as they lie in a store: unevenly spread, five of a visitor-day on average."""
    made = np.random.default_rng(29)
    return [_day(folder, FIRST + timedelta(days=one), rows // DAYS, made) for one in range(DAYS)]


def _day(folder: Path, day: date, rows: int, made: np.random.Generator) -> Path:
    visitors = made.integers(0, 2**64, max(1, rows // 5), dtype=np.uint64)
    whose = made.integers(0, len(visitors), rows)
    hours = made.integers(0, 24, rows)
    at = np.datetime64(datetime.combine(day, datetime.min.time()), "us") + hours * np.timedelta64(3_600_000_000, "us")

    def some(values: list[str], by: np.ndarray | None = None) -> pa.DictionaryArray:
        weights = 1 / np.arange(2, len(values) + 2)
        places = made.choice(len(values), rows if by is None else len(visitors), p=weights / weights.sum())
        return pa.DictionaryArray.from_arrays(pa.array((places if by is None else places[by]).astype("int32")), values)

    table = pa.table(
        {
            "at": pa.array(at), "site": pa.array(["www"]).take(pa.array(np.zeros(rows, "int64"))),
            "page": some(_PAGES).cast(pa.string()), "browser": some(_BROWSERS, whose).cast(pa.string()),
            "version": pa.array(np.full(rows, 140, "uint16")), "language": some(_LANGUAGES, whose).cast(pa.string()),
            "referrer": some(_REFERRERS).cast(pa.string()), "robot": pa.array(made.random(rows) < 0.1),
            "visitor": pa.array(visitors[whose]),
        }
    )  # fmt: skip
    day_folder(folder, day).mkdir(parents=True)
    file = day_folder(folder, day) / "1.parquet"
    pq.write_table(table, file, compression="zstd")
    return file


def texts(dialect: str) -> dict[str, str]:
    """What an engine is asked."""
    last = FIRST + timedelta(days=DAYS - 1)
    return {
        name: spoken(counted("www", columns, cap, FIRST, last, robots=False), dialect)
        for name, (columns, cap) in ASKED.items()
    }


def duck(files: list[str], threads: int, asked: dict[str, str]) -> Iterator[tuple[str, float, list[list[object]]]]:
    """DuckDB in this process."""
    import duckdb

    with duckdb.connect(config={"threads": threads, "memory_limit": "4GB"}) as session:
        session.read_parquet(files, hive_partitioning=False).create_view(VISITS)
        for name, text in asked.items():
            yield timed(name, lambda text=text: session.execute(text).fetchall())


def spark(files: list[str], threads: int, asked: dict[str, str]) -> Iterator[tuple[str, float, list[list[object]]]]:
    """Spark, a cluster of as many executors of one core."""
    from pyspark.sql import SparkSession  # pyright: ignore

    session = (
        SparkSession.builder.master(f"local-cluster[{threads},1,2048]")  # pyright: ignore
        .config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", str(4 * threads))
        .config("spark.sql.session.timeZone", "UTC").config("spark.executor.memory", "2g").getOrCreate()
    )  # fmt: skip
    session.sparkContext.setLogLevel("ERROR")
    session.read.parquet(*files).createOrReplaceTempView(VISITS)
    for name, text in asked.items():
        yield timed(name, lambda text=text: [tuple(one) for one in session.sql(text).collect()])
    session.stop()


def chdb(files: list[str], threads: int, asked: dict[str, str]) -> Iterator[tuple[str, float, list[list[object]]]]:
    """ClickHouse's engine in this process."""
    from chdb.session import Session  # pyright: ignore

    session = Session()
    names = ",".join(file.rpartition("day=")[2] for file in files)
    root = files[0].rpartition("day=")[0]
    where = f"file('{root}day={{{names}}}', Parquet)"
    session.query(f"CREATE DATABASE d; CREATE VIEW d.{VISITS} AS SELECT * FROM {where}")
    for name, text in asked.items():
        said = text.replace(f'FROM "{VISITS}"', f'FROM d."{VISITS}"') + f" SETTINGS max_threads = {threads}"
        yield timed(name, lambda said=said: [
            tuple(json.loads(line)) for line in str(session.query(said, "JSONCompactEachRow")).splitlines()
        ])  # fmt: skip


def timed(name: str, run: object) -> tuple[str, float, list[list[object]]]:
    """The least of some rounds, in seconds, and the rows."""
    best, rows = float("inf"), []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        rows = run()  # pyright: ignore
        best = min(best, time.perf_counter() - began)
    return name, best, sorted([str(row[0])[:10], *row[1:-1], int(row[-1])] for row in rows)


ENGINES = {"duckdb": (duck, "duckdb"), "spark": (spark, "pyspark"), "chdb": (chdb, "clickhouse")}


def apart(python: str, engine: str, files: list[Path], threads: int) -> list[list[object]]:
    """An engine in a process of its own, so that each begins the same."""
    told = {"files": list(map(str, files)), "threads": threads, "asked": texts(ENGINES[engine][1])}
    asked = json.dumps({"engine": engine, **told})
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [python, "-m", "bench.visits.trends", "--run", asked], stdout=subprocess.PIPE, text=True, check=True, cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root}/src:{root}"},
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--spark", default="")
    parser.add_argument("--chdb", default="")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--run", default="")
    told = parser.parse_args()
    if told.run:
        asked = json.loads(told.run)
        print(json.dumps(list(ENGINES[asked.pop("engine")][0](**asked)), default=str))
        return
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="houvast-bench-") as folder:
        files = write(Path(folder), told.rows)
        size = sum(file.stat().st_size for file in files)
        pythons = {"duckdb": sys.executable, "chdb": told.chdb, "spark": told.spark}
        expected: dict[object, object] = {}
        for engine, threads in (("duckdb", 1), ("duckdb", 2), ("chdb", 1), ("chdb", 2), ("spark", 2)):
            if not pythons[engine]:
                continue
            for name, seconds, rows in apart(pythons[engine], engine, files, threads):
                if expected.setdefault(name, rows) != rows:
                    raise SystemExit(f"{engine} says something else of {name} than DuckDB.")
                rate = told.rows / seconds  # pyright: ignore
                found.setdefault(f"{engine} {threads}", {})[str(name)] = round(rate)
                print(f"{engine} {threads}: {name}: {seconds:.2f} s, {rate / threads:,.0f} rows/s a core", flush=True)
    result = {"rows": told.rows, "days": DAYS, "bytes_a_row": round(size / told.rows, 2), "rows_a_second": found}
    print(json.dumps(result, indent=2))
    if told.write:
        RESULTS.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
