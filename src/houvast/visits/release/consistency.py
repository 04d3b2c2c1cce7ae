"""What was measured with noise, made to agree: better totals, parts that are not more than their whole, no number below zero.

It works on what is told already, so it costs nothing and reveals nothing (post-processing: Dwork and Roth 2014, prop. 2.1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def branching(count: int) -> tuple[int, int]:
    """Of how many parts each node of a tree over so many totals is, and how many levels it has below its root.

    By the average error of sums of neighbouring totals (Qardaji, Yang and Li, VLDB 2013, equation 4): (b - 1) h^3 -
    2 (b + 1) h^2 / 3; a flat list has one level.
    """
    choices = [(count, 1)]
    for parts in range(2, 65):
        levels = max(1, math.ceil(math.log(max(count, 2), parts) - 1e-9))
        if parts**levels >= count and levels > 1:
            choices.append((parts, levels))
    return min(choices, key=lambda one: (one[0] - 1) * one[1] ** 3 - 2 * (one[0] + 1) * one[1] ** 2 / 3)


def sums(leaves: Sequence[int], parts: int, levels: int) -> list[list[int]]:
    """The levels of the tree over these totals, leaves last; each level has the sums of `parts` of the next."""
    found = [list(leaves)]
    for _ in range(levels - 1):
        below = found[0]
        found.insert(0, [sum(below[at : at + parts]) for at in range(0, len(below), parts)])
    return found


def agree(measured: Sequence[Sequence[float]], parts: int) -> list[float]:
    """The leaves that fit all levels best, when each was measured with the same noise (Hay et al., VLDB 2010, theorem 3).

    Trees may be ragged at their end: weights follow how many leaves a node really has.
    """
    levels = [list(one) for one in measured]
    weights = [[1.0] * len(levels[-1])]
    best = [list(levels[-1])]
    for level in reversed(
        levels[:-1]
    ):  # upwards: a node's own measure, and the sum of what is below, by their variances
        below, spread = best[0], weights[0]
        joined, variances = list[float](), list[float]()
        for at, own in enumerate(level):
            there = slice(at * parts, (at + 1) * parts)
            total, variance = sum(below[there]), sum(spread[there])
            joined.append((own * variance + total) / (1 + variance))
            variances.append(variance / (1 + variance))
        best.insert(0, joined)
        weights.insert(0, variances)
    for depth in range(1, len(best)):  # downwards: what is missing in a sum is shared out by the variances
        for at, whole in enumerate(best[depth - 1]):
            there = range(at * parts, min((at + 1) * parts, len(best[depth])))
            missing, spread = whole - sum(best[depth][one] for one in there), sum(weights[depth][one] for one in there)
            for one in there:
                best[depth][one] += missing * weights[depth][one] / spread
    return best[-1]


def within(cells: Sequence[float], total: float, of_cell: float, of_total: float) -> tuple[list[float], float]:
    """Parts that are not more than their whole; both are moved by their variances, parts not below zero.

    of_cell, of_total: standard deviations.
    """
    excess = sum(cells) - total
    if excess <= 0 or not cells:
        return list(cells), total
    variance = len(cells) * of_cell**2 + of_total**2
    moved = [max(0.0, one - excess * of_cell**2 / variance) for one in cells]
    return moved, max(sum(moved), total + excess * of_total**2 / variance)


def whole_numbers(values: Sequence[float]) -> list[int]:
    """Whole numbers from 0 on whose sum is that of the values, rounded (largest remainders)."""
    kept = [max(0.0, one) for one in values]
    down = [math.floor(one) for one in kept]
    left = round(sum(kept)) - sum(down)
    order = sorted(range(len(kept)), key=lambda at: (down[at] - kept[at], at))
    for at in order[:left]:
        down[at] += 1
    return down
