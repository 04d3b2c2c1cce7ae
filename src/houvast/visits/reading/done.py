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
class Done:
    """What came of a batch. `files`: written, for a commit to name; `whole`: whole addresses, when they are told."""

    lines: int = 0
    stored: int = 0
    robots: int = 0
    numberless: int = 0
    files: list[str] = field(default_factory=list[str])
    skipped: Counter[str] = field(default_factory=Counter[str])
    whole: list[Whole] = field(default_factory=list[Whole])
