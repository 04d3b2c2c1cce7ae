"""The engines that count: DuckDB on this machine, Spark where there are many. Each runs the same expression."""

# pyright: reportMissingTypeStubs=false
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from houvast.visits.model import COLUMNS
from houvast.visits.trends.tables import VISITS

if TYPE_CHECKING:
    import ibis.expr.types as ir

Engine: TypeAlias = "Callable[[ir.Table, Sequence[Path]], list[tuple[Any, ...]]]"
"""An expression over the visits, and the Parquet files in which they lie -> its rows."""
MEMORY = "1GB"


def spoken(expression: ir.Table, dialect: str) -> str:
    """An expression in the SQL of an engine: duckdb, pyspark, clickhouse, trino. No server is asked."""
    from ibis.backends.sql import compilers

    names = {"duckdb": "DuckDB", "pyspark": "PySpark", "clickhouse": "ClickHouse", "trino": "Trino"}
    compiler = getattr(compilers, f"{names[dialect]}Compiler")()
    return str(compiler.to_sqlglot(expression).sql(dialect=compiler.dialect))


def duckdb(expression: ir.Table, files: Sequence[Path]) -> list[tuple[Any, ...]]:
    """Within this process, in memory that is bounded."""
    import duckdb as engine

    with engine.connect(config={"memory_limit": MEMORY}) as session:
        found = session.read_parquet([str(file) for file in files], hive_partitioning=False)
        found.create_view(VISITS)
        return session.execute(spoken(expression, "duckdb")).fetchall()


def spark(session: Any) -> Engine:  # noqa: ANN401 - pyspark is no dependency
    """On a cluster: `session` is a SparkSession whose executors reach the files."""
    session.conf.set("spark.sql.session.timeZone", "UTC")

    def run(expression: ir.Table, files: Sequence[Path]) -> list[tuple[Any, ...]]:
        found = session.read.parquet(*map(str, files)).select(*COLUMNS)
        found.createOrReplaceTempView(VISITS)
        return [tuple(row) for row in session.sql(spoken(expression, "pyspark")).collect()]

    return run
