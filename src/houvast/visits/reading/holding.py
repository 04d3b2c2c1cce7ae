"""Holding a store: one reader of logs at a time, and one sentence when the disk takes no more."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from houvast.errors import HouvastError, UsageError

LOCK: Final = ".reading"
PATIENCE: Final = 3.0
"""Seconds that another reader is waited for: one that was killed may have a batch under way."""


@contextmanager
def disk() -> Generator[None]:
    """Say in one sentence that the disk took no more: nothing of this batch counts."""
    try:
        yield
    except OSError as error:
        raise HouvastError(
            f"The store of visits cannot be written: {error.strerror or type(error).__name__}.",
            todo="Make room, and read again: what counts was kept, and nothing is counted twice.",
        ) from None


class Busy(UsageError):
    """Another program reads logs into this store."""

    code = "busy"


@contextmanager
def alone(folder: Path) -> Generator[int]:
    """Hold the store against others who read logs into it; the open file that does. Raises Busy when one does."""
    with disk():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        opened = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + PATIENCE
        while not _locked(opened):
            if time.monotonic() > until:
                raise Busy("Another program reads logs into this store.", todo="Wait until it ends, or stop it.")
            time.sleep(0.05)
        yield opened
    finally:
        os.close(opened)


def _locked(opened: int) -> bool:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
