"""A log that is followed while it grows, is rotated, copied or not there yet."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from houvast.visits.reading.following import Follower
from houvast.visits.reading.holding import alone
from tests.visits.reading.making import append, reader, visitors


class Steps:
    """Waits of a follower, between which something happens to the log."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self._steps = list(steps)

    def __call__(self, seconds: float) -> bool:
        if self._steps:
            self._steps.pop(0)()
        return bool(self._steps)


def follow(store: Path, log: Path, *steps: Callable[[], object]) -> None:
    with alone(store):
        Follower(reader(store), log, Steps(*steps), patience=1).forever()


def copy_and_empty(log: Path) -> None:
    shutil.copy(log, log.with_name("access.log.1"))
    os.truncate(log, 0)


def nothing() -> None:
    """Time goes by."""


def test_a_log_is_followed_through_renaming(tmp_path: Path, log: Path) -> None:
    store, old = tmp_path / "store", tmp_path / "access.log.1"
    follow(
        store, log, append(log, 100, 110), lambda: log.rename(old), append(old, 110, 120), append(log, 120, 130), nothing, nothing,
        append(log, 130, 140),
    )  # fmt: skip
    assert visitors(store) == 140


def test_a_log_is_followed_through_copying(tmp_path: Path, log: Path) -> None:
    """What was written between the last look and the copy is found in the copy."""
    store = tmp_path / "store"

    def write_copy_empty() -> None:
        append(log, 110, 120)()
        copy_and_empty(log)
        append(log, 120, 121)()

    follow(store, log, append(log, 100, 110), write_copy_empty, nothing, append(log, 121, 140), nothing)
    assert visitors(store) == 140


def test_a_log_that_grew_past_its_old_length_after_it_was_emptied_is_a_new_one(tmp_path: Path, log: Path) -> None:
    store = tmp_path / "store"

    def refill() -> None:
        copy_and_empty(log)
        append(log, 100, 300)()

    follow(store, log, nothing, refill, nothing)
    assert visitors(store) == 300


def test_what_was_rotated_while_nobody_looked_is_found(tmp_path: Path, log: Path) -> None:
    store = tmp_path / "store"
    follow(store, log, nothing)
    append(log, 100, 110)()
    (tmp_path / "access.log.2.gz").write_bytes(gzip.compress(log.read_bytes()))
    log.unlink()
    follow(store, log, append(log, 110, 120), nothing)
    assert visitors(store) == 120


def test_a_log_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    store, log = tmp_path / "store", tmp_path / "access.log"
    follow(store, log, nothing, log.touch, append(log, 0, 10), nothing)
    assert visitors(store) == 10
