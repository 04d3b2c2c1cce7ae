"""Each line counts once: across restarts, growth, rotation, compression, faults of the disk and a kill at any point."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

import errno
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from houvast.errors import HouvastError, UsageError
from houvast.visits import batches
from houvast.visits.reading import sweeping, writing
from houvast.visits.reading.done import Whole
from houvast.visits.reading.holding import Busy, alone
from houvast.visits.reading.streams import opened
from houvast.visits.reading.sweeping import sweep
from tests.visits.reading.making import NOW, append, lines, read, reader, visitors, visits


def test_a_log_that_is_read_again_counts_once(tmp_path: Path, log: Path, small: None) -> None:
    store = tmp_path / "store"
    assert read(store, log).totals.lines == 100
    assert read(store, log).totals.lines == 0
    with log.open("a") as file:
        file.write(lines(100, 130))
    assert read(store, log, log).totals.lines == 30
    assert visitors(store) == 130


def test_a_line_that_is_not_finished_waits(tmp_path: Path, log: Path) -> None:
    store, more = tmp_path / "store", lines(100, 101)
    with log.open("a") as file:
        file.write(more[:50])
    assert read(store, log).totals.lines == 100
    with log.open("a") as file:
        file.write(more[50:])
    assert read(store, log).totals.lines == 1
    assert visitors(store) == 101


@pytest.mark.parametrize("how", ["gzip", "zstd", "pipe"])
def test_a_log_counts_once_whatever_it_lies_in(tmp_path: Path, log: Path, how: str, small: None) -> None:
    store, other = tmp_path / "store", tmp_path / "other"
    read(store, log)
    text = (log.read_text() + lines(100, 120)).removesuffix("\n")
    if how == "pipe":
        os.mkfifo(other)
        for _ in range(2):
            with subprocess.Popen(
                [sys.executable, "-c", "import sys; open(sys.argv[1], 'w').write(sys.argv[2])", str(other), text]
            ):
                read(store, other)
    else:
        zstd = pytest.importorskip("backports.zstd")
        other.write_bytes(gzip.compress(text.encode()) if how == "gzip" else zstd.compress(text.encode()))
        read(store, other, other)
    assert visitors(store) == 120


def test_a_compressed_log_that_is_damaged_counts_as_far_as_it_goes(tmp_path: Path) -> None:
    other = tmp_path / "other.gz"
    other.write_bytes(gzip.compress(lines(0, 20_000).encode())[:-30])
    with pytest.raises(HouvastError):
        read(tmp_path / "store", other)
    assert visitors(tmp_path / "store") > 3000, "what came before is counted"


def test_a_log_that_goes_on_otherwise_is_refused(tmp_path: Path, log: Path) -> None:
    store, text = tmp_path / "store", log.read_text()
    read(store, log)
    log.write_text(text[:5000] + text[5000:].replace("GET", "PUT") + lines(100, 110))
    with pytest.raises(UsageError, match="goes on otherwise"):
        read(store, log)
    log.write_text(text[:6000])
    with pytest.raises(UsageError, match="shorter"):
        read(store, log)
    assert visitors(store) == 100


def test_two_logs_that_begin_alike_only_in_comments_are_two(tmp_path: Path) -> None:
    head = "#Version: 1.0\n#Fields: date time c-ip cs-method x-host-header cs-uri-stem sc-status cs(User-Agent)\n"
    for number in (1, 2):
        text = f"2026-11-26\t09:30:00\t192.0.2.{number}\tGET\twww.lakana.example\t/\t200\tMozilla\n"
        (tmp_path / f"{number}.log").write_text(head + text)
    read(tmp_path / "store", tmp_path / "1.log", tmp_path / "2.log", tmp_path / "1.log")
    assert visitors(tmp_path / "store") == 2


def test_only_one_program_reads_into_a_store(tmp_path: Path, log: Path) -> None:
    with alone(tmp_path / "store"), pytest.raises(Busy):
        read(tmp_path / "store", log)


def faults(monkeypatch: pytest.MonkeyPatch, at: int) -> list[int]:
    """The disk is full from the `at`th write on: every way in which ingest touches it is counted."""
    done = [0]

    def failing(original: Any) -> Any:
        def call(*args: Any, **more: Any) -> Any:
            done[0] += 1
            if done[0] >= at:
                raise OSError(errno.ENOSPC, "No space left on device")
            return original(*args, **more)

        return call

    for place, name in (
        (os, "fsync"),
        (os, "link"),
        (Path, "replace"),
        (Path, "write_bytes"),
        (writing.pq, "write_table"),
    ):
        monkeypatch.setattr(place, name, failing(getattr(place, name)))
    return done


def said(store: Path, log: Path) -> str:
    """What reading says of a full disk; nothing when it was not."""
    try:
        read(store, log)
    except HouvastError as error:
        return error.message
    return ""


def test_a_disk_that_is_full_at_any_step_loses_and_doubles_nothing(tmp_path: Path, log: Path, small: None) -> None:
    steps = 10_000
    at = 1
    while at <= steps:
        store = tmp_path / f"store{at}"
        reader(store)  # the key by which logs are known is there
        with pytest.MonkeyPatch.context() as patch:
            done = faults(patch, at)
            message = said(store, log)
        assert "No space left" in message or not message
        steps = steps if message else done[0]
        visitors(store)
        read(store, log)
        assert visitors(store) == 100, f"step {at}"
        at += 1 if at < 14 else 13
    assert at > 30


KILLED = """
import sys
from pathlib import Path
from tests.visits.reading import making
from houvast.visits.reading import ingest
ingest.BATCH = 3000
making.read(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def kill(store: Path, log: Path, after: float) -> bool:
    """Whether it was killed before it ended."""
    program = subprocess.Popen([sys.executable, "-c", KILLED, str(store), str(log)], cwd=Path(__file__).parents[3])
    deadline = time.monotonic() + 60
    while program.poll() is None and not list(store.glob("commits/0*.json")) and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(after)
    program.send_signal(signal.SIGKILL)
    return program.wait() == -signal.SIGKILL


@pytest.mark.parametrize("rounds", [2, pytest.param(25, marks=pytest.mark.long)])
def test_a_program_that_is_killed_loses_and_doubles_nothing(tmp_path: Path, rounds: int) -> None:
    log, store, chance = tmp_path / "access.log", tmp_path / "store", random.Random(7)
    log.write_text(lines(0, 6000))
    killed = sum(kill(store, log, chance.random() * 0.4) for _ in range(rounds))
    assert killed, "it was never killed in time"
    read(store, log)
    assert visitors(store) == 6000


def test_a_batch_of_whole_addresses_is_the_same_when_it_comes_again(tmp_path: Path, log: Path, small: None) -> None:
    store, taken = tmp_path / "store", dict[str, list[Whole]]()

    def take(batch: str, found: list[Whole]) -> None:
        assert taken.setdefault(batch, found) == found, "another batch under the same name"
        if len(taken) == 3 and not failed:
            failed.append(True)
            raise OSError(errno.EIO, "killed")

    failed: list[bool] = []
    for _ in range(2):
        with alone(store):
            found = reader(store)
            found.whole = take
            try:
                with opened(log) as stream:
                    found.read(stream)
            except HouvastError:
                append(log, 100, 150)()
    assert sum(map(len, taken.values())) == 150
    assert visitors(store) == 150


def test_nothing_that_identifies_lies_on_the_disk_afterwards(tmp_path: Path, small: None) -> None:
    log, store = tmp_path / "access.log", tmp_path / "store"
    secret = ["198.51.100.77", "2001:db8:5ec:e7::1", "SecretBrowser", "jan@example.org", "secretpath", "secret-ref"]
    log.write_text(
        "".join(
            f'{address} - - [26/Nov/2026:09:30:00 +0000] "GET /secretpath?m=jan@example.org HTTP/1.1" 200 5'
            f' "https://www.site.example/secret-ref" "SecretBrowser/{number}"\n'
            for number, address in enumerate(secret[:2] * 50)
        )
    )
    read(store, log)
    assert visits(store).num_rows == 100
    for file in (one for one in store.rglob("*") if one.is_file()):
        text = file.read_bytes()
        assert not [one for one in secret if one.encode() in text], file.name
    assert {name for table in [visits(store)] for name in table.column_names} == set(batches.SCHEMA.names)


def test_old_days_and_what_a_crash_left_are_swept_and_commits_put_together(tmp_path: Path, log: Path, small: None, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    store = tmp_path / "store"
    found = read(store, log)
    left = store / "day=2026-11-26" / "log-of-a-crash.parquet"
    left.write_bytes(b"x")
    monkeypatch.setattr(sweeping, "LEFT", -1)
    monkeypatch.setattr(sweeping, "_MANY", 2)
    swept = sweeping.fold(store, 2), sweep(store, found.keys, timedelta(days=30))
    assert swept[0] > 5
    assert not left.exists()
    assert len(batches.commits(store)) == 1
    assert visitors(store) == 100
    append(log, 100, 110)()
    assert read(store, log).totals.lines == 10
    late = reader(store, NOW + timedelta(days=400)).keys
    assert sweep(store, late, timedelta(days=30)).files > 5
    assert visits(store).num_rows == 0
    assert not list(store.glob("day=*"))
    assert json.loads(next((store / "commits").glob("*.json")).read_text())["sources"]


def test_a_day_that_is_over_is_numbered_once(tmp_path: Path) -> None:
    log, store = tmp_path / "old.log", tmp_path / "store"
    log.write_text(lines(0, 20))
    later = NOW + timedelta(days=10)
    read(store, log, now=later)
    assert visitors(store) == 20
    assert not list((store / "keys").glob("2026*"))
    with log.open("a") as file:
        file.write(lines(20, 25))
    assert read(store, log, now=later).totals.numberless == 5


def test_files_of_a_day_that_is_over_become_one_and_count_once(tmp_path: Path, log: Path, small: None) -> None:
    store = tmp_path / "store"
    read(store, log)
    home = store / "day=2026-11-26"
    with alone(store):
        before = sweeping.merge(store, home, 3)
        assert before > 5
        assert len([one for one in batches.commits(store).values() if "instead_of" in one]) == 1
        assert visitors(store) == 100
        sweeping.fold(store, 2)
        assert visitors(store) == 100
        assert sweeping.merge(store, home, 3) == 0
    assert read(store, log).totals.lines == 0
