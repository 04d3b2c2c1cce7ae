"""Follows a log that grows: through rotation by renaming and by copying, and again after a stop.

A log is known by its beginning (`positions`). So what was renamed while nobody looked is found beside it, read to its
end, and counted once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from houvast.errors import UsageError
from houvast.visits.reading.ingest import LogReader, Progress, Reader
from houvast.visits.reading.streams import TAIL, Stream, opened

EVERY: Final = 2.0
"""Seconds from one look at the log to the next: each look that finds lines makes one batch."""
PATIENCE: Final = 5
"""Looks at a log that was renamed, without anything new, after which it is taken for ended: a server writes on until it
opens its new log."""


@dataclass
class Follower:
    """Follows one log. `wait`: waits so many seconds, and says whether to go on."""

    reader: Reader
    path: Path
    wait: Callable[[float], bool]
    every: float = EVERY
    patience: int = PATIENCE
    _stream: Stream | None = field(default=None, repr=False)
    _log: LogReader | None = field(default=None, repr=False)
    _quiet: int = 0

    def forever(self, progress: Progress | None = None) -> None:
        """Until `wait` says no. Raises as `Reader.read` does."""
        catch_up(self.reader, self.path, progress)
        try:
            self.look(progress)
            while self.wait(self.every):
                self.look(progress)
            self.look(progress)
        finally:
            self._close()

    def look(self, progress: Progress | None = None) -> None:
        """Read what is new; go over to the new log when the old one has ended."""
        if self._stream is None and not self._open():
            return
        stream, log = self._stream, self._log
        if stream is None or log is None:
            return
        if self._was_emptied(stream):
            self._close()
            catch_up(self.reader, self.path, progress)
            self.look(progress)
            return
        stream.size = os.fstat(stream.source.fileno()).st_size
        self._quiet = 0 if log.read(progress) else self._quiet + 1
        if self._was_renamed(stream) and self._quiet >= self.patience:
            stream.grows = False  # what it ends with is a line
            log.read(progress)
            self._close()
            self.look(progress)

    def _open(self) -> bool:
        try:
            stream = opened(self.path)
        except UsageError:
            if self.path.exists():
                raise
            return False
        if not stream.size:
            stream.close()
            return False
        self._stream, self._log, self._quiet = stream, LogReader(self.reader, stream), 0
        return True

    def _close(self) -> None:
        if self._stream:
            self._stream.close()
        self._stream, self._log, self._quiet = None, None, 0

    def _was_renamed(self, stream: Stream) -> bool:
        """Whether another file has the log's name now, and something in it: its server opened it."""
        try:
            there = self.path.stat()
        except FileNotFoundError:
            return False
        ours = os.fstat(stream.source.fileno())
        return (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino)

    def _was_emptied(self, stream: Stream) -> bool:
        """Whether the file is shorter than what was read of it, or holds something else before that place."""
        file = stream.source.fileno()
        if os.fstat(file).st_size < stream.place:
            return True
        length = min(TAIL, stream.place)
        return os.pread(file, length, stream.place - length) != stream.tail


def catch_up(reader: Reader, path: Path, progress: Progress | None = None) -> None:
    """Read on in what was this log before: files beside it, named after it, that were read in part."""
    for beside in sorted(one for one in path.parent.glob(f"{_plain(path.name)}?*") if one.is_file()):
        try:
            with opened(beside) as stream:
                known = reader.position_of(stream)
                if known is not None and (not stream.grows or stream.size > known):
                    stream.grows = False
                    reader.read(stream, progress)
        except UsageError:
            continue  # it is not what this log was, or not whole


def _plain(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
