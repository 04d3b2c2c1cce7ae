"""An audit of the release mechanism by membership inference: what somebody who knows everybody else finds out about one visitor.

The mechanism is run on visits with and without one visitor. Each run gives a number: the sum of the cells that the visitor could be
in. Whoever guesses from it whether they were there is wrong at some rate; Clopper and Pearson bound that rate from above, and by
it the mechanism's mu (Gaussian differential privacy, Dong, Roth and Su 2022) from below. A mechanism of rho has mu = sqrt(2 rho):
a lower bound above that is a fault, with the confidence of the bounds. What is shown of groups of nobody else is audited apart,
against delta: an audit of mu does not see it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

NORMAL = NormalDist()
WRONG = 0.001
"""An honest mechanism is flagged once in so many audits at most."""
Draw = Callable[[int], "Sequence[float]"]
"""How often -> so many numbers that the mechanism told."""


@dataclass(frozen=True)
class Verdict:
    """What an audit found: the lower bound of what the mechanism gives away, and what it may."""

    found: float
    claimed: float

    @property
    def flagged(self) -> bool:
        """It gives away more than it says."""
        return self.found > self.claimed


def at_most(hits: int, runs: int, wrong: float) -> float:
    """Clopper-Pearson: the rate is at most this, but for a chance of `wrong`."""
    return _bisect(lambda rate: _at_or_below(hits, runs, rate) > wrong) if hits < runs else 1.0


def at_least(hits: int, runs: int, wrong: float) -> float:
    """Clopper-Pearson, from below."""
    return 1 - at_most(runs - hits, runs, wrong)


def membership(without: Draw, with_one: Draw, rho: float, runs: int) -> Verdict:
    """Audit mu: the first half of the runs chooses where to guess, the second is guessed about."""
    far, near = np.asarray(without(runs)), np.asarray(with_one(runs))
    half = runs // 2
    middle = (far[:half].mean() + near[:half].mean()) / 2
    false_yes, false_no = int((far[half:] > middle).sum()), int((near[half:] <= middle).sum())
    seen = runs - half
    alpha, beta = (at_most(wrong, seen, WRONG / 2) for wrong in (false_yes, false_no))
    found = 0.0 if alpha + beta >= 1 else -NORMAL.inv_cdf(alpha) - NORMAL.inv_cdf(beta)
    return Verdict(found, math.sqrt(2 * rho))


def rarely(shown: int, runs: int, delta: float) -> Verdict:
    """Audit a threshold: how often a group of one visitor alone was shown, against delta."""
    return Verdict(at_least(shown, runs, WRONG), delta)


def _at_or_below(hits: int, runs: int, rate: float) -> float:
    """The chance of so few hits or fewer (binomial)."""
    if rate <= 0:
        return 1.0
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, runs + 1)))])
    at = np.arange(hits + 1)
    chances = logs[runs] - logs[at] - logs[runs - at] + at * math.log(rate) + (runs - at) * math.log1p(-rate)
    return float(np.exp(chances).sum())


def _bisect(holds: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return high
