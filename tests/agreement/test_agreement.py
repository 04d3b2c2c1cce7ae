"""PostgreSQL grants what `decide` permits and nothing else, on random policies, maps, people and rows."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from houvast.database.server import Server
from tests.agreement.example import Shape, compare
from tests.agreement.long import RESULTS, Totals, run
from tests.agreement.vector import replay

VECTORS = sorted((Path(__file__).parent / "vectors").glob("*.json"))
LONG = os.environ.get("HOUVAST_AGREEMENT", "ci") == "long"
SHORT = settings(
    max_examples=12, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@SHORT
@given(seed=st.integers(0, 2**32 - 1))
def test_under_one_version_or_two(server: Server, seed: int):
    found = compare(server, seed)
    assert found.cells > 1000
    assert found.permitted > 100
    assert not found.differences, found.told()


@SHORT
@given(seed=st.integers(0, 2**32 - 1))
def test_under_three_versions(server: Server, seed: int):
    found = compare(server, seed, Shape(versions=3))
    assert found.cells > 1000
    assert not found.differences, found.told()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda path: path.stem)
def test_a_counterexample_that_was_found_stays_solved(server: Server, vector: Path):
    found = replay(server, vector)
    assert found.cells
    assert not found.differences, found.told()


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.skipif(not LONG, reason="takes half an hour: HOUVAST_AGREEMENT=long")
def test_ten_thousand_worlds():
    totals = run()
    assert totals.false_grants == totals.false_denials == 0, f"see {RESULTS.parent / 'vectors'}"
    assert totals.examples >= 10_000
    assert totals.policies_of_three_versions >= 500


def test_the_committed_result_is_of_ten_thousand_worlds_without_a_difference():
    result = Totals(**json.loads(RESULTS.read_text("utf-8")))
    assert (result.false_grants, result.false_denials) == (0, 0)
    assert result.examples >= 10_000
    assert result.policies_of_three_versions >= 500
