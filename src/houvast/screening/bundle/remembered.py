"""What was looked at before, by its digest: in bounded memory."""

from __future__ import annotations

from hashlib import blake2b
from typing import Generic, TypeVar

_MOST = 8192
T = TypeVar("T")


def digest(text: bytes, depth: int = 0) -> bytes:
    """By which it is known again, where it is as deep: nobody finds another text with the same one (RFC 7693)."""
    return blake2b(text, digest_size=24, salt=depth.to_bytes(2, "big")).digest()


class Remembered(Generic[T]):
    """Some answers, the oldest of which go when there are too many."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: dict[bytes, T] = {}

    def get(self, key: bytes) -> T | None:
        """The answer, while it is there."""
        return self._known.get(key)

    def add(self, key: bytes, answer: T) -> None:
        """One more."""
        self._known[key] = answer
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]
