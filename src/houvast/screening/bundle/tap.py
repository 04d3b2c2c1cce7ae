"""Bytes that come from somewhere, and of which the next ones can be looked at before they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from houvast.screening.bundle.limits import Unreadable

BLOCK = 256 << 10
"""Bytes that are asked for at once."""
_SMALL = 64 << 10
CUT_OFF = "it is cut off"


class Readable(Protocol):
    """Something that is read."""

    def read(self, size: int, /) -> bytes:
        """Some of the next bytes, at most `size`; none at the end."""
        ...


class Tap:
    """Reads on and never back. `at`: bytes that were read until now."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._source = read
        self._held = b""
        self._from = 0
        self.at = 0

    def peek(self, size: int) -> bytes:
        """The next bytes, fewer only at the end; they stay to be read."""
        while len(self._held) - self._from < size and (more := self._source(_SMALL)):
            self._held, self._from = self._held[self._from :] + more, 0
        return self._held[self._from : self._from + size]

    def read(self, size: int = BLOCK) -> bytes:
        """Some of the next bytes, at most `size`; none at the end."""
        if self._from < len(self._held):
            data = self._held[self._from : self._from + size]
            self._from += len(data)
        else:
            self._held, self._from = b"", 0
            data = self._source(size) if size else b""
        self.at += len(data)
        return data

    def unread(self, data: bytes) -> None:
        """Give back what was read last."""
        self._held, self._from = data + self._held[self._from :], 0
        self.at -= len(data)

    def exactly(self, size: int) -> bytes:
        """As many bytes. Raises Unreadable when they are not there."""
        data = self.peek(size)
        if len(data) < size:
            raise Unreadable(CUT_OFF)
        return self.read(size)

    def part(self, size: int) -> Part:
        """The next bytes as a tap of their own."""
        return Part(self, size)

    def whole(self, most: int) -> bytes:
        """All that follows. Raises Unreadable when that is more than may be held in memory."""
        pieces: list[bytes] = []
        size = 0
        while data := self.read():
            pieces.append(data)
            size += len(data)
            if size > most:
                raise Unreadable(f"it is larger than the {most >> 20} MiB that can be looked through of its kind")
        return b"".join(pieces)

    def drain(self) -> None:
        """Read to the end, for nothing."""
        while self.read():
            pass


class Part(Tap):
    """So many bytes of another tap. Reading raises Unreadable when the other ends before."""

    def __init__(self, whole: Tap, size: int) -> None:
        super().__init__(self._of_whole)
        self._whole = whole
        self.left = size

    def _of_whole(self, size: int) -> bytes:
        if not self.left:
            return b""
        data = self._whole.read(min(size, self.left))
        if not data:
            raise Unreadable(CUT_OFF)
        self.left -= len(data)
        return data
