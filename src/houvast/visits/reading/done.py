"""What comes of a batch of lines, told between processes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Whole:
    """What the store of whole addresses is given of a line: when (seconds since 1970), from where, at which site."""

    at: int
    address: str
    site: str


@dataclass
class Counts:
    """What came of lines. `stored`: visits, of which `robots` by robots and `numberless` too late for a number.

    `skipped`: why other lines are no visits, or could not be read.
    """

    lines: int = 0
    stored: int = 0
    robots: int = 0
    numberless: int = 0
    skipped: Counter[str] = field(default_factory=Counter[str])


@dataclass
class Done(Counts):
    """What came of a batch. `files`: written, for a commit to name; `whole`: whole addresses, when they are told."""

    files: list[str] = field(default_factory=list[str])
    whole: list[Whole] = field(default_factory=list[Whole])
