"""Batches that several processes read at once: as many lines as one counts, and one error when something goes wrong."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

import gzip
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from houvast.errors import HouvastError
from houvast.visits import batches
from houvast.visits.reading import ingest
from houvast.visits.reading.holding import alone
from houvast.visits.reading.ingest import Reader
from houvast.visits.reading.streams import Block, opened
from houvast.visits.reading.workers import Worker
from tests.sampling import mostly_long
from tests.visits.reading.making import lines, read, reader, visitors


def beside(store: Path, log: Path) -> Reader:
    """Read a log in two processes."""
    with alone(store) as lock, opened(log) as stream:
        found = reader(store)
        found.processes, found.lock = 2, lock
        found.read(stream)
    return found


@pytest.mark.parametrize("how", mostly_long(["plain", "gzip"], "gzip"))
def test_processes_beside_one_another_count_what_one_counts(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(ingest, "BATCH", 6000)
    text = lines(0, 300) + "not a line\n" + lines(300, 310)
    log.write_bytes(gzip.compress(text.encode()) if how == "gzip" else text.encode())
    read(tmp_path / "one", log)
    found = beside(tmp_path / "two", log)
    assert found.totals.lines == 311
    assert found.totals.skipped == {"shape": 1}
    assert visitors(tmp_path / "two") == visitors(tmp_path / "one") == 310
    assert len(batches.commits(tmp_path / "two")) > 5
    if how == "plain":
        with log.open("a") as file:
            file.write(lines(310, 500) + "x" * 9000 + "\n" + lines(500, 600) + lines(600, 601)[:40])
        assert beside(tmp_path / "two", log).totals.lines == 291
        assert read(tmp_path / "two", log).totals.lines == 0
        assert visitors(tmp_path / "two") == 600


def test_a_log_that_is_written_anew_while_processes_read_it_is_counted_so_far(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH", 6000)
    log.write_text(lines(0, 300))
    take, taken = Worker.take, list[Block]()

    def shorten(worker: Worker, block: Block, *more: Any) -> None:
        taken.append(block)
        if len(taken) == 4:
            os.truncate(log, block.place - 100)
        take(worker, block, *more)

    monkeypatch.setattr(Worker, "take", shorten)
    with pytest.raises(HouvastError, match="written anew"):
        beside(tmp_path / "store", log)
    whole = log.read_bytes()[: taken[2].place].count(b"\n")
    assert visitors(tmp_path / "store") == whole


def test_a_process_that_dies_stops_the_reading_with_one_error(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH", 6000)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    found = reader(tmp_path / "store")
    found.processes = 2
    with opened(log) as stream, pytest.raises(HouvastError, match="ended by itself"):
        found.read(stream)
    assert not list((tmp_path / "store").rglob("*.parquet"))
