"""The shape of the tree for a picture: a spine from the root down, and the subtrees beside it. Pure.

A log of any size has at most as many full subtrees as its size has binary ones, and the way to an entry as many steps
as the tree is high, so that a picture of a million entries has some twenty rows.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace

ROW, TOP, MIDDLE, ARM = 44, 34, 160, 46
WIDTH = 320
"""Units of the picture; as wide as the narrowest phone, so that its words stay as large as they are."""
_LEAST, _MOST = 8, 24


@dataclass(frozen=True)
class Step:
    """A subtree beside the spine: over the entries start <= index < stop. `side`: "left" or "right"."""

    side: str
    start: int
    stop: int
    hash: str = ""

    @property
    def count(self) -> int:
        """How many entries are under it."""
        return self.stop - self.start

    @property
    def last(self) -> int:
        """Its last entry."""
        return self.stop - 1

    @property
    def level(self) -> int:
        """How high it is: a full subtree of level n has 2^n entries."""
        return (self.count - 1).bit_length()

    def hashed(self, value: bytes) -> Step:
        """The same with its hash, in base64 as in a checkpoint."""
        return replace(self, hash=base64.b64encode(value).decode())


@dataclass(frozen=True)
class Drawn:
    """A subtree as it is drawn: a triangle from (x, y), `half` wide to each side; its words at `words_x`."""

    step: Step
    x: int
    y: int
    half: int
    words_x: int

    @property
    def triangle(self) -> str:
        """The path of the triangle; of a single entry a square."""
        if self.step.count == 1:
            return f"M{self.x - 6} {self.y - 2}h12v12h-12z"
        return f"M{self.x} {self.y - 2}l{self.half} {self.half + 8}h{-2 * self.half}z"

    @property
    def arm(self) -> str:
        """The bar from the spine to it."""
        low, high = sorted((self.x, MIDDLE))
        return f"M{low - 2} {self.y - 2}h{high - low + 4}v4h{low - high - 4}z"

    @property
    def words_y(self) -> int:
        """Where its words stand."""
        return self.y + 8 + self.half // 2


@dataclass(frozen=True)
class Picture:
    """A spine with what hangs beside it. `end`: the last thing on the spine, one entry or one subtree."""

    rows: tuple[Drawn, ...]
    end: Drawn
    width: int = WIDTH

    @property
    def height(self) -> int:
        """Of the whole picture."""
        return self.end.y + 60

    @property
    def spine(self) -> str:
        """The bar from the root down to the end."""
        return f"M{MIDDLE - 2} {TOP - 12}h4V{self.end.y}h-4z"


def frontier(size: int) -> tuple[Step, ...]:
    """The full subtrees of a log, from the left: each as large as can be."""
    found: list[Step] = []
    start = 0
    while start < size:
        stop = start + (1 << (size - start).bit_length() - 1)
        found.append(Step("left", start, stop))
        start = stop
    return tuple(found)


def way(index: int, size: int) -> tuple[Step, ...]:
    """What is beside the way from the root down to an entry, as in RFC 6962, section 2.1.1."""
    found: list[Step] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + (1 << (stop - start - 1).bit_length() - 1)
        if index < middle:
            found.append(Step("right", middle, stop))
            stop = middle
        else:
            found.append(Step("left", start, middle))
            start = middle
    return tuple(found)


def picture(steps: Sequence[Step], end: Step) -> Picture:
    """The picture of a way, or of the full subtrees but the last one, which is the end."""
    rows = tuple(_drawn(step, TOP + number * ROW) for number, step in enumerate(steps))
    below = TOP + len(rows) * ROW
    return Picture(rows, Drawn(end, MIDDLE, below, _half(end), MIDDLE))


def _drawn(step: Step, y: int) -> Drawn:
    direction = -1 if step.side == "left" else 1
    x, half = MIDDLE + direction * ARM, _half(step)
    return Drawn(step, x, y, half, x + direction * (half + 8))


def _half(step: Step) -> int:
    return min(_MOST, _LEAST + step.level)
