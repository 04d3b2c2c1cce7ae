"""How backups and keys are written: whole or not at all, for their owner alone."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from houvast.backups.age import Identity
from houvast.errors import UsageError
from houvast.evidence.store import sync_folder

STANDARD = "-"
"""Standard output, or input."""


class Counted(io.RawIOBase):
    """Passes on what is written, or read, and knows how many bytes that were and what they hash to."""

    def __init__(self, other: IO[bytes]) -> None:
        super().__init__()
        self._other, self.bytes, self._hash = other, 0, hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Of everything so far."""
        return self._hash.hexdigest()

    def write(self, data: bytes, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Pass it on."""
        self._seen(data)
        return self._other.write(data)

    def read(self, size: int = -1, /) -> bytes:
        """Fetch it."""
        return self._seen(self._other.read(size))

    def readline(self, size: int | None = -1, /) -> bytes:
        """Fetch a line."""
        return self._seen(self._other.readline(-1 if size is None else size))

    def _seen(self, data: bytes) -> bytes:
        self._hash.update(data)
        self.bytes += len(data)
        return data


@contextmanager
def writing(where: str) -> Generator[IO[bytes]]:
    """A new file, which has its name only when all of it is on the disk; `-` is standard output.

    Raises UsageError when there is such a file, another backup is written there, or it cannot be written.
    """
    if where == STANDARD:
        if sys.stdout.isatty():
            raise UsageError("A backup is no text for a terminal.", todo="Send it on: houvast backup make --to - | ...")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(where)
    if path.exists():
        raise UsageError(f"{path} is there already.", todo="Give every backup a name of its own.")
    part = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UsageError(
                    f"Another backup is being written to {path}.", todo="Wait until it is ready."
                ) from None
            file.truncate(0)  # of one that was killed
            os.fchmod(file.fileno(), 0o600)
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                part.rename(path)
            finally:
                part.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", todo="Choose another place for it.") from error


@contextmanager
def reading(where: str) -> Generator[IO[bytes]]:
    """A file that can be read twice; `-` is standard input, kept aside first. Raises UsageError."""
    if where == STANDARD:
        with tempfile.TemporaryFile() as aside:
            shutil.copyfileobj(sys.stdin.buffer, aside)
            aside.seek(0)
            yield aside
        return
    try:
        file = Path(where).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise UsageError(f"{where} cannot be read: {error.strerror}.", todo="Give the file of a backup.") from error
    with file:
        if not file.seekable():
            raise UsageError(f"{where} is no file.", todo="Give the file of a backup, or - for standard input.")
        yield file


def digest(source: IO[bytes]) -> str:
    """The SHA-256 of a file, in hex; the file is at its beginning again."""
    found = hashlib.file_digest(source, "sha256").hexdigest()  # pyright: ignore[reportArgumentType]
    source.seek(0)
    return found


def new_key(path: Path) -> Identity:
    """A new private key in a file that its owner alone can read. Raises UsageError when there is such a file."""
    made = Identity.generate()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"# public key: {made.recipient.to_text()}\n{made.to_text()}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", todo="Choose another place for it.") from error
    return made


def read_key(path: Path) -> Identity:
    """The private key in a file. Raises UsageError when others may read it, or it holds none."""
    try:
        if path.stat().st_mode & 0o077:
            raise UsageError(
                f"Others may read {path}.", todo=f"chmod 600 {path}; if somebody did read it, make another."
            )
        return Identity.from_text(path.read_text("utf-8", errors="replace"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", todo="Give the file of a private key.") from error


def put(folder: Path, name: str, data: bytes) -> bool:
    """A file from a backup, below a folder, for its owner alone; whether it was written: one that is there stays."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    except FileExistsError:
        return False
    return True
