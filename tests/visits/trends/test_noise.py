"""The noise of a cell: what it should be, bounded, always the same; and its key, which nobody else may read."""

from __future__ import annotations

import statistics
from math import exp
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houvast.errors import UsageError
from houvast.visits.trends.noise import CUT, KEY_FILE, drawn, key_in
from tests.visits.trends.making import KEY

MANY = 40_000


def test_noise_is_spread_as_a_discrete_gaussian() -> None:
    found = [drawn(KEY, b"%d" % number, 10) for number in range(MANY)]
    assert abs(statistics.fmean(found)) < 4 * 10 / MANY**0.5
    assert abs(statistics.pstdev(found) - 10) < 0.2
    weights = [exp(-x * x / 200) for x in range(-50, 51)]
    for value in (-12, -1, 0, 7, 20):
        expected = MANY * weights[value + 50] / sum(weights)
        assert abs(found.count(value) - expected) < 5 * expected**0.5


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=40), st.sampled_from([10, 37, 50]))
def test_noise_is_bounded_and_is_always_the_same(key: bytes, cell: bytes, sigma: int) -> None:
    assert abs(drawn(key, cell, sigma)) <= CUT * sigma
    assert drawn(key, cell, sigma) == drawn(key, cell, sigma)


def test_another_key_or_another_cell_is_other_noise() -> None:
    cells = [b"%d" % number for number in range(200)]
    ours = [drawn(KEY, cell, 50) for cell in cells]
    other = [drawn(KEY[::-1], cell, 50) for cell in cells]
    assert sum(a == b for a, b in zip(ours, other, strict=True)) < 10
    assert len(set(ours)) > 100


def test_the_key_is_made_once_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    key = key_in(tmp_path / "visits")
    assert key_in(tmp_path / "visits") == key
    assert (tmp_path / "visits" / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert len(key) == 32
    assert [one.name for one in (tmp_path / "visits").iterdir()] == [KEY_FILE]


@pytest.mark.parametrize(("content", "mode"), [(b"x" * 32, 0o644), (b"x" * 31, 0o600), (b"", 0o600)])
def test_a_key_that_others_may_read_or_that_is_none_is_refused(tmp_path: Path, content: bytes, mode: int) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)
    (tmp_path / KEY_FILE).chmod(mode)
    with pytest.raises(UsageError, match="promise C24"):
        key_in(tmp_path)
