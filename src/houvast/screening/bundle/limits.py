"""How much may come out of a bundle, over all archives in archives; and the two ways in which reading ends early."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

MIB = 1 << 20


class Unreadable(Exception):
    """This file, or the rest of this archive, cannot be looked into; the message says why. Others can."""


class Hostile(Exception):
    """The bundle is made to exhaust who reads it; the message says how. Nothing more of it is read."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a bundle may ask for. Sizes in bytes, times in seconds.

    `members`: files in it; `depth`: archives in archives; `ratio`: how many times larger a layer may become by
    unpacking, once `free` bytes came out of it; `produced`: all that may come out; `held`: a document that can only be
    read whole, in memory.
    """

    members: int = 100_000
    depth: int = 10
    ratio: int = 100
    free: int = 16 * MIB
    produced: int = 50 << 30
    seconds: float = 4 * 3600
    held: int = 32 * MIB


@dataclass(slots=True)
class Budget:
    """What is left of the limits. `taken`: bytes read of the bundle itself."""

    limits: Limits
    taken: int = 0
    members: int = 0
    produced: int = 0
    clock: Callable[[], float] = time.monotonic
    _until: float = field(init=False)

    def __post_init__(self) -> None:
        self._until = self.clock() + self.limits.seconds

    def member(self) -> None:
        """One more file. Raises Hostile."""
        self.members += 1
        if self.members > self.limits.members:
            raise Hostile(f"more than {self.limits.members:,} files are in it")
        self.in_time()

    def came_out(self, size: int, layer_out: int, layer_in: int) -> None:
        """Bytes came out of a layer of which so much came out in all, and so much went in. Raises Hostile."""
        limits = self.limits
        self.produced += size
        if layer_out > limits.free and layer_out > limits.ratio * layer_in:
            raise Hostile(f"more than {limits.ratio} times as much comes out of an archive as went in")
        if self.produced > 2 * limits.free + 2 * limits.ratio * self.taken:
            raise Hostile(f"more than {2 * limits.ratio} times as much comes out of all archives as went in")
        if self.produced > limits.produced:
            raise Hostile("more comes out of it than is looked through")
        self.in_time()

    def in_time(self) -> None:
        """Raises Hostile when it has taken too long."""
        if self.clock() > self._until:
            raise Hostile("looking through it takes too long")
