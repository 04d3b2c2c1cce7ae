"""Looks whether a value stands in an open file, also in what is packed in it, and says what could not be looked into.

It opens no file itself. Memory is bounded; what comes out of archives is counted, so that none can be without an end.
"""

from __future__ import annotations

import gzip
import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, cast

from houvast.screening.hidden import Hidden
from houvast.screening.standing import BLOCK, Values

UNPACKED = 1 << 30
"""Bytes that may come out of one file."""
DEEPEST = 3
"""Archives in archives."""
_IN_MEMORY = 4 << 20
_LOCKED = 0x1
_GZIP, _ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
_PACKED = (b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07")
_CLOSED = {
    b"%PDF-": "PDF", b"\x89PNG": "pictures", b"\xff\xd8\xff": "pictures", b"GIF8": "pictures", b"II*\x00": "pictures",
    b"MM\x00*": "pictures", b"RIFF": "sound or film", b"ID3": "sound or film", b"OggS": "sound or film",
}  # fmt: skip
_DAMAGED = (
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    OSError,
    RuntimeError,
    ValueError,
)


@dataclass
class Looked:
    """`found`: a value stands in it. `unread`: why not all of it was looked into. `closed`: kinds of files in which
    nobody looks for text: pictures, PDF."""

    found: bool = False
    unread: dict[str, None] = field(default_factory=dict[str, None])
    closed: dict[str, None] = field(default_factory=dict[str, None])


class _TooMuch(Exception):
    """More came out of an archive than it may hold."""


def look_into(file: IO[bytes], values: Values) -> Looked:
    """Look through an open file that can be read from its beginning again. Raises OSError when it cannot be read."""
    return _Looking(values).look(file)


class _Looking:
    def __init__(self, values: Values) -> None:
        self._values = values
        self._left = UNPACKED
        self._seen = Looked()

    def look(self, file: IO[bytes], depth: int = 0) -> Looked:
        head = file.read(16)
        file.seek(0)
        self._plainly(self._blocks(file, depth))
        if self._seen.found:
            return self._seen
        if head.startswith((_GZIP, *_ZIP)):
            if depth == DEEPEST:
                self._seen.unread["archives in archives"] = None
            else:
                file.seek(0)
                self._unpacked(file, depth, is_zip=head.startswith(_ZIP))
        elif head.startswith(_PACKED):
            self._seen.unread["an archive of a kind that is not opened"] = None
        else:
            self._seen.closed |= {kind: None for begin, kind in _CLOSED.items() if head.startswith(begin)}
        return self._seen

    def _plainly(self, blocks: Iterator[bytes]) -> None:
        run = Hidden(self._values)
        for block in blocks:
            run.feed(block)
            if run.found:
                break
        run.feed(b"", last=True)
        self._seen.found |= run.found

    def _blocks(self, file: IO[bytes], depth: int) -> Iterator[bytes]:
        while block := file.read(BLOCK):
            if depth:
                self._left -= len(block)
                if self._left < 0:
                    raise _TooMuch
            yield block

    def _unpacked(self, file: IO[bytes], depth: int, *, is_zip: bool) -> None:
        try:
            with self._noting_damage():
                if is_zip:
                    self._zip(file, depth)
                else:
                    with gzip.GzipFile(fileobj=file, mode="rb") as inside:
                        self.look(cast("IO[bytes]", inside), depth + 1)
        except _TooMuch:
            if depth:
                raise
            self._seen.unread["more comes out of it than is looked through"] = None

    def _zip(self, file: IO[bytes], depth: int) -> None:
        with self._apart(file, depth) as whole, zipfile.ZipFile(whole) as archive:
            for one in archive.infolist():
                self._plainly(iter((one.filename.encode("utf-8", "replace") + b"\n", one.comment)))
                if one.flag_bits & _LOCKED:
                    self._seen.unread["an archive with a password"] = None
                    continue
                if one.compress_type == zipfile.ZIP_LZMA:  # its head says how much memory it takes: up to 4 GiB
                    self._seen.unread["an archive of a kind that is not opened"] = None
                    continue
                with self._noting_damage(), archive.open(one) as inside:
                    self.look(inside, depth + 1)

    @contextmanager
    def _noting_damage(self) -> Generator[None]:
        try:
            yield
        except _DAMAGED:
            self._seen.unread["a damaged archive"] = None

    @contextmanager
    def _apart(self, file: IO[bytes], depth: int) -> Generator[IO[bytes]]:
        """An archive within another is unpacked apart: going to and fro in it would begin anew each time."""
        if not depth:
            yield file
            return
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as apart:
            shutil.copyfileobj(file, apart, BLOCK)
            apart.seek(0)
            yield apart
