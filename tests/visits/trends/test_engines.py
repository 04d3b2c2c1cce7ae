"""The same tables for other engines: what they are asked can be written for each, and Spark counts as DuckDB does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from houvast.visits.trends import Measure
from houvast.visits.trends.engine import duckdb, spoken
from houvast.visits.trends.holding import TABLES
from houvast.visits.trends.question import CAP
from houvast.visits.trends.tables import by_day, counted
from tests.visits.trends.making import MONDAY, SITE, filled

ROOT = Path(__file__).parents[3]
SPARK = ROOT / ".venv-spark" / "bin" / "python"
NEEDS_SPARK = pytest.mark.skipif(
    not (SPARK.exists() and shutil.which("java")) and not os.environ.get("CI"),
    reason="NO SPARK: it did not count. `make test-long` installs it; it needs Java 17 (apt install openjdk-17-jre-headless).",
)


@pytest.mark.parametrize("dialect", ["duckdb", "pyspark", "clickhouse", "trino"])
def test_every_table_can_be_asked_of_every_engine(dialect: str) -> None:
    for columns in TABLES:
        text = spoken(counted(SITE, columns, 5, MONDAY, MONDAY, robots=False), dialect)
        (read,) = sqlglot.parse(text, read="spark" if dialect == "pyspark" else dialect)
        assert read is not None
        assert {one.name for one in read.find_all(exp.Table)} >= {"visits"}
        asked = {one.alias_or_name for one in read.expressions} if isinstance(read, exp.Select) else set[str]()
        assert asked == {"day", *columns, "n"}
        assert "visitor" not in asked
        assert not list(read.find_all(exp.ApproxDistinct))


@NEEDS_SPARK
@pytest.mark.long
@pytest.mark.timeout(1200)
def test_spark_with_several_executors_counts_as_duckdb_does(tmp_path: Path) -> None:
    """In a Python of its own, which `make test-long` prepares: pyspark is no dependency of ours."""
    filled(tmp_path, 3, 2_000)
    files = sorted(tmp_path.glob("day=*/*.parquet"))
    measures = [*Measure]
    asked = [(columns, CAP[measures[place % len(measures)]]) for place, columns in enumerate(TABLES)]
    run = subprocess.run(
        [str(SPARK), str(ROOT / "tests/visits/trends/on_spark.py")],
        input=json.dumps({"files": list(map(str, files)), "since": MONDAY.isoformat(), "days": 3, "asked": asked}),
        capture_output=True, text=True, check=False, timeout=1200, env={**os.environ, "PYTHONPATH": f"{ROOT}/src:{ROOT}", "SPARK_LOCAL_IP": "127.0.0.1"},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    told = json.loads(run.stdout)
    assert told["executors"] >= 2
    for (columns, cap), rows in zip(asked, told["rows"], strict=True):
        ours = by_day(duckdb(counted(SITE, columns, cap, MONDAY, MONDAY.replace(day=4), robots=False), files))
        theirs = {tuple(row[:-1]): row[-1] for row in rows}
        assert theirs == {(day.isoformat(), *cell): n for day, found in ours.items() for cell, n in found.items()}
        assert theirs
