"""The key of a day: random, of its owner alone, and gone within 24 hours of the day's end."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from houvast.errors import HouvastError
from houvast.visits.keys_of_day import GRACE, LENGTH, Keys, end, visitor

DAY = date(2026, 11, 25)


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 25, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(tmp_path: Path, clock: Clock) -> Keys:
    return Keys(tmp_path / "keys", clock)


def test_a_day_has_one_random_key_in_a_file_of_its_owner_alone(keys: Keys) -> None:
    key = keys.of(DAY)
    assert key is not None
    assert len(key) == LENGTH
    assert keys.of(DAY) == key
    assert keys.of(DAY - timedelta(days=1)) not in (key, None)
    assert {file.stat().st_mode & 0o777 for file in keys.folder.iterdir()} == {0o600}
    assert keys.folder.stat().st_mode & 0o777 == 0o700


def test_all_who_need_it_first_at_once_get_the_same(keys: Keys) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(keys.of, [DAY] * 200))) == 1
    assert [file.name for file in keys.folder.iterdir()] == ["2026-11-25.key"]


def test_the_next_day_a_visitor_is_a_stranger(keys: Keys, clock: Clock) -> None:
    first = keys.of(DAY) or b""
    clock.at += timedelta(days=1)
    second = keys.of(DAY + timedelta(days=1)) or b""
    told = ("www", "192.0.2.1", b"Mozilla")
    assert visitor(first, *told) == visitor(first, *told)
    assert len({visitor(key, site, address, agent) for key in (first, second) for site in ("www", "shop")
                for address in ("192.0.2.1", "192.0.2.2") for agent in (b"a", b"b")}) == 16  # fmt: skip


def test_a_key_is_gone_within_a_day_of_the_end_of_its_own(keys: Keys, clock: Clock) -> None:
    key = keys.of(DAY) or b""
    clock.at = end(DAY) + GRACE - timedelta(seconds=1)
    assert keys.of(DAY) == key
    assert keys.destroy() == ()
    clock.at = end(DAY) + GRACE
    assert keys.of(DAY) is None
    assert not keys.overdue()
    opened = os.open(keys.folder / "2026-11-25.key", os.O_RDONLY)
    assert keys.destroy() == (DAY,)
    assert os.pread(opened, 64, 0) == b"", "whoever holds the file open reads nothing of it any more"
    os.close(opened)
    assert all(key not in file.read_bytes() for file in keys.folder.iterdir())
    assert keys.of(DAY) is None
    assert timedelta(days=1) > GRACE


def test_that_a_key_is_gone_is_told_until_it_was_written_down(keys: Keys, clock: Clock) -> None:
    keys.of(DAY)
    clock.at += timedelta(days=3)
    assert keys.overdue() == (DAY,)
    assert keys.destroy() == keys.destroy() == keys.untold() == (DAY,)
    keys.told(DAY)
    assert keys.destroy() == ()
    assert not list(keys.folder.iterdir())


def test_what_a_process_left_that_was_killed_while_it_made_a_key_goes_too(keys: Keys, clock: Clock) -> None:
    keys.of(DAY)
    stray = keys.folder / ".2026-11-25.key.0badc0de"
    os.link(keys.folder / "2026-11-25.key", stray)
    clock.at += timedelta(days=3)
    keys.destroy()
    assert not stray.exists()


def test_a_day_that_is_far_off_has_no_key(keys: Keys) -> None:
    assert keys.of(DAY + timedelta(days=1)) is None
    assert keys.of(DAY - timedelta(days=2)) is None


def test_a_key_that_others_may_read_or_that_is_none_is_refused(keys: Keys) -> None:
    keys.of(DAY)
    file = keys.folder / "2026-11-25.key"
    file.chmod(0o640)
    with pytest.raises(HouvastError, match="Others may read"):
        keys.of(DAY)
    file.chmod(0o600)
    file.write_bytes(b"short")
    with pytest.raises(HouvastError, match="no key"):
        keys.of(DAY)
    file.unlink()
    file.symlink_to("/dev/zero")
    with pytest.raises(OSError, match="symbolic"):
        keys.of(DAY)
