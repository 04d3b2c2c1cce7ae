"""Pictures of numbers that are not exact: a bar for each, and on its end how far off it may be.

Positions only, as attributes of SVG (no style, no script); a table beside each picture says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDE, HIGH = 600, 160
_GAP = 0.25
"""Of the room of a bar, what stays free beside it."""
_CAP = 0.3
"""How wide the end of a whisker is, of its bar."""


@dataclass(frozen=True)
class Number:
    """What is drawn: its name in words, about how many, and by how much that may be off."""

    label: str
    count: int
    within: int


@dataclass(frozen=True)
class Row:
    """A bar in a row of a table, in hundredths of its picture's width. `low`, `high`: where the whisker ends."""

    number: Number
    width: float
    low: float
    high: float


@dataclass(frozen=True)
class Column:
    """A bar of a line in time, in the units of its picture (WIDE by HIGH), and the whisker on it as an SVG path."""

    number: Number
    x: float
    y: float
    width: float
    height: float
    whisker: str


@dataclass(frozen=True)
class Line:
    """A line in time: its columns, and what the top of the picture stands for."""

    columns: tuple[Column, ...]
    top: int

    @property
    def ends(self) -> tuple[str, str]:
        """The first and the last name."""
        return self.columns[0].number.label, self.columns[-1].number.label


def rows(numbers: Sequence[Number]) -> tuple[Row, ...]:
    """Bars side by side on one scale."""
    top = _top(numbers)
    return tuple(
        Row(one, _part(one.count, top), _part(max(0, one.count - one.within), top), _part(one.count + one.within, top))
        for one in numbers
    )


def line(numbers: Sequence[Number]) -> Line | None:
    """Columns in time; None for fewer than two, which are no line."""
    if len(numbers) < 2:
        return None
    top, room = _top(numbers), WIDE / len(numbers)
    return Line(tuple(_column(one, place * room, room, top) for place, one in enumerate(numbers)), top)


def _column(one: Number, left: float, room: float, top: int) -> Column:
    def height(value: int) -> float:
        return round(HIGH - HIGH * min(max(value, 0), top) / top, 2)

    x, width = round(left + room * _GAP / 2, 2), round(room * (1 - _GAP), 2)
    middle, cap = round(x + width / 2, 2), round(min(6.0, width * _CAP), 2)
    upper, lower = height(one.count + one.within), height(one.count - one.within)
    ends = "".join(f"M{round(middle - cap, 2)} {y}H{round(middle + cap, 2)}" for y in (upper, lower))
    y = height(one.count)
    return Column(one, x, y, width, round(HIGH - y, 2), f"M{middle} {upper}V{lower}{ends}")


def _top(numbers: Sequence[Number]) -> int:
    return max((one.count + one.within for one in numbers), default=0) or 1


def _part(value: int, top: int) -> float:
    return round(100 * value / top, 2)
