"""What a log holds as bytes, whatever it lies in: a file, a compressed file (gzip, Zstandard), or standard input."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple, Protocol, Self, cast

from houvast.errors import HouvastError, UsageError
from houvast.visits.reading.line import LONGEST

STDIN: Final = "-"
_COMPRESSED: Final = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_READ: Final = 1 << 20


class Readable(Protocol):
    """What bytes come from."""

    def readinto(self, room: memoryview, /) -> int | None:
        """Put the next bytes there, as many as fit at most; how many these were, none at the end."""
        ...

    def close(self) -> None:
        """Let it go."""
        ...

    def fileno(self) -> int:
        """The open file, of a stream that grows."""
        ...


TAIL: Final = 512
"""Bytes before a place by which it is known again."""


class Block(NamedTuple):
    """Whole lines. `place`: how many bytes of the log were read when they end; `tail`: the last of these.

    `size`: bytes of these lines, where they were not read yet: they lie before `place` in a plain file (`Stream.lines`).
    """

    lines: memoryview
    place: int
    tail: bytes
    size: int = 0


@dataclass
class Stream:
    """The bytes of a log from its beginning, uncompressed. `grows`: its end may be one for now only.

    `plain`: it is a file as it lies there, of which any part can be read at any time. `place`: how many bytes were read of it.
    """

    name: str
    source: Readable
    size: int = 0
    grows: bool = False
    plain: bool = False
    place: int = 0
    _ahead: bytes = field(default=b"", repr=False)
    _tail: bytes = field(default=b"", repr=False)
    _broken: str = field(default="", repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def head(self, length: int) -> bytes:
        """The first bytes, which are read again afterwards. Only before anything else is read."""
        room = memoryview(bytearray(length))
        while len(self._ahead) < length and (found := self._from_source(room[len(self._ahead) :])):
            self._ahead += room[len(self._ahead) : len(self._ahead) + found]
        return self._ahead[:length]

    def skip(self, length: int) -> bytes:
        """Pass over so many bytes from the beginning, fewer when there are no more; the last of them, TAIL at most."""
        if self.grows and length - TAIL > len(self._ahead):
            self._seek(length - TAIL)
        room = bytearray(min(_READ, max(0, length - self.place)))
        while self.place < length and (found := self._read(memoryview(room)[: length - self.place])):
            self._tail = (self._tail + room[max(0, found - TAIL) : found])[-TAIL:]
        return self._tail

    def blocks(self, size: int, first: int = 0) -> Iterator[Block]:
        """Blocks of whole lines, to the end of what is there now. `first`: bytes of the first, `size` by default.

        A line without an end counts as one where the log has ended (`grows` False), and is read again where it grows.
        Of a line longer than any only the beginning is given, so that it is counted as too long.
        """
        rest, done, before = b"", self.place, self._tail
        while True:
            room = memoryview(bytearray(len(rest) + (first or size)))
            room[: len(rest)] = rest
            more = room[len(rest) :]
            more = more[: self._read(more)]
            if not more:
                break
            end = room.obj.rfind(b"\n", 0, len(rest) + len(more)) + 1
            left = len(rest) + len(more) - end
            first, rest = 0, bytes(room[end : end + min(left, LONGEST + 1)])
            raw, before = before, (before + more[-TAIL:])[-TAIL:]
            if end:
                done = self.place - left
                self._tail = (raw + more[: len(more) - left][-TAIL:])[-TAIL:]
                yield Block(room[:end], done, self._tail)
        if rest and not self.grows:
            self._tail = before
            yield Block(memoryview(rest + b"\n"), self.place, before)
        elif rest:
            self._seek(done)

    def spans(self, size: int) -> Iterator[Block]:
        """As `blocks`, of a plain file: of large blocks only the end is looked at, and others read their lines."""
        file, begin = self.source.fileno(), self.place
        while os.fstat(file).st_size >= begin + size:
            look = begin + size - min(size, _READ)
            found = os.pread(file, begin + size - look, look).rfind(b"\n")
            if found < 0:
                break  # a line as long as that is looked at by `blocks`
            place = look + found + 1
            self._seek(place)
            self._tail = os.pread(file, min(TAIL, place), max(0, place - TAIL))
            yield Block(memoryview(b""), place, self._tail, place - begin)
            begin = place
        yield from self.blocks(size)

    def lines(self, block: Block) -> bytes:
        """The lines of a block. Raises HouvastError as `lines_at` does."""
        return (
            lines_at(self.source.fileno(), block.place - block.size, block.size) if block.size else bytes(block.lines)
        )

    def first(self, block: Block, most: int) -> bytes:
        """The first bytes of a block's lines, so many at most."""
        if block.size:
            return os.pread(self.source.fileno(), min(block.size, most), block.place - block.size)
        return bytes(block.lines[:most])

    @property
    def tail(self) -> bytes:
        """The bytes before `place`, TAIL at most, once a block was read or passed over."""
        return self._tail

    def close(self) -> None:
        """Let the file go."""
        self.source.close()

    def _seek(self, place: int) -> None:
        os.lseek(self.source.fileno(), place, os.SEEK_SET)
        self._ahead, self.place = b"", place

    def _from_source(self, room: memoryview) -> int:
        """What comes before a fault is read first."""
        try:
            return 0 if self._broken else self.source.readinto(room) or 0
        except OSError as error:
            self._broken = error.strerror or str(error) or type(error).__name__
            return 0

    def _read(self, room: memoryview) -> int:
        """Fill a room, and say how many bytes that were: fewer at the end alone."""
        found = min(len(self._ahead), len(room))
        room[:found], self._ahead = self._ahead[:found], self._ahead[found:]
        while found < len(room) and (more := self._from_source(room[found : found + _READ])):
            found += more
        if self._broken and not found:
            raise UsageError(
                f"{self.name} cannot be read any further: {self._broken}. What came before is counted.",
                todo="Give the whole log again: what was counted of it is passed over.",
            )
        self.place += found
        return found


def lines_at(file: int, place: int, size: int) -> bytes:
    """Whole lines of an open file. Raises HouvastError when no lines end there any more."""
    found = os.pread(file, size, place)
    if len(found) < size or not found.endswith(b"\n"):
        raise HouvastError("The log was written anew while it was read.", todo="Read again: what counts was kept, and nothing is counted twice.")  # fmt: skip
    return found


def opened(path: Path | str) -> Stream:
    """The stream of a file, or of standard input (`-`). Raises UsageError for what cannot be read."""
    if str(path) == STDIN:
        return Stream("standard input", cast("Readable", sys.stdin.buffer))
    try:
        file = Path(path).open("rb", buffering=0)  # noqa: SIM115 (the stream closes it)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", todo="Correct the name, or let this user read it.") from None  # fmt: skip
    mode = os.fstat(file.fileno()).st_mode
    if stat.S_ISFIFO(mode):
        return Stream(str(path), file)
    if not stat.S_ISREG(mode):
        raise UsageError(f"{path} is no file.", todo="Give the name of a log, or - for standard input.")
    start = os.pread(file.fileno(), 4, 0)
    how = next((name for magic, name in _COMPRESSED.items() if start.startswith(magic)), "")
    size = os.fstat(file.fileno()).st_size
    if how:
        import pyarrow as pa  # late: a plain log is read without it

        return Stream(str(path), pa.CompressedInputStream(pa.PythonFile(file, "r"), how), size)
    return Stream(str(path), file, size, grows=True, plain=True)
