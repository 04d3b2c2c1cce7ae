"""Run by Spark's own Python: the tables that stdin names, counted by a local cluster of executors, on stdout."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportUnknownLambdaType=false
from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from houvast.visits.trends.engine import spark
from houvast.visits.trends.tables import counted
from tests.visits.trends.making import SITE

EXECUTORS = 2


def begun() -> Any:
    """A cluster on this machine: a master and executors that are processes of their own."""
    from pyspark.sql import SparkSession  # pyright: ignore

    builder: Any = SparkSession.builder  # pyright: ignore
    return (
        builder.master(f"local-cluster[{EXECUTORS},1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.executorEnv.PYTHONPATH", "")
        .getOrCreate()
    )


def main() -> None:
    """Count."""
    told, session = json.load(sys.stdin), begun()
    session.sparkContext.setLogLevel("ERROR")
    since = date.fromisoformat(told["since"])
    until = since + timedelta(days=told["days"] - 1)
    run, files = spark(session), [Path(one) for one in told["files"]]
    rows = [
        [[row[0].isoformat(), *row[1:]] for row in run(counted(SITE, columns, cap, since, until, robots=False), files)]
        for columns, cap in told["asked"]
    ]
    executors = len(session.sparkContext._jsc.sc().statusTracker().getExecutorInfos()) - 1
    json.dump({"executors": executors, "rows": rows}, sys.stdout)
    session.stop()


if __name__ == "__main__":
    main()
