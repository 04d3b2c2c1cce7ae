"""Batches of visits: whole or not there, once, whoever is killed when."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from houvast.visits import batches
from houvast.visits.edge import Left, Minimiser
from houvast.visits.merging import PATIENCE, PREFIX, merge
from houvast.visits.model import COLUMNS, Visit
from houvast.visits.store import COMMITS, files
from tests.visits.requests import AT, CHROME, FixedKeys, declared, request


def visits(number: int = 3, at: datetime = AT) -> list[Visit]:
    ours = Minimiser(declared(), FixedKeys())
    found = [ours.visit(request(at=at, remote=f"192.0.2.{one}")) for one in range(number)]
    return [one for one in found if isinstance(one, Visit)]


def rows(folder: Path) -> list[dict[str, object]]:
    return [row for file in files(folder) for row in pq.ParquetFile(file).read().to_pylist()]


def test_a_batch_lies_in_a_file_a_day_and_counts_by_its_commit(tmp_path: Path) -> None:
    late = visits(at=datetime(2026, 11, 26, 0, 1, tzinfo=UTC))
    assert batches.store(tmp_path, "log-1", visits() + late, {"access.log": 99}) == 0
    assert [str(file.relative_to(tmp_path)) for file in files(tmp_path)] == ["day=2026-11-25/log-1.parquet", "day=2026-11-26/log-1.parquet"]  # fmt: skip
    assert batches.commits(tmp_path)[0]["sources"] == {"access.log": 99}
    assert len(rows(tmp_path)) == 6
    assert rows(tmp_path)[0]["at"] == datetime(2026, 11, 25, 14)  # noqa: DTZ001 - as DuckDB's TIMESTAMP


def test_the_columns_are_those_of_the_model_and_no_others(tmp_path: Path) -> None:
    batches.store(tmp_path, "log-1", visits())
    assert pq.read_schema(files(tmp_path)[0]).names == list(COLUMNS)
    spoiled = batches.table(visits()).append_column("address", pa.array(["192.0.2.7"] * 3))
    with pytest.raises(ValueError, match="and no others"):
        batches.store(tmp_path, "log-2", spoiled)


def test_facts_and_numbers_are_the_same_table() -> None:
    ours = Minimiser(declared(), FixedKeys())
    asked = [request(remote=f"192.0.2.{one % 7}", target=f"/hulp/{one}", agent="curl/8" if one % 3 else CHROME) for one in range(40)]  # fmt: skip
    asked.append(request(remote="nobody"))
    found = [ours.facts(one) for one in asked]
    table = batches.table_of([one for one in found if not isinstance(one, Left)])
    assert table.schema == batches.SCHEMA
    assert table.equals(batches.table(one for one in map(ours.visit, asked) if isinstance(one, Visit)))


def test_rows_do_not_lie_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    batches.store(tmp_path, "log-1", list(reversed(visits(50))))
    batches.store(tmp_path, "log-2", visits(50))
    first, second = (pq.ParquetFile(file).read().to_pylist() for file in files(tmp_path))
    assert first == second


@pytest.mark.parametrize("name", ["", "../x", "A", "a/b", ".x", "a" * 200])
def test_a_name_leads_nowhere_else(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no name of a batch"):
        batches.write(tmp_path, name, visits())


def test_what_has_no_commit_does_not_count_and_is_replaced(tmp_path: Path) -> None:
    batches.write(tmp_path, "log-1", visits(9))
    assert files(tmp_path) == []
    batches.store(tmp_path, "log-1", visits(2))
    assert len(rows(tmp_path)) == 2


@pytest.mark.parametrize("broken", ["fsync", "link"])
def test_a_disk_that_fails_leaves_nothing_that_counts(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, broken, fail)
        with pytest.raises(OSError, match="No space"):
            batches.store(tmp_path, "log-1", visits())
    assert files(tmp_path) == []
    assert not list(tmp_path.rglob(".*"))
    batches.store(tmp_path, "log-1", visits())
    assert len(rows(tmp_path)) == 3


def test_commits_at_once_each_have_their_own_number(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda one: batches.commit(tmp_path, [], {"log": one}), range(40)))
    assert sorted(numbers) == list(range(40))
    assert {said["sources"]["log"] for said in batches.commits(tmp_path).values()} == set(range(40))


WRITER = """
import sys
from itertools import count
from pathlib import Path
from houvast.visits import batches
from tests.visits.test_batches import visits
rows = visits(5)
for number in count():
    batches.store(Path(sys.argv[1]), f"log-{number}", rows)
"""


def test_a_writer_that_is_killed_leaves_whole_files_alone(tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)])
    for _ in range(600):
        if len(list((tmp_path / COMMITS).glob("*.json"))) > 3:
            break
        time.sleep(0.05)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    counted = files(tmp_path)
    assert len(counted) > 3
    assert len(rows(tmp_path)) == 5 * len(counted)
    assert all(json.loads(one.read_text())["files"] for one in (tmp_path / COMMITS).glob("*.json"))


def test_batches_of_an_hour_become_one_and_the_old_ones_go_later(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    for number in range(3):
        batches.store(tmp_path, f"{PREFIX}a-{number:08}", visits(2))
    batches.store(tmp_path, f"{PREFIX}b-00000000", visits(2))
    batches.store(tmp_path, "log-1", visits(2))
    before = sorted(map(repr, rows(tmp_path)))
    assert merge(tmp_path, "a", now) == 3
    assert len(files(tmp_path)) == 3
    assert sorted(map(repr, rows(tmp_path))) == before
    assert merge(tmp_path, "a", now) == 0
    assert len(list(tmp_path.glob("day=*/*.parquet"))) == 6, "whoever reads them may end"
    merge(tmp_path, "a", now + PATIENCE + timedelta(minutes=1))
    assert len(list(tmp_path.glob("day=*/*.parquet"))) == 3
    assert sorted(map(repr, rows(tmp_path))) == before


def test_a_second_hour_does_not_write_over_the_first(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    for number in range(4):
        batches.store(tmp_path, f"{PREFIX}a-{number:08}", visits(2))
        if number % 2:
            assert merge(tmp_path, "a", now) == 2
    assert len(rows(tmp_path)) == 8
