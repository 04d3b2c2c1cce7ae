"""Where the files of a log lie: a folder, or any store that fsspec knows by URL (`s3://bucket/log`)."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from io import RawIOBase
from pathlib import Path
from typing import IO, Protocol, cast

from houvast.errors import UsageError
from houvast.evidence.problems import EvidenceError, MissingTile, missing_extra

OBJECT_STORES = ("s3", "gs", "abfs")
"""Kinds of URL of Amazon's and Google's and Azure's stores, and of those that are compatible with them."""

PATIENCE = timedelta(seconds=15)
"""So long such a store is asked again when it does not answer; the next round of the sequencer goes on with it."""

_BLOCK = 4096
"""Bytes of which a disk takes a multiple, from memory that begins at one."""
_MORE = re.compile(r":?\s*[<\n]")
"""Where what a server answered begins, in an error of an object store."""


class Store(Protocol):
    """Files by path; paths are those of C2SP tlog-tiles (`checkpoint`, `tile/0/000`)."""

    def get(self, path: str) -> bytes:
        """The bytes. Raises MissingTile when there is no such file, EvidenceError when the store fails."""
        ...

    def put(self, path: str, data: bytes) -> None:
        """Write it whole or not at all, and lasting. Raises EvidenceError when the store fails (disk full)."""
        ...

    def drop(self, path: str) -> None:
        """Take away a file or folder; that there is none is no error."""
        ...


class PieceStore(Store, Protocol):
    """A store that takes files quicker of which something else knows that they are whole."""

    def add(self, path: str, data: bytes | memoryview) -> None:
        """Write a file of a name that only its writer knows until this returns: lasting, and else nowhere.

        A process that is killed can leave a part of it, which no other file knows of. Raises EvidenceError as `put`.
        """
        ...


def open_store(url: str | Path) -> PieceStore:
    """The store at a path or URL; a folder is made when something is first put.

    Raises UsageError when the URL names a kind of store that is unknown or whose library is not installed.
    """
    text = str(url)
    if isinstance(url, Path) or "://" not in text or text.startswith("file://"):
        return FolderStore(Path(text.removeprefix("file://")))
    try:
        from fsspec.core import url_to_fs  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]
    except ImportError as error:
        raise missing_extra(error) from error
    kind = text.partition("://")[0]
    try:
        options = _object_store(kind) if kind in OBJECT_STORES else {"use_listings_cache": False}
        files, root = cast("tuple[_Files, str]", url_to_fs(text, **options))
    except (ImportError, ValueError) as error:
        raise UsageError(
            f"The evidence cannot be kept at {kind}://: {error}.",
            todo="Give a folder, or install what this kind of store needs (for S3: pip install 'houvast[s3]').",
        ) from error
    return UrlStore(files, root)


def _object_store(kind: str) -> dict[str, object]:
    """Let fsspec reach it by obstore: one package, where its own ways take twenty. Raises ImportError."""
    from obstore.fsspec import register

    register(kind)
    return {"retry_config": {"max_retries": 3, "retry_timeout": PATIENCE}}


class FolderStore:
    """A folder. A file appears under its name when all of it is on the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, path: str) -> bytes:
        try:
            return (self.folder / path).read_bytes()
        except FileNotFoundError:
            raise _missing(path, self.folder) from None
        except OSError as error:
            raise _failed("read", path, self.folder, error) from error

    def put(self, path: str, data: bytes) -> None:
        target = self.folder / path
        try:
            _make(target.parent)
            with appearing(target) as file:
                file.write(data)
        except OSError as error:
            raise _failed("written", path, self.folder, error) from error

    def add(self, path: str, data: bytes | memoryview) -> None:
        target = self.folder / path
        try:
            _make(target.parent)
            with target.open("xb", buffering=0) as file:
                try:
                    _write(file, data)
                    os.fsync(file.fileno())
                except BaseException:
                    target.unlink()
                    raise
            sync_folder(target.parent)
        except OSError as error:
            raise _failed("written", path, self.folder, error) from error

    def drop(self, path: str) -> None:
        target = self.folder / path
        try:
            if target.is_dir():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)
        except OSError as error:
            raise _failed("taken away", path, self.folder, error) from error


class _Files(Protocol):
    """What is used of an fsspec file system, which has no types."""

    def cat_file(self, path: str) -> bytes: ...
    def pipe_file(self, path: str, value: bytes) -> object: ...
    def rm(self, path: str, *, recursive: bool) -> object: ...


class UrlStore:
    """A store that fsspec reaches. Object stores write a file whole or not at all."""

    def __init__(self, files: _Files, root: str) -> None:
        self._files, self._root = files, root.rstrip("/")

    def get(self, path: str) -> bytes:
        try:
            return self._files.cat_file(self._at(path))
        except FileNotFoundError:
            raise _missing(path, self._root) from None
        except Exception as error:  # each kind of store raises errors of its own
            raise _failed("read", path, self._root, error) from error

    def put(self, path: str, data: bytes) -> None:
        try:
            self._files.pipe_file(self._at(path), data)
        except Exception as error:  # each kind of store raises errors of its own
            raise _failed("written", path, self._root, error) from error

    def add(self, path: str, data: bytes | memoryview) -> None:
        self.put(path, bytes(data))

    def drop(self, path: str) -> None:
        try:
            self._files.rm(self._at(path), recursive=True)
        except FileNotFoundError:
            return
        except Exception as error:  # each kind of store raises errors of its own
            raise _failed("taken away", path, self._root, error) from error

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"


@contextmanager
def appearing(target: Path) -> Generator[IO[bytes]]:
    """A file that stands there, safe on disk, when everything went well, and is nowhere otherwise. Raises OSError."""
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as file:
        try:
            yield file
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    sync_folder(target.parent)


def write_secret(target: Path, data: bytes) -> None:
    """A file for its owner alone (mode 0600), whole or not at all, and lasting; one that is there already stays.

    Raises OSError.
    """
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        try:
            os.link(file.name, target)
        except FileExistsError:
            return
    sync_folder(target.parent)


def _write(file: RawIOBase, data: bytes | memoryview) -> None:
    """All of it; whole blocks past the page cache, where the file system and the memory they lie in allow that."""
    rest = memoryview(data)
    flags = fcntl.fcntl(file, fcntl.F_GETFL)
    try:
        fcntl.fcntl(file, fcntl.F_SETFL, flags | getattr(os, "O_DIRECT", 0))
        while len(rest) >= _BLOCK:
            rest = rest[file.write(rest[: len(rest) - len(rest) % _BLOCK]) or 0 :]
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        fcntl.fcntl(file, fcntl.F_SETFL, flags)
    while rest:  # the system may take a part at a time
        rest = rest[file.write(rest) or 0 :]


def _make(folder: Path) -> None:
    """Make a folder and those above it, each lasting in the one above."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """What was made, renamed or taken away in a folder is safe on disk when this returns. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _missing(path: str, where: object) -> MissingTile:
    return MissingTile(
        f"`{path}` is not in the evidence store {where}.",
        todo="houvast evidence mend writes it again from the database; or put the copy of the store back.",
    )


def _failed(done: str, path: str, where: object, error: Exception) -> EvidenceError:
    said = getattr(error, "strerror", None) or _MORE.split(str(error), 1)[0] or type(error).__name__
    return EvidenceError(
        f"`{path}` could not be {done} in the evidence store {where}: {said.rstrip('.')}.",
        todo="Make room or give access, and run it again: it continues where it stopped.",
    )
