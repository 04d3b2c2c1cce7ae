"""What `houvast scan` reads: standard input, a file, or a folder, which becomes a tar archive on the way."""

from __future__ import annotations

import os
import stat
import sys
import tarfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from houvast.screening.bundle.tap import Readable

_PIECE = 256 << 10


@dataclass
class Source:
    """Bytes to look through. `size`: how many there are, 0 when nobody knows; `unread`: what could not be read."""

    name: str
    file: Readable
    size: int = 0
    unread: list[str] = field(default_factory=list[str])


@contextmanager
def open_source(path: Path, name: str | None) -> Generator[Source]:
    """What stands under a path. Raises OSError."""
    if str(path) == "-":
        yield Source(name or "standard input", sys.stdin.buffer)
    elif path.is_dir():
        yield _folder(path, name)
    else:
        with path.open("rb") as file:
            yield Source(name or path.name, file, path.stat().st_size)


def _folder(path: Path, name: str | None) -> Source:
    unread: list[str] = []
    found = sorted(_files(path, unread))
    size = sum(one.lstat().st_size for one in found)
    pieces = _tar(path, found, unread)
    return Source(f"{name or path.resolve().name}.tar", _Pieces(pieces), size, unread)


def _files(path: Path, unread: list[str]) -> Iterator[Path]:
    """Every file and link below a folder. No link is followed."""
    for folder, _, names in os.walk(path, onerror=lambda error: unread.append(_inside(path, Path(error.filename)))):
        for one in names:
            yield Path(folder) / one


def _inside(path: Path, one: Path) -> str:
    return one.relative_to(path).as_posix()


def _tar(path: Path, found: list[Path], unread: list[str]) -> Iterator[bytes]:
    for one in found:
        about = one.lstat()
        info = tarfile.TarInfo(_inside(path, one))
        info.mode, info.mtime = stat.S_IMODE(about.st_mode), int(about.st_mtime)
        if stat.S_ISLNK(about.st_mode):
            info.type, info.linkname = tarfile.SYMTYPE, os.readlink(one)  # noqa: PTH115 (as it is written)
        elif stat.S_ISREG(about.st_mode):
            info.size = about.st_size
        else:
            info.type = tarfile.FIFOTYPE
        try:
            file = one.open("rb") if info.isreg() else None
        except OSError:
            unread.append(info.name)
            continue
        yield info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
        if file:
            yield from _content(file, info, unread)
    yield b"\0" * 1024


def _content(file: IO[bytes], info: tarfile.TarInfo, unread: list[str]) -> Iterator[bytes]:
    """As many bytes as were announced; a file that grows is read so far, one that became shorter is not whole."""
    left = info.size
    with file:
        while left and (data := file.read(min(_PIECE, left))):
            left -= len(data)
            yield data
    if left:
        unread.append(info.name)
    while left:
        yield b"\0" * min(_PIECE, left)
        left -= min(_PIECE, left)
    yield b"\0" * (-info.size % 512)


class _Pieces:
    """Pieces as a file that is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def read(self, size: int) -> bytes:
        while not self._held:
            data = next(self._pieces, None)
            if data is None:
                return b""
            self._held = data
        data, self._held = self._held[:size], self._held[size:]
        return data
