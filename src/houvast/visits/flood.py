"""Holds back one network that asks too often. In memory only, and for as long as a window lasts."""

from __future__ import annotations

MOST_NETWORKS = 200_000


class Flood:
    """Counts requests by network (/24, /48). `most` within `seconds`; a building shares a network, so not few."""

    def __init__(self, most: int = 3000, seconds: float = 60.0) -> None:
        self._most, self._seconds = most, seconds
        self._began = 0.0
        self._counts: dict[str, int] = {}

    def is_over(self, network: str, now: float) -> bool:
        """Whether a network has asked more than it may. `now`: seconds of a clock that only goes forward."""
        if now - self._began >= self._seconds or len(self._counts) > MOST_NETWORKS:
            self._began, self._counts = now, {}
        count = self._counts[network] = self._counts.get(network, 0) + 1
        return count > self._most
