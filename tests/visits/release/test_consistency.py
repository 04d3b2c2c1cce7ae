"""Made to agree: by least squares, to whole numbers, to parts that are not more than their whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from houvast.visits.release.consistency import agree, branching, sums, whole_numbers, within

COUNTS = st.lists(st.integers(0, 1_000), min_size=1, max_size=60)


@given(leaves=COUNTS, parts=st.integers(2, 6), seed=st.integers(0, 99))
def test_the_best_leaves_are_those_of_least_squares(leaves: list[int], parts: int, seed: int) -> None:
    """Against numpy, on trees that are ragged too; all levels have the same noise."""
    levels, size = 1, len(leaves)
    while size > parts:
        levels, size = levels + 1, -(-size // parts)
    tree = sums(leaves, parts, levels)
    noise = np.random.default_rng(seed)
    measured = [[one + noise.normal() for one in level] for level in tree]
    rows = [[float(leaf // parts ** (levels - 1 - depth) == node) for leaf in range(len(leaves))]
            for depth, level in enumerate(tree) for node in range(len(level))]  # fmt: skip
    wanted = np.linalg.lstsq(np.array(rows), np.array([one for level in measured for one in level]), rcond=None)[0]
    assert agree(measured, parts) == pytest.approx(list(wanted), abs=1e-6)


def test_a_tree_is_worth_it_for_long_series_only() -> None:
    assert branching(1) == (1, 1)
    assert branching(31)[1] == 1
    assert branching(366)[1] == 2
    parts, levels = branching(366)
    assert parts**levels >= 366


def test_a_tree_makes_sums_of_neighbours_surer() -> None:
    size, noise = 366, np.random.default_rng(1)
    parts, levels = branching(size)
    flat, better = list[float](), list[float]()
    for _ in range(60):
        scale = levels**0.5
        measured = [[noise.normal() * scale for _ in level] for level in sums([0] * size, parts, levels)]
        start, stop = sorted(noise.integers(0, size + 1, 2))
        better.append(sum(agree(measured, parts)[start:stop]) ** 2)
        flat.append(float(noise.normal() ** 2 * (stop - start)))
    assert np.mean(better) < np.mean(flat) * 1.2


@given(values=st.lists(st.floats(-50, 1_000), max_size=40))
def test_whole_numbers_are_near_and_keep_their_sum(values: list[float]) -> None:
    found = whole_numbers(values)
    kept = [max(0.0, one) for one in values]
    assert sum(found) == round(sum(kept))
    assert all(number >= 0 and abs(number - one) < 1 for number, one in zip(found, kept, strict=True))


@given(cells=st.lists(st.floats(0, 500), min_size=1, max_size=20), total=st.floats(0, 3_000))
def test_parts_are_not_more_than_their_whole(cells: list[float], total: float) -> None:
    parts, whole = within(cells, total, 3.0, 9.0)
    assert sum(parts) <= whole + 1e-6
    assert all(one >= 0 for one in parts)
    if sum(cells) <= total:
        assert (parts, whole) == (cells, total)
