"""The mechanism's own steps, and the same with a fault planted: each as numbers with and without one visitor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from houvast.visits import store
from houvast.visits.model import Visit
from houvast.visits.release.bounding import Bounding
from houvast.visits.release.model import Key, Question
from houvast.visits.release.noise import SCALE, gaussian, sigma
from tests.visits.trends.making import put, visits

DAY = date(2026, 11, 2)
QUESTION = Question((Key.DAY, Key.PAGE), DAY, DAY)
GROUP, MOST, FULL = 2, 16, 4
RHO = 0.1
CANARY = 4_711


@dataclass(frozen=True)
class Neighbours:
    """Two stores that differ by one visitor, who was at pages where many others were."""

    without: Path
    with_one: Path


def neighbours(folder: Path, pages: int = 40) -> Neighbours:
    """Forty pages, each with thirty visitors; and one visitor who was at so many of them."""
    base = visits(DAY, 1)[0]
    crowd = [
        replace(base, page=f"page{page}", visitor=1_000 * (page + 1) + one, robot=False)
        for page in range(40)
        for one in range(30)
    ]
    put(folder / "without", DAY, crowd)
    put(folder / "with", DAY, [*crowd, *canary(pages)])
    return Neighbours(folder / "without", folder / "with")


def canary(pages: int) -> list[Visit]:
    """The visitor."""
    base = visits(DAY, 1)[0]
    return [replace(base, page=f"page{page}", visitor=CANARY, robot=False) for page in range(pages)]


def cells(folder: Path, most: int = MOST, full: int = FULL) -> dict[int, int]:
    """What the mechanism's own SQL makes of a store: parts of each cell."""
    with Bounding(store.files(folder), QUESTION, most, GROUP) as bounded:
        return {code: parts for _, code, parts in bounded.counts(full)}


def unbounded(folder: Path) -> dict[int, int]:
    """Without any bound: each visitor counts in full in every group."""
    return cells(folder, most=1_000, full=1_000)


def regrouped(folder: Path) -> dict[int, int]:
    """OpenDP issue 2949: after the bound, the groups are others than those that were bounded (here one for all)."""
    return {0: sum(cells(folder).values())}


def draws(found: dict[int, int], where: Sequence[int], scale: float, runs: int) -> Any:  # numpy array
    """The sum of these cells with noise, as often as asked. Noise is drawn by the mechanism's own function."""
    values = [found.get(code, 0) for code in where]
    noisy = np.asarray(gaussian(values * runs, scale * SCALE)).reshape(runs, len(values))
    return noisy.sum(axis=1) / SCALE


def honest_scale(rho: float = RHO) -> float:
    """The standard deviation that the mechanism takes for this question."""
    return sigma(rho, math.sqrt(FULL))


def differ(one: dict[int, int], other: dict[int, int]) -> list[int]:
    """The cells that the visitor changed."""
    return [code for code in sorted({*one, *other}) if one.get(code, 0) != other.get(code, 0)]
