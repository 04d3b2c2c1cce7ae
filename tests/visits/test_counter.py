"""Counting as requests come: at once, beside, never in the way."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from houvast.visits import batches
from houvast.visits.counter import Counter, Seen
from houvast.visits.edge import Minimiser
from houvast.visits.objecting import Objections
from houvast.visits.reading.sweeping import fold
from houvast.visits.store import files
from tests.visits.requests import AT, FIREFOX, FixedKeys, declared, request


def stored(folder: Path) -> int:
    return sum(pq.ParquetFile(file).metadata.num_rows for file in files(folder))


def left(folder: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for said in batches.commits(folder).values():
        for why, number in said.get("left", {}).items():
            found[why] = found.get(why, 0) + number
    return found


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    objections = Objections(tmp_path)
    found = Counter(tmp_path, Minimiser(declared(), FixedKeys(), objections), objections, seconds=60, now=lambda: AT)
    yield found
    found.close()


def test_what_was_counted_is_there_when_it_was_flushed(counter: Counter, tmp_path: Path) -> None:
    for number in range(10):
        counter.count(request(remote=f"192.0.2.{number}"))
    counter.count(request(gpc="1"))
    assert stored(tmp_path) == 0
    counter.flush()
    assert (stored(tmp_path), left(tmp_path)) == (10, {"gpc": 1})
    counter.flush()
    assert (stored(tmp_path), left(tmp_path)) == (10, {"gpc": 1})


def test_a_batch_is_written_when_it_is_full(tmp_path: Path) -> None:
    counter = Counter(tmp_path, Minimiser(declared(), FixedKeys()), rows=100, seconds=60)
    for _ in range(100):
        counter.count(request())
    for _ in range(200):
        if stored(tmp_path) == 100:
            break
        time.sleep(0.05)
    counter.close()
    assert stored(tmp_path) == 100


def test_a_batch_is_written_after_its_time(tmp_path: Path) -> None:
    counter = Counter(tmp_path, Minimiser(declared(), FixedKeys()), seconds=0.05)
    counter.count(request())
    for _ in range(200):
        if stored(tmp_path):
            break
        time.sleep(0.05)
    counter.close()
    assert stored(tmp_path) == 1


def test_nothing_is_lost_or_doubled_by_many_threads(tmp_path: Path) -> None:
    counter = Counter(tmp_path, Minimiser(declared(), FixedKeys()), rows=50, seconds=0.01)

    def visit() -> None:
        for number in range(400):
            counter.count(request(gpc="1" if number % 4 == 0 else ""))

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counter.close()
    assert (stored(tmp_path), left(tmp_path)) == (1200, {"gpc": 400})


def test_a_full_disk_lets_visits_wait_and_what_has_no_place_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(tmp_path, Minimiser(declared(), FixedKeys()), seconds=60, waiting=5)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(batches, "write", full)
        for _ in range(8):
            counter.count(request())
        with pytest.raises(OSError, match="No space"):
            counter.flush()
    assert stored(tmp_path) == 0
    counter.close()
    assert (stored(tmp_path), left(tmp_path)) == (5, {"dropped": 3})


def test_a_commit_that_fails_after_its_file_counts_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(tmp_path, Minimiser(declared(), FixedKeys()), seconds=60)
    counter.count(request())
    with monkeypatch.context() as patched:
        patched.setattr(batches, "commit", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            counter.flush()
    counter.count(request(remote="192.0.2.8"))
    counter.close()
    assert stored(tmp_path) == 2


def test_whoever_answers_does_not_fail_by_it(tmp_path: Path) -> None:
    class Broken(FixedKeys):
        def of(self, day: date) -> bytes | None:
            raise OSError("the key cannot be read")

    counter = Counter(tmp_path, Minimiser(declared(), Broken()), seconds=60)
    counter.count(request())
    counter.close()
    assert (stored(tmp_path), left(tmp_path)) == (0, {"failed": 1})


def test_who_objected_is_not_counted_on_any_site_that_day(counter: Counter, tmp_path: Path) -> None:
    assert counter.object(request(host=""))
    for changes in ({}, {"host": "hulp.lakana.example", "target": "/"}):
        counter.count(request(**changes))
    counter.count(request(agent=FIREFOX))
    counter.count(request(at=AT + timedelta(days=1)))
    counter.close()
    assert (stored(tmp_path), left(tmp_path)) == (2, {"objected": 2})


def test_an_objection_outlives_a_restart_and_reaches_other_processes(tmp_path: Path) -> None:
    ours, theirs = Objections(tmp_path), Objections(tmp_path)
    assert not theirs.has(AT.date(), 7)
    ours.add(AT.date(), [7, 2**64 - 1])
    theirs.refresh()
    assert theirs.has(AT.date(), 7)
    assert Objections(tmp_path).has(AT.date(), 2**64 - 1)
    assert not ours.has(AT.date() + timedelta(days=1), 7)
    assert ours.sweep(AT.date()) == 0
    assert ours.sweep(AT.date() + timedelta(days=1)) == 1
    assert not list((tmp_path / "objections").iterdir())


def test_an_objection_that_cannot_be_kept_is_not_said_to_be(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as flooded:
        flooded.setattr("houvast.visits.objecting.MOST", 0)
        assert not counter.object(request())
    assert not counter.object(request(remote="nobody knows"))
    (tmp_path / "objections").write_bytes(b"in the way")
    assert not counter.object(request())


def test_an_objection_holds_nothing_but_numbers(counter: Counter, tmp_path: Path) -> None:
    counter.object(request())
    (file,) = (tmp_path / "objections").iterdir()
    assert file.stat().st_size == 16  # two sites
    assert file.stat().st_mode & 0o077 == 0


def test_hours_are_put_together(tmp_path: Path) -> None:
    clock = [AT]
    counter = Counter(tmp_path, Minimiser(declared(), FixedKeys()), seconds=60, now=lambda: clock[0])
    for _ in range(3):
        counter.count(request())
        counter.flush()
    assert len(files(tmp_path)) == 3
    clock[0] += timedelta(hours=1)
    counter.flush()
    assert (len(files(tmp_path)), stored(tmp_path)) == (1, 3)
    counter.close()


def test_what_was_left_out_and_put_together_is_said_when_commits_are_folded(counter: Counter, tmp_path: Path) -> None:
    for _ in range(3):
        counter.count(request())
        counter.count(request(gpc="1"))
        counter.flush()
    counter.close()
    before = files(tmp_path)
    assert (len(before), left(tmp_path)) == (1, {"gpc": 3})
    assert fold(tmp_path, many=2) == 4
    assert (files(tmp_path), left(tmp_path)) == (before, {"gpc": 3})
    batches.commit(tmp_path, [str(file.relative_to(tmp_path)) for file in tmp_path.glob("day=*/*.parquet")], {})
    assert files(tmp_path) == before, "what a commit of before the fold named counts no more than it did"


def test_whole_addresses_go_to_the_store_apart_once_by_name(tmp_path: Path) -> None:
    told: dict[str, list[Seen]] = {}
    failing = [True]

    def whole(batch: str, seen: list[Seen]) -> None:
        if failing[0]:
            raise OSError("no database")
        told[batch] = list(seen)

    counter = Counter(tmp_path, Minimiser(declared(), FixedKeys()), seconds=60, whole=whole)
    counter.count(request())
    counter.count(request(gpc="1"))
    with pytest.raises(OSError, match="no database"):
        counter.tell_whole()
    failing[0] = False
    counter.count(request(remote="10.0.0.1", forwarded="192.0.2.9"))
    counter.tell_whole()
    counter.close()
    at = int(AT.timestamp())
    assert list(told.values()) == [[Seen(at, "192.0.2.7", "shop")], [Seen(at, "192.0.2.9", "shop")]]
    assert stored(tmp_path) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_process_that_was_forked_off_counts_its_own_visits_alone(tmp_path: Path) -> None:
    counter = Counter(tmp_path, Minimiser(declared(), FixedKeys()), seconds=60)
    counter.count(request())
    child = os.fork()
    if not child:
        counter.count(request(remote="192.0.2.8"))
        counter.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert stored(tmp_path) == 1
    counter.close()
    assert stored(tmp_path) == 2
