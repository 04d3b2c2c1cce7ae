"""Noise, and what it costs: OpenDP's discrete Gaussian, and nothing else of OpenDP.

Its sampler is exact (Canonne, Kamath and Steinke 2020), so that no rounding of floating numbers tells anything. Its own
truncation, grouping and thresholds are not used: four defects of them are known (docs/decisions/0028).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from statistics import NormalDist
from typing import Any

SCALE = 1024
"""A visitor counts as so many parts: what counts in part stays a whole number."""
SURE = NormalDist().inv_cdf(0.975)
"""95 of 100 draws are within so many standard deviations."""
_SPARE = 1 + 1e-12
"""By which a scale is made larger, so that no rounding makes it cost more than it may."""

Noise = Callable[[Sequence[int], float], list[int]]
"""Whole numbers and a standard deviation -> the same numbers with noise."""


def sigma(rho: float, l2: float = 1.0) -> float:
    """The standard deviation that costs `rho` when one visitor changes a table by `l2` at most (Euclidean): zCDP."""
    return l2 / math.sqrt(2 * rho) * _SPARE


def gaussian(values: Sequence[int], scale: float) -> list[int]:
    """These whole numbers, each with a draw of the discrete Gaussian of this scale."""
    return list(_measurement(scale)(list(values))) if len(values) else []


@cache
def _measurement(scale: float) -> Any:  # noqa: ANN401  # OpenDP's classes are not typed
    domains, metrics, mod = (import_module(f"opendp.{name}") for name in ("domains", "metrics", "mod"))
    mod.enable_features(
        "contrib"
    )  # OpenDP calls its Gaussian so until its proof is reviewed; audited in tests/visits/audit
    numbers = domains.vector_domain(domains.atom_domain(T="i64"))
    return import_module("opendp.measurements").make_gaussian(numbers, metrics.l2_distance(T="f64"), scale)


def claimed_rho(scale: float, l2: float) -> float:
    """What OpenDP itself says that a draw costs: to compare with `sigma`."""
    return float(_measurement(scale).map(l2))


def threshold(scale: float, delta: float, groups: int, largest: float = 1.0) -> float:
    """Above which a group is shown, so that one that only one visitor makes is shown with a chance of `delta` at most.

    groups: how many such groups one visitor makes at most; largest: how much of each. One part (1 / SCALE) is added, for a
    discrete Gaussian is above a number as often as a continuous one is above the number before it at most.
    """
    each = -math.expm1(math.log1p(-delta) / groups)
    return largest - scale * NormalDist().inv_cdf(each) + 1 / SCALE
